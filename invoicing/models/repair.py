"""Repair: a time in which issued documents could be changed, who opened it and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connections, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf

ATTRIBUTE = "_invoicing_repairs"
EVERY_DOCUMENT = None


class Repair(models.Model):
    """An entry of the log of repairs. While it is open, which is inside of one transaction, guards and triggers let changes pass."""

    COMPANY_PATH: ClassVar = "invoice__company"

    # A log outlives what it tells of; the key stays, also when the document is deleted.
    invoice = models.ForeignKey(
        conf.invoice_model,
        verbose_name=_("invoice"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        help_text=_("Empty: every document."),
    )
    reason = models.TextField(_("reason"))
    actor_name = models.CharField(_("by"), max_length=255, blank=True)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["closed_at", "invoice"], name="invoicing_repair_open")]

    def __str__(self) -> str:
        return self.reason


def is_under_repair(pk: Any, *, using: str) -> bool:
    """Whether changes of this issued document pass on this connection now."""
    keys = vars(connections[using]).get(ATTRIBUTE, ())
    return pk in keys or EVERY_DOCUMENT in keys


def open_on_connection(keys: Iterable[Any], *, using: str) -> None:
    """Let the guards of this connection pass changes of the documents with these keys; None stands for every document."""
    vars(connections[using])[ATTRIBUTE] = (*vars(connections[using]).get(ATTRIBUTE, ()), *keys)


def close_on_connection(keys: Iterable[Any], *, using: str) -> None:
    """Take back what `open_on_connection` let pass."""
    left = list(vars(connections[using]).get(ATTRIBUTE, ()))
    for key in keys:
        left.remove(key)
    vars(connections[using])[ATTRIBUTE] = tuple(left)
