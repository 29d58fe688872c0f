"""The ways of django-invoicing: what its documentation offers for each job."""

from typing import Any

import crowd
import paperwork
import touching
from invoicing.formatters.html import BootstrapHTMLFormatter
from ways import Act, Race, UnavailableError, in_threads

from invoicing.models import Invoice, Item

try:
    import weasyprint
    from weasyprint.urls import URLFetcher
except (ImportError, OSError) as error:
    weasyprint = None
    WHY_NOT = f"WeasyPrint: {error}"

DISTRIBUTION = "django-invoicing"


def unsaved() -> Any:
    """A new invoice."""
    invoice = Invoice(**paperwork.DOCUMENT)
    invoice.set_supplier_data(paperwork.SUPPLIER)
    invoice.set_customer_data(paperwork.CUSTOMER)
    return invoice


def create(rows: list[dict[str, Any]]) -> Any:
    """Save an invoice and its items one by one: it has no other way."""
    invoice = unsaved()
    invoice.save()
    for row in rows:
        Item(invoice=invoice, **row).save()
    return invoice


def stored(lines: int) -> Any:
    """An invoice read from the database."""
    # Without signals, which would take minutes for a long one; the totals are stored by the last save.
    invoice = unsaved()
    invoice.save()
    Item.objects.bulk_create(Item(invoice=invoice, **row) for row in paperwork.lines(lines))
    invoice.save()
    return Invoice.objects.get(pk=invoice.pk)


def html(invoice: Any) -> str:
    """The page as its formatter makes it."""
    page: str = BootstrapHTMLFormatter(invoice).get_response().content.decode()
    return page


def create_way(lines: int) -> Act:
    """Make an invoice."""
    rows = paperwork.lines(lines)
    return lambda: create(rows)


def html_way(lines: int) -> Act:
    """Render a page."""
    invoice = stored(lines)
    return lambda: html(invoice)


def pdf_way(lines: int) -> Act:
    """Print the page: the library sends it to a service; the same WeasyPrint as ours does that here, without loading Bootstrap."""
    if weasyprint is None:
        raise UnavailableError(WHY_NOT)
    invoice, fetcher = stored(lines), URLFetcher(allowed_protocols=["data"])
    return lambda: weasyprint.HTML(string=html(invoice), url_fetcher=fetcher).write_pdf()


WAYS = {
    "create": create_way,
    "copy": lambda lines: stored(lines).create_copy,
    "delete": lambda lines: stored(lines).delete,
    "html": html_way,
    "pdf": pdf_way,
    "threads": lambda lines: in_threads(create_way(lines)),
}


def create_race(*, connections: int, seconds: float) -> dict[str, Any]:
    """Make invoices of five lines, in so many processes."""
    return crowd.together(lambda _place: create_way(5), crowd=connections, seconds=seconds)


def touch_then_copy(*, connections: int, times: int) -> dict[str, Any]:
    """Change an invoice and copy it."""
    return touching.touch_then_copy([stored(5) for _place in range(connections)], times=times)


def one_by_one(*, documents: int) -> dict[str, Any]:
    """Make so many invoices of five lines, one after the other."""
    return crowd.together(lambda _place: create_way(5), crowd=1, times=documents)


RACES: dict[str, Race] = {"create": create_race, "touch-then-copy": touch_then_copy, "one-by-one": one_by_one}
