"""What was rendered of an issued invoice is stored once, and stays."""

import hashlib

import pytest

from invoicing.exceptions import AppendOnlyError, InvalidDataError
from invoicing.models import StoredDocument, unprotected
from tests.chains import found
from tests.factories import make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 of 2026/1"
DIGEST = hashlib.sha256(PDF).hexdigest()


def keep(invoice, content=PDF, **fields):
    details = {"role": StoredDocument.PDF, "name": "invoice-2026-1.pdf", "media_type": "application/pdf", **fields}
    return StoredDocument.objects.keep(invoice, content, **details)


def test_it_is_stored_with_its_hash_and_told_of_in_the_chain():
    invoice = make_issued_invoice()
    stored = keep(invoice)

    assert (stored.size, stored.sha256, stored.read()) == (18, DIGEST, PDF)
    event = invoice.events.get(kind="STORED")
    assert event.data == {
        "role": "PDF",
        "name": "invoice-2026-1.pdf",
        "media_type": "application/pdf",
        "size": 18,
        "sha256": DIGEST,
    }
    assert event.position == 2
    assert found() == []


def test_the_first_one_stays():
    invoice = make_issued_invoice()
    first = keep(invoice)

    assert keep(invoice, b"%PDF-1.7 by a later template") == first
    assert StoredDocument.objects.get().read() == PDF
    assert invoice.events.filter(kind="STORED").count() == 1


def test_each_role_has_one():
    invoice = make_issued_invoice()
    keep(invoice)
    keep(invoice, b"<Invoice/>", role="UBL", name="invoice-2026-1.xml", media_type="application/xml")

    assert list(invoice.stored_documents.values_list("role", flat=True)) == ["PDF", "UBL"]


def test_nothing_is_stored_of_a_draft():
    invoice = make_invoice(status="DRAFT")

    with pytest.raises(InvalidDataError, match="It is not issued: it can still change, so nothing is stored of it"):
        keep(invoice)


def test_it_can_neither_change_nor_go():
    stored = keep(make_issued_invoice())
    stored.content = b"other"
    for change in (
        stored.save,
        stored.delete,
        StoredDocument.objects.all().delete,
        lambda: StoredDocument.objects.update(content=None),
        lambda: StoredDocument.objects.update(invoice=None),
    ):
        with pytest.raises(AppendOnlyError):
            change()

    assert StoredDocument.objects.get().read() == PDF


def test_bytes_that_are_not_those_that_were_stored_are_not_handed_out():
    invoice = make_issued_invoice()
    stored = keep(invoice)
    with unprotected(invoice, reason="a disk failed"):
        StoredDocument._base_manager.update(content=b"%PDF-1.7 of 2026/2")
    stored.refresh_from_db()

    with pytest.raises(InvalidDataError, match="its SHA-256 is another"):
        stored.read()


def test_erasing_personal_data_erases_the_bytes_and_keeps_the_hash():
    invoice = make_issued_invoice()
    stored = keep(invoice)
    invoice.erase_personal_data("ten years are over")
    stored.refresh_from_db()

    assert (stored.content, stored.sha256, stored.size) == (None, DIGEST, 18)
    with pytest.raises(InvalidDataError, match="It was erased with the personal data in it"):
        stored.read()
    assert found() == []
