"""A document follows what is paid of it, forth and back; whoever records payments says how much that is."""

from decimal import Decimal

import pytest

from invoicing import signals
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError, TransitionNotAllowedError
from invoicing.models import InvoiceEvent, get_invoice_model, settling
from invoicing.verifying import verify_chain
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def stored(invoice):
    row = Invoice.objects.get(pk=invoice.pk)
    return (str(row.already_paid), row.status, row.date_paid is not None)


@pytest.fixture(autouse=True)
def recorders(monkeypatch):
    """Nobody records payments, and nobody writes one for what is called paid."""
    found = []
    monkeypatch.setattr(settling, "_recorders", found)
    return found


@pytest.fixture
def alone():
    """The core by itself: whoever listens to what is paid does not hear it."""
    before, signals.invoice_paid.receivers = signals.invoice_paid.receivers, []
    signals.invoice_paid.sender_receivers_cache.clear()
    yield
    signals.invoice_paid.receivers = before
    signals.invoice_paid.sender_receivers_cache.clear()


def test_a_part_changes_the_amount_alone():
    invoice = make_issued_invoice()

    invoice.settle(Decimal("100.00"))

    assert stored(invoice) == ("100.00", "NEW", False)
    assert (str(invoice.to_pay), invoice.payment_status) == ("852.00", "PARTIALLY_PAID")


@pytest.mark.parametrize("paid", ["952.00", "1000.00"])
def test_everything_makes_it_paid(paid):
    invoice = make_issued_invoice()

    invoice.settle(Decimal(paid))

    assert stored(invoice) == (paid, "PAID", True)
    assert (invoice.status, invoice.payment_status) == ("PAID", "PAID" if paid == "952.00" else "OVERPAID")


