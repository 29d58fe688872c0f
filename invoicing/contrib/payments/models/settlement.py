"""Settlement: how much of a document is settled, in one row that the database holds to its total."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf


class Settlement(models.Model):
    """What the allocations of a document come to. It is there from the first of them on, and only `recording` writes it."""

    COMPANY_PATH: ClassVar = "invoice__company"

    invoice = models.OneToOneField(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.PROTECT, primary_key=True, related_name="settlement"
    )
    due = models.DecimalField(_("due in all"), max_digits=14, decimal_places=3)
    settled = models.DecimalField(_("settled"), max_digits=14, decimal_places=3, default=Decimal(0))
    settled_on = models.DateField(_("settled in full on"), null=True, blank=True)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(settled__gte=0, settled__lte=F("due")), name="invoicing_settlement_settled"),
        ]
        indexes: ClassVar = [models.Index(fields=["settled_on"], name="invoicing_settlement_on")]

    def __str__(self) -> str:
        return f"{self.settled} / {self.due}"

    @property
    def left(self) -> Decimal:
        """What is not settled yet."""
        return self.due - self.settled
