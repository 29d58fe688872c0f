"""Invoices of an invented trade: a German agency, its customers at home and abroad. Each test changes what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.models import Company, Party, Product, get_invoice_model

LINDNER: dict[str, Any] = {
    "name": "Lindner & Vogt Medien GmbH",
    "street": "Kastanienallee 12",
    "zip": "10435",
    "city": "Berlin",
    "country": "DE",
    "registration_id": "HRB 198765 B",
    "tax_id": "30/123/45678",
    "vat_id": "DE987654328",
    "email": "rechnung@lindner-vogt.example.com",
    "phone": "+49 30 5550 1234",
}
"""The supplier of every invoice that names no other, as columns of a company."""

BANK = {"name": "Musterbank Berlin", "country": "DE", "iban": "DE89370400440532013000", "swift_bic": "COBADEFFXXX"}

SOMMER: dict[str, Any] = {
    "name": "Buchhandlung Sommer KG",
    "street": "Hauptstraße 21",
    "zip": "01067",
    "city": "Dresden",
    "country": "DE",
    "vat_id": "DE287654308",
    "email": "buchhaltung@buch-sommer.example.com",
}
"""The customer of every invoice that names no other: a business in the supplier's country."""

ALPENBLICK: dict[str, Any] = {
    "name": "Alpenblick Hotelbetriebe GmbH",
    "street": "Seestraße 5",
    "zip": "5310",
    "city": "Mondsee",
    "country": "AT",
    "vat_id": "ATU98765434",
    "email": "office@alpenblick.example.com",
}
"""A business in another member state: it owes the tax itself."""

RIVIERE: dict[str, Any] = {
    "name": "Camille Rivière",
    "street": "14 rue des Tilleuls",
    "zip": "67000",
    "city": "Strasbourg",
    "country": "FR",
    "email": "camille.riviere@example.com",
}
"""A consumer in another member state."""

SUMMIT: dict[str, Any] = {
    "name": "Summit Outdoor Supply Inc.",
    "street": "480 Larimer Street",
    "zip": "80204",
    "city": "Denver",
    "state": "CO",
    "country": "US",
    "email": "ap@summit-outdoor.example.com",
}
"""A customer outside the Union."""

TODAY = date(2026, 11, 20)
"""The day of issue of every invoice that names no other."""


def columns(prefix: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Data of an entity as columns of an invoice: `columns("customer", ALPENBLICK)`."""
    return {f"{prefix}_{key}": value for key, value in data.items()}


def line(title: str = "Website redesign", **fields: Any) -> dict[str, Any]:
    """One line: by default 10 hours at 80.00, taxed at 19 % – 800.00 net, 152.00 VAT, 952.00."""
    defaults = {"quantity": Decimal(10), "unit": "HOURS", "unit_price": Decimal(80), "tax_rate": Decimal(19)}
    return {"title": title, **defaults, **fields}


def build_invoice(*, customer: Mapping[str, Any] = SOMMER, **fields: Any) -> Any:
    """An invoice that is not saved. `customer` is one of the dictionaries of this file; other fields are columns."""
    parties = {} if "company" in fields else {**columns("supplier", LINDNER), **columns("bank", BANK)}
    if "party" not in fields:
        parties |= columns("customer", customer)
    dates = {"date_issue": TODAY, "date_tax_point": TODAY, "date_due": date(2026, 12, 4)}
    return get_invoice_model()(**{**parties, **dates, "currency": "EUR", "language": "en", **fields})


def make_invoice(items: Iterable[Any] = (), *, customer: Mapping[str, Any] = SOMMER, **fields: Any) -> Any:
    """A saved invoice: NEW and numbered unless `status` says otherwise; without items unless some are given."""
    invoice = build_invoice(customer=customer, **fields)
    made = list(items)
    if made:
        invoice.save_with_items(made)
    else:
        invoice.save()
    return invoice


def make_issued_invoice(items: Iterable[Any] | None = None, *, customer: Mapping[str, Any] = SOMMER, **fields: Any) -> Any:
    """An issued invoice over `items`, by default the one line of `line()`: 952.00 to pay."""
    invoice = make_invoice([line()] if items is None else items, customer=customer, **fields)
    invoice.issue()
    return invoice


def make_company(**fields: Any) -> Company:
    """A company of ours, with a bank."""
    company = Company(**{**LINDNER, **columns("bank", BANK), "code": "LV", **fields})
    company.full_clean()
    company.save()
    return company


def make_party(**fields: Any) -> Party:
    """A customer in the address book: the Austrian business."""
    return Party.objects.create(**{**ALPENBLICK, "code": "ALP", "is_business": True, **fields})


def make_product(**fields: Any) -> Product:
    """Something to sell: an hour of consulting at 80.00."""
    return Product.objects.create(**{"sku": "CONS-H", "name": "Consulting", "unit": "HOURS", "unit_price": Decimal(80), **fields})
