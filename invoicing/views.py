"""An invoice as HTML and as PDF, for whoever is logged in and may view invoices; for everybody else there is none."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_permission_codename
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from invoicing.documents.filenames import document_filename
from invoicing.documents.html import render_html
from invoicing.documents.storing import pdf_of
from invoicing.exceptions import MissingDependencyError
from invoicing.models import get_invoice_model
from invoicing.scoping import may, visible

if TYPE_CHECKING:
    from invoicing.models import AbstractInvoice

STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


@require_safe
@never_cache
@login_required
def invoice_html(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The document as a page of its own. Its policy allows the styles inside it by their hashes, and nothing else."""
    return page_answer(render_html(_visible_invoice(request, uuid)))


@require_safe
@never_cache
@login_required
def invoice_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The document as PDF, to look at; with ?download=1 to save. Answers 501 where no PDF can be made, and says what to install."""
    return pdf_answer(_visible_invoice(request, uuid), as_attachment="download" in request.GET)


def page_answer(html: str, *, status: int = 200) -> HttpResponse:
    """A page whose policy allows the styles inside it by their hashes, pictures inside it, and nothing else."""
    styles = " ".join(f"'sha256-{_sha256(text)}'" for text in STYLE.findall(html)) or "'none'"
    policy = f"default-src 'none'; style-src {styles}; img-src data:; base-uri 'none'; form-action 'none'"
    return HttpResponse(html, status=status, headers={"Content-Security-Policy": policy})


def pdf_answer(invoice: AbstractInvoice, *, as_attachment: bool) -> HttpResponse:
    """The PDF of an invoice, to look at or to save; 501 where none can be made."""
    try:
        content = pdf_of(invoice)
    except MissingDependencyError as error:
        return HttpResponse(str(error), status=501, content_type="text/plain; charset=utf-8")
    disposition = content_disposition_header(as_attachment, document_filename(invoice)) or "inline"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _visible_invoice(request: HttpRequest, uuid: UUID) -> AbstractInvoice:
    """The invoice, if there is one and the user may view it. Raises Http404 either way: who may not view cannot probe."""
    model = get_invoice_model()
    permission = f"{model._meta.app_label}.{get_permission_codename('view', model._meta)}"
    if not may(request.user, permission):
        raise Http404
    invoice: AbstractInvoice = get_object_or_404(visible(model._default_manager.all(), user=request.user), uuid=uuid)
    if not may(request.user, permission, invoice):
        raise Http404
    return invoice


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
