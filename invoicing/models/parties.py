"""Who supplies and who receives, copied onto the document, so that a later move changes no invoice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from invoicing.conf import conf
from invoicing.domain.choices import DeliveryMethod
from invoicing.exceptions import InvalidDataError
from invoicing.models.document import Document

# Keys of the dictionaries that fill the columns, by the prefix of the columns.
ENTITY_KEYS = (
    "name",
    "street",
    "zip",
    "city",
    "state",
    "country",
    "registration_id",
    "tax_id",
    "vat_id",
    "additional_info",
    "email",
    "phone",
)
ADDRESS_KEYS = ("name", "street", "zip", "city", "state", "country")
BANK_KEYS = ("name", "street", "zip", "city", "country", "iban", "swift_bic")
ISSUER_KEYS = ("name", "email", "phone")


class PartySnapshot(Document):
    """The flat columns of supplier, bank, issuer, customer and shipping address."""

    supplier_name = models.CharField(_("supplier"), max_length=255, blank=True)
    supplier_street = models.CharField(_("supplier street and number"), max_length=255, blank=True)
    supplier_zip = models.CharField(_("supplier postal code"), max_length=32, blank=True)
    supplier_city = models.CharField(_("supplier city"), max_length=255, blank=True)
    supplier_state = models.CharField(_("supplier state or province"), max_length=64, blank=True)
    supplier_country = CountryField(_("supplier country"), blank=True)
    supplier_registration_id = models.CharField(_("supplier registration number"), max_length=64, blank=True)
    supplier_tax_id = models.CharField(_("supplier tax number"), max_length=64, blank=True)
    supplier_vat_id = models.CharField(_("supplier VAT id"), max_length=32, blank=True)
    supplier_email = models.EmailField(_("supplier e-mail"), blank=True)
    supplier_phone = models.CharField(_("supplier phone"), max_length=64, blank=True)
    supplier_additional_info = models.JSONField(_("supplier additional information"), null=True, blank=True)

    bank_name = models.CharField(_("bank"), max_length=255, blank=True)
    bank_street = models.CharField(_("bank street and number"), max_length=255, blank=True)
    bank_zip = models.CharField(_("bank postal code"), max_length=32, blank=True)
    bank_city = models.CharField(_("bank city"), max_length=255, blank=True)
    bank_country = CountryField(_("bank country"), blank=True)
    bank_iban = models.CharField(_("IBAN"), max_length=64, blank=True)
    bank_swift_bic = models.CharField(_("BIC"), max_length=16, blank=True)

    issuer_name = models.CharField(_("issued by"), max_length=255, blank=True)
    issuer_email = models.EmailField(_("issuer e-mail"), blank=True)
    issuer_phone = models.CharField(_("issuer phone"), max_length=64, blank=True)

    customer_name = models.CharField(_("customer"), max_length=255, blank=True)
    customer_street = models.CharField(_("customer street and number"), max_length=255, blank=True)
    customer_zip = models.CharField(_("customer postal code"), max_length=32, blank=True)
    customer_city = models.CharField(_("customer city"), max_length=255, blank=True)
    customer_state = models.CharField(_("customer state or province"), max_length=64, blank=True)
    customer_country = CountryField(_("customer country"), blank=True)
    customer_registration_id = models.CharField(_("customer registration number"), max_length=64, blank=True)
    customer_tax_id = models.CharField(_("customer tax number"), max_length=64, blank=True)
    customer_vat_id = models.CharField(_("customer VAT id"), max_length=32, blank=True)
    customer_email = models.EmailField(_("customer e-mail"), blank=True)
    customer_phone = models.CharField(_("customer phone"), max_length=64, blank=True)
    customer_additional_info = models.JSONField(_("customer additional information"), null=True, blank=True)

    shipping_name = models.CharField(_("shipping name"), max_length=255, blank=True)
    shipping_street = models.CharField(_("shipping street and number"), max_length=255, blank=True)
    shipping_zip = models.CharField(_("shipping postal code"), max_length=32, blank=True)
    shipping_city = models.CharField(_("shipping city"), max_length=255, blank=True)
    shipping_state = models.CharField(_("shipping state or province"), max_length=64, blank=True)
    shipping_country = CountryField(_("shipping country"), blank=True)
    delivery_method = models.CharField(_("delivery method"), max_length=15, choices=DeliveryMethod.choices, blank=True)

    class Meta:
        abstract = True

    def set_supplier_data(self, supplier: Mapping[str, Any]) -> None:
        """Copy a dictionary to the supplier columns; `bank` and `issuer` inside it go to theirs.

        Keys: name, street, zip, city, state, country_code (or country), registration_id, tax_id, vat_id, email, phone,
        additional_info, bank {name, street, zip, city, country_code, iban, swift_bic}, issuer {name, email, phone}.
        Columns whose key is missing are emptied. Raises InvalidDataError for a key that is not known.
        """
        rest = dict(supplier)
        bank, issuer = rest.pop("bank", None), rest.pop("issuer", None)
        self._copy(rest, to="supplier", keys=ENTITY_KEYS)
        if bank is not None:
            self._copy(bank, to="bank", keys=BANK_KEYS)
        if issuer is not None:
            self._copy(issuer, to="issuer", keys=ISSUER_KEYS)

    def set_customer_data(self, customer: Mapping[str, Any]) -> None:
        """Copy a dictionary to the customer columns: the keys of `set_supplier_data`, without bank and issuer."""
        self._copy(customer, to="customer", keys=ENTITY_KEYS)

    def set_shipping_data(self, shipping: Mapping[str, Any]) -> None:
        """Copy a dictionary to the shipping columns: name, street, zip, city, state, country_code (or country)."""
        self._copy(shipping, to="shipping", keys=ADDRESS_KEYS)

    def fill_open_fields(self) -> None:
        """Fill empty sides: ours from the company or INVOICING_SUPPLIER, theirs from the party."""
        super().fill_open_fields()
        if self.supplier_name and self.customer_name:
            return
        ours = self.company.snapshot() if self.company else dict(conf.supplier)
        theirs = self.party.snapshot() if self.party else {}
        if self.is_received:
            own = {key: value for key, value in ours.items() if key in {*ENTITY_KEYS, "country_code"}}
            ours, theirs = theirs, own
        if ours and not self.supplier_name:
            if any(getattr(self, f"bank_{key}") for key in BANK_KEYS):
                # The IBAN of one bank with the BIC of another is worse than a blank.
                ours = {key: value for key, value in ours.items() if key != "bank"}
            with self._given_kept("supplier", "issuer"):
                self.set_supplier_data(ours)
        if theirs and not self.customer_name:
            with self._given_kept("customer"):
                self.set_customer_data(theirs)

    @contextmanager
    def _given_kept(self, *sides: str) -> Iterator[None]:
        """Keep the columns that were filled by hand when the rest of a side is filled."""
        columns = [f"{side}_{key}" for side in sides for key in (ISSUER_KEYS if side == "issuer" else ENTITY_KEYS)]
        # Not by getattr(): that makes an object of every country.
        given = {column: value for column in columns if (value := self.__dict__.get(column))}
        yield
        for column, value in given.items():
            setattr(self, column, value)

    def _copy(self, data: Mapping[str, Any], *, to: str, keys: tuple[str, ...]) -> None:
        values = dict(data)
        if "country_code" in values:
            values["country"] = values.pop("country_code")
        unknown = sorted(set(values) - set(keys))
        if unknown:
            raise InvalidDataError(
                {f"{to}.{key}": [_("There is no such key. Known: {keys}.").format(keys=", ".join(keys))] for key in unknown}
            )
        for key in keys:
            empty = None if key == "additional_info" else ""
            value = values.get(key)
            setattr(self, f"{to}_{key}", empty if value is None else value)
