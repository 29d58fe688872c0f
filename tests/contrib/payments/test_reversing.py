"""What was allocated or received is taken back, and both stay to be seen."""

import pytest

from invoicing import signals as core
from invoicing.contrib.payments import signals
from invoicing.contrib.payments.exceptions import OverAllocationError, PaymentStateError
from invoicing.contrib.payments.models import Allocation, Payment, TaxCorrection
from invoicing.contrib.payments.services import (
    allocate,
    allocate_credit_note,
    apply_credit,
    party_credit,
    refund,
    reverse_payment,
    undo_allocation,
)
from invoicing.exceptions import BooksLockedError, InvalidDataError
from invoicing.models import InvoiceEvent
from invoicing.verifying import verify_chain
from tests.contrib.payments.claims import MONDAY, TUESDAY, WEDNESDAY, claim, early, everything, history_of, pay, rows_of, settled, stands
from tests.factories import make_party

pytestmark = pytest.mark.django_db


def only(document, kind="PAYMENT"):
    """The one allocation of a kind."""
    return Allocation.objects.of_document(document.pk).standing().get(kind=kind)


def test_a_payment_that_bounced_is_owed_again():
    invoice = claim()
    invoice.mark_sent()
    before = stands(invoice)
    payment = pay(invoice, "1190")

    reverse_payment(payment, reason="bounced", on=WEDNESDAY)

    assert stands(invoice) == before == ("0.00", "1190.00", "SENT", "UNPAID", False)
    assert (payment.status, payment.reversed_on, payment.reversal_reason) == ("REVERSED", WEDNESDAY, "bounced")
    assert (str(payment.amount), str(payment.allocated), str(payment.unallocated)) == ("1190.00", "0.00", "0")
    assert rows_of(invoice) == [("PAYMENT", "1190.00", MONDAY), ("PAYMENT", "-1190.00", WEDNESDAY)]
    assert settled(invoice) == ("1190.00", "0.00", None)
    assert history_of(payment) == ["RECORDED", "REVERSED"]
    assert list(verify_chain()) == []


