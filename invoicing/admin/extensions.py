"""What other apps add to the page of an invoice: links beside its acts, parts that are read, columns that they compute.

The core knows no app above it. An app adds what it has where its own admin is imported, once for every site:

    show_on_invoices(Panel(name="payments", title=_("Payments"), render=payments_of))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.functional import Promise

from invoicing.models import AbstractInvoice


class Shown(Protocol):
    """What an app shows of a document to somebody on a site: HTML or an address; empty for nothing."""

    def __call__(self, invoice: AbstractInvoice, /, *, request: HttpRequest, site: AdminSite) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the page that is only read, below the totals. `render` gives its HTML, `css` names the static files that it needs."""

    name: str
    title: Promise | str
    render: Shown
    css: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A button that leads to another page. `address` says where that is for a document."""

    name: str
    label: Promise | str
    address: Shown


Computed = Callable[[AbstractInvoice], Iterable[str]]
"""The columns that an app computes for a document: nobody writes them by hand."""

_extensions: dict[str, Panel | Link] = {}
_computed: dict[str, Computed] = {}


def show_on_invoices(*extensions: Panel | Link) -> None:
    """Show these on the page of every invoice; one with a name that is there already takes its place."""
    _extensions.update({extension.name: extension for extension in extensions})


def compute_on_invoices(name: str, columns: Computed) -> None:
    """Let the page of an invoice only show what an app computes."""
    _computed[name] = columns


def computed_columns(invoice: AbstractInvoice) -> Iterator[str]:
    """The columns of a document that apps compute."""
    for columns in _computed.values():
        yield from columns(invoice)


def stylesheets() -> list[str]:
    """The static files that the parts of other apps need."""
    return [sheet for panel in _extensions.values() if isinstance(panel, Panel) for sheet in panel.css]


def panels(invoice: AbstractInvoice, *, request: HttpRequest, site: AdminSite) -> Iterator[dict[str, object]]:
    """The parts that apps have to show, in the order in which they were added."""
    for panel in _extensions.values():
        if isinstance(panel, Panel) and (html := panel.render(invoice, request=request, site=site)):
            yield {"name": panel.name, "title": panel.title, "html": html}


def links(invoice: AbstractInvoice, *, request: HttpRequest, site: AdminSite) -> Iterator[dict[str, object]]:
    """The links that apps offer."""
    for link in _extensions.values():
        if isinstance(link, Link) and (address := link.address(invoice, request=request, site=site)):
            yield {"name": link.name, "label": link.label, "address": address}
