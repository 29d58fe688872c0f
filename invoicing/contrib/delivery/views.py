"""Public pages: a document and its PDF for whoever has a signed link, without a login; a friendly page where a link counts no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from invoicing.contrib.delivery.addresses import one_line
from invoicing.contrib.delivery.links import ticket_of
from invoicing.documents.html import render_html
from invoicing.documents.languages import document_language
from invoicing.documents.look import look_of
from invoicing.domain.choices import Status
from invoicing.models import get_invoice_model
from invoicing.templating import template_named
from invoicing.views import page_answer, pdf_answer

if TYPE_CHECKING:
    from invoicing.models import AbstractInvoice

BODY: Final = re.compile(r"<body[^>]*>", re.IGNORECASE)

HEADERS: Final = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
"""An address that is a key must not be found, and not be passed on."""

Show = Callable[[HttpRequest, "AbstractInvoice"], HttpResponse]


def _by_link(show: Show) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page that is called with the document of a valid link."""

    @require_safe
    @never_cache
    @login_not_required
    @wraps(show)
    def page(request: HttpRequest, token: str) -> HttpResponse:
        answer = _answer(request, token, show=show)
        for name, value in HEADERS.items():
            answer.headers[name] = value
        return answer

    return page


@_by_link
def public_invoice(request: HttpRequest, invoice: AbstractInvoice) -> HttpResponse:  # noqa: ARG001 -- every page is called alike
    """The document, under a bar that offers its PDF and says what became of it."""
    html = render_html(invoice)
    with translation.override(document_language(invoice.language)):
        values = {
            "heading": invoice.get_type_display(),
            "number": invoice.number,
            "is_canceled": invoice.status == Status.CANCELED,
            "look": look_of(invoice),
        }
        bar = template_named("invoicing/delivery/public_bar.html").render(values)
    found = BODY.search(html)
    place = found.end() if found else 0
    return page_answer(f"{html[:place]}\n{bar}{html[place:]}")


@_by_link
def public_pdf(request: HttpRequest, invoice: AbstractInvoice) -> HttpResponse:
    """The PDF of the document, to look at; with ?download=1 to save."""
    return pdf_answer(invoice, as_attachment="download" in request.GET)


def _answer(request: HttpRequest, token: str, *, show: Show) -> HttpResponse:
    ticket = ticket_of(token)
    if ticket is None:
        return _no_document(None, language=translation.get_language_from_request(request), status=404)
    invoice = get_invoice_model()._default_manager.filter(uuid=ticket.uuid).first()
    if invoice is None or invoice.is_received or not invoice.is_issued:
        return _no_document(None, language=translation.get_language_from_request(request), status=404)
    if ticket.is_expired or ticket.is_revoked(invoice_id=invoice.pk):
        return _no_document(invoice, language=document_language(invoice.language), status=410)
    return show(request, invoice)


def _no_document(invoice: Any, *, language: str, status: int) -> HttpResponse:
    """A page that says what to do; of an expired link it names whom to ask, and nothing of the document."""
    with translation.override(language):
        values = {
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "is_expired": status == 410,
            "supplier": one_line(invoice.supplier_name) if invoice else "",
            "email": one_line(invoice.supplier_email or invoice.issuer_email) if invoice else "",
        }
        html = template_named("invoicing/delivery/public_gone.html").render(values)
    return page_answer(str(html), status=status)
