"""The PDF of an issued invoice is stored, and handed out as it was."""

import logging

import pytest
from django.db import transaction

from invoicing.documents.pdf import render_pdf
from invoicing.documents.storing import pdf_of, store_pdf
from invoicing.exceptions import TryAgainError
from invoicing.models import StoredDocument, get_invoice_model, unprotected
from tests.factories import LINDNER, columns, line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


@pytest.fixture
def storing(settings):
    settings.INVOICING_STORE_DOCUMENTS = True


def test_what_is_stored_is_what_was_rendered():
    invoice = make_issued_invoice()
    stored = store_pdf(invoice)

    assert (stored.role, stored.name, stored.media_type) == ("PDF", "invoice-2026-1.pdf", "application/pdf")
    assert stored.read() == render_pdf(invoice) == pdf_of(invoice)


def test_a_later_template_does_not_change_it(settings):
    invoice = make_issued_invoice()
    before = store_pdf(invoice).read()
    settings.INVOICING_DOCUMENT_TEMPLATE = "invoicing/compact.html"

    assert render_pdf(invoice) != before
    assert pdf_of(invoice) == store_pdf(invoice).read() == before


def test_what_is_not_stored_is_drawn_now():
    draft = make_invoice([line()], status="DRAFT")

    assert pdf_of(draft) == render_pdf(draft)


def test_what_was_erased_is_drawn_without_the_personal_data():
    invoice = make_issued_invoice()
    before = store_pdf(invoice).read()
    invoice.erase_personal_data("ten years are over")

    assert pdf_of(invoice) == render_pdf(invoice) != before


def test_nothing_is_stored_unless_the_setting_says_so(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_issued_invoice()

    assert not StoredDocument.objects.exists()


@pytest.mark.usefixtures("storing")
def test_it_is_stored_once_the_issue_is_committed(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invoice = make_issued_invoice()
        assert not StoredDocument.objects.exists()

    assert StoredDocument.objects.get().read() == render_pdf(invoice)
    invoice.mark_sent()
    invoice.cancel("Entered twice")
    assert "CANCELED" not in str(StoredDocument.objects.get().read())


@pytest.mark.usefixtures("storing")
def test_many_are_stored_too(django_capture_on_commit_callbacks):
    drafts = [make_invoice([line()], status="DRAFT") for _ in range(2)]
    with django_capture_on_commit_callbacks(execute=True):
        Invoice.issue_many(drafts)

    assert [stored.name for stored in StoredDocument.objects.all()] == ["invoice-2026-1.pdf", "invoice-2026-2.pdf"]


@pytest.mark.usefixtures("storing")
def test_received_documents_are_not_ours_to_store(django_capture_on_commit_callbacks):
    details = {"origin": "RECEIVED", "number": "R-1", **columns("supplier", LINDNER)}
    with django_capture_on_commit_callbacks(execute=True):
        make_issued_invoice(company=make_company(), **details)

    assert not StoredDocument.objects.exists()


class Jammed:
    def render(self, _html):
        raise AssertionError("the ribbon is torn")


@pytest.mark.usefixtures("storing")
def test_an_invoice_is_issued_where_its_pdf_cannot_be_drawn(settings, django_capture_on_commit_callbacks, caplog):
    settings.INVOICING_PDF_RENDERER = f"{__name__}.Jammed"
    with caplog.at_level(logging.ERROR, "invoicing.documents"), django_capture_on_commit_callbacks(execute=True):
        invoice = make_issued_invoice()

    assert Invoice.objects.get().is_issued
    assert not StoredDocument.objects.exists()
    assert f"The PDF of invoice {invoice.number} is not stored: mend this, then run manage.py invoicing_render --store." in caplog.text


def test_a_canceled_invoice_is_drawn_anew():
    invoice = make_issued_invoice()
    before = store_pdf(invoice).read()
    invoice.cancel("Entered twice")

    assert pdf_of(invoice) == render_pdf(invoice) != before
    assert store_pdf(invoice).read() == before


def test_what_is_erased_while_it_is_rendered_is_not_stored(settings, monkeypatch):
    invoice = make_issued_invoice()
    drawn = []

    def render(row):
        drawn.append(row.customer_name)
        if len(drawn) == 1:
            Invoice.objects.get().erase_personal_data("ten years are over")
        return b"%PDF of " + row.customer_name.encode()

    monkeypatch.setattr("invoicing.documents.storing.render_pdf", render)

    assert store_pdf(invoice).read() == b"%PDF of "
    assert drawn == ["Buchhandlung Sommer KG", ""]


def test_what_changes_again_and_again_is_given_up(monkeypatch):
    invoice = make_issued_invoice()

    def render(row):
        with unprotected(row, reason="a clerk cannot decide"):
            pass
        return b"%PDF"

    monkeypatch.setattr("invoicing.documents.storing.render_pdf", render)

    with pytest.raises(TryAgainError, match="the document was changed while it was rendered"):
        store_pdf(invoice)
    assert not StoredDocument.objects.exists()


def broken_hook(invoice, *, document):
    raise KeyError("customer_number")


@pytest.mark.usefixtures("storing")
def test_whatever_fails_others_who_wait_for_the_commit_do_not_suffer(settings, django_capture_on_commit_callbacks, caplog):
    settings.INVOICING_DOCUMENT_EXTRA_CONTEXT = f"{__name__}.broken_hook"
    told = []
    with caplog.at_level(logging.ERROR, "invoicing.documents"), django_capture_on_commit_callbacks(execute=True):
        make_issued_invoice()
        transaction.on_commit(lambda: told.append("mail"))

    assert told == ["mail"]
    assert "The PDF of invoice 2026/1 is not stored" in caplog.text
