"""Money that is the party's goes back."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments import signals
from invoicing.contrib.payments.exceptions import OverAllocationError, PaymentMismatchError, PaymentStateError
from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.services import party_credit, refund, reverse_payment
from invoicing.exceptions import BooksLockedError, InvalidDataError
from tests.contrib.payments.claims import MONDAY, TUESDAY, WEDNESDAY, bill, claim, everything, history_of, pay, settled, stands
from tests.factories import make_party

pytestmark = pytest.mark.django_db


def test_what_is_left_of_a_payment_goes_back():
    invoice, party = claim(), make_party()
    payment = pay(invoice, "1200", party=party, payer_name="Alpenblick", payer_iban="AT611904300234573201", reference="RE 1")

    out = refund(payment, on=TUESDAY)

    assert (out.direction, str(out.amount), str(out.allocated), out.status, out.date) == ("OUT", "10.00", "10.00", "RECEIVED", TUESDAY)
    assert (out.party, out.payer_name, out.payer_iban, out.reference) == (party, "Alpenblick", "AT611904300234573201", "RE 1")
    assert (str(payment.unallocated), str(payment.allocated)) == ("0.00", "1200.00")
    assert history_of(out) == ["RECORDED"]
    (row,) = Allocation.objects.filter(kind="REFUND")
    assert (row.payment, row.refund, row.invoice, str(row.amount), row.date) == (payment, out, None, "10.00", TUESDAY)
    assert stands(invoice)[2] == "PAID"


def test_a_part_goes_back():
    payment = pay(amount="100")

    refund(payment, on=TUESDAY, amount="30", method="CASH")
    refund(payment, on=TUESDAY, amount="70")

    assert str(payment.unallocated) == "0.00"
    with pytest.raises(OverAllocationError):
        refund(payment, on=TUESDAY)


def test_money_that_went_out_comes_back():
    payment = pay(amount="100", direction="OUT")

    assert refund(payment, on=TUESDAY).direction == "IN"


def test_a_refund_is_of_no_day_before_the_payment():
    assert refund(pay(amount="100", on=WEDNESDAY), on=MONDAY).date == WEDNESDAY


@pytest.mark.parametrize("amount", ["100.01", "1000"])
def test_no_more_than_is_left(amount):
    payment = pay(amount="100")
    before = everything()

    with pytest.raises(OverAllocationError, match=r"100\.00 EUR"):
        refund(payment, on=TUESDAY, amount=amount)

    assert everything() == before


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", 1.5])
def test_amounts_that_are_none(amount):
    with pytest.raises(InvalidDataError, match="amount"):
        refund(pay(amount="100"), on=TUESDAY, amount=amount)


def test_only_money_that_is_there_goes_back():
    payment = pay(amount="100")
    reverse_payment(payment, reason="bounced")

    for source in (payment, pay(amount="100", status="PENDING")):
        with pytest.raises(PaymentStateError):
            refund(source, on=TUESDAY)


def test_nothing_goes_back_in_locked_books(settings):
    payment = pay(amount="100")
    settings.INVOICING_LOCKED_UNTIL = TUESDAY

    with pytest.raises(BooksLockedError):
        refund(payment, on=TUESDAY)
    assert not Payment.objects.outgoing().exists()


def test_a_credit_note_is_paid_out():
    invoice = claim(party=make_party())
    pay(invoice, "1190")
    note = invoice.create_credit_note()

    out = refund(note, on=note.date_issue)

    assert (out.direction, str(out.amount), str(out.unallocated), out.invoice) == ("OUT", "1190.00", "0.00", note)
    assert stands(note) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert settled(note)[2] == note.date_issue
    assert party_credit(invoice.party, currency="EUR") == Decimal(0)


def test_a_credit_note_is_paid_out_in_part_and_never_twice():
    invoice = claim()
    pay(invoice, "1190")
    note = invoice.create_credit_note()
    stale = type(note).objects.get(pk=note.pk)

    refund(note, on=TUESDAY, amount="190")
    with pytest.raises(OverAllocationError, match=r"1000\.00 EUR"):
        refund(stale, on=TUESDAY, amount="1190")
    refund(stale, on=TUESDAY)
    with pytest.raises(OverAllocationError):
        refund(note, on=TUESDAY)

    assert [str(payment.amount) for payment in Payment.objects.outgoing().order_by("pk")] == ["190.00", "1000.00"]


def test_a_credit_note_that_was_offset_is_not_paid_out():
    note = claim().create_credit_note()

    with pytest.raises(OverAllocationError):
        refund(note, on=TUESDAY)

    assert not Payment.objects.exists()


@pytest.mark.parametrize("document", [claim, bill])
def test_an_invoice_is_not_refunded(document):
    with pytest.raises(PaymentMismatchError, match="credit the invoice"):
        refund(document(), on=TUESDAY)

    assert not Payment.objects.exists()


def test_news_of_a_refund_is_sent_before_it_is_committed(hear):
    payment, seen = pay(amount="100"), []

    def look(sender, payment, **_news):
        from django.db import connection

        seen.append(len(connection.savepoint_ids))

    depth = len(_savepoints())
    signals.payment_refunded.connect(look)
    try:
        with hear(signals.payment_refunded, signals.payment_received) as heard:
            out = refund(payment, on=TUESDAY)
    finally:
        signals.payment_refunded.disconnect(look)

    assert [(news["signal"], news["payment"]) for news in heard] == [(signals.payment_received, out), (signals.payment_refunded, out)]
    assert seen[0] > depth


def _savepoints():
    from django.db import connection

    return connection.savepoint_ids
