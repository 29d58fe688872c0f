"""A letter that no font has is found before the issue."""

from datetime import date

import pytest

from invoicing.exceptions import ContentMissingError, InvalidDataError
from invoicing.models import get_invoice_model
from tests.factories import LINDNER, columns, line, make_company, make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def test_every_text_with_such_a_letter_is_named():
    invoice = make_invoice(
        [line("Tea"), line("Party 🎉", description="𓀀𓀀 and 🎉")],
        note="Thank you 🙏",
        customer_additional_info={"door": ["🚪"]},
        customer_name="Buchhandlung 🍀",
    )

    with pytest.raises(InvalidDataError) as caught:
        invoice.issue()

    assert set(caught.value.errors) == {
        "note",
        "customer_name",
        "customer_additional_info",
        "items[1].title",
        "items[1].description",
    }
    assert caught.value.errors["items[1].description"] == [
        "No font has “𓀀” (U+13000), “🎉” (U+1F389): leave them out, or name a font that has them in INVOICING_FONTS."
    ]
    invoice.refresh_from_db()
    assert not invoice.is_issued


def test_scripts_of_the_world_are_issued():
    invoice = make_invoice([line("請求書 – فاتورة – חשבונית – चालान – ใบแจ้งหนี้")], note="계산서 ✓")
    invoice.issue()

    assert invoice.is_issued


def test_notes_for_ourselves_are_not_drawn():
    invoice = make_invoice([line()], internal_note="🙈", metadata={"mood": "🎉"})
    invoice.issue()

    assert invoice.is_issued


def test_a_document_of_somebody_else_is_taken_as_it_is():
    company = make_company()
    invoice = make_invoice(
        [line("Party 🎉")], company=company, origin="RECEIVED", number="R-1", **columns("supplier", {**LINDNER, "name": "Eventhaus 🎈"})
    )
    invoice.issue()

    assert invoice.is_issued


def test_a_host_may_let_everything_pass(settings):
    settings.INVOICING_CHECK_GLYPHS = False
    invoice = make_invoice([line("Party 🎉")])
    invoice.issue()

    assert invoice.is_issued


def test_many_at_once_are_asked_too():
    invoices = [make_invoice([line(title)], date_issue=date(2026, 11, 20)) for title in ("Tea", "Party 🎉")]

    with pytest.raises(InvalidDataError) as caught:
        Invoice.issue_many(invoices)

    assert list(caught.value.errors) == ["invoices[1].items[0].title"]


def test_what_is_missing_is_said_first():
    invoice = make_invoice([line("Party 🎉")], customer={})

    with pytest.raises(ContentMissingError):
        invoice.issue()


def test_texts_that_no_document_shows_may_have_any_letter():
    invoice = make_invoice([line(tag="🏷")], bank_street="Bankgasse 🏦 4")
    invoice.issue()

    assert invoice.is_issued


def test_a_footer_of_the_settings_is_drawn_too(settings):
    settings.INVOICING_LOOK = {"footer": "Call us 📞"}

    with pytest.raises(InvalidDataError) as caught:
        make_invoice([line()]).issue()

    assert list(caught.value.errors) == ["company.document_footer"]


def test_a_company_without_a_footer_has_that_of_the_settings(settings):
    settings.INVOICING_LOOK = {"footer": "Call us 📞"}

    with pytest.raises(InvalidDataError) as caught:
        make_invoice([line()], company=make_company()).issue()

    assert list(caught.value.errors) == ["company.document_footer"]
