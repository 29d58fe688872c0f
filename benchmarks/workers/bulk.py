"""Thousands of documents at once: made, issued, written by COPY, and checked. Each race starts in a fresh process with empty tables."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import crowd
import paperwork
from django.core.management import call_command
from django.db import connection, transaction
from numberings import company_named, unsaved

from invoicing.models import Counter, Invoice, InvoiceEvent, Item, Register

TABLES: tuple[Any, ...] = (Invoice, Item, InvoiceEvent)

Pairs = Iterator[tuple[Any, list[dict[str, Any]]]]


class Pile:
    """New documents of one company, each with five lines that no other one has; it notes how long making them took."""

    def __init__(self, count: int, **fields: Any) -> None:
        self.count = count
        self.fields = fields
        self.seconds = 0.0

    def __iter__(self) -> Pairs:
        company = company_named("bulk")
        for place in range(self.count):
            start = time.perf_counter()
            customer = {**paperwork.CUSTOMER, "name": f"Kundin {place}", "street": f"Allee {place}"}
            invoice = unsaved(company, **self.fields)
            invoice.set_customer_data(customer)
            pair = invoice, [paperwork.line(place + index) for index in range(5)]
            self.seconds += time.perf_counter() - start
            yield pair


def create_many(*, documents: int) -> dict[str, Any]:
    """Make numbered documents; `rate alone` leaves out what the caller needs to make his instances and dictionaries."""

    def work() -> dict[str, Any]:
        _empty()
        pile = Pile(documents)
        seconds, megabytes = _measured(lambda: Invoice.objects.create_many(pile))
        return {"rate": documents / seconds, "rate alone": documents / (seconds - pile.seconds), "megabytes": megabytes}

    return crowd.in_process(work)


def issue_many(*, documents: int) -> dict[str, Any]:
    """Issue drafts that are there."""

    def work() -> dict[str, Any]:
        _empty()
        Invoice.objects.create_many(Pile(documents, status=Invoice.STATUS.DRAFT))
        seconds, megabytes = _measured(lambda: Invoice.objects.filter(status=Invoice.STATUS.DRAFT).order_by("pk").issue_many())
        return {"rate": documents / seconds, "megabytes": megabytes}

    return crowd.in_process(work)


def copy(*, documents: int) -> dict[str, Any]:
    """Write the rows that `create_many` made by COPY: from Python values to the commit, the rows were read before."""

    def work() -> dict[str, Any]:
        _empty()
        Invoice.objects.create_many(Pile(documents))
        rows = [_rows(model) for model in TABLES]
        _truncate(*(model._meta.db_table for model in TABLES))
        seconds, _megabytes = _measured(lambda: _copy(rows))
        return {"rate": documents / seconds}

    return crowd.in_process(work)


def checks(*, documents: int) -> dict[str, Any]:
    """Audit the numbers of issued documents, and verify their chain: milliseconds a document."""

    def work() -> dict[str, Any]:
        _empty()
        Invoice.objects.create_many(Pile(documents, status=Invoice.STATUS.DRAFT))
        Invoice.objects.filter(status=Invoice.STATUS.DRAFT).issue_many()
        told = {}
        for name in ("audit_numbers", "verify_chain"):
            seconds, megabytes = _measured(lambda name=name: call_command(f"invoicing_{name}", stdout=StringIO()))
            told |= {name: seconds * 1000 / documents, f"{name} megabytes": megabytes}
        return told

    return crowd.in_process(work)


def _empty() -> None:
    """Empty the tables of documents, and start the chains and counters anew."""
    company_named("bulk")
    _truncate(*(model._meta.db_table for model in (*TABLES, Counter, Register)))


def _truncate(*tables: str) -> None:
    names = ", ".join(connection.ops.quote_name(table) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def _rows(model: Any) -> tuple[str, list[tuple[Any, ...]]]:
    """The COPY of a table, and its rows as Python values; JSON as text."""
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    names = [quote(field.column) for field in fields]
    read = [f"{name}::text" if field.get_internal_type() == "JSONField" else name for field, name in zip(fields, names, strict=True)]
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(" ".join(("SELECT", ", ".join(read), "FROM", table, "ORDER BY id")))
        return f"COPY {table} ({', '.join(names)}) FROM STDIN", cursor.fetchall()


def _copy(tables: list[tuple[str, list[tuple[Any, ...]]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, rows in tables:
            with cursor.copy(statement) as writer:
                for row in rows:
                    writer.write_row(row)


def _measured(act: Callable[[], object]) -> tuple[float, float | None]:
    """Seconds, and megabytes at the peak beyond those before, where the system tells."""
    gc.collect()
    before = _memory("VmRSS", afresh=True)
    start = time.perf_counter()
    act()
    seconds = time.perf_counter() - start
    peak = _memory("VmHWM")
    return seconds, None if before is None or peak is None else peak - before


def _memory(name: str, *, afresh: bool = False) -> float | None:
    """Megabytes of this process by a name of /proc, which only Linux has; `afresh` forgets the peak so far."""
    try:
        if afresh:
            Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
        lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), None)
