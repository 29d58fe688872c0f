"""A legal entity: whoever can stand on an invoice, with name, address and ids."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField


class LegalEntity(models.Model):
    """The columns that a company of ours and a party of theirs share."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    code = models.CharField(_("code"), max_length=32, blank=True, help_text=_("A short name that number formats may show."))
    street = models.CharField(_("street and number"), max_length=255, blank=True)
    zip = models.CharField(_("postal code"), max_length=32, blank=True)
    city = models.CharField(_("city"), max_length=255, blank=True)
    state = models.CharField(_("state or province"), max_length=64, blank=True)
    country = CountryField(_("country"), blank=True)
    registration_id = models.CharField(_("registration number"), max_length=64, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=64, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=32, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=64, blank=True)
    additional_info = models.JSONField(_("additional information"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True, help_text=_("Of documents, such as de or pt-br."))
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def snapshot(self) -> dict[str, Any]:
        """The data that an invoice copies, with the keys of `Invoice.set_supplier_data` and `set_customer_data`."""
        return {
            "name": self.name,
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "state": self.state,
            "country_code": str(self.country.code or ""),
            "registration_id": self.registration_id,
            "tax_id": self.tax_id,
            "vat_id": self.vat_id,
            "additional_info": self.additional_info,
            "email": self.email,
            "phone": self.phone,
        }
