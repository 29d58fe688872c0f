"""INSERT … SELECT for tables of Django: whatever a statement does not name gets the default that the model would give it."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models


def execute(statement: str, values: Any = None) -> int:
    """Send a statement; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows(statement: str, values: Any = None) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def insert(model: Any, expressions: Mapping[str, str], *, source: str, values: Mapping[str, Any]) -> int:
    """Fill the columns of a table by expressions over `source`, which is FROM and all that follows; how many rows that were.

    Raises KeyError for an expression whose column is not there: the table has changed, and the numbers would lie.
    """
    fields = {field.column: field for field in model._meta.concrete_fields}
    if unknown := expressions.keys() - fields.keys():
        raise KeyError(f"{model._meta.db_table} has no {', '.join(sorted(unknown))}.")
    given = dict(values)
    chosen = dict(expressions)
    for column, field in fields.items():
        if column not in chosen and not field.null and not isinstance(field, models.AutoField):
            given[f"default_{column}"] = _default(field)
            chosen[column] = f"%(default_{column})s::{field.db_type(connection)}"
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in chosen)
    words = ("INSERT INTO", quote(model._meta.db_table), f"({names})", "SELECT", ", ".join(chosen.values()), source)
    return execute(" ".join(words), given)


def _default(field: Any) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return "2026-06-30 12:00:00+00"
    return field.get_db_prep_save(field.get_default(), connection)
