"""A preview: the page, and the values that it was made from, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.documents.composition import document_context
from invoicing.documents.html import page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`html` is the page; `context` what a template reads as `document`, in lists, dicts, texts, numbers and None."""

    html: str
    context: dict[str, Any]


def preview(invoice: Any) -> Preview:
    """The document of an invoice, saved or not, as page and as values. Raises DocumentError."""
    context = document_context(invoice)
    return Preview(html=page_of(invoice, context=context), context=as_json(context))


def as_json(value: Any) -> Any:
    """A value of the context as JSON can hold it: amounts as text with all their digits, days as 2026-11-20."""
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value
