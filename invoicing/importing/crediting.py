"""A credit note of a file: which lines of the corrected document it takes back, and what it may say for itself."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.domain.choices import InvoiceType
from invoicing.exceptions import InvalidDataError
from invoicing.importing.records import Record
from invoicing.models.copying import CreditLine

OWN: Final = frozenset(
    {
        "number",
        "sequence",
        "type",
        "title",
        "language",
        "date_issue",
        "date_tax_point",
        "date_due",
        "buyer_reference",
        "order_reference",
        "reference",
        "constant_symbol",
        "variable_symbol",
        "specific_symbol",
        "note",
        "internal_note",
        "attachments",
        "metadata",
    }
)
"""What a credit note says for itself; everything else it has from the document that it corrects."""


def credit_note_values(record: Record) -> dict[str, Any]:
    """The arguments for `create_credit_note`. Raises InvalidDataError for what the corrected document says already."""
    foreign = sorted((set(record.columns) - OWN) | ({"party", "payment_term", "related", "tax"} & set(record.extras)))
    if foreign:
        raise InvalidDataError({name: [_("A credit note has this from what it corrects: leave it out.")] for name in foreign})
    if record.columns.get("type", InvoiceType.CREDIT_NOTE) != InvoiceType.CREDIT_NOTE:
        raise InvalidDataError({"type": [_("Only a CREDIT_NOTE corrects another document.")]})
    values = {name: value for name, value in record.columns.items() if name not in {"type", "metadata"}}
    if "reason" in record.extras:
        values.setdefault("reason", record.extras["reason"])
    return values


def credit_lines(record: Record, original: Any) -> list[CreditLine]:
    """What is taken back of each line, found by its place (from 1) or its title. Raises InvalidDataError."""
    items = list(original.item_set.all())
    errors: dict[str, list[object]] = {}
    lines = []
    for index, entry in enumerate(record.items):
        wanted = entry.extras
        found = _meant(wanted, items)
        if "quantity" in wanted and "amount" in wanted:
            errors[f"items[{index}].amount"] = [_("Give a quantity or an amount, not both.")]
        elif len(found) != 1:
            text = _("It names {count} lines of {number}: give “line”, its place from 1 to {most}, or a title that stands once.")
            name = "line" if "line" in wanted else "title"
            errors[f"items[{index}].{name}"] = [text.format(count=len(found), number=original.number, most=len(items))]
        else:
            lines.append(CreditLine(item=found[0], quantity=wanted.get("quantity"), amount=wanted.get("amount")))
    if errors:
        raise InvalidDataError(errors)
    return lines


def _meant(wanted: dict[str, Any], items: list[Any]) -> list[Any]:
    if "line" in wanted:
        return [item for place, item in enumerate(items, start=1) if place == wanted["line"]]
    return [item for item in items if item.title == wanted.get("title")]
