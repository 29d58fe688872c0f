"""Lettering: whether every text of a document can be drawn, asked before it is issued and its texts are frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError
from invoicing.fonts.coverage import undrawable

PARTY: Final = ("name", "street", "zip", "city", "state")

DRAWN: Final = (
    *("title", "note", "buyer_reference", "order_reference", "reference", "variable_symbol", "constant_symbol", "specific_symbol"),
    *(f"supplier_{name}" for name in (*PARTY, "registration_id", "tax_id", "vat_id", "email", "phone")),
    *(f"customer_{name}" for name in (*PARTY, "registration_id", "tax_id", "vat_id", "email", "phone")),
    *(f"shipping_{name}" for name in PARTY),
    *("issuer_name", "issuer_email", "issuer_phone"),
    *("bank_name", "bank_city", "bank_iban", "bank_swift_bic"),
)
"""The columns of an invoice whose text the package's documents show."""

DRAWN_OF_ITEMS: Final = ("title", "description", "unit")


def check_lettering(invoice: Any, *, items: Iterable[Any]) -> None:
    """Raise InvalidDataError that names every text with a letter that no font has, and the letters.

    Silent for documents that others made, and where INVOICING_CHECK_GLYPHS is off.
    """
    if invoice.is_received or not conf.check_glyphs:
        return
    errors: dict[str, list[object]] = {}
    for place, text in _texts(invoice, items=items):
        sentence = lettering_fault(text or "")
        if sentence:
            errors[place] = [sentence]
    if errors:
        raise InvalidDataError(errors)


def lettering_fault(text: str) -> str:
    """A sentence about the letters that no font has; blank where all can be drawn."""
    letters = undrawable(text)
    if not letters:
        return ""
    named = ", ".join(f"“{letter}” (U+{ord(letter):04X})" for letter in letters[:10])
    return _("No font has {letters}: leave them out, or name a font that has them in INVOICING_FONTS.").format(letters=named)


def _texts(invoice: Any, *, items: Iterable[Any]) -> Iterator[tuple[str, str | None]]:
    """Every text that may be drawn, with the name of its place."""
    for name in DRAWN:
        yield name, getattr(invoice, name)
    for side in ("supplier", "customer"):
        yield f"{side}_additional_info", " ".join(_strings(getattr(invoice, f"{side}_additional_info")))
    yield "tax_notes", " ".join(invoice.tax_notes)
    own_footer = invoice.company.document_footer if invoice.company else ""
    yield "company.document_footer", own_footer or str(conf.look.get("footer", ""))
    for position, item in enumerate(items):
        for name in DRAWN_OF_ITEMS:
            yield f"items[{position}].{name}", getattr(item, name)


def _strings(value: object) -> Iterator[str]:
    """Every text inside a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value, *value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
