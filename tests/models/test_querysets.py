"""Questions to invoices: for each, a row that it finds and a row that it leaves out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

import pytest

from invoicing.exceptions import InvalidDataError
from invoicing.models import Item, get_invoice_model
from invoicing.models.locking import plain
from tests.factories import line, make_company, make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

STATUSES = ("DRAFT", "NEW", "SENT", "RETURNED", "CANCELED", "PAID", "CREDITED", "IN_COLLECTION", "UNCOLLECTIBLE")
TYPES = ("INVOICE", "ADVANCE", "PROFORMA", "CREDIT_NOTE")

# What each question leaves out; written by hand.
LEFT_OUT = {
    "paid": set(STATUSES) - {"PAID"},
    "unpaid": {"DRAFT", "PAID", "CANCELED", "CREDITED"},
    "valid": {"RETURNED", "CANCELED", "CREDITED", "UNCOLLECTIBLE"},
    "accountable": {"DRAFT"},
    "collectible": {"UNCOLLECTIBLE"},
    "uncollectible": set(STATUSES) - {"UNCOLLECTIBLE"},
    "in_collection": set(STATUSES) - {"IN_COLLECTION"},
    "not_in_collection": {"IN_COLLECTION"},
}


@pytest.fixture
def one_of_each_status():
    """An invoice of 952.00 in each status, keyed by it."""
    invoices = {status: make_invoice([line()]) for status in STATUSES}
    for status, invoice in invoices.items():
        # Set past the lifecycle, which has tests of its own.
        plain(Invoice, using="default").filter(pk=invoice.pk).update(status=status)
    return invoices


def make_row(*, status="NEW", total="100.00", already_paid="0.00", **columns):
    """A row with these very columns, which no act has to lead to."""
    invoice = make_invoice(**columns)
    plain(Invoice, using="default").filter(pk=invoice.pk).update(status=status, total=Decimal(total), already_paid=Decimal(already_paid))
    return Invoice.objects.get(pk=invoice.pk)


@pytest.mark.parametrize("question", LEFT_OUT)
def test_questions_about_the_status(one_of_each_status, question):
    found = {invoice.status for invoice in getattr(Invoice.objects, question)()}

    assert found == set(STATUSES) - LEFT_OUT[question]


def test_origin():
    ours, theirs = make_invoice(), make_invoice(origin="RECEIVED", number="A-77/26")

    assert list(Invoice.objects.issued()) == [ours]
    assert list(Invoice.objects.received()) == [theirs]


def test_proforma_and_advance_invoices_are_not_accountable():
    kept = {kind: make_invoice(type=kind) for kind in TYPES}

    assert set(Invoice.objects.accountable()) == {kept["INVOICE"], kept["CREDIT_NOTE"]}


def test_what_is_free_of_charge_is_not_unpaid():
    unpaid = make_invoice([line()])
    make_invoice([line(unit_price=Decimal(0))])

    assert list(Invoice.objects.unpaid()) == [unpaid]


def test_questions_chain_and_combine():
    found = make_invoice([line()])
    make_invoice([line()], origin="RECEIVED", number="A-77/26")
    make_invoice()

    assert list(Invoice.objects.issued().unpaid().valid()) == [found]
    assert list(Invoice.objects.filter(currency="EUR").unpaid().issued()) == [found]


# Overdue


def test_overdue_is_what_was_due_before_the_day():
    invoice = make_row(date_due=date(2026, 12, 4))

    assert list(Invoice.objects.overdue(on=date(2026, 12, 5))) == [invoice]
    assert list(Invoice.objects.overdue(on=date(2026, 12, 4))) == []


def test_overdue_is_asked_of_today_unless_told_otherwise(time_machine):
    invoice = make_row(date_due=date(2026, 12, 4))

    time_machine.move_to(datetime(2026, 12, 4, 23, 59, tzinfo=UTC), tick=False)
    assert (list(Invoice.objects.overdue()), list(Invoice.objects.not_overdue())) == ([], [invoice])
    time_machine.move_to(datetime(2026, 12, 5, 0, 1, tzinfo=UTC), tick=False)
    assert (list(Invoice.objects.overdue()), list(Invoice.objects.not_overdue())) == ([invoice], [])


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("total", ["100.00", "0.00", "-100.00"])
def test_the_property_says_the_same_as_the_question(time_machine, status, kind, total):
    time_machine.move_to(datetime(2026, 12, 24, 12, tzinfo=UTC), tick=False)
    past = make_row(status=status, type=kind, total=total, date_due=date(2026, 12, 23))
    coming = make_row(status=status, type=kind, total=total, date_due=date(2026, 12, 24))
    waits = status in {"NEW", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE"} and kind != "CREDIT_NOTE" and total == "100.00"

    assert (past.is_overdue, coming.is_overdue) == (waits, False)
    assert set(Invoice.objects.overdue()) == ({past} if waits else set())
    # The complement: together all, and nothing in both.
    assert set(Invoice.objects.not_overdue()) == {past, coming} - set(Invoice.objects.overdue())


def test_days_to_and_after_the_due_date(time_machine):
    time_machine.move_to(datetime(2026, 12, 7, 12, tzinfo=UTC), tick=False)
    invoice = make_row(date_due=date(2026, 12, 4))

    assert (invoice.overdue_days, invoice.days_to_overdue, invoice.payment_term) == (3, -3, 14)


def test_a_company_far_in_the_east_has_its_own_today(time_machine):
    time_machine.move_to(datetime(2026, 12, 4, 20, tzinfo=UTC), tick=False)
    company = make_company(time_zone="Asia/Tokyo", number_format="")
    ours = make_row(date_due=date(2026, 12, 4), company=company)
    theirs = make_row(date_due=date(2026, 12, 4))

    # It is the 5th in Tokyo, at five in the morning.
    assert (ours.is_overdue, theirs.is_overdue) == (True, False)


# Payment

PAYMENTS = [
    # status, total, already paid, what it comes to
    ("NEW", "100.00", "0.00", "UNPAID"),
    ("NEW", "100.00", "0.01", "PARTIALLY_PAID"),
    ("NEW", "100.00", "99.99", "PARTIALLY_PAID"),
    ("NEW", "100.00", "100.00", "PAID"),
    ("NEW", "100.00", "100.01", "OVERPAID"),
    ("NEW", "0.00", "0.00", "UNPAID"),
    ("NEW", "0.00", "5.00", "OVERPAID"),
    ("DRAFT", "100.00", "0.00", "UNPAID"),
    ("SENT", "100.00", "40.00", "PARTIALLY_PAID"),
    ("PAID", "100.00", "100.00", "PAID"),
    ("PAID", "100.00", "0.00", "PAID"),
    ("PAID", "100.00", "40.00", "PAID"),
    ("PAID", "100.00", "120.00", "OVERPAID"),
    ("PAID", "0.00", "0.00", "PAID"),
    ("CANCELED", "100.00", "0.00", "UNPAID"),
    ("IN_COLLECTION", "100.00", "25.00", "PARTIALLY_PAID"),
]


@pytest.mark.parametrize(("status", "total", "already_paid", "expected"), PAYMENTS)
def test_how_much_is_paid(status, total, already_paid, expected):
    row = make_row(status=status, total=total, already_paid=already_paid)

    assert row.payment_status == expected
    for word in ("UNPAID", "PARTIALLY_PAID", "PAID", "OVERPAID"):
        assert list(Invoice.objects.payment_status(word)) == ([row] if word == expected else [])


def test_the_property_and_the_question_agree_on_every_row():
    for status, total, paid in product(STATUSES, ("-50.00", "0.00", "100.00"), ("0.00", "40.00", "100.00", "120.00")):
        make_row(status=status, total=total, already_paid=paid)

    answers = {word: set(Invoice.objects.payment_status(word)) for word in Invoice.objects.all()[0].payment_status.__class__}
    for row in Invoice.objects.all():
        assert {word for word, rows in answers.items() if row in rows} == {row.payment_status}


def test_several_words_in_any_case():
    unpaid, partly, paid = (make_row(already_paid=amount) for amount in ("0.00", "40.00", "100.00"))

    assert set(Invoice.objects.payment_status("unpaid", "Partially_Paid")) == {unpaid, partly}
    assert list(Invoice.objects.issued().payment_status("PAID")) == [paid]
    assert list(Invoice.objects.payment_status()) == []


def test_a_word_that_is_no_payment_status_is_refused():
    with pytest.raises(
        InvalidDataError, match="payment_status: HALF is no payment status: use one of UNPAID, PARTIALLY_PAID, PAID, OVERPAID"
    ):
        Invoice.objects.payment_status("UNPAID", "HALF")


# Relations and numbers


def test_related_invoices():
    original, alone = make_invoice([line()]), make_invoice([line()])
    copy = original.create_copy()

    assert set(Invoice.objects.having_related_invoices()) == {original, copy}
    assert list(Invoice.objects.not_having_related_invoices()) == [alone]


def test_an_invoice_with_several_relations_is_found_once():
    original = make_invoice()
    copies = [original.create_copy() for _ in range(3)]

    assert Invoice.objects.having_related_invoices().count() == 1 + len(copies)


def test_numbers_that_occur_twice():
    for number in ("A-77/26", "A-78/26", "A-77/26", "", ""):
        make_invoice(origin="RECEIVED", number=number)
    make_invoice()

    assert list(Invoice.objects.duplicate_numbers()) == ["A-77/26"]
    assert list(Invoice.objects.issued().duplicate_numbers()) == []


# Items


def test_items_with_a_tag():
    invoice = make_invoice([line(tag="design"), line("Hosting", tag="server"), line("Logo", tag="design"), line("Travel")])

    assert [item.title for item in invoice.item_set.with_tag("design")] == ["Website redesign", "Logo"]
    assert [item.title for item in Item.objects.filter(invoice=invoice).with_tag("")] == ["Travel"]
