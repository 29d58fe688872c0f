"""Ways to change a document that is issued. Each must be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from invoicing.models import Item, get_invoice_model
from invoicing.models.querysets import InvoiceQuerySet
from tests.factories import build_invoice, line

Invoice = get_invoice_model()


@dataclass(frozen=True)
class Scene:
    """What is tampered with, all read just now: an issued document, one of its lines, and an open document."""

    issued: Any
    item: Any = None
    other: Any = None


Tampering = Callable[[Scene], object]

OTHER_VALUES: dict[str, Any] = {
    "customer_name": "Buchhandlung Winter KG",
    "supplier_vat_id": "DE136695976",
    "note": "Paid in advance.",
    "title": "Another title",
    "currency": "CHF",
    "rounding_policy": "",
    "type": "PROFORMA",
    "origin": "RECEIVED",
    "number": "2026/999",
    "sequence": 999,
    "number_prefix": "Z-",
    "credit": Decimal(77),
    "total": Decimal(77),
    "vat": Decimal(77),
    "date_issue": date(2026, 11, 1),
    "date_tax_point": date(2026, 11, 1),
    "date_due": date(2027, 11, 1),
    "issued_at": None,
    "tax_decisions": [{"rate": None}],
    "supplier_additional_info": {"changed": True},
}
"""A frozen column, and a value that no document of the machine has in it."""


def _set(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _column_saved(name: str) -> Tampering:
    return lambda on: _set(on.issued, **{name: OTHER_VALUES[name]}).save()


def _column_named(name: str) -> Tampering:
    return lambda on: _set(on.issued, **{name: OTHER_VALUES[name]}).save(update_fields=[name])


def _replaced(on: Scene) -> None:
    build_invoice(pk=on.issued.pk, uuid=on.issued.uuid, status=on.issued.status).save()


def _line_batched(on: Scene) -> None:
    with on.issued.batch():
        Item(invoice=on.issued, **line()).save()


def _updated_or_created(on: Scene) -> None:
    Item.objects.update_or_create(pk=on.item.pk, defaults={"unit_price": on.item.unit_price + 1})


DOCUMENT: dict[str, Tampering] = {
    **{f"save {name}": _column_saved(name) for name in OTHER_VALUES},
    **{f"save only {name}": _column_named(name) for name in OTHER_VALUES},
    "save another with its key": _replaced,
    "delete": lambda on: on.issued.delete(),
    "delete by queryset": lambda on: Invoice.objects.filter(pk=on.issued.pk).delete(),
    "recalculate tax": lambda on: on.issued.recalculate_tax(),
    "add a line": lambda on: Item(invoice=on.issued, **line()).save(),
    "create a line": lambda on: on.issued.item_set.create(**line()),
    "add lines": lambda on: on.issued.add_items([line(), line()]),
    "bulk-create lines": lambda on: Item.objects.bulk_create([Item(invoice=on.issued, **line())]),
    "batch lines": _line_batched,
}
"""Ways that need nothing but the document."""

if InvoiceQuerySet.update is not QuerySet.update:
    DOCUMENT |= {
        "update": lambda on: Invoice.objects.filter(pk=on.issued.pk).update(customer_name="Winter"),
        "update by an expression": lambda on: Invoice.objects.filter(pk=on.issued.pk).update(total=F("total") + 1),
        "bulk-update": lambda on: Invoice.objects.bulk_update([_set(on.issued, note="Changed")], ["note"]),
    }

LINE: dict[str, Tampering] = {
    "change the price": lambda on: _set(on.item, unit_price=on.item.unit_price + 1).save(),
    "save only the title": lambda on: _set(on.item, title="Renamed").save(update_fields=["title"]),
    "save only the net": lambda on: _set(on.item, net=on.item.net + 1).save(update_fields=["net"]),
    "delete the line": lambda on: on.item.delete(),
    "update the lines": lambda on: on.issued.item_set.update(discount=Decimal(99)),
    "update by an expression": lambda on: Item.objects.filter(pk=on.item.pk).update(quantity=F("quantity") + 1),
    "bulk-update the line": lambda on: Item.objects.bulk_update([_set(on.item, title="Renamed")], ["title"]),
    "update or create the line": _updated_or_created,
    "delete the lines": lambda on: on.issued.item_set.all().delete(),
    "delete lines by queryset": lambda on: Item.objects.filter(pk=on.item.pk).delete(),
}
"""Ways that need a line of it."""

MOVES: dict[str, Tampering] = {
    "move a line out": lambda on: _set(on.item, invoice=on.other).save(),
    "move a line out, and name the column": lambda on: _set(on.item, invoice=on.other).save(update_fields=["invoice"]),
}
"""Ways that need a line of it and an open document."""

MOVES_IN: dict[str, Tampering] = {
    "move a line in": lambda on: _set(on.other.item_set.first(), invoice=on.issued).save(),
    "move a line in, and name the column": lambda on: _set(on.other.item_set.first(), invoice=on.issued).save(update_fields=["invoice"]),
}
"""Ways that need an open document with a line."""
