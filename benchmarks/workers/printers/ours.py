"""This library: the PDF of an invoice, the PDF of a page that is ready, and many in several processes."""

import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

import catalogue
import crowd
import ways

from invoicing.documents.html import render_html
from invoicing.documents.pdf import WeasyPrintRenderer, render_pdf
from printers.measuring import Act, cpu_seconds, growing, printing

DISTRIBUTION = "django-invoicekit"

pile: list[Any] = []
"""What `many` prints, made once."""


def from_invoice(invoice: Any) -> Act:
    """Ask for the PDF of a stored invoice: its items are read, the page is written and drawn."""
    return lambda: render_pdf(invoice)


def from_page(invoice: Any) -> Act:
    """Draw a page that is ready."""
    html = render_html(invoice)
    return lambda: WeasyPrintRenderer().render(html)


def many(*, documents: int, processes: int) -> dict[str, Any]:
    """Print a pile of stored invoices in so many processes, whose start is part of the time."""
    from invoicing.documents.bulk import render_many  # noqa: PLC0415  # so that an older checkout can be measured without it

    make_pile(documents)
    cpu, wall = cpu_seconds(), time.perf_counter()
    done = sum(1 for _rendered in render_many(pile[:documents], processes=processes))
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    assert done == documents
    return {"wall": wall, "cpu": cpu, "rate": documents / wall}


def apart(*, documents: int) -> dict[str, Any]:
    """Let two programs print half of them each, without a word to anybody, from when they have started: what the machine allows."""
    make_pile(documents)

    def act(place: int) -> ways.Act:
        halves = cycle(pile[place:documents:2])
        return lambda: render_pdf(next(halves))

    rate = crowd.together(act, crowd=2, times=documents // 2)["rate"]
    return {"wall": documents / rate, "rate": rate}


def make_pile(documents: int) -> None:
    """Have so many stored invoices at hand."""
    pile.extend(catalogue.stored(place, lines=10) for place in range(len(pile), documents))


WAYS: dict[str, Any] = {}
RACES: dict[str, Callable[..., dict[str, Any]]] = {
    "print": printing(from_invoice),
    "print page": printing(from_page),
    "grow": growing(from_page),
    "many": many,
    "apart": apart,
}
