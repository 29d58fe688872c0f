"""INVOICING_CHRONOLOGICAL: a later number of a counter has no earlier issue date."""

from datetime import date
from threading import Event

import pytest
from django.db import transaction

from invoicing.exceptions import InvalidDataError, OutOfOrderError
from invoicing.models import Counter, get_invoice_model
from tests.factories import build_invoice, line, make_company, make_invoice, make_issued_invoice
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


@pytest.fixture(autouse=True)
def chronological(settings):
    settings.INVOICING_CHRONOLOGICAL = True


def dated(day, month=11, year=2026, **fields):
    """A numbered invoice of a day of November."""
    issue = date(year, month, day)
    return make_invoice([line()], **{"date_issue": issue, "date_tax_point": issue, "date_due": issue, **fields})


def test_numbers_follow_the_days():
    assert [dated(day).number for day in (2, 2, 9)] == ["2026/1", "2026/2", "2026/3"]


def test_an_earlier_day_takes_no_number():
    dated(9)

    with pytest.raises(OutOfOrderError, match="2026/1, the number before, is dated 2026-11-09") as refusal:
        dated(8)

    assert refusal.value.code == "out_of_order"
    assert isinstance(refusal.value, InvalidDataError)
    assert list(refusal.value.errors) == ["date_issue"]
    assert (Invoice.objects.count(), Counter.objects.get().value) == (1, 1)


def test_without_the_setting_days_come_as_they_come(settings):
    settings.INVOICING_CHRONOLOGICAL = False
    dated(9)

    assert dated(8).number == "2026/2"


def test_a_draft_may_have_any_day_until_it_takes_its_number():
    draft = dated(2, status="DRAFT")
    dated(9)

    with pytest.raises(OutOfOrderError):
        draft.issue()
    assert (draft.status, draft.number) == ("DRAFT", "")

    draft.date_issue = date(2026, 11, 9)
    draft.date_due = date(2026, 11, 9)
    draft.issue()
    assert draft.number == "2026/2"


def test_a_draft_that_is_called_new_is_asked_too():
    draft = dated(2, status="DRAFT")
    dated(9)
    draft.status = "NEW"

    with pytest.raises(OutOfOrderError):
        draft.save()


@pytest.mark.parametrize("act", ["mark_sent", "mark_paid"])
def test_every_act_that_issues_asks(act):
    draft = dated(2, status="DRAFT")
    dated(9)

    with pytest.raises(OutOfOrderError):
        getattr(draft, act)()


def test_a_number_that_was_taken_is_issued_on_any_day():
    first, _second = dated(2), dated(9)

    first.issue()

    assert first.is_issued


@pytest.mark.parametrize(("day", "is_possible"), [(1, False), (2, True), (5, True), (9, True), (10, False)])
def test_an_open_document_is_dated_between_its_neighbours(day, is_possible):
    _first, second, _third = dated(2), dated(5), dated(9)
    second.date_issue, second.date_due = date(2026, 11, day), date(2026, 11, 30)

    if is_possible:
        second.save()
    else:
        with pytest.raises(OutOfOrderError, match="use that day or"):
            second.save()

    assert Invoice.objects.get(pk=second.pk).date_issue.day == (day if is_possible else 5)


def test_the_first_may_be_earlier_and_the_last_later():
    first, last = dated(2), dated(9)
    first.date_issue = date(2026, 11, 1)
    first.save()
    last.date_issue = last.date_due = date(2026, 11, 30)
    last.save(update_fields=["date_issue", "date_due"])

    assert [row.date_issue.day for row in Invoice.objects.order_by("sequence")] == [1, 30]


def test_an_explicit_sequence_stands_between_its_neighbours():
    dated(2)
    dated(9, sequence=10)

    with pytest.raises(OutOfOrderError, match="2026/10, the number after"):
        dated(10, sequence=5)
    with pytest.raises(OutOfOrderError, match="2026/1, the number before"):
        dated(1, sequence=5)
    assert dated(5, sequence=5).number == "2026/5"


def test_voided_and_canceled_documents_hold_their_day():
    first, second = dated(9), dated(9)
    first.delete(reason="ordered by nobody")
    second.cancel("entered twice")

    with pytest.raises(OutOfOrderError):
        dated(8)


def test_a_number_that_was_given_back_holds_no_day():
    dated(2)
    dated(9).delete()

    assert dated(3).number == "2026/2"


def test_each_counter_has_an_order_of_its_own():
    dated(9)

    dated(2, number_prefix="WEB", number_format="{{ invoice.prefix }}-{{ invoice.sequence }}")
    dated(2, company=make_company())
    dated(2, origin="RECEIVED", number="A-77/26")
    dated(1, month=12, year=2025)


def test_received_documents_come_in_as_they_come_in():
    for day in (9, 2):
        dated(day, origin="RECEIVED", number=f"A-{day}")

    assert list(Invoice.objects.order_by("sequence").values_list("number", flat=True)) == ["A-9", "A-2"]


def test_a_copy_and_a_credit_note_are_asked_too():
    invoice = make_issued_invoice(date_issue=date(2026, 11, 2), date_tax_point=date(2026, 11, 2))
    dated(9)

    with pytest.raises(OutOfOrderError):
        invoice.create_copy()
    with pytest.raises(OutOfOrderError):
        invoice.create_credit_note(date_issue=date(2026, 11, 8))
    assert invoice.create_credit_note(date_issue=date(2026, 11, 9)).number == "2026/3"


def test_a_refused_day_leaves_the_open_transaction_usable():
    with transaction.atomic():
        dated(9)
        with pytest.raises(OutOfOrderError):
            dated(8)
        dated(10)

    assert list(Invoice.objects.order_by("sequence").values_list("number", flat=True)) == ["2026/1", "2026/2"]


@pytest.mark.django_db(transaction=True)
def test_a_day_is_compared_with_a_number_that_another_just_takes(at_once):
    dated(2)
    is_taken = Event()

    def later():
        with transaction.atomic():
            dated(9)
            is_taken.set()
            wait_until_somebody_waits()

    def earlier():
        assert is_taken.wait(60)
        dated(8)

    raised = at_once(later, earlier)

    assert [type(error) for error in raised] == [type(None), OutOfOrderError]
    assert Counter.objects.get().value == 2


@pytest.mark.django_db(transaction=True)
def test_two_neighbours_that_are_dated_at_once_do_not_cross(at_once):
    first, second = dated(2), dated(9)
    first, second = Invoice.objects.get(pk=first.pk), Invoice.objects.get(pk=second.pk)
    is_dated = Event()

    def forward():
        with transaction.atomic():
            first.date_issue = first.date_due = date(2026, 11, 9)
            first.save()
            is_dated.set()
            wait_until_somebody_waits()

    def back():
        assert is_dated.wait(60)
        second.date_issue = date(2026, 11, 2)
        second.save()

    raised = at_once(forward, back)

    assert [type(error) for error in raised] == [type(None), OutOfOrderError]
    assert [row.date_issue.day for row in Invoice.objects.order_by("sequence")] == [9, 9]


def test_many_at_once_are_compared_with_each_other_and_with_what_is_there():
    Invoice.create_many((build_invoice(date_issue=date(2026, 11, day)), []) for day in (2, 3, 3))

    for days in ([1], [5, 4]):
        with pytest.raises(OutOfOrderError):
            Invoice.create_many((build_invoice(date_issue=date(2026, 11, day)), []) for day in days)
    assert Counter.objects.get().value == 3
