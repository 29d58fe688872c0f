"""The tax summary of a document: a row for each category and rate, and for each part where the law splits a tax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.text import capfirst
from django.utils.translation import pgettext

from invoicing.documents.context import TaxRow
from invoicing.documents.formats import Notation
from invoicing.domain.amounts import TaxSubtotal
from invoicing.domain.choices import TaxCategory
from invoicing.domain.money import split

LOCAL_NAMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"AU": ("GST", "ABN"), "IN": ("GST", "GSTIN"), "NZ": ("GST", "GST no."), "SG": ("GST", "GST reg. no.")}
)
"""What the tax and its registration number are called, by supplier country, where it is not VAT."""


def tax_names(country: str) -> tuple[str, str]:
    """The name of the tax and of its registration number, for a supplier in `country`."""
    # Translators: value added tax, in short; and the number that it is registered under.
    return LOCAL_NAMES.get(country) or (pgettext("document", "VAT"), pgettext("document", "VAT ID"))


def tax_rows(invoice: Any, *, notation: Notation, name: str) -> Iterator[TaxRow]:
    """The rows of the summary, the highest rate first."""
    for subtotal in invoice.tax_subtotals():
        decision = invoice.decision_for(category=subtotal.category, rate=subtotal.rate)
        # One part is the whole tax under its own name, such as IGST.
        parts = decision.parts if decision and subtotal.rate else ()
        if not parts:
            yield _row(subtotal, notation=notation, name=name)
            continue
        shares = split(subtotal.tax, [part.rate for part in parts], currency=notation.currency)
        for part, share in zip(parts, shares, strict=True):
            yield TaxRow(name=part.name, rate=notation.percentage(part.rate), base=notation.money(subtotal.base), tax=notation.money(share))


def _row(subtotal: TaxSubtotal, *, notation: Notation, name: str) -> TaxRow:
    return TaxRow(
        name=name if subtotal.rate else str(capfirst(TaxCategory(subtotal.category).label)),
        rate=None if subtotal.rate is None else notation.percentage(subtotal.rate),
        base=notation.money(subtotal.base),
        tax=notation.money(subtotal.tax),
    )
