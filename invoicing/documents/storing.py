"""Storing the PDF of an issued invoice, and finding it again."""

from __future__ import annotations

from typing import Any

from invoicing.documents.filenames import document_filename
from invoicing.documents.pdf import render_pdf
from invoicing.models import StoredDocument

MEDIA_TYPE = "application/pdf"


def store_pdf(invoice: Any) -> StoredDocument:
    """Render an issued invoice and store its PDF; where one is stored already, that one. Raises InvalidDataError for a draft."""
    using = invoice.write_database()
    return _stored(invoice, using=using) or keep_pdf(invoice, render_pdf(invoice), using=using)


def keep_pdf(invoice: Any, content: bytes, *, using: str) -> StoredDocument:
    """Store a PDF that was rendered already; where one is stored, that one."""
    documents = StoredDocument.objects.using(using)
    return documents.keep(invoice, content, role=StoredDocument.PDF, name=document_filename(invoice), media_type=MEDIA_TYPE)


def stored_keys(*, using: str) -> frozenset[Any]:
    """The primary keys of the invoices whose PDF is stored."""
    documents = StoredDocument.objects.using(using).filter(role=StoredDocument.PDF)
    return frozenset(documents.order_by().values_list("invoice_id", flat=True))


def pdf_of(invoice: Any) -> bytes:
    """The PDF of an invoice: as it was stored, or drawn now where nothing is.

    Raises what `render_pdf` raises, and InvalidDataError where the stored bytes are no longer those that were stored.
    """
    stored = _stored(invoice, using=invoice._state.db) if invoice.pk and invoice.is_issued else None
    return render_pdf(invoice) if stored is None or stored.content is None else stored.read()


def _stored(invoice: Any, *, using: str | None) -> StoredDocument | None:
    return StoredDocument.objects.using(using).filter(invoice_id=invoice.pk, role=StoredDocument.PDF).first()
