"""What the database itself needs: the statements of one new invoice with its lines, sent without any ORM or check.

It writes the same tables, columns and numbers as this library does and computes nothing: the floor that no library can go below.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection

MOST_PARAMETERS = 32_000
"""SQLite takes 32,766 parameters a statement."""


def invoice_writer(*, invoice: Any, event: Any, item: Any) -> Callable[[int], None]:
    """A function that inserts a copy of a stored invoice with so many copies of an item, and counts it in the invoice's counter."""
    invoice_row, event_row, item_row = (_row(model) for model in (invoice, event, item))
    insert_items = _insert_by_arrays if connection.vendor == "postgresql" else _insert_by_rows
    counters = connection.ops.quote_name(type(invoice)._meta.get_field("counter").related_model._meta.db_table)
    take = _sql("UPDATE", counters, "SET value = value + 1 WHERE id = %s RETURNING value")

    def write(lines: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(take, [invoice.counter_id])
            sequence = cursor.fetchone()[0]
            number = f"2026/{sequence}"
            own = {"uuid": _uuid(), "sequence": sequence, "number": number, "number_key": f"0:{number}"}
            cursor.execute(_insert(invoice, invoice_row) + " RETURNING id", list({**invoice_row, **own}.values()))
            key = cursor.fetchone()[0]
            insert_items(cursor, item, {**item_row, "invoice_id": key}, lines=lines)
            cursor.execute(_insert(event, event_row), list({**event_row, "uuid": _uuid(), "invoice_id": key, "number": number}.values()))

    return write


def _row(model: Any) -> dict[str, Any]:
    """The stored columns of a row, as the driver gives and takes them, without the key."""
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(_as_text(field) for field in columns)
    with connection.cursor() as cursor:
        cursor.execute(_sql("SELECT", names, "FROM", connection.ops.quote_name(model._meta.db_table), "WHERE id = %s"), [model.pk])
        return dict(zip([field.column for field in columns], cursor.fetchone(), strict=True))


def _as_text(field: Any) -> str:
    """A column's name; JSON as text, because the driver gives it as a dictionary and does not take that back."""
    name = connection.ops.quote_name(field.column)
    is_json = field.get_internal_type() == "JSONField" and connection.vendor == "postgresql"
    return f"{name}::text" if is_json else name


def _sql(*words: str) -> str:
    return " ".join(words)


def _insert(model: Any, row: dict[str, Any], *, rows: int = 1) -> str:
    one = f"({', '.join(['%s'] * len(row))})"
    return _sql(_into(model, row), "VALUES", ", ".join([one] * rows))


def _into(model: Any, row: dict[str, Any]) -> str:
    columns = ", ".join(connection.ops.quote_name(name) for name in row)
    return f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns})"


def _insert_by_rows(cursor: Any, model: Any, row: dict[str, Any], *, lines: int) -> None:
    at_once = MOST_PARAMETERS // len(row)
    for start in range(0, lines, at_once):
        rows = min(at_once, lines - start)
        cursor.execute(_insert(model, row, rows=rows), list(row.values()) * rows)


def _insert_by_arrays(cursor: Any, model: Any, row: dict[str, Any], *, lines: int) -> None:
    """One array a column, which PostgreSQL reads several times faster than as many placeholders."""
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    arrays = ", ".join(f"(%s)::{types[name]}[]" for name in row)
    cursor.execute(_sql(_into(model, row), "SELECT * FROM UNNEST(", arrays, ")"), [[value] * lines for value in row.values()])


def _uuid() -> Any:
    value = uuid.uuid4()
    return value if connection.features.has_native_uuid_field else value.hex
