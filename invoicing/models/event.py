"""InvoiceEvent: the history of a document, append-only. A status change is one kind of event."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.actor import current_actor
from invoicing.conf import conf
from invoicing.domain.choices import EventKind, Status
from invoicing.exceptions import AppendOnlyError


class EventQuerySet(models.QuerySet["InvoiceEvent"]):
    """Events can be read and added; nothing else."""

    def update(self, **kwargs: object) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: history stays as it was written."""
        raise AppendOnlyError(what=_("An invoice event"))

    def delete(self) -> NoReturn:
        """Refused: history stays as it was written."""
        raise AppendOnlyError(what=_("An invoice event"))

    def record(self, invoice: Any, kind: EventKind, **details: Any) -> InvoiceEvent:
        """Write down what happened to an invoice, who did it and when.

        `details` may hold status_from, status_to, reason and data (JSON).
        """
        actor, name = _identify(current_actor())
        if actor is not None and actor._state.db != self.db:
            actor = None  # Another database holds the users: the name says who it was.
        kept = invoice if invoice.pk else None  # What was deleted is told of, too.
        return self.create(invoice=kept, number=invoice.number, kind=kind, actor=actor, actor_name=name, **details)


class InvoiceEvent(models.Model):
    """One entry of an invoice's history. It outlives the draft that it tells of."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="events")
    number = models.CharField(_("number"), max_length=128, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind.choices)
    status_from = models.CharField(_("status before"), max_length=13, choices=Status.choices, blank=True)
    status_to = models.CharField(_("status after"), max_length=13, choices=Status.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(_("name of who did it"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice event")
        verbose_name_plural = _("invoice events")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}".strip()

    def save(self, **kwargs: Any) -> None:
        """Add the event. Raises AppendOnlyError for one that exists."""
        if not self._state.adding or (self.pk and type(self).objects.filter(pk=self.pk).exists()):
            raise AppendOnlyError(what=_("An invoice event"))
        super().save(**kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: history stays as it was written."""
        raise AppendOnlyError(what=_("An invoice event"))


def current_actor_name() -> str:
    """The name of whoever acts now, or an empty text."""
    return _identify(current_actor())[1]


def _identify(actor: Any) -> tuple[Any, str]:
    """The user to point to, and a name that stays readable when the user is gone."""
    if actor is None:
        return None, ""
    if isinstance(actor, str):
        return None, actor[:255]
    if not getattr(actor, "is_authenticated", False):
        return None, ""
    return (actor if actor.pk else None), actor.get_username()[:255]
