"""TaxCorrection: by how much an early-payment discount lowers the tax base of a document (Art. 90 of Directive 2006/112/EC)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.payments.models.allocation import Allocation
from invoicing.domain.choices import TaxCategory
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet


class TaxCorrection(AppendOnly):
    """The share of one tax category and rate in a discount: base and tax add up to the discount over all shares."""

    COMPANY_PATH: ClassVar = "allocation__invoice__company"

    allocation = models.ForeignKey(Allocation, verbose_name=_("allocation"), on_delete=models.PROTECT, related_name="tax_corrections")
    category = models.CharField(_("tax category"), max_length=2, choices=TaxCategory.choices)
    rate = models.DecimalField(_("tax rate"), max_digits=6, decimal_places=3, null=True, blank=True)
    base = models.DecimalField(_("base"), max_digits=14, decimal_places=3)
    tax = models.DecimalField(_("tax"), max_digits=14, decimal_places=3)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax correction")
        verbose_name_plural = _("tax corrections")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.category} {self.rate}: {self.base} + {self.tax}"
