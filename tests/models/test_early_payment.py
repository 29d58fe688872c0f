"""A discount for early payment: promised by a payment term or by hand, frozen with the document, granted by nobody here."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models import PaymentTerm, get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()
PERCENT, UNTIL = "early_discount_percent", "early_discount_until"
PROMISED = {PERCENT: Decimal(2), UNTIL: date(2026, 11, 30)}


def make_term(**fields):
    """30 days, 2 % within 10."""
    defaults = {"name": "30 days, 2 % within 10", "days": 30, "early_discount_percent": Decimal(2), "early_discount_days": 10}
    return PaymentTerm.objects.create(**defaults | fields)


def promise(invoice):
    invoice.refresh_from_db()
    return (invoice.early_discount_percent, invoice.early_discount_until)


def refused(**fields):
    with pytest.raises(InvalidDataError) as caught:
        make_invoice(**fields)
    return caught.value.errors


# Payment terms


@pytest.mark.parametrize(
    ("term", "until"),
    [
        ({"days": 30, "early_discount_days": 10}, date(2026, 11, 30)),
        ({"days": 30, "early_discount_days": 0}, date(2026, 11, 20)),
        ({"days": 30, "early_discount_days": 30}, date(2026, 12, 20)),
        # The 10th of a month may be sooner than 30 days.
        ({"days": 0, "day_of_month": 10, "early_discount_days": 30}, date(2026, 12, 10)),
        ({"days": 30, "early_discount_days": None, "early_discount_percent": None}, None),
    ],
)
def test_a_discount_of_a_term_never_outlasts_the_time_to_pay(term, until):
    assert make_term(**term).early_discount_until(date(2026, 11, 20)) == until


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"early_discount_percent": None}, "early_discount_percent"),
        ({"early_discount_days": None}, "early_discount_days"),
        ({"early_discount_days": 31}, "early_discount_days"),
        ({"early_discount_days": -1}, "early_discount_days"),
        ({"early_discount_percent": Decimal(0)}, "early_discount_percent"),
        ({"early_discount_percent": Decimal("100.01")}, "early_discount_percent"),
    ],
)
def test_a_form_refuses_what_no_discount_of_a_term_may_be(changes, field):
    term = {"name": "Quick", "days": 30, "early_discount_percent": Decimal(2), "early_discount_days": 10}
    with pytest.raises(ValidationError) as caught:
        PaymentTerm(**term | changes).full_clean()

    assert list(caught.value.message_dict) == [field]


@pytest.mark.parametrize("changes", [{"months": 1, "days": 0}, {"days": 0, "end_of_month": True}, {"days": 0, "day_of_month": 10}])
def test_where_the_due_date_is_no_number_of_days_a_form_cannot_tell(changes):
    PaymentTerm(**{"name": "Quick", "early_discount_percent": Decimal(2), "early_discount_days": 10} | changes).full_clean()


@pytest.mark.parametrize(
    "changes",
    [{"early_discount_percent": None}, {"early_discount_days": None}, {"early_discount_percent": 0}, {"early_discount_percent": 101}],
)
def test_the_database_keeps_half_a_discount_out_of_terms(changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_term(**changes)


# On a new document


def test_a_new_document_promises_what_the_term_of_its_due_date_does():
    invoice = make_invoice(company=make_company(payment_term=make_term()), date_due=None)

    assert (invoice.date_due, *promise(invoice)) == (date(2026, 12, 20), Decimal(2), date(2026, 11, 30))


def test_the_term_of_the_party_comes_first_even_without_a_discount():
    company = make_company(payment_term=make_term())
    party = make_party(payment_term=PaymentTerm.objects.create(name="10 days", days=10))

    assert promise(make_invoice(company=company, party=party, date_due=None)) == (None, None)


@pytest.mark.parametrize("fields", [{}, {"date_due": date(2026, 12, 20)}])
def test_a_due_date_by_hand_or_by_the_settings_brings_no_discount(fields):
    company = make_company(payment_term=make_term()) if fields else None

    assert promise(make_invoice(**{"company": company, "date_due": None, **fields})) == (None, None)


def test_what_is_given_wins():
    invoice = make_invoice(company=make_company(payment_term=make_term()), date_due=None, **PROMISED | {PERCENT: "3.50"})

    assert promise(invoice) == (Decimal("3.50"), date(2026, 11, 30))


@pytest.mark.parametrize("none", [0, "0", Decimal("0.00")])
def test_zero_says_that_there_is_none_whatever_the_term_says(none):
    assert promise(make_invoice(company=make_company(payment_term=make_term()), date_due=None, **{PERCENT: none})) == (None, None)


@pytest.mark.parametrize("fields", [{"type": "CREDIT_NOTE"}, {"origin": "RECEIVED", "number": "R-1"}])
def test_credit_notes_and_received_documents_promise_nothing_of_ours(fields):
    assert promise(make_invoice(company=make_company(payment_term=make_term()), date_due=None, **fields)) == (None, None)


def test_what_a_supplier_promised_is_entered_by_hand():
    assert promise(make_invoice(origin="RECEIVED", number="R-1", **PROMISED)) == (Decimal(2), date(2026, 11, 30))


def test_it_may_be_taken_out_and_stays_out():
    invoice = make_invoice(company=make_company(payment_term=make_term()), date_due=None)
    invoice.early_discount_percent = invoice.early_discount_until = None
    invoice.save()
    invoice.save()

    assert promise(invoice) == (None, None)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({PERCENT: Decimal(2)}, UNTIL),
        ({UNTIL: date(2026, 11, 30)}, PERCENT),
        ({PERCENT: 0, UNTIL: date(2026, 11, 30)}, PERCENT),
        (PROMISED | {UNTIL: date(2026, 11, 19)}, UNTIL),
        (PROMISED | {UNTIL: date(2026, 12, 5)}, UNTIL),
        (PROMISED | {UNTIL: "soon"}, UNTIL),
        (PROMISED | {PERCENT: Decimal("100.01")}, PERCENT),
        (PROMISED | {PERCENT: Decimal(-1)}, PERCENT),
        (PROMISED | {PERCENT: "much"}, PERCENT),
        (PROMISED | {"type": "CREDIT_NOTE"}, UNTIL),
    ],
)
def test_half_a_promise_or_an_impossible_one_is_refused(fields, field):
    assert list(refused(**fields)) == [field]


def test_the_refusal_says_from_when_to_when():
    assert refused(**PROMISED | {UNTIL: date(2026, 12, 5)}) == {
        UNTIL: ["Enter a day from the issue date 2026-11-20 to the due date 2026-12-04."]
    }


@pytest.mark.parametrize("until", [date(2026, 11, 20), date(2026, 12, 4), "2026-12-04"])
def test_the_first_and_the_last_day_are_possible(until):
    assert str(promise(make_invoice(**PROMISED | {UNTIL: until}))[1]) == str(until)


@pytest.mark.parametrize("changes", [{UNTIL: None}, {PERCENT: None}, {PERCENT: 0}, {PERCENT: 101}])
def test_the_database_keeps_half_a_promise_out(changes):
    invoice = make_invoice(**PROMISED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**changes)


def test_an_issued_document_keeps_its_word():
    invoice = make_issued_invoice(**PROMISED)
    invoice.early_discount_percent = Decimal(1)

    with pytest.raises(InvoiceFrozenError):
        invoice.save()


# What it comes to


@pytest.mark.parametrize(
    ("price", "percent", "currency", "discount", "rest"),
    [
        # 952.00 with 19 % VAT.
        ("80", "2", "EUR", "19.04", "932.96"),
        # 5.95: 0.14875, a half cent up.
        ("0.50", "2.5", "EUR", "0.15", "5.80"),
        # 1,190 yen: 35.7.
        ("100", "3", "JPY", "36", "1154"),
        ("80", "100", "EUR", "952.00", "0.00"),
    ],
)
def test_the_discount_is_a_share_of_the_total_rounded_half_up(price, percent, currency, discount, rest):
    invoice = make_invoice([line(unit_price=Decimal(price))], currency=currency, **PROMISED | {PERCENT: Decimal(percent)})

    assert (str(invoice.early_discount), str(invoice.to_pay_early)) == (discount, rest)


def test_what_came_in_already_is_not_to_be_paid_again():
    invoice = make_invoice([line()], already_paid=Decimal(500), **PROMISED)

    assert (invoice.early_discount, invoice.to_pay, invoice.to_pay_early) == (Decimal("19.04"), Decimal(452), Decimal("432.96"))


def test_without_a_promise_there_is_no_discount():
    invoice = make_invoice([line()])

    assert (str(invoice.early_discount), invoice.to_pay_early) == ("0.00", Decimal(952))


# Copies


def test_a_copy_of_another_day_keeps_the_distance():
    copy = make_issued_invoice(**PROMISED).create_copy(date_issue=date(2027, 1, 4))

    assert (copy.date_due, *promise(copy)) == (date(2027, 1, 18), Decimal(2), date(2027, 1, 14))


def test_a_copy_of_the_same_day_keeps_the_day():
    assert promise(make_issued_invoice(**PROMISED).create_copy()) == (Decimal(2), date(2026, 11, 30))


@pytest.mark.parametrize("day", [date(2027, 1, 8), "2027-01-08"])
def test_a_copy_with_less_time_to_pay_promises_no_longer_than_that(day):
    assert promise(make_issued_invoice(**PROMISED).create_copy(date_issue=date(2027, 1, 4), date_due=day)) == (Decimal(2), date(2027, 1, 8))


def test_a_copy_whose_due_date_is_left_open_follows_the_term_anew():
    original = make_issued_invoice(company=make_company(payment_term=make_term()), **PROMISED | {PERCENT: Decimal(5)})

    copy = original.create_copy(date_issue=date(2027, 1, 4), date_tax_point=date(2027, 1, 4), date_due=None)

    assert (copy.date_due, *promise(copy)) == (date(2027, 2, 3), Decimal(2), date(2027, 1, 14))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({PERCENT: Decimal(3), UNTIL: date(2027, 1, 5)}, (Decimal(3), date(2027, 1, 5))),
        (dict.fromkeys((PERCENT, UNTIL)), (None, None)),
    ],
)
def test_a_copy_may_say_otherwise(given, kept):
    assert promise(make_issued_invoice(**PROMISED).create_copy(date_issue=date(2027, 1, 4), **given)) == kept


def test_a_bad_due_date_of_a_copy_is_named():
    with pytest.raises(InvalidDataError) as caught:
        make_issued_invoice(**PROMISED).create_copy(date_due="soon")

    assert list(caught.value.errors) == ["date_due"]


def test_credit_notes_carry_none():
    original = make_issued_invoice(**PROMISED)

    assert promise(original.create_copy(type="CREDIT_NOTE", status="DRAFT")) == (None, None)
    assert promise(original.create_credit_note()) == (None, None)
