"""Which columns of a document travel, in the order in which they are answered."""

from __future__ import annotations

from typing import Final

ENTITY: Final = (
    "name",
    "street",
    "zip",
    "city",
    "state",
    "country",
    "registration_id",
    "tax_id",
    "vat_id",
    "email",
    "phone",
    "additional_info",
)
ADDRESS: Final = ("name", "street", "zip", "city", "state", "country")
BANK: Final = (*ADDRESS, "iban", "swift_bic")
SIDES: Final = (
    *(f"supplier_{key}" for key in ENTITY),
    *(f"bank_{key}" for key in BANK if key != "state"),
    *(f"issuer_{key}" for key in ("name", "email", "phone")),
    *(f"customer_{key}" for key in ENTITY),
    *(f"shipping_{key}" for key in ADDRESS),
)
REFERENCES: Final = (
    *("buyer_reference", "order_reference", "reference"),
    *("constant_symbol", "variable_symbol", "specific_symbol"),
)
TEXTS: Final = ("language", "note", "internal_note", "attachments", "metadata")

WRITTEN: Final = (
    *("number", "number_prefix", "title", "type", "origin"),
    *("date_issue", "date_tax_point", "date_due"),
    *SIDES,
    "delivery_method",
    *REFERENCES,
    *TEXTS,
    *("currency", "payment_method", "credit", "early_discount_percent", "early_discount_until"),
)
"""The columns that a request may write, beside what is written by acts."""

READ: Final = ("sequence", "issued_at", "date_sent", "date_paid", "rounding_policy", "created", "modified")
"""The columns that only are read."""
