"""How a number may be taken, through the same models: as the library does it, under a lock of the whole table, or not at all.

A numbering is prepared once and put into force in processes that end with the race, so that none meets another.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import crowd
import paperwork
from django.db import connection
from django.db.models import Max, QuerySet
from ways import Act

from invoicing.models import Company, Invoice, InvoiceEvent

Rows = list[dict[str, Any]]
Prepare = Callable[[Any], None]
"""Takes a number before the document is saved, where the library would take it last."""

LAST, TABLE_LOCK, NONE, NO_CHAIN = "last", "table lock", "none", "no chain"


def issue(*, connections: int, **options: Any) -> dict[str, Any]:
    """Save a document with its lines as sent, which issues it."""
    return _race(_save, status=Invoice.STATUS.SENT, connections=connections, **options)


def save_and_issue(*, connections: int, **options: Any) -> dict[str, Any]:
    """Save a new document with its lines, which numbers it, and issue it, in one transaction."""
    return _race(_issue, status=Invoice.STATUS.NEW, connections=connections, **options)


def draft_and_issue(*, connections: int, **options: Any) -> dict[str, Any]:
    """Save a draft with its lines and issue it, which numbers it, in one transaction."""
    return _race(_issue, status=Invoice.STATUS.DRAFT, connections=connections, **options)


def save(*, connections: int, **options: Any) -> dict[str, Any]:
    """Save a new document with its lines: it gets its number, and is not frozen yet."""
    return _race(_save, status=Invoice.STATUS.NEW, connections=connections, **options)


def unsaved(company: Any, **fields: Any) -> Any:
    """A new document of a company."""
    invoice = Invoice(**paperwork.DOCUMENT, company=company, **fields)
    invoice.set_supplier_data(paperwork.SUPPLIER)
    invoice.set_customer_data(paperwork.CUSTOMER)
    return invoice


def company_named(code: str) -> Any:
    """A company whose counter and register exist: the first document of a year makes them once."""
    company, is_new = Company.objects.get_or_create(code=code, defaults={"name": paperwork.SUPPLIER["name"]})
    if is_new:
        _issue(unsaved(company), paperwork.lines(1))
    return company


def _race(
    act: Callable[[Any, Rows], None], *, status: str, numbering: str, connections: int, series: int, seconds: float, lines: int = 5
) -> dict[str, Any]:
    companies = [company_named(f"{numbering} {place}") for place in range(series)]
    prepare = _table_lock(companies) if numbering == TABLE_LOCK else _nothing
    rows = paperwork.lines(lines)

    def make(place: int) -> Act:
        _put_in_force(numbering)
        company = companies[place % series]

        def once() -> None:
            invoice = unsaved(company, status=status)
            prepare(invoice)
            act(invoice, rows)

        return once

    return crowd.together(make, crowd=connections, seconds=seconds)


def _save(invoice: Any, rows: Rows) -> None:
    invoice.save_with_items(rows)


def _issue(invoice: Any, rows: Rows) -> None:
    invoice.save_with_items(rows)
    invoice.issue()


def _nothing(_invoice: Any) -> None:
    """The library takes the number itself."""


def _table_lock(companies: list[Any]) -> Prepare:
    """Lock the table and look for the highest sequence, as django-invoicing does; an index of ours finds it at once."""
    table = connection.ops.quote_name(Invoice._meta.db_table)
    documents = QuerySet(Invoice)
    counters = {company.pk: documents.filter(company=company).values_list("counter_id", flat=True)[0] for company in companies}

    def prepare(invoice: Any) -> None:
        counter = counters[invoice.company_id]
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        last = documents.filter(counter_id=counter).aggregate(last=Max("sequence"))["last"]
        invoice.counter_id, invoice.sequence = counter, (last or 0) + 1
        invoice.write_number()

    return prepare


def _put_in_force(numbering: str) -> None:
    """Patch this process for good."""
    stack = ExitStack()
    if numbering == NONE:
        stack.enter_context(patch.object(Invoice, "_wants_number", lambda _invoice: False))
    if numbering == NO_CHAIN:
        stack.enter_context(patch.object(Invoice, "_write_history", _write_unchained))


def _write_unchained(_invoice: Any, events: list[InvoiceEvent], *, using: str, **_options: Any) -> None:
    for event in events:
        event.save(using=using)
