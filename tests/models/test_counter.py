"""The counter's row is locked while a number is taken: no gap and no duplicate, however many take numbers at once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from invoicing.domain.counters import CounterScope
from invoicing.exceptions import OverCreditError
from invoicing.models import Counter, Item, VoidedNumber, get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice

Invoice = get_invoice_model()

SCOPE = CounterScope(company_id=None, series="ISSUED", type="", period="2026")
OTHER = CounterScope(company_id=None, series="ISSUED", type="", period="2027")


@pytest.mark.django_db
def test_taking_counts_from_one_scope_by_scope():
    taken = [Counter.objects.take(scope).sequence for scope in (SCOPE, SCOPE, OTHER, SCOPE)]

    assert taken == [1, 2, 1, 3]


@pytest.mark.django_db
def test_a_new_counter_starts_from_where_it_is_told():
    assert [Counter.objects.take(SCOPE, start_from=500).sequence for _ in range(2)] == [500, 501]


@pytest.mark.django_db
def test_a_counter_that_runs_is_not_set_anew():
    Counter.objects.take(SCOPE)

    assert Counter.objects.take(SCOPE, start_from=500).sequence == 2


@pytest.mark.django_db
def test_holding_takes_nothing():
    assert Counter.objects.hold(SCOPE).value == 0
    assert Counter.objects.take(SCOPE).sequence == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("reached", "following"), [([40], 41), ([40, 12], 41), ([12, 40], 41)])
def test_reaching_moves_forward_only(reached, following):
    for sequence in reached:
        Counter.objects.reach(SCOPE, sequence)

    assert Counter.objects.take(SCOPE).sequence == following


@pytest.mark.django_db
def test_the_row_says_what_it_counts():
    company = make_company()
    make_invoice(company=company, number_prefix="WEB-")

    counter = Counter.objects.get()
    assert (counter.company, counter.series, counter.type, counter.period, counter.value) == (company, "ISSUED:WEB-", "", "2026", 1)
    assert str(counter) == counter.key


@pytest.mark.django_db
def test_there_is_one_row_a_scope():
    counter = Counter.objects.hold(SCOPE)

    with pytest.raises(IntegrityError), transaction.atomic():
        Counter.objects.create(key=counter.key, series="ISSUED")


@pytest.mark.django_db
def test_a_number_is_voided_once():
    counter = Counter.objects.hold(SCOPE)
    VoidedNumber.objects.create(counter=counter, sequence=1, number="2026/1", reason="deleted")

    with pytest.raises(IntegrityError), transaction.atomic():
        VoidedNumber.objects.create(counter=counter, sequence=1, number="2026/1", reason="again")


# Several at once. A test of its own database connections each cannot be undone, so the tables are emptied after it.


def make_ten():
    for _ in range(10):
        make_invoice([line()])


@pytest.mark.django_db(transaction=True)
def test_eight_threads_of_ten_invoices_leave_no_gap_and_no_duplicate(at_once):
    assert at_once(*[make_ten] * 8) == [None] * 8

    issued = Invoice.objects.order_by("sequence")
    assert [invoice.sequence for invoice in issued] == list(range(1, 81))
    assert {invoice.number for invoice in issued} == {f"2026/{sequence}" for sequence in range(1, 81)}


@pytest.mark.django_db(transaction=True)
def test_threads_that_fail_in_between_leave_no_gap(at_once):
    def make_five_and_fail_five():
        for _ in range(5):
            with transaction.atomic():
                make_invoice()
                transaction.set_rollback(True)
            make_invoice()

    # MariaDB may call it a deadlock when the transaction that makes the counter fails while others wait for it.
    make_invoice()
    assert at_once(*[make_five_and_fail_five] * 4) == [None] * 4

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 22))


@pytest.mark.django_db(transaction=True)
def test_drafts_that_are_issued_at_once_get_a_number_each(at_once):
    drafts = [make_invoice([line()], status="DRAFT") for _ in range(6)]

    assert at_once(*[draft.issue for draft in drafts]) == [None] * 6

    assert sorted(Invoice.objects.values_list("number", flat=True)) == [f"2026/{sequence}" for sequence in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_one_draft_that_is_issued_twice_at_once_takes_one_number(at_once):
    draft = make_invoice([line()], status="DRAFT")

    raised = at_once(*[Invoice.objects.get(pk=draft.pk).issue for _ in range(2)])

    assert sum(error is None for error in raised) == 1
    assert (Invoice.objects.get().number, Counter.objects.get().value) == ("2026/1", 1)


@pytest.mark.django_db(transaction=True)
def test_new_counters_that_are_made_at_once_are_one(at_once):
    def first_of_the_year():
        make_invoice(date_issue=date(2027, 1, 2), date_due=date(2027, 1, 2))

    assert at_once(*[first_of_the_year] * 4) == [None] * 4

    assert (Counter.objects.get().value, Invoice.objects.count()) == (4, 4)


@pytest.mark.django_db(transaction=True)
def test_transactions_that_add_items_to_one_invoice_at_once_lose_nothing(at_once):
    invoice = make_invoice()

    def add_five():
        for _ in range(5):
            Item(invoice_id=invoice.pk, **line()).save()

    def add_five_together():
        with transaction.atomic():
            Invoice.objects.get(pk=invoice.pk).add_items([line() for _ in range(5)])

    assert at_once(add_five, add_five_together, add_five, add_five_together) == [None] * 4

    invoice.refresh_from_db()
    # 20 lines of 800.00 and 152.00 VAT each.
    assert (invoice.item_set.count(), str(invoice.vat), str(invoice.total)) == (20, "3040.00", "19040.00")


@pytest.mark.django_db(transaction=True)
def test_an_item_cannot_slip_into_an_invoice_that_is_just_issued(at_once):
    invoice = make_invoice([line()])

    def add():
        Item(invoice_id=invoice.pk, **line()).save()

    at_once(Invoice.objects.get(pk=invoice.pk).issue, add)

    stored = Invoice.objects.get()
    assert stored.is_issued
    assert stored.total == 952 * stored.item_set.count()


@pytest.mark.django_db(transaction=True)
def test_what_is_left_cannot_be_credited_twice_at_once(at_once):
    invoice = make_issued_invoice()
    item = invoice.item_set.get()

    def credit_six_hours():
        Invoice.objects.get(pk=invoice.pk).create_credit_note({item: 6})

    raised = at_once(credit_six_hours, credit_six_hours)

    assert sorted(type(error) for error in raised if error) == [OverCreditError]
    assert Invoice.objects.filter(type="CREDIT_NOTE").count() == 1


@pytest.mark.django_db(transaction=True)
def test_moves_between_two_invoices_in_opposite_directions_do_not_wait_for_each_other(at_once):
    one, other = make_invoice([line()]), make_invoice([line(unit_price=10)])

    def move(item, to):
        item.invoice = Invoice.objects.get(pk=to.pk)
        item.save()

    first, second = one.item_set.get(), other.item_set.get()
    assert at_once(lambda: move(first, other), lambda: move(second, one)) == [None, None]

    one.refresh_from_db()
    other.refresh_from_db()
    assert (str(one.total), str(other.total)) == ("119.00", "952.00")
