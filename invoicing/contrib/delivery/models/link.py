"""LinkRevocation: the public links of a document that were made before a moment count no more."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet


class LinkRevocation(AppendOnly):
    """One end of all links to a document that there were."""

    COMPANY_PATH: ClassVar = "invoice__company"

    LOOSENED: ClassVar = frozenset({"invoice"})

    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="link_revocations"
    )
    revoked_at = models.DateTimeField(_("revoked at"), default=timezone.now)
    actor_name = models.CharField(_("by"), max_length=255, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("link revocation")
        verbose_name_plural = _("link revocations")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.revoked_at:%Y-%m-%d %H:%M}"
