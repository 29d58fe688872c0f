"""Money comes in: recorded once, and what it settles."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments import signals
from invoicing.contrib.payments.exceptions import (
    ClosedInvoiceError,
    DuplicatePaymentError,
    OverAllocationError,
    PaymentMismatchError,
    PaymentStateError,
)
from invoicing.contrib.payments.models import Payment, PaymentMethod
from invoicing.contrib.payments.services import confirm_payment, fail_payment, party_credit, receive_payment
from invoicing.exceptions import BooksLockedError, InvalidDataError
from invoicing.verifying import verify_chain
from tests.contrib.payments.claims import MONDAY, TUESDAY, bill, claim, everything, history_of, pay, rows_of, settled, stands
from tests.factories import TODAY, build_invoice, line, make_company, make_invoice, make_party

pytestmark = pytest.mark.django_db


def test_a_part_is_paid():
    invoice = claim()

    payment = pay(invoice, "500")

    assert stands(invoice) == ("500.00", "690.00", "NEW", "PARTIALLY_PAID", False)
    assert settled(invoice) == ("1190.00", "500.00", None)
    assert rows_of(invoice) == [("PAYMENT", "500.00", MONDAY)]
    assert (payment.status, str(payment.amount), str(payment.allocated), str(payment.unallocated)) == (
        "RECEIVED",
        "500.00",
        "500.00",
        "0.00",
    )
    assert (payment.invoice, payment.direction, payment.currency, payment.method.code) == (invoice, "IN", "EUR", "BANK_TRANSFER")
    assert history_of(payment) == ["RECORDED"]


def test_all_is_paid_in_two_parts():
    invoice = claim()
    invoice.mark_sent()

    pay(invoice, "500")
    pay(invoice, "690", on=TUESDAY)

    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert settled(invoice) == ("1190.00", "1190.00", TUESDAY)


def test_the_instance_that_was_handed_in_shows_what_was_stored():
    invoice = claim()

    pay(invoice, "1190")

    assert (invoice.status, str(invoice.to_pay), invoice.date_paid is not None) == ("PAID", "0.00", True)


def test_it_is_settled_since_the_last_of_the_days_whatever_is_recorded_last():
    invoice = claim()
    pay(invoice, "500", on=TUESDAY)

    pay(invoice, "690", on=MONDAY)

    assert settled(invoice) == ("1190.00", "1190.00", TUESDAY)


def test_what_is_too_much_is_credit():
    invoice = claim()

    payment = pay(invoice, "1200")

    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert (str(payment.allocated), str(payment.unallocated)) == ("1190.00", "10.00")


def test_one_payment_over_several_in_the_order_given():
    first, second, third = claim(), claim("100"), claim("200")

    payment = pay([second, first, third], "1319.00")

    assert (stands(second)[2], stands(first)[2]) == ("PAID", "PAID")
    assert stands(third) == ("10.00", "228.00", "NEW", "PARTIALLY_PAID", False)
    assert payment.invoice is None


def test_one_payment_as_it_is_told():
    first, second = claim(), claim("100")

    payment = pay({first: "90.00", second: Decimal(10)}, "119")

    assert (stands(first)[0], stands(second)[0], str(payment.unallocated)) == ("90.00", "10.00", "19.00")


def test_a_prepayment_settles_nothing_yet():
    party = make_party(currency="CHF")

    payment = pay(amount="300", party=party)

    assert (payment.currency, str(payment.unallocated), payment.allocations.count()) == ("CHF", "300.00", 0)


def test_a_draft_that_is_paid_is_issued():
    invoice = make_invoice([line()], status="DRAFT")

    pay(invoice, "952")

    assert stands(invoice) == ("952.00", "0.00", "PAID", "PAID", True)
    assert invoice.number
    assert list(verify_chain()) == []


def test_an_allocation_counts_from_the_issue_at_the_earliest():
    invoice = claim()

    payment = pay(invoice, "1190", on=date(2026, 11, 2))

    assert rows_of(invoice) == [("PAYMENT", "1190.00", TODAY)]
    assert payment.date == date(2026, 11, 2)


def test_money_over_received_documents_goes_out():
    invoice = bill()

    payment = pay(invoice, "1190")

    assert (payment.direction, stands(invoice)[2]) == ("OUT", "PAID")


@pytest.mark.parametrize("kind", ["PROFORMA", "ADVANCE"])
def test_what_asks_for_money_is_paid_like_an_invoice(kind):
    invoice = claim(type=kind)

    pay(invoice, "1190")

    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)


def test_yen_have_no_cents():
    invoice = claim(currency="JPY")

    payment = pay(invoice, 1190)

    assert (str(payment.amount), str(invoice.already_paid), invoice.status) == ("1190", "1190", "PAID")


# Idempotency


def test_the_same_id_of_a_provider_is_one_payment():
    invoice = claim()
    first = pay(invoice, "500", provider="acquirer", provider_id="ch_1")
    before = everything()

    again = pay(invoice, "500", provider="acquirer", provider_id="ch_1")

    assert again == first
    assert everything() == before


def test_ids_differ_by_provider_and_by_every_letter():
    for provider, provider_id in [
        ("acquirer", "ch_1"),
        ("bank", "ch_1"),
        ("acquirer", "CH_1"),
        ("acquirer", "ch_1 "),
        ("acquirer", "ch_é"),
    ]:
        pay(amount="5", provider=provider, provider_id=provider_id)

    assert Payment.objects.count() == 5


def test_payments_without_an_id_are_as_many_as_there_are():
    pay(amount="5", provider="till")
    pay(amount="5", provider="till")

    assert Payment.objects.count() == 2


@pytest.mark.parametrize("other", [{"amount": "6"}, {"currency": "CHF"}, {"direction": "OUT"}])
def test_one_id_over_other_facts_is_refused(other):
    facts = {"amount": "5", "currency": "EUR", "direction": "IN", "provider": "bank", "provider_id": "17"}
    receive_payment(on=MONDAY, **facts)

    with pytest.raises(DuplicatePaymentError, match="17 is recorded already, over 5"):
        receive_payment(on=MONDAY, **{**facts, **other})

    assert Payment.objects.count() == 1


# Pending


def test_pending_money_settles_nothing_until_it_is_there():
    invoice = claim()
    payment = pay(invoice, "1190", status="PENDING")

    assert (stands(invoice)[0], str(payment.unallocated)) == ("0.00", "0")

    confirm_payment(payment, on=TUESDAY)

    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert (payment.status, payment.date, rows_of(invoice)) == ("RECEIVED", TUESDAY, [("PAYMENT", "1190.00", TUESDAY)])
    assert history_of(payment) == ["RECORDED", "CONFIRMED"]


def test_pending_money_that_does_not_come():
    invoice = claim()
    payment = pay(invoice, "1190", status="PENDING")

    fail_payment(payment, reason="card refused")

    assert (payment.status, stands(invoice)[2], history_of(payment)) == ("FAILED", "NEW", ["RECORDED", "FAILED"])


def test_money_for_a_document_that_was_canceled_meanwhile_is_credit():
    invoice = claim()
    payment = pay(invoice, "1190", status="PENDING")
    invoice.cancel("entered twice")

    confirm_payment(payment)

    assert (payment.status, str(payment.unallocated), stands(invoice)[2]) == ("RECEIVED", "1190.00", "CANCELED")


@pytest.mark.parametrize("act", [confirm_payment, lambda payment: fail_payment(payment, reason="late")])
@pytest.mark.parametrize("status", ["RECEIVED", "FAILED"])
def test_only_what_is_pending_is_confirmed_or_fails(act, status):
    payment = pay(amount="5", status="PENDING")
    fail_payment(payment, reason="card refused") if status == "FAILED" else confirm_payment(payment)
    before = everything()

    with pytest.raises(PaymentStateError, match="only a pending payment"):
        act(payment)

    assert everything() == before


# Bad input


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0.005"}, "amount"),
        ({"amount": 5.0}, "amount"),
        ({"amount": None}, "amount"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1e13"}, "amount"),
        ({"amount": 10**13}, "amount"),
        ({"currency": "XXQ"}, "currency"),
        ({"currency": "eur"}, "currency"),
        ({"method": "SHELLS"}, "method"),
        ({"direction": "UP"}, "direction"),
        ({"status": "FAILED"}, "status"),
        ({"status": "REVERSED"}, "status"),
        ({"provider_id": "17"}, "provider"),
        ({"reference": "x" * 141}, "reference"),
        ({"payer_name": "a\x00b"}, "payer_name"),
        ({"on": "soon"}, "date"),
        ({"on": None}, "date"),
    ],
)
def test_bad_input_is_named_and_leaves_nothing(facts, field):
    with pytest.raises(InvalidDataError) as refusal:
        receive_payment(**{"amount": "5", "on": MONDAY, **facts})

    assert list(refusal.value.errors) == [field]
    assert not Payment.objects.exists()


def test_a_day_may_be_a_text():
    payment = pay(claim(), "5", on="2026-11-24")

    assert Payment.objects.get(pk=payment.pk).date == TUESDAY


def test_a_document_that_is_not_saved_is_refused():
    with pytest.raises(InvalidDataError, match="invoices"):
        pay(build_invoice())


def test_other_currencies_are_refused():
    invoice = claim(currency="CHF")

    with pytest.raises(PaymentMismatchError, match="payment is in EUR, the document in CHF"):
        pay(invoice, currency="EUR")

    assert not Payment.objects.exists()


def test_other_companies_are_refused():
    company = make_company()

    with pytest.raises(PaymentMismatchError, match="different companies"):
        pay(claim(), company=company)
    with pytest.raises(PaymentMismatchError, match="different companies"):
        pay([claim(), claim(company=company)])


def test_the_other_way_is_refused():
    with pytest.raises(PaymentMismatchError, match="goes the other way"):
        pay([claim(), bill()])
    with pytest.raises(PaymentMismatchError, match="goes the other way"):
        pay(claim(), direction="OUT")


@pytest.mark.parametrize("status", ["CANCELED", "CREDITED"])
def test_closed_documents_get_no_money(status):
    invoice = claim()
    if status == "CANCELED":
        invoice.cancel("entered twice")
    else:
        invoice.create_credit_note()
    before = everything()

    with pytest.raises(ClosedInvoiceError, match=status.lower()):
        pay(invoice)

    assert everything() == before


def test_more_than_a_document_needs_is_refused_where_it_is_told():
    invoice = claim()
    before = everything()

    with pytest.raises(OverAllocationError, match=r"1190\.01 EUR is more than is left of .*: 1190\.00 EUR"):
        pay({invoice: "1190.01"}, "2000")

    assert everything() == before


def test_more_than_the_payment_has_is_refused():
    with pytest.raises(OverAllocationError, match=r"110\.00 EUR"):
        pay({claim(): "60", claim(): "50"}, "100")

    assert not Payment.objects.exists()


def test_nothing_is_dated_into_locked_books(settings):
    invoice = claim()
    settings.INVOICING_LOCKED_UNTIL = MONDAY
    before = everything()

    with pytest.raises(BooksLockedError, match="2026-11-23"):
        pay(invoice, on=MONDAY)
    assert everything() == before

    pay(invoice, on=TUESDAY)
    assert stands(invoice)[0] == "100.00"


def test_the_books_of_a_company_are_its_own():
    company = make_company(locked_until=MONDAY)
    invoice = claim(company=company, date_issue=TUESDAY, date_tax_point=TUESDAY)

    with pytest.raises(BooksLockedError):
        pay(invoice, on=MONDAY)
    with pytest.raises(BooksLockedError):
        confirm_payment(pay(invoice, on=MONDAY, status="PENDING"))
    pay(claim(), on=MONDAY)
    assert stands(invoice)[0] == "0.00"


# News and methods


def test_news_of_a_payment(hear):
    with hear(signals.payment_received, signals.payment_allocated, signals.payment_failed) as heard:
        payment = pay(claim(), "1190")
        pending = pay(claim(), "1190", status="PENDING")
        assert [news["signal"] for news in heard] == [signals.payment_allocated, signals.payment_received]
        fail_payment(pending, reason="card refused")

    assert [news["payment"] for news in heard] == [payment, payment, pending]
    assert [row.invoice_id for row in heard[0]["allocations"]] == [payment.invoice_id]
    assert heard[2]["reason"] == "card refused"


def test_a_method_of_the_host(settings):
    PaymentMethod.objects.create(code="DIRECT_DEBIT", name="SEPA direct debit", means_code="59")

    assert pay(amount="5", method="DIRECT_DEBIT").method.means_code == "59"
    assert pay(claim(payment_method="CASH")).method.code == "CASH"


def test_an_iban_is_kept_without_blanks():
    assert pay(amount="5", payer_iban="de89 3704 0044 0532 0130 00").payer_iban == "DE89370400440532013000"


@pytest.mark.parametrize("is_told", [True, False])
def test_pending_money_is_for_one_document(is_told):
    first, second = claim(), claim()
    wanted = {first: "500", second: "690"} if is_told else [first, second]

    with pytest.raises(InvalidDataError, match="once it is confirmed"):
        pay(wanted, "1190", status="PENDING")

    assert not Payment.objects.exists()


def test_pending_money_issues_nothing():
    invoice = make_invoice([line()])

    pay(invoice, "952", status="PENDING")

    invoice.refresh_from_db()
    assert not invoice.is_issued


@pytest.mark.parametrize("fact", [{"currency": "CHF"}, {"direction": "OUT"}])
def test_a_pending_payment_that_could_never_be_confirmed_is_refused(fact):
    before = claim(), everything()

    with pytest.raises(PaymentMismatchError):
        pay(before[0], "100", status="PENDING", **fact)

    assert everything() == before[1]


def test_a_pending_payment_comes_again_although_its_invoice_is_closed_meanwhile():
    invoice = claim()
    first = pay(invoice, "100", status="PENDING", provider="stripe", provider_id="ch_9")
    invoice.cancel("Ordered twice")

    assert pay(invoice, "100", status="PENDING", provider="stripe", provider_id="ch_9") == first


def test_money_of_a_party_belongs_to_the_company_whose_address_book_it_is_in():
    company = make_company()
    party = make_party(company=company)

    payment = pay(amount="50", party=party, currency="EUR")

    assert (payment.company, str(party_credit(party, currency="EUR"))) == (company, "50.00")
