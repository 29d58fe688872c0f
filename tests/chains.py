"""Whoever can write the database itself: rows change, come and go by SQL, past everything that the library guards."""

from __future__ import annotations

from typing import Any

from django.db import connection, models

from invoicing.chain import digest
from invoicing.models import InvoiceEvent, Register
from invoicing.verifying import Problem, verify_chain


def run_sql(statement: str, *parameters: Any) -> None:
    """Run a statement on the connection of the test."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def change_row(row: models.Model, **values: Any) -> None:
    """Change columns of a stored row by SQL; values are what the model's fields take."""
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        table, column, key = map(_name, (row._meta.db_table, field.column, row._meta.pk.column))
        statement = f"UPDATE {table} SET {column} = %s WHERE {key} = %s"  # noqa: S608  # names of our own tables
        run_sql(statement, field.get_db_prep_save(value, connection), row._meta.pk.get_db_prep_value(row.pk, connection))


def remove_row(row: models.Model) -> None:
    """Delete a stored row by SQL."""
    key: Any = row._meta.pk
    statement = f"DELETE FROM {_name(row._meta.db_table)} WHERE {_name(key.column)} = %s"  # noqa: S608  # names of our own tables
    run_sql(statement, key.get_db_prep_value(row.pk, connection))


def remove_document(invoice: Any) -> None:
    """Delete a document by SQL, with all that hangs on it; its events stay and lose their link."""
    for event in InvoiceEvent.objects.filter(invoice_id=invoice.pk):
        change_row(event, invoice=None)
    for item in models.QuerySet(invoice.item_model()).filter(invoice_id=invoice.pk):
        remove_row(item)
    remove_row(invoice)


def chained(**wanted: Any) -> InvoiceEvent:
    """The one event of the chain that is asked for."""
    return InvoiceEvent.objects.get(register__isnull=False, **wanted)


def found(**scope: Any) -> list[Problem]:
    """All problems."""
    return list(verify_chain(**scope))


def told(**scope: Any) -> list[tuple[str, int | None, tuple[str, ...]]]:
    """All problems, in short: what kind, at which event, which columns."""
    return [(problem.finding.value, problem.position, problem.columns) for problem in found(**scope)]


def rewrite_from(position: int, register: Register) -> None:
    """Work out hashes and links anew, as whoever knows the format can, and leave the head that was on record."""
    before = InvoiceEvent.objects.filter(register=register, position=position - 1).values_list("hash", flat=True).first()
    for event in InvoiceEvent.objects.filter(register=register, position__gte=position).order_by("position"):
        record = event.record if before is None else event.record.replace(_previous(event), before)
        before = digest(record)
        change_row(event, record=record, hash=before)


def _previous(event: InvoiceEvent) -> str:
    _head, _found, rest = event.record.partition('"previous":"')
    return rest[:64]


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
