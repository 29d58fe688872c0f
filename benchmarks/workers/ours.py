"""The ways of this library: all that it has to make an invoice, and raw SQL beside them."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import bulk
import numberings
import paperwork
import raw_sql
import touching
from django.core.management import call_command
from ways import Act, Race, UnavailableError, Way, in_threads

from invoicing.documents.html import render_html
from invoicing.documents.pdf import render_pdf
from invoicing.exceptions import MissingDependencyError
from invoicing.models import Invoice, Item

DISTRIBUTION = "django-invoicekit"

Rows = list[dict[str, Any]]


def unsaved() -> Any:
    """A new invoice."""
    invoice = Invoice(**paperwork.DOCUMENT)
    invoice.set_supplier_data(paperwork.SUPPLIER)
    invoice.set_customer_data(paperwork.CUSTOMER)
    return invoice


def plain(rows: Rows) -> None:
    """Save the invoice, then its items one by one."""
    invoice = unsaved()
    invoice.save()
    for row in rows:
        Item(invoice=invoice, **row).save()


def batch(rows: Rows) -> None:
    """The same, inside the `with` block."""
    invoice = unsaved()
    invoice.save()
    with invoice.batch():
        for row in rows:
            Item(invoice=invoice, **row).save()


def add_items(rows: Rows) -> None:
    """Save the invoice, then add all items at once."""
    invoice = unsaved()
    invoice.save()
    invoice.add_items(rows)


def whole(rows: Rows) -> Any:
    """Save the invoice with its items."""
    invoice = unsaved()
    invoice.save_with_items(rows)
    return invoice


def raw(rows: Rows) -> None:
    """Send the inserts and nothing else."""
    write(len(rows))


def stored(lines: int) -> Any:
    """An invoice read from the database; the last of its counter, so that deleting it really deletes."""
    return Invoice.objects.get(pk=whole(paperwork.lines(lines)).pk)


def create_way(make: Callable[[Rows], object]) -> Way:
    """Make an invoice in this way."""

    def way(lines: int) -> Act:
        rows = paperwork.lines(lines)
        return lambda: make(rows)

    return way


def threads_way(make: Callable[[Rows], object]) -> Way:
    """Make many in many threads."""
    return lambda lines: in_threads(create_way(make)(lines))


def html_way(lines: int) -> Act:
    """Render a page."""
    invoice = stored(lines)
    return lambda: render_html(invoice)


def pdf_way(lines: int) -> Act:
    """Print it."""
    invoice = stored(lines)
    try:
        render_pdf(invoice)
    except MissingDependencyError as error:
        raise UnavailableError(str(error)) from error
    return lambda: render_pdf(invoice)


sample = whole(paperwork.lines(1))
write = raw_sql.invoice_writer(invoice=sample, event=sample.events.get(), item=sample.item_set.get())

MAKERS: dict[str, Callable[[Rows], object]] = {"plain": plain, "batch": batch, "add_items": add_items, "whole": whole, "raw": raw}
WAYS: dict[str, Way] = {
    **{f"create/{name}": create_way(make) for name, make in MAKERS.items()},
    **{f"threads/{name}": threads_way(make) for name, make in MAKERS.items()},
    "copy": lambda lines: stored(lines).create_copy,
    "delete": lambda lines: stored(lines).delete,
    "html": html_way,
    "pdf": pdf_way,
}


def touch_then_copy(*, connections: int, times: int) -> dict[str, Any]:
    """Change an invoice and copy it."""
    return touching.touch_then_copy([stored(5) for _place in range(connections)], times=times)


def protect() -> dict[str, Any]:
    """Let the database refuse changes of issued invoices, as well."""
    call_command("invoicing_protect", stdout=StringIO())
    return {}


RACES: dict[str, Race] = {
    "issue": numberings.issue,
    "save and issue": numberings.save_and_issue,
    "draft and issue": numberings.draft_and_issue,
    "save": numberings.save,
    "touch-then-copy": touch_then_copy,
    "create_many": bulk.create_many,
    "issue_many": bulk.issue_many,
    "copy": bulk.copy,
    "checks": bulk.checks,
    "protect": protect,
}
