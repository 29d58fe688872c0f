"""Party: whoever is on the other side, customer or supplier."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.models.company import Company
from invoicing.models.entity import LegalEntity
from invoicing.models.payment_term import PaymentTerm


class Party(LegalEntity):
    """An entry of the address book. Invoices copy it: a later change here leaves them as they are."""

    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, help_text=_("Whose address book it is in.")
    )
    is_business = models.BooleanField(_("business"), null=True, blank=True, help_text=_("Unknown: a business is whoever has a VAT id."))
    payment_term = models.ForeignKey(
        PaymentTerm, verbose_name=_("payment term"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering: ClassVar = ["name", "pk"]
