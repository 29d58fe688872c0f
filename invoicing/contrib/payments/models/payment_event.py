"""PaymentEvent: what happened to a payment, append-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.payments.choices import PaymentEventKind
from invoicing.contrib.payments.models.payment import Payment
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet


class PaymentEvent(AppendOnly):
    """One entry of a payment's history."""

    COMPANY_PATH: ClassVar = "payment__company"

    payment = models.ForeignKey(Payment, verbose_name=_("payment"), on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("kind"), max_length=9, choices=PaymentEventKind.choices)
    reason = models.TextField(_("reason"), blank=True)
    actor_name = models.CharField(_("by"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.get_kind_display()
