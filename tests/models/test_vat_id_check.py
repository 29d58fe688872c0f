"""What the register answered about a VAT id is kept as evidence; no answer never grants reverse charge."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from invoicing.exceptions import InvalidDataError, VatIdUnverifiedError
from invoicing.models import VatIdCheck, get_invoice_model
from tests.factories import ALPENBLICK, line, make_company, make_invoice, make_issued_invoice
from tests.register import INVALID, OVERLOADED, VALID, running_register

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


@pytest.fixture
def register(settings):
    with running_register() as running:
        settings.INVOICING_VIES_URL = running.url
        settings.INVOICING_VIES_TIMEOUT = 5
        yield running


@pytest.fixture
def invoice():
    """800.00 to a business in Austria, not taxed yet."""
    return make_invoice([line(tax_rate=None)], customer=ALPENBLICK)


def rate_of(invoice):
    invoice.recalculate_tax()
    return Invoice.objects.get(pk=invoice.pk).item_set.get().tax_rate


def test_a_valid_id_is_kept_as_evidence(register, invoice, time_machine):
    moment = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    time_machine.move_to(moment, tick=False)
    check = invoice.verify_vat_id()

    check.refresh_from_db()
    assert (check.vat_id, check.answer, check.consultation_id, check.asked_at) == ("ATU98765434", "VALID", "WAPIAAAAZ0000001", moment)
    assert (check.name, check.address) == ("Alpenblick Hotelbetriebe GmbH", "Seestraße 5\n5310 Mondsee")
    assert Invoice.objects.get(pk=invoice.pk).customer_vat_id_check == check
    assert str(check) == "ATU98765434: valid"


def test_the_register_is_asked_in_the_suppliers_name(register, invoice):
    invoice.verify_vat_id()

    assert register.asked[0][1]["requesterNumber"] == "987654328"


def test_the_evidence_belongs_to_the_company(register):
    company = make_company()
    invoice = make_invoice([line(tax_rate=None)], customer=ALPENBLICK, company=company)

    assert invoice.verify_vat_id().company == company


def test_a_valid_id_grants_reverse_charge(register, invoice):
    invoice.verify_vat_id()

    assert rate_of(invoice) is None


def test_an_invalid_id_grants_none(register, invoice):
    register.answers(INVALID)

    assert invoice.verify_vat_id().answer == "INVALID"
    assert rate_of(invoice) == 19


@pytest.mark.parametrize("answer", [OVERLOADED, b"<html>Maintenance</html>"], ids=["overloaded", "junk"])
def test_no_answer_is_kept_grants_none_and_is_said(register, invoice, answer):
    register.answers(answer)

    with pytest.raises(VatIdUnverifiedError, match="until then no reverse charge is granted"):
        invoice.verify_vat_id()

    check = VatIdCheck.objects.get()
    assert (check.answer, check.consultation_id) == ("UNREACHABLE", "")
    assert "could not be verified" in check.detail
    assert Invoice.objects.get(pk=invoice.pk).customer_vat_id_check == check
    assert rate_of(invoice) == 19


def test_a_silent_register_is_waited_for_as_long_as_the_setting_says(register, invoice, settings):
    settings.INVOICING_VIES_TIMEOUT = 0.2
    register.is_silent = True

    with pytest.raises(VatIdUnverifiedError, match="timed out"):
        invoice.verify_vat_id()

    assert rate_of(invoice) == 19


def test_a_later_answer_replaces_the_earlier_and_both_are_kept(register, invoice):
    register.answers(OVERLOADED)
    with pytest.raises(VatIdUnverifiedError):
        invoice.verify_vat_id()
    register.answers(VALID)
    invoice.verify_vat_id()

    assert rate_of(invoice) is None
    assert [check.answer for check in VatIdCheck.objects.all()] == ["VALID", "UNREACHABLE"]


def test_an_answer_counts_only_for_the_id_that_was_asked_for(register, invoice, settings):
    settings.INVOICING_REQUIRE_VERIFIED_VAT_ID = True
    invoice.verify_vat_id()
    assert rate_of(invoice) is None

    invoice.customer_vat_id, invoice.customer_country = "SK2098760004", "SK"
    invoice.save()

    assert rate_of(invoice) == 19


@pytest.mark.parametrize(("is_required", "rate"), [(False, None), (True, Decimal(19))])
def test_an_id_that_nobody_asked_about(invoice, settings, is_required, rate):
    settings.INVOICING_REQUIRE_VERIFIED_VAT_ID = is_required

    assert rate_of(invoice) == rate


@pytest.mark.parametrize("written", ["ATU 987 654 34", "atu-98765434", "ATU98765434"])
def test_an_id_is_asked_for_without_what_people_put_between(register, invoice, written):
    invoice.customer_vat_id = written
    check = invoice.verify_vat_id()

    assert (check.vat_id, register.asked[0][1]["countryCode"], register.asked[0][1]["vatNumber"]) == ("ATU98765434", "AT", "U98765434")
    assert rate_of(invoice) is None


def test_greece_is_el_to_the_register(register):
    invoice = make_invoice([line(tax_rate=None)], customer={**ALPENBLICK, "country": "GR", "vat_id": "GR987654324"})
    invoice.verify_vat_id()

    assert (register.asked[0][1]["countryCode"], register.asked[0][1]["vatNumber"]) == ("EL", "987654324")
    assert rate_of(invoice) is None


def test_an_invoice_may_be_verified_before_it_is_saved(register):
    invoice = Invoice(customer_vat_id="ATU98765434", customer_country="AT", supplier_vat_id="DE987654328", supplier_country="DE")
    check = invoice.verify_vat_id()
    invoice.save()

    assert Invoice.objects.get(pk=invoice.pk).customer_vat_id_check == check


def test_after_the_issue_the_answer_is_kept_and_the_invoice_stays_as_it_was(register):
    invoice = make_issued_invoice()
    check = invoice.verify_vat_id()

    assert VatIdCheck.objects.get() == check
    assert Invoice.objects.get(pk=invoice.pk).customer_vat_id_check is None
    invoice.mark_sent()
    assert Invoice.objects.get(pk=invoice.pk).status == "SENT"


def test_without_an_id_nobody_is_asked(register):
    invoice = make_invoice([line()], customer_vat_id="")

    with pytest.raises((InvalidDataError, VatIdUnverifiedError)):
        invoice.verify_vat_id()

    assert register.asked == []


def test_a_long_name_and_address_are_kept(register, invoice):
    register.answers({**VALID, "name": "A" * 400, "address": "Straße " * 200})
    check = invoice.verify_vat_id()

    check.refresh_from_db()
    assert (check.name, len(check.address)) == ("A" * 255, 1400)


def test_control_characters_of_the_register_break_nothing(register, invoice):
    register.answers({**VALID, "name": "Alpen\x00blick", "requestIdentifier": "W" * 100})
    invoice.verify_vat_id()

    assert "\x00" not in VatIdCheck.objects.get().name