@pytest.mark.parametrize("status", ["NEW, issued", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE"])
def test_what_is_owed_again_goes_back_to_the_status_of_before(invoice_in, hear, status):
    invoice = invoice_in(status)
    before, sent = invoice.status, invoice.date_sent
    invoice.settle(invoice.total)

    with hear(signals.invoice_reopened) as heard:
        invoice.settle(Decimal("951.99"), reason="bounced")

    assert (stored(invoice), invoice.status, invoice.date_paid, invoice.date_sent) == (("951.99", before, False), before, None, sent)
    assert [(news["invoice"], news["reason"]) for news in heard] == [(invoice, "bounced")]
    assert list(verify_chain()) == []


def test_a_draft_that_was_paid_at_once_goes_back_to_new():
    invoice = make_invoice([line()], status="DRAFT")
    invoice.settle(Decimal(952))
    assert stored(invoice)[1] == "PAID"

    invoice.settle(Decimal(0))

    assert stored(invoice) == ("0.00", "NEW", False)


def test_the_history_tells_each_change_once():
    invoice = make_issued_invoice()
    invoice.settle(Decimal(952), data={"voucher": "7"})
    invoice.settle(Decimal(952))
    invoice.settle(Decimal(0), reason="bounced")

    events = InvoiceEvent.objects.filter(invoice=invoice).exclude(kind="CREATED").order_by("pk")
    told = [(event.kind, event.status_to, event.reason, event.data.get("already_paid")) for event in events if event.kind != "ISSUED"]
    assert [(kind, to) for kind, to, _reason, _paid in told if kind == "STATUS_CHANGED"] == [
        ("STATUS_CHANGED", "PAID"),
        ("STATUS_CHANGED", "NEW"),
    ]
    assert [(reason, paid) for kind, _to, reason, paid in told if kind == "PAYMENT"] == [("", "952"), ("bounced", "0")]
    assert next(event.data for event in events if event.kind == "PAYMENT")["voucher"] == "7"


@pytest.mark.parametrize(("paid", "word"), [("-0.01", "Less than nothing"), ("0.001", "finer than EUR")])
def test_amounts_that_are_none_change_nothing(paid, word):
    invoice = make_issued_invoice()

    with pytest.raises(InvalidDataError, match=word):
        invoice.settle(Decimal(paid))

    assert (stored(invoice), str(invoice.already_paid)) == (("0.00", "NEW", False), "0.00")


def test_over_a_canceled_document_nothing_more_is_paid():
    invoice = make_issued_invoice()
    invoice.settle(Decimal(100))
    models_row = Invoice.objects.get(pk=invoice.pk)
    models_row.already_paid = Decimal(0)
    models_row.save()
    invoice.cancel("entered twice")

    with pytest.raises(TransitionNotAllowedError):
        invoice.settle(Decimal(100))
    invoice.settle(Decimal(0))

    assert stored(invoice) == ("0.00", "CANCELED", False)


@pytest.mark.parametrize("paid", ["100.00", "952.00"])
def test_a_credited_document_stays_credited(invoice_in, paid):
    invoice = invoice_in("CREDITED")

    invoice.settle(Decimal(paid))

    assert stored(invoice)[:2] == (paid, "CREDITED")


def test_a_free_document_is_not_paid_by_nothing():
    invoice = make_issued_invoice([line(unit_price=0)])

    invoice.settle(Decimal(0))

    assert stored(invoice) == ("0.00", "NEW", False)


def test_an_old_instance_settles_what_is_stored():
    invoice = make_issued_invoice()
    old = Invoice.objects.get(pk=invoice.pk)
    invoice.mark_sent()

    old.settle(Decimal(952))
    old.settle(Decimal(0))

    assert stored(invoice) == ("0.00", "SENT", False)


def test_what_else_was_changed_here_is_not_written():
    invoice = make_issued_invoice()
    invoice.internal_note = "not saved"

    invoice.settle(Decimal(100))

    assert Invoice.objects.get(pk=invoice.pk).internal_note == ""


# Offset


def test_what_is_offset_in_full_is_not_called_paid_and_can_be_sent():
    invoice = make_issued_invoice()

    invoice.offset(Decimal(952))
    assert (stored(invoice), invoice.payment_status) == (("952.00", "NEW", False), "PAID")

    invoice.mark_sent()
    assert stored(invoice)[1] == "SENT"


def test_what_is_no_longer_offset_is_owed_again():
    invoice = make_issued_invoice()
    invoice.settle(Decimal(952))

    invoice.offset(Decimal(900))

    assert stored(invoice) == ("900.00", "NEW", False)


# Afresh


def test_where_nobody_records_payments_everything_stays():
    invoice = make_issued_invoice()
    invoice.already_paid = Decimal(100)
    invoice.save()

    invoice.refresh_outstanding()

    assert stored(invoice) == ("100.00", "NEW", False)


def test_whoever_records_payments_is_asked(recorders):
    invoice = make_issued_invoice()
    settling.record_payments_by(lambda document: Decimal("952.00") if document.pk == invoice.pk else None)
    other = make_issued_invoice()

    for row in (invoice, other):
        row.refresh_outstanding()

    assert (stored(invoice), stored(other)) == (("952.00", "PAID", True), ("0.00", "NEW", False))
    assert (invoice.status, len(recorders)) == ("PAID", 1)


def test_a_recorder_is_asked_once(recorders):
    def recorder(document):
        return Decimal(100)

    settling.record_payments_by(recorder)
    settling.record_payments_by(recorder)
    invoice = make_issued_invoice()

    invoice.refresh_outstanding()

    assert (recorders, stored(invoice)[0]) == ([recorder], "100.00")


def test_several_recorders_add_up():
    for amount in (None, Decimal(100), Decimal(20)):
        settling.record_payments_by(lambda _document, amount=amount: amount)
    invoice = make_issued_invoice()

    invoice.refresh_outstanding()

    assert stored(invoice)[0] == "120.00"


def test_what_was_written_by_hand_is_put_right():
    settling.record_payments_by(lambda _document: Decimal(100))
    invoice = make_issued_invoice()
    invoice.already_paid = Decimal(500)
    invoice.save()

    invoice.refresh_outstanding()

    assert stored(invoice)[0] == "100.00"


@pytest.mark.usefixtures("alone")
def test_the_core_alone_calls_a_document_paid():
    invoice = make_issued_invoice()

    invoice.mark_paid()
    assert stored(invoice) == ("952.00", "PAID", True)

    invoice.settle(Decimal(0))
    assert stored(invoice) == ("0.00", "NEW", False)


def test_items_stay_frozen_when_it_is_owed_again():
    invoice = make_issued_invoice()
    invoice.settle(Decimal(952))
    invoice.settle(Decimal(0))

    with pytest.raises(InvoiceFrozenError):
        invoice.add_items([line()])
