"""Statements that run for every item: composed once a database, run with other values ever after.

Saving one item takes four statements, and composing three of them through the ORM takes longer than running them. What is
composed here is what the ORM composes, converters included; only the composing is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connections, models

Row = list[Any]
Compose = Callable[[type[models.Model], str], "models.QuerySet[Any, Any]"]


@cache
def prepared(compose: Compose, model: type[models.Model], using: str, *, key_field: Any) -> Callable[[Sequence[Any]], list[Row]]:
    """A query that was composed once, as a function of its parameters, keys of `key_field`, to its rows.

    `compose` makes the queryset with stand-ins for the parameters, in the order in which they are given later.
    """
    compiler = compose(model, using).query.get_compiler(using)
    sql, _stand_ins = compiler.as_sql()
    converters = compiler.get_converters([expression for expression, _sql, _alias in compiler.select])

    def rows(parameters: Sequence[Any]) -> list[Row]:
        connection = connections[using]
        keys = [key_field.get_db_prep_value(parameter, connection) for parameter in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, keys)
            found = [list(row) for row in cursor.fetchall()]
        for place, (conversions, expression) in converters.items():
            for row in found:
                for convert in conversions:
                    row[place] = convert(row[place], expression, connection)
        return found

    return rows


def update_row(row: models.Model, columns: Sequence[str], *, using: str) -> None:
    """Write some columns of a stored row from the instance."""
    connection = connections[using]
    fields = _columns(type(row), tuple(columns))
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        key: Any = row._meta.pk
        cursor.execute(_update_sql(type(row), tuple(columns), using), [*values, key.get_db_prep_value(row.pk, connection)])


@cache
def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


@cache
def _update_sql(model: type[models.Model], names: tuple[str, ...], using: str) -> str:
    quote = connections[using].ops.quote_name
    assignments = ", ".join(f"{quote(field.column)} = %s" for field in _columns(model, names))
    key: Any = model._meta.pk
    return f"UPDATE {quote(model._meta.db_table)} SET {assignments} WHERE {quote(key.column)} = %s"  # noqa: S608  # names only
