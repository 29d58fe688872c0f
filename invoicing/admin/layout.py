"""Where each column of an invoice stands on its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.models import AbstractInvoice

COLLAPSED = ("collapse",)

DOCUMENT = (
    None,
    {
        "fields": (
            ("type", "origin", "status"),
            ("number", "title"),
            ("number_prefix", "number_format"),
            ("company", "party"),
            ("date_issue", "date_tax_point", "date_due"),
            ("early_discount_percent", "early_discount_until"),
        )
    },
)
STEPS = (_("Dates of its life"), {"fields": (("issued_at", "date_sent", "date_paid"),)})
BEFORE_ITEMS = "invoicing-before-items"
"""Marks the fieldset that the items follow on the page."""

BEFORE_PANELS = "invoicing-before-panels"
"""Marks the fieldset that the parts of other apps follow on the page."""

TOTALS = (_("Totals"), {"fields": ("totals_shown",), "classes": (BEFORE_PANELS,)})
CUSTOMER = (
    _("Customer"),
    {
        "fields": (
            ("customer_name", "customer_vat_id"),
            "customer_street",
            ("customer_zip", "customer_city"),
            ("customer_state", "customer_country"),
            ("customer_email", "customer_phone"),
            ("customer_registration_id", "customer_tax_id"),
        ),
        "classes": (BEFORE_ITEMS,),
    },
)
SUPPLIER = (
    _("Supplier"),
    {
        "fields": (
            ("supplier_name", "supplier_vat_id"),
            "supplier_street",
            ("supplier_zip", "supplier_city"),
            ("supplier_state", "supplier_country"),
            ("supplier_email", "supplier_phone"),
            ("supplier_registration_id", "supplier_tax_id"),
            ("issuer_name", "issuer_email", "issuer_phone"),
        ),
        "classes": COLLAPSED,
    },
)
BANK = (
    _("Bank"),
    {
        "fields": (
            ("bank_name", "bank_iban", "bank_swift_bic"),
            "bank_street",
            ("bank_zip", "bank_city"),
            "bank_country",
        ),
        "classes": COLLAPSED,
    },
)


def _payment(method: str) -> Any:
    rows = (("currency", method), ("credit", "already_paid"), ("reference", "constant_symbol", "variable_symbol", "specific_symbol"))
    return (_("Money"), {"fields": rows})


SHIPPING = (
    _("Shipping"),
    {
        "fields": (
            ("shipping_name", "delivery_method"),
            "shipping_street",
            ("shipping_zip", "shipping_city"),
            ("shipping_state", "shipping_country"),
        ),
        "classes": COLLAPSED,
    },
)
NOTES = (
    _("Notes and references"),
    {"fields": (("buyer_reference", "order_reference"), "note", "internal_note", ("language", "related_invoices"))},
)
DATA = (
    _("Data"),
    {"fields": ("attachments", "metadata", "supplier_additional_info", "customer_additional_info"), "classes": COLLAPSED},
)
HISTORY = (_("What happened"), {"fields": ("history_shown",)})
TAX = (_("Tax of the items"), {"fields": ("fills_tax",)})

WRITING = (SUPPLIER, BANK, _payment("payment_method"), SHIPPING, NOTES, DATA)
"""What is seldom looked at, after the items."""

READING = (SUPPLIER, BANK, _payment("payment_method_shown"), SHIPPING, NOTES, DATA)
"""The same of an issued document, with the payment method by its name."""


def fieldsets_of(model: type[AbstractInvoice], invoice: AbstractInvoice | None) -> list[Any]:
    """The fieldsets of a page: those of a new document show nothing that is not there yet."""
    own = [(_("More"), {"fields": names})] if (names := host_fields(model)) else []
    if invoice is None:
        return [DOCUMENT, *own, CUSTOMER, TAX, *WRITING]
    if invoice.is_issued:
        return [DOCUMENT, STEPS, *own, CUSTOMER, TOTALS, *READING, HISTORY]
    return [DOCUMENT, *own, CUSTOMER, TAX, TOTALS, *WRITING, HISTORY]


def host_fields(model: type[AbstractInvoice]) -> tuple[str, ...]:
    """The columns that a host's own invoice adds."""
    inherited = {field.name for field in AbstractInvoice._meta.get_fields()}
    columns: Iterable[Any] = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return tuple(
        field.name for field in columns if field.name not in inherited and field.editable and not isinstance(field, models.AutoField)
    )


def names_in(fieldsets: Iterable[Any]) -> Iterator[str]:
    """The names of all fields, whether they stand alone or side by side."""
    for _title, options in fieldsets:
        for entry in options["fields"]:
            yield from (entry,) if isinstance(entry, str) else entry