@pytest.mark.parametrize("status", ["NEW, issued", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE"])
def test_the_status_of_before_comes_back(status):
    invoice = claim()
    if status != "NEW, issued":
        invoice.mark_sent()
    for act in {"RETURNED": "mark_returned", "IN_COLLECTION": "send_to_collection", "UNCOLLECTIBLE": "write_off"}.keys() & {status}:
        getattr(invoice, {"RETURNED": "mark_returned", "IN_COLLECTION": "send_to_collection", "UNCOLLECTIBLE": "write_off"}[act])()
    before = stands(invoice)

    for _ in range(2):
        payment = pay(invoice, "1190")
        assert stands(invoice)[2] == "PAID"
        reverse_payment(payment, reason="bounced")
        assert stands(invoice) == before


def test_what_others_paid_stays():
    invoice = claim()
    bounced, _kept = pay(invoice, "500"), pay(invoice, "690")

    reverse_payment(bounced, reason="bounced")

    assert stands(invoice) == ("690.00", "500.00", "NEW", "PARTIALLY_PAID", False)


def test_everything_that_a_payment_settled_is_open_again():
    invoices = [claim(), claim("100"), claim("10")]
    before = [stands(invoice) for invoice in invoices]
    payment = pay(invoices, "1320")

    reverse_payment(payment, reason="bounced")

    assert [stands(invoice) for invoice in invoices] == before


def test_discounts_go_with_the_payment_and_their_tax_with_them():
    invoice = early()
    payment = pay(invoice, "1166.20")
    assert stands(invoice)[2] == "PAID"

    reverse_payment(payment, reason="bounced", on=WEDNESDAY)

    assert stands(invoice)[:3] == ("0.00", "1190.00", "NEW")
    assert [(str(row.base), str(row.tax)) for row in TaxCorrection.objects.all()] == [("20.000", "3.800"), ("-20.000", "-3.800")]


def test_the_history_of_the_document_tells_both(hear):
    invoice = claim()
    payment = pay(invoice, "1190")

    with hear(core.invoice_reopened, signals.payment_reversed) as heard:
        reverse_payment(payment, reason="bounced", on=WEDNESDAY)

    assert [(news["signal"], news["reason"]) for news in heard] == [
        (core.invoice_reopened, "bounced"),
        (signals.payment_reversed, "bounced"),
    ]
    events = InvoiceEvent.objects.filter(invoice=invoice).order_by("pk")
    assert [(event.kind, event.status_from, event.status_to) for event in events][-4:] == [
        ("PAYMENT", "NEW", "NEW"),
        ("STATUS_CHANGED", "NEW", "PAID"),
        ("PAYMENT", "PAID", "PAID"),
        ("STATUS_CHANGED", "PAID", "NEW"),
    ] or [(event.kind, event.status_to) for event in events][-4:] == [
        ("PAYMENT", ""),
        ("STATUS_CHANGED", "PAID"),
        ("PAYMENT", ""),
        ("STATUS_CHANGED", "NEW"),
    ]
    told = [event.data for event in events if event.kind == "PAYMENT"][-1]
    assert told["already_paid"] == "0.00"
    assert told["allocations"] == [{"kind": "PAYMENT", "amount": "-1190.00", "date": "2026-11-25", "payment": str(payment.uuid)}]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(reason):
    invoice = claim()
    payment = pay(invoice)

    with pytest.raises(InvalidDataError, match="reason"):
        reverse_payment(payment, reason=reason)
    with pytest.raises(InvalidDataError, match="reason"):
        undo_allocation(only(invoice), reason=reason)

    assert stands(invoice)[0] == "100.00"


def test_a_payment_is_reversed_once():
    payment = pay(claim())
    reverse_payment(payment, reason="bounced")
    before = everything()

    with pytest.raises(PaymentStateError, match="only what was received is reversed"):
        reverse_payment(payment, reason="bounced")

    assert everything() == before


def test_pending_money_is_not_reversed():
    with pytest.raises(PaymentStateError, match="pending"):
        reverse_payment(pay(status="PENDING"), reason="bounced")


def test_nothing_is_taken_back_in_locked_books(settings):
    invoice = claim()
    payment = pay(invoice)
    settings.INVOICING_LOCKED_UNTIL = TUESDAY

    with pytest.raises(BooksLockedError):
        reverse_payment(payment, reason="bounced", on=TUESDAY)
    with pytest.raises(BooksLockedError):
        undo_allocation(only(invoice), reason="wrong invoice", on=TUESDAY)
    assert stands(invoice)[0] == "100.00"

    reverse_payment(payment, reason="bounced", on=WEDNESDAY)
    assert stands(invoice)[0] == "0.00"


# One allocation


def test_an_allocation_is_undone_and_the_money_is_credit():
    wrong, right = claim(), claim()
    payment = pay(wrong, "1190")

    undone = undo_allocation(only(wrong), reason="wrong invoice", on=TUESDAY)

    payment.refresh_from_db()
    assert (stands(wrong)[:3], str(payment.unallocated)) == (("0.00", "1190.00", "NEW"), "1190.00")
    assert [(row.undoes.amount, row.reason) for row in undone] == [(1190, "wrong invoice")]
    allocate(payment, right)
    assert stands(right)[2] == "PAID"


def test_an_allocation_is_undone_once():
    invoice = claim()
    pay(invoice)
    allocation = only(invoice)
    (undoing,) = undo_allocation(allocation, reason="wrong invoice")

    for row in (allocation, undoing):
        with pytest.raises(InvalidDataError, match="undone before"):
            undo_allocation(row, reason="again")


def test_what_was_let_go_with_a_payment_goes_with_its_allocation():
    invoice = early()
    pay(invoice, "1166.20")

    undo_allocation(only(invoice), reason="wrong invoice", on=TUESDAY)

    assert [row[:2] for row in rows_of(invoice)] == [
        ("PAYMENT", "1166.20"),
        ("DISCOUNT", "23.80"),
        ("PAYMENT", "-1166.20"),
        ("DISCOUNT", "-23.80"),
    ]


def test_a_discount_is_taken_back_alone():
    invoice = early()
    pay(invoice, "1166.20")

    undo_allocation(only(invoice, "DISCOUNT"), reason="came too late")

    assert stands(invoice)[:3] == ("1166.20", "23.80", "NEW")


def test_a_coin_that_was_too_large_is_not_taken_back_alone():
    invoice = claim("8.43", currency="CHF")
    pay(invoice, "10.05", method="CASH")

    with pytest.raises(OverAllocationError):
        undo_allocation(only(invoice, "ROUNDING"), reason="no")

    assert stands(invoice)[0] == "10.03"


def test_an_offset_is_undone_on_both_sides():
    invoice = claim()
    note = invoice.create_credit_note()

    undo_allocation(only(note, "CREDIT_NOTE"), reason="to be paid out")

    assert (stands(invoice)[:3], stands(note)[:3]) == (("0.00", "1190.00", "CREDITED"), ("0.00", "1190.00", "NEW"))


def test_a_refund_is_undone():
    payment = pay(amount="100")
    out = refund(payment, on=TUESDAY)
    (row,) = Allocation.objects.filter(kind="REFUND")

    undo_allocation(row, reason="went elsewhere")

    payment.refresh_from_db()
    out.refresh_from_db()
    assert (str(payment.unallocated), str(out.unallocated)) == ("100.00", "100.00")


def test_a_refund_that_came_back_is_credit_again():
    party = make_party()
    payment = pay(amount="100", party=party)
    out = refund(payment, on=TUESDAY)

    reverse_payment(out, reason="account closed")

    assert (out.status, str(party_credit(party, currency="EUR"))) == ("REVERSED", "100.00")


def test_a_payment_that_bounces_after_the_invoice_was_credited_leaves_no_credit():
    """The note was the customer's credit because he had paid; now it settles what he owes again."""
    party = make_party()
    invoice = claim(party=party)
    payment = pay(invoice, "500")
    note = invoice.create_credit_note()
    assert (str(note.to_pay), str(party_credit(party, currency="EUR"))) == ("500.00", "500.00")

    reverse_payment(payment, reason="bounced")

    assert (stands(invoice)[:3], stands(note)[:2]) == (("1190.00", "0.00", "CREDITED"), ("1190.00", "0.00"))
    assert str(party_credit(party, currency="EUR")) == "0.00"


def test_reversing_everything_restores_the_start():
    party = make_party()
    invoice, other, paid = claim(party=party), early(party=party), claim("100", party=party)
    start = [stands(row) for row in (invoice, other, paid)]
    payments = [pay(paid, "119"), pay(amount="500", party=party)]
    note = paid.create_credit_note()
    apply_credit(invoice)
    payments += [pay(other, "1166.20"), pay(invoice, "700")]
    payments.append(refund(Payment.objects.get(pk=payments[3].pk), on=TUESDAY))

    for payment in reversed(payments):
        reverse_payment(Payment.objects.get(pk=payment.pk), reason="all wrong")
    for row in Allocation.objects.standing().order_by("-pk"):
        undo_allocation(row, reason="all wrong")
    note.refresh_from_db()
    note.cancel("all wrong")

    assert [stands(row) for row in (invoice, other, paid)] == start
    assert not Payment.objects.received().exists()
    assert list(verify_chain()) == []


def test_a_canceled_note_takes_its_offsets_back():
    note, invoice, other = claim(), claim(), claim("100")
    pay(note, "1190")
    note = note.create_credit_note()
    allocate_credit_note(note, [other, invoice])

    note.cancel("wrong line")

    assert [stands(row)[:3] for row in (invoice, other)] == [("0.00", "1190.00", "NEW"), ("0.00", "119.00", "NEW")]
    assert stands(note)[0] == "0.00"
