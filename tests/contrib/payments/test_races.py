"""Several at once, each on a connection of its own: never more than there is, and whoever has to try again is told so."""

from collections import Counter
from contextlib import suppress
from random import Random
from threading import Event

import pytest
from django.db import connection, transaction

from invoicing.contrib.payments.exceptions import OverAllocationError, PaymentMismatchError, PaymentStateError
from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent
from invoicing.contrib.payments.services import (
    allocate,
    allocate_oldest,
    apply_credit,
    confirm_payment,
    receive_payment,
    refund,
    reverse_payment,
    undo_allocation,
)
from invoicing.exceptions import InvoicingError, NotCreditableError, TransitionNotAllowedError, TryAgainError
from invoicing.models import get_invoice_model
from invoicing.retrying import retry
from invoicing.verifying import verify_chain
from tests import databases
from tests.contrib.payments.claims import MONDAY, TUESDAY, claim, pay, stands
from tests.contrib.payments.reckoning import faults
from tests.factories import make_party
from tests.torture.isolation import ISOLATION
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

Invoice = get_invoice_model()

WORKERS = 8
PATIENCE = 40


@pytest.fixture(params=ISOLATION[databases.KIND])
def isolation(request, transactional_db):
    """Every connection of the test, those of its threads included, at one level."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    connection.close()
    options.update(ISOLATION[databases.KIND][request.param])
    yield
    connection.close()
    options.clear()
    options.update(before)


@pytest.fixture
def party(transactional_db):
    return make_party()


def same(row):
    return type(row)._base_manager.get(pk=row.pk)


def again(work):
    """Tried until nobody stands in the way."""
    return lambda: retry(work, attempts=PATIENCE)


def unless_refused(*refusals):
    """Acts that may be refused: by the rules, and by nothing else."""

    def wrap(work):
        def run():
            try:
                work()
            except refusals as error:
                if isinstance(error, TryAgainError):
                    raise

        return run

    return wrap


def all_is_right():
    assert faults() == []
    assert list(verify_chain()) == []


@pytest.mark.usefixtures("isolation")
def test_workers_allocate_the_same_payments_to_the_same_invoices(at_once, party):
    """Six payments of 100.00 over six invoices of 119.00, in every order: 600.00 are allocated, of 714.00 that are owed."""
    invoices = [claim("100", party=party) for _ in range(6)]
    payments = [pay(amount="100", party=party) for _ in range(6)]
    figures = Counter()

    def worker(number):
        dice = Random(number)  # noqa: S311

        def run():
            for payment in dice.sample(payments, 6):
                attempts = []

                def work(payment=payment, attempts=attempts):
                    attempts.append(None)
                    unless_refused_now(lambda: allocate(same(payment), [same(invoice) for invoice in dice.sample(invoices, 6)], on=MONDAY))

                retry(work, attempts=PATIENCE)
                figures["attempts"] += len(attempts)

        return run

    raised = at_once(*(worker(number) for number in range(WORKERS)))

    assert raised == [None] * WORKERS
    all_is_right()
    assert sum(payment.allocated for payment in Payment.objects.all()) == 600
    assert sum(invoice.already_paid for invoice in Invoice.objects.all()) == 600
    print(f"\n{connection.vendor}: {WORKERS * 6} acts in {figures['attempts']} attempts")  # noqa: T201


def unless_refused_now(work):
    """What is used up, or settled, by others is refused."""
    with suppress(OverAllocationError):
        work()


def test_nobody_is_told_of_a_deadlock_in_other_words(at_once, party):
    """Without trying again: TryAgainError is the one word for it."""
    invoices = [claim("100", party=party) for _ in range(4)]
    payments = [pay(amount="50", party=party) for _ in range(4)]

    def worker(number):
        dice = Random(number)  # noqa: S311
        return lambda: [allocate(same(payment), [same(row) for row in dice.sample(invoices, 4)]) for payment in dice.sample(payments, 4)]

    raised = at_once(*(worker(number) for number in range(WORKERS)))

    assert {type(error) for error in raised} <= {type(None), TryAgainError, OverAllocationError}
    all_is_right()


def test_two_who_pay_one_invoice_pay_it_once(at_once):
    invoice = claim()

    raised = at_once(*(again(lambda: pay(same(invoice), "1190")) for _ in range(WORKERS)))

    assert raised == [None] * WORKERS
    all_is_right()
    assert stands(invoice)[:3] == ("1190.00", "0.00", "PAID")
    assert Payment.objects.count() == WORKERS
    assert sum(payment.unallocated for payment in Payment.objects.all()) == 7 * 1190


@pytest.mark.usefixtures("isolation")
def test_one_id_of_a_provider_is_one_payment_however_many_report_it(at_once):
    invoice = claim()
    found = []

    def report():
        found.append(retry(lambda: pay(same(invoice), "500", provider="acquirer", provider_id="ch_1").pk, attempts=PATIENCE))

    raised = at_once(*[report] * WORKERS)

    assert raised == [None] * WORKERS
    assert len(found) == WORKERS
    assert len(set(found)) == Payment.objects.count() == Allocation.objects.count() == PaymentEvent.objects.count() == 1
    all_is_right()


@pytest.mark.usefixtures("isolation")
def test_a_payment_is_reversed_while_it_is_allocated(at_once, party):
    invoices = [claim("100", party=party) for _ in range(4)]
    payment = pay(amount="400", party=party)
    other = pay(amount="30", party=party)
    refused = unless_refused(OverAllocationError, PaymentStateError)
    spend = [refused(again(lambda row=row: allocate(same(payment), same(row)))) for row in invoices]
    back = refused(again(lambda: reverse_payment(same(payment), reason="bounced")))
    rest = [refused(again(lambda: allocate_oldest(same(other)))), again(lambda: pay(same(invoices[0]), "10"))]

    raised = at_once(*spend, back, *rest)

    assert raised == [None] * 7
    all_is_right()
    payment.refresh_from_db()
    assert (payment.status, payment.allocated) == ("REVERSED", 0)
    # The 10 are credit where the invoice was settled when they came.
    assert sum(invoice.already_paid for invoice in Invoice.objects.all()) == sum(row.allocated for row in Payment.objects.all())
    assert sum(row.unallocated for row in Payment.objects.received()) in {0, 10}


def test_one_payment_is_reversed_once(at_once):
    payment = pay(claim(), "500")

    raised = at_once(*[again(lambda: reverse_payment(same(payment), reason="bounced"))] * WORKERS)

    assert Counter(type(error) for error in raised) == {type(None): 1, PaymentStateError: WORKERS - 1}
    assert PaymentEvent.objects.filter(kind="REVERSED").count() == 1
    all_is_right()


def test_one_allocation_is_undone_once(at_once):
    invoice = claim()
    pay(invoice, "500")
    row = Allocation.objects.get()

    raised = at_once(*[again(lambda: undo_allocation(same(row), reason="wrong"))] * WORKERS)

    assert sum(error is None for error in raised) == 1
    assert all(isinstance(error, InvoicingError) for error in raised if error)
    assert Allocation.objects.count() == 2
    all_is_right()


@pytest.mark.usefixtures("isolation")
def test_a_credit_note_is_made_while_the_invoice_is_paid(at_once, party):
    invoice = claim(party=party)
    refused = unless_refused(NotCreditableError, OverAllocationError, TransitionNotAllowedError, InvoicingError)
    pays = [refused(again(lambda: pay(same(invoice), "400", party=party))) for _ in range(4)]
    credits_ = [refused(again(lambda: same(invoice).create_credit_note())) for _ in range(3)]

    raised = at_once(*pays, *credits_, refused(again(lambda: same(invoice).mark_paid())))

    assert raised == [None] * WORKERS
    all_is_right()
    note = Invoice.objects.get(type="CREDIT_NOTE")
    assert stands(invoice)[:3] == ("1190.00", "0.00", "CREDITED")
    # What was paid is what the note has left.
    assert note.to_pay == sum(payment.allocated for payment in Payment.objects.all())


@pytest.mark.usefixtures("isolation")
def test_a_credit_is_paid_back_or_applied_but_not_both(at_once, party):
    paid = claim("100", party=party)
    pay(paid, "119")
    note = paid.create_credit_note()
    payment = pay(amount="119", party=party)
    invoice = claim("200", party=party)
    refused = unless_refused(OverAllocationError, PaymentMismatchError)

    raised = at_once(
        *(refused(again(lambda: refund(same(note), on=note.date_issue))) for _ in range(2)),
        *(refused(again(lambda: refund(same(payment), on=TUESDAY))) for _ in range(2)),
        *(refused(again(lambda: apply_credit(same(invoice)))) for _ in range(3)),
    )

    assert raised == [None] * 7
    all_is_right()
    gone = sum(row.amount for row in Payment.objects.outgoing())
    used = Invoice.objects.get(pk=invoice.pk).already_paid
    assert gone + used == 238
    assert all(row.unallocated == 0 for row in Payment.objects.all())


def test_a_pending_payment_is_confirmed_once(at_once):
    invoice = claim()
    payment = pay(invoice, "500", status="PENDING")

    raised = at_once(*[again(lambda: confirm_payment(same(payment)))] * WORKERS)

    assert Counter(type(error) for error in raised) == {type(None): 1, PaymentStateError: WORKERS - 1}
    assert stands(invoice)[0] == "500.00"
    all_is_right()


def test_an_invoice_is_called_paid_by_many_at_once(at_once):
    invoice = claim()
    refused = unless_refused(TransitionNotAllowedError)

    raised = at_once(*[refused(again(lambda: same(invoice).mark_paid()))] * WORKERS)

    assert raised == [None] * WORKERS
    assert (Payment.objects.count(), stands(invoice)[:3]) == (1, ("1190.00", "0.00", "PAID"))
    all_is_right()


def test_whoever_reads_a_payment_that_another_holds_waits_and_sees_what_is_left(at_once):
    """The first has it under lock and commits late: the second finds nothing left."""
    payment, first, second = pay(amount="100"), claim(), claim()
    held = Event()

    def holder():
        with transaction.atomic():
            allocate(same(payment), same(first))
            held.set()
            wait_until_somebody_waits()

    def late():
        assert held.wait(60)
        allocate(same(payment), same(second))

    raised = at_once(holder, late)

    assert raised[0] is None
    assert isinstance(raised[1], OverAllocationError)
    assert (stands(first)[0], stands(second)[0]) == ("100.00", "0.00")
    all_is_right()


def test_money_arrives_while_an_invoice_is_canceled(at_once):
    invoice = claim()
    refused = unless_refused(InvoicingError)

    raised = at_once(
        *(refused(again(lambda: receive_payment(same(invoice), amount="100", on=MONDAY))) for _ in range(4)),
        *(refused(again(lambda: same(invoice).cancel("entered twice"))) for _ in range(4)),
    )

    assert raised == [None] * 8
    all_is_right()
    row = Invoice.objects.get()
    assert (row.status, row.already_paid) in {("CANCELED", 0), ("NEW", 100), ("NEW", 200), ("NEW", 300), ("NEW", 400)}
