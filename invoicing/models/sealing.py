"""Seals: the frozen content of documents, read from their rows, as the chain of events holds it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from invoicing import chain
from invoicing.models.columns import all_columns, columns_of
from invoicing.models.event import Content, InvoiceEvent, moment
from invoicing.models.locking import plain

VERSION = 1

CHUNK = 500
"""Documents that are read at a time."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The rows of one document, as far as they are frozen."""

    row: Row
    items: Sequence[Row]
    personal: frozenset[str]

    def content(self, salt: str) -> dict[str, Any]:
        """What the chain seals: the columns, commitments to the personal ones, and the items."""
        return {
            "version": VERSION,
            "columns": {name: plain_value(value) for name, value in self.row.items() if name not in self.personal},
            "personal": {
                name: chain.commitment(salt, name, plain_value(value)) for name, value in self.row.items() if name in self.personal
            },
            "items": [{name: plain_value(value) for name, value in item.items()} for item in self.items],
        }

    def with_columns(self, columns: Mapping[str, Any]) -> Frozen:
        """The same document with columns that were written since, as far as they are frozen."""
        return replace(self, row=self.row | {name: value for name, value in columns.items() if name in self.row})

    def seal(self) -> Content:
        """The content, for an event that seals it."""
        return Content(make=self.content)

    def differences(self, event: InvoiceEvent) -> list[str]:
        """Where the rows differ from what an event sealed: names of columns, and items[place].column.

        A column that was added to the tables later was not sealed, one that was taken away cannot be compared.
        """
        sealed = json.loads(event.content)
        now = self.content(event.salt) if event.salt else {**self.content(chain.new_salt()), "personal": {}}
        found = [
            name
            for part in ("columns", "personal")
            for name, value in now[part].items()
            if name in sealed[part] and sealed[part][name] != value
        ]
        before, after = ({item["id"]: item for item in items} for items in (sealed["items"], now["items"]))
        for place, key in enumerate(before):
            if key not in after:
                found.append(f"items[{place}] (missing)")
                continue
            found += [f"items[{place}].{name}" for name, value in after[key].items() if name in before[key] and before[key][name] != value]
        return found + [f"items (added: {key})" for key in after if key not in before]


def read_frozen(model: Any, pks: Sequence[Any], *, using: str) -> dict[Any, Frozen]:
    """The frozen rows of documents, by their keys."""
    columns = tuple(field.attname for field in model._meta.concrete_fields if model.is_frozen(field))
    item_model = model.item_model()
    items: dict[Any, list[Row]] = {pk: [] for pk in pks}
    lines = columns_of(item_model, all_columns(item_model))
    for item in lines.using(using).filter(invoice_id__in=pks).order_by("pk"):
        items[item["invoice_id"]].append(item)
    key = model._meta.pk.attname
    rows = columns_of(model, columns).using(using).filter(pk__in=pks)
    return {row[key]: Frozen(row=row, items=items[row[key]], personal=model.PERSONAL_COLUMNS) for row in rows}


def seals_of(pks: Sequence[Any], *, using: str) -> dict[Any, InvoiceEvent]:
    """The last event of a chain that sealed each document."""
    sealing = plain(InvoiceEvent, using=using).filter(invoice_id__in=pks, position__isnull=False).exclude(content="")
    return {event.invoice_id: event for event in sealing.order_by("pk")}


def broken_seals(model: Any, *, using: str) -> Iterator[tuple[Any, list[str]]]:
    """Every document that is issued, or was, and differs from its seal or from its last step, and where: a chunk at a time."""
    chained = plain(InvoiceEvent, using=using).filter(invoice_id=OuterRef("pk"), position__isnull=False)
    sealed = plain(model, using=using).filter(Q(issued_at__isnull=False) | Exists(chained)).order_by("pk").values_list("pk", "status")
    last: Any = None
    while chunk := dict((sealed if last is None else sealed.filter(pk__gt=last))[:CHUNK]):
        seals, rows = seals_of(list(chunk), using=using), read_frozen(model, list(chunk), using=using)
        steps = dict(InvoiceEvent.objects.using(using).steps().filter(invoice_id__in=chunk).values_list("invoice_id", "status_to"))
        for pk, status in chunk.items():
            found = rows[pk].differences(seals[pk]) if pk in seals else ["seal (missing)"]
            if steps.get(pk, status) != status:
                found.append("status")
            if found:
                yield pk, found
        last = max(chunk)


def plain_value(value: Any) -> Any:
    """A value of a column as every database gives it back: equal values are equal texts."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, int | float | Decimal | Mapping | list):
        return chain.plain(value)
    if isinstance(value, dt.datetime):
        return moment(value) if value.tzinfo else value.isoformat(timespec="milliseconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
