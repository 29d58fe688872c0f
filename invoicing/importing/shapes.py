"""Which keys a record of a file may have: the columns of its model, and some that say what shall happen to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from invoicing.models import Company, Party, PaymentTerm, Product, get_invoice_model
from invoicing.models.validation import checked_fields

OTHER_WORDS: Final = {
    "invoice_number": "number",
    "invoice_id": "number",
    "invoice_title": "title",
    "invoice_date": "date_issue",
    "date": "date_issue",
    "due_date": "date_due",
    "currency_code": "currency",
    "client": "party",
    "name": "customer_name",
    "email": "customer_email",
    "phone": "customer_phone",
    "party_name": "customer_name",
    "lines": "items",
    "item_set": "items",
    "rate": "unit_price",
    "unit_rate": "unit_price",
    "item_name": "title",
    "service_name": "title",
    "service": "product",
    "sku": "product",
    "item_sku": "product",
    "uom_name": "unit",
    "discount_pct": "discount",
    "gst_percentage": "tax_rate",
    "vat_rate": "tax_rate",
    "notes": "note",
    "paid_amount": "already_paid",
    "amount_received": "already_paid",
    "payment_mode": "payment_method",
    "cash_discount": "early_discount_percent",
    "skonto": "early_discount_percent",
    "invoice_type": "origin",
}
"""What other systems call our fields, for hints."""


class Kind(Enum):
    """What a key that is no column holds."""

    TEXT = "text"
    TEXT_OR_NULL = "text or null"
    TEXTS = "list of texts"
    TEXT_OR_NUMBER = "text or whole number"
    WHOLE_NUMBER = "whole number"
    AMOUNT = "amount"
    RECORDS = "list of objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One kind of record: its columns by name, what else it may say, and what it must say."""

    name: str
    columns: Mapping[str, models.Field[Any, Any]]
    extras: Mapping[str, Kind]
    required: frozenset[str] = frozenset()
    model: type[models.Model]

    @property
    def keys(self) -> frozenset[str]:
        """All keys that are understood."""
        return frozenset(self.columns) | frozenset(self.extras)

    def unknown(self, key: str) -> str:
        """What to say of a key that is not understood."""
        near = closest(key, self.keys)
        hint = _("Did you mean {name}?").format(name=near) if near else _("Known: {keys}.").format(keys=", ".join(sorted(self.keys)))
        return _("There is no such key. {hint}").format(hint=hint)


INVOICE_EXTRAS: Final = {
    "external_id": Kind.TEXT,
    "company": Kind.TEXT_OR_NULL,
    "party": Kind.TEXT,
    "payment_term": Kind.TEXT_OR_NUMBER,
    "tax": Kind.TEXT,
    "status": Kind.TEXT,
    "acts": Kind.TEXTS,
    "reason": Kind.TEXT,
    "related": Kind.TEXTS,
    "corrects": Kind.TEXT,
    "items": Kind.RECORDS,
}

CREDIT_LINE_EXTRAS: Final = {
    "line": Kind.WHOLE_NUMBER,
    "title": Kind.TEXT,
    "quantity": Kind.AMOUNT,
    "amount": Kind.AMOUNT,
}


def shapes() -> dict[str, Shape]:
    """The shape of each list of a file, by the list's name; "items" and "credit_lines" stand inside invoices."""
    invoice_model = get_invoice_model()
    item_model = invoice_model.item_model()
    entity = {"payment_term": Kind.TEXT}
    made = (
        Shape(name="payment_terms", model=PaymentTerm, columns=_columns(PaymentTerm), extras={}, required=frozenset({"name"})),
        Shape(name="companies", model=Company, columns=_columns(Company), extras=entity, required=frozenset({"name"})),
        Shape(
            name="parties",
            model=Party,
            columns=_columns(Party),
            extras={"company": Kind.TEXT_OR_NULL, **entity},
            required=frozenset({"name"}),
        ),
        Shape(
            name="products",
            model=Product,
            columns=_columns(Product),
            extras={"company": Kind.TEXT_OR_NULL},
            required=frozenset({"name", "unit_price"}),
        ),
        Shape(name="invoices", model=invoice_model, columns=_columns(invoice_model, also=("sequence",)), extras=INVOICE_EXTRAS),
        Shape(name="items", model=item_model, columns=_columns(item_model), extras={"product": Kind.TEXT}),
        Shape(name="credit_lines", model=item_model, columns={}, extras=CREDIT_LINE_EXTRAS),
    )
    return {shape.name: shape for shape in made}


LISTS: Final = ("payment_terms", "companies", "parties", "products", "invoices")
"""The lists of a file, in the order in which they are taken in."""


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is most likely meant; nothing when none is near."""
    names = sorted(known)
    other = OTHER_WORDS.get(name.strip().casefold(), "")
    near = get_close_matches(name.strip().casefold(), names, n=1, cutoff=0.6)
    return other if other in names else (near[0] if near else "")


def item_columns() -> frozenset[str]:
    """The columns of a table that belong to an item."""
    all_shapes = shapes()
    return all_shapes["items"].keys | all_shapes["credit_lines"].keys


def table_columns() -> frozenset[str]:
    """All columns that a table may have. JSON columns have no form in a cell; `title` is the item's."""
    invoice = shapes()["invoices"]
    plain = {name for name, column in invoice.columns.items() if not isinstance(column, models.JSONField)}
    return (frozenset(plain | set(invoice.extras)) - {"items", "title"}) | item_columns() | {"invoice_title"}


def _columns(model: type[models.Model], *, also: tuple[str, ...] = ()) -> dict[str, models.Field[Any, Any]]:
    """The columns that people fill, and others by name. Acts lead to the status, a decision to the lock date; a logo is a file."""
    return {
        column.name: column
        for column in checked_fields(model)
        if (column.editable and column.name not in {"status", "locked_until", "logo"}) or column.name in also
    }
