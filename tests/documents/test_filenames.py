"""What the file of a document is called."""

import pytest

from invoicing.documents.filenames import document_filename
from tests.factories import build_invoice


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("2026/0001", "invoice-2026-0001.pdf"),
        ("../../etc/passwd", "invoice-etc-passwd.pdf"),
        ('A"B\r\nC', "invoice-A-B-C.pdf"),
        ("Ř 1", "invoice-Ř-1.pdf"),
    ],
)
def test_a_number_cannot_leave_its_folder_or_its_header(number, name):
    assert document_filename(build_invoice(number=number)) == name


def test_a_draft_is_named_after_its_uuid():
    invoice = build_invoice(status="DRAFT", type="CREDIT_NOTE")

    assert document_filename(invoice, extension="html") == f"credit-note-draft-{invoice.uuid}.html"
