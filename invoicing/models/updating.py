"""Writing columns of many rows, each with values of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections

from invoicing.models.locking import plain


def update_rows(rows: Sequence[Any], names: Sequence[str], *, using: str) -> None:
    """Write these columns of stored rows of one model, a plain statement a row: what `bulk_update` makes takes longest to compose."""
    if not rows or not names:
        return
    connection: Any = connections[using]
    model = type(rows[0])
    if model._meta.parents:
        # The columns stand in several tables.
        plain(model, using=using).bulk_update(rows, names, batch_size=200)
        return
    quote = connection.ops.quote_name
    fields = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = model._meta.pk
    statement = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {quote(key.column)} = %s"  # noqa: S608  # names of ours
    values = (
        [
            *(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields),
            key.get_db_prep_value(row.pk, connection),
        ]
        for row in rows
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(values))
