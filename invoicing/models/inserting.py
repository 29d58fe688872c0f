"""Inserting many rows the fastest way that the database has; keys are set as `bulk_create` sets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import connections, models

from invoicing.models.locking import plain

AS_THEY_ARE = frozenset({NoneType, str, int, bool, Decimal, date, datetime, UUID})
"""The types of values that PostgreSQL's driver takes as they are, and that columns of checked rows hold."""

WORTH_COPYING = 20
"""Fewer rows than these are there sooner in one INSERT: COPY asks for their keys before."""

Reader = Callable[[models.Model], Any]


def insert_rows(model: type[models.Model], rows: Sequence[Any], *, using: str, batch_size: int = 1000) -> None:
    """Insert unsaved rows that are checked: many by COPY where psycopg 3 speaks with PostgreSQL, else by `bulk_create`."""
    if len(rows) >= WORTH_COPYING and _can_copy(model, using):
        _copy(model, rows, using=using)
    else:
        plain(model, using=using).bulk_create(rows, batch_size=batch_size)


@cache
def _can_copy(model: type[models.Model], using: str) -> bool:
    connection: Any = connections[using]
    if connection.vendor != "postgresql" or not isinstance(model._meta.pk, models.AutoField) or model._meta.parents:
        return False
    if any(getattr(field, "generated", False) for field in model._meta.concrete_fields):
        return False
    connection.ensure_connection()
    # psycopg 3 has a copy() that takes rows; psycopg2 has none.
    with connection.cursor() as cursor:
        return hasattr(cursor.cursor, "copy")


def _copy(model: type[models.Model], rows: Sequence[Any], *, using: str) -> None:
    connection: Any = connections[using]
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    table = quote(model._meta.db_table)
    fields = [field for field in model._meta.concrete_fields if field is not key]
    columns = ", ".join(quote(field.column) for field in (key, *fields))
    with connection.cursor() as cursor:
        # COPY tells no keys: they are drawn before.
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, key.column, len(rows)])
        keys = [drawn for (drawn,) in cursor.fetchall()]
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for drawn, values in zip(keys, _values(fields, rows, connection), strict=True):
                copy.write_row((drawn, *values))
    for row, drawn in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = drawn, False, using


def _values(fields: Sequence[Any], rows: Sequence[models.Model], connection: Any) -> Iterator[list[Any]]:
    """The values of each row, prepared for the database."""
    readers = [_reader(field) for field in fields]
    for row in rows:
        values = [read(row) for read in readers]
        yield [
            value if type(value) in AS_THEY_ARE else field.get_db_prep_save(value, connection)
            for field, value in zip(fields, values, strict=True)
        ]


@cache
def _reader(field: models.Field[Any, Any]) -> Reader:
    """How a field reads its value: the ones that stamp or store something on saving do so, the others' values stand on the row."""
    name = field.attname
    if type(field).pre_save is not models.Field.pre_save:
        return lambda row: field.pre_save(row, add=True)
    return lambda row: row.__dict__[name]
