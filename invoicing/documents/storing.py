"""Storing the PDF of an issued invoice, and finding it again."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from invoicing.documents.filenames import document_filename
from invoicing.documents.pdf import render_pdf
from invoicing.domain.choices import Status
from invoicing.exceptions import TryAgainError
from invoicing.models import StoredDocument
from invoicing.models.locking import plain

MEDIA_TYPE = "application/pdf"

ATTEMPTS = 3
"""How often a document is rendered that somebody changes meanwhile."""


def store_pdf(invoice: Any) -> StoredDocument:
    """Render an issued invoice as it is stored, and store its PDF; where one is stored already, that one.

    Raises InvalidDataError for a draft, and TryAgainError where it is repaired or erased again and again meanwhile.
    """
    using = invoice.write_database()
    found = _stored(invoice, using=using)
    for _attempt in range(ATTEMPTS - 1):
        if found is not None:
            return found
        with suppress(TryAgainError):
            found = _rendered_and_kept(invoice, using=using)
    return found or _rendered_and_kept(invoice, using=using)


def _rendered_and_kept(invoice: Any, *, using: str) -> StoredDocument:
    seal = seal_of(invoice.pk, using=using)
    row = plain(type(invoice), using=using).get(pk=invoice.pk)
    return keep_pdf(row, render_pdf(row), seal=seal, using=using)


def seal_of(key: Any, *, using: str) -> str:
    """What the chain says of the content of the invoice with a primary key, to be asked before it is read and rendered."""
    return StoredDocument.objects.using(using).seal_of(key)


def keep_pdf(invoice: Any, content: bytes, *, seal: str, using: str) -> StoredDocument:
    """Store a PDF that was rendered already; where one is stored, that one. Raises TryAgainError where the seal is another now."""
    documents = StoredDocument.objects.using(using)
    name = document_filename(invoice)
    return documents.keep(invoice, content, role=StoredDocument.PDF, name=name, media_type=MEDIA_TYPE, seal=seal)


def stored_keys(*, using: str) -> frozenset[Any]:
    """The primary keys of the invoices whose PDF is stored."""
    documents = StoredDocument.objects.using(using).filter(role=StoredDocument.PDF)
    return frozenset(documents.order_by().values_list("invoice_id", flat=True))


def pdf_of(invoice: Any) -> bytes:
    """The PDF of an invoice: as it was stored, or drawn now where nothing is.

    A canceled one is drawn now too: what went out asks for money, and does not say that it counts no more.

    Raises what `render_pdf` raises, and InvalidDataError where the stored bytes are no longer those that were stored.
    """
    may_be_stored = invoice.pk and invoice.is_issued and invoice.status != Status.CANCELED
    stored = _stored(invoice, using=invoice._state.db) if may_be_stored else None
    return render_pdf(invoice) if stored is None or stored.content is None else stored.read()


def _stored(invoice: Any, *, using: str | None) -> StoredDocument | None:
    return StoredDocument.objects.using(using).filter(invoice_id=invoice.pk, role=StoredDocument.PDF).first()
