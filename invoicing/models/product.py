"""Product: what an item may be filled from."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import Supply, TaxClass, Unit
from invoicing.models.company import Company


class Product(models.Model):
    """A thing or a service with its price. Items copy it: a later change here leaves them as they are."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True)
    sku = models.CharField(_("SKU"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("unit"), max_length=8, default=Unit.PIECES)
    unit_price = models.DecimalField(_("unit price"), max_digits=17, decimal_places=6, default=Decimal(0))
    supply = models.CharField(_("supply"), max_length=8, choices=Supply.choices, default=Supply.SERVICES)
    tax_class = models.CharField(_("tax class"), max_length=16, choices=TaxClass.choices, default=TaxClass.STANDARD)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}".strip()

    def snapshot(self) -> dict[str, Any]:
        """The fields that an item takes over."""
        return {
            "title": self.name,
            "description": self.description,
            "unit": self.unit,
            "unit_price": self.unit_price,
        }
