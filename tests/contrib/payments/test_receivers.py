"""What payments hear of documents: called paid, credited, canceled, erased."""

import pytest

from invoicing import signals as core
from invoicing.contrib.payments.exceptions import SettledInvoiceError
from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent, Settlement
from invoicing.contrib.payments.services import grant_discount, refund, reverse_payment, undo_allocation
from invoicing.models import get_invoice_model
from invoicing.verifying import verify_chain
from tests.contrib.payments.claims import MONDAY, TUESDAY, bill, claim, everything, history_of, pay, rows_of, settled, stands
from tests.factories import build_invoice, line, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


# Called paid


def test_what_is_called_paid_is_recorded_as_a_payment():
    invoice = claim(party=make_party(), payment_method="PAYMENT_CARD")

    invoice.mark_paid()

    payment = Payment.objects.get()
    assert (str(payment.amount), payment.date, payment.method.code, payment.invoice) == (
        "1190.00",
        invoice.today(),
        "PAYMENT_CARD",
        invoice,
    )
    assert (payment.party, str(payment.unallocated), history_of(payment)) == (invoice.party, "0.00", ["RECORDED"])
    assert stands(invoice) == ("1190.00", "0.00", "PAID", "PAID", True)
    assert settled(invoice) == ("1190.00", "1190.00", invoice.today())
    assert list(verify_chain()) == []


def test_the_rest_is_what_came_in():
    invoice = claim()
    pay(invoice, "500")

    invoice.mark_paid()

    assert [str(payment.amount) for payment in Payment.objects.order_by("pk")] == ["500.00", "690.00"]
    assert stands(invoice)[:3] == ("1190.00", "0.00", "PAID")


def test_calling_it_paid_by_assignment_is_the_same():
    invoice = claim()

    invoice.status = "PAID"
    invoice.save()

    assert (Payment.objects.get().amount, stands(invoice)[2]) == (invoice.total, "PAID")


def test_a_draft_is_called_paid():
    invoice = make_invoice([line()], status="DRAFT")

    invoice.mark_paid()

    assert (str(Payment.objects.get().amount), stands(invoice)[:3]) == ("952.00", ("952.00", "0.00", "PAID"))


@pytest.mark.parametrize(("document", "direction"), [(claim, "IN"), (bill, "OUT"), (lambda: claim(type="PROFORMA"), "IN")])
def test_money_goes_the_way_of_the_document(document, direction):
    document().mark_paid()

    assert Payment.objects.get().direction == direction


def test_a_credit_note_that_is_called_paid_went_out():
    invoice = claim()
    pay(invoice, "1190")
    note = invoice.create_credit_note()

    note.mark_paid()

    assert [payment.direction for payment in Payment.objects.order_by("pk")] == ["IN", "OUT"]
    assert stands(note)[:3] == ("1190.00", "0.00", "PAID")


def test_a_credit_note_that_was_offset_is_called_paid_without_money():
    note = claim().create_credit_note()

    note.mark_paid()

    assert (note.status, Payment.objects.count()) == ("PAID", 0)


def test_money_that_was_recorded_is_not_recorded_again():
    invoice = claim()

    pay(invoice, "1190")

    assert (Payment.objects.count(), invoice.status) == (1, "PAID")


def test_what_was_paid_before_payments_were_recorded_is_its_opening():
    invoice = claim()
    invoice.already_paid = 400
    invoice.save()
    assert not Settlement.objects.exists()

    pay(invoice, "100")
    invoice.mark_paid()

    assert rows_of(invoice)[:2] == [("OPENING", "400.00", invoice.date_issue), ("PAYMENT", "100.00", MONDAY)]
    assert [str(payment.amount) for payment in Payment.objects.order_by("pk")] == ["100.00", "690.00"]


def test_what_is_made_as_paid_is_no_payment_of_today():
    invoice = build_invoice(status="PAID", number="2019-7")
    invoice.save_with_items([line()])

    assert (stands(invoice)[2], Payment.objects.count(), Allocation.objects.count()) == ("PAID", 0, 0)


def test_what_is_said_to_be_paid_by_amount_is_no_payment_of_today():
    invoice = claim()
    invoice.already_paid = invoice.total
    invoice.save()

    invoice.mark_paid()

    assert (stands(invoice)[2], Payment.objects.count()) == ("PAID", 0)


def test_a_payment_that_cannot_be_recorded_leaves_the_invoice_unpaid(settings):
    invoice = claim()
    settings.INVOICING_LOCKED_UNTIL = invoice.today()
    before = everything()

    with pytest.raises(Exception, match="locked"):
        invoice.mark_paid()

    assert everything() == before
    assert invoice.status == "NEW"


# Credited


def test_a_credit_note_settles_what_is_open():
    invoice = claim()

    note = invoice.create_credit_note()

    assert (stands(invoice)[:4], stands(note)[:4]) == (("1190.00", "0.00", "CREDITED", "PAID"), ("1190.00", "0.00", "NEW", "PAID"))
    assert rows_of(note) == rows_of(invoice) == [("CREDIT_NOTE", "1190.00", note.date_issue)]
    assert (str(invoice.to_pay), str(note.to_pay)) == ("0.00", "0.00")


def test_what_was_paid_is_credit():
    invoice = claim()
    pay(invoice, "1000")

    note = invoice.create_credit_note()

    assert (stands(invoice)[:2], stands(note)[:2]) == (("1190.00", "0.00"), ("190.00", "1000.00"))


def test_a_part_settles_a_part():
    invoice = make_issued_invoice([line(quantity=4, unit_price=100)])

    notes = [invoice.create_credit_note({invoice.item_set.get(): 1}) for _ in range(2)]

    assert stands(invoice)[:4] == ("238.00", "238.00", "NEW", "PARTIALLY_PAID")
    assert [stands(note)[1] for note in notes] == ["0.00", "0.00"]
    pay(invoice, "238")
    assert stands(invoice)[2] == "PAID"


def test_a_part_that_settles_the_rest_makes_it_paid():
    invoice = make_issued_invoice([line(quantity=2, unit_price=100)])
    pay(invoice, "119")

    invoice.create_credit_note({invoice.item_set.get(): 1})

    assert stands(invoice)[:3] == ("238.00", "0.00", "PAID")


def test_a_paid_invoice_leaves_all_of_the_note():
    invoice = claim()
    pay(invoice, "1190")

    note = invoice.create_credit_note()

    assert (stands(invoice)[2], str(note.to_pay), note.offsets.count()) == ("CREDITED", "1190.00", 0)


def test_a_note_that_was_made_by_hand_settles_too():
    invoice = claim()
    note = invoice.create_copy(type="CREDIT_NOTE", status="DRAFT")

    note.issue()

    assert (stands(invoice)[:3], stands(note)[:2]) == (("1190.00", "0.00", "CREDITED"), ("1190.00", "0.00"))


# Canceled


def test_what_money_is_allocated_to_is_not_canceled():
    invoice = claim()
    pay(invoice, "500")
    before = everything()

    with pytest.raises(SettledInvoiceError, match=r"500\.00 EUR is allocated"):
        invoice.cancel("entered twice")

    assert everything() == before
    assert invoice.status == "NEW"


def test_what_was_let_go_of_is_not_canceled_either():
    invoice = claim()
    grant_discount(invoice, on=MONDAY, amount="20")

    with pytest.raises(SettledInvoiceError):
        invoice.cancel("entered twice")


def test_after_its_allocation_is_undone_it_is_canceled():
    invoice = claim()
    payment = pay(invoice, "500")
    undo_allocation(payment.allocations.get(), reason="entered twice", on=TUESDAY)

    invoice.cancel("entered twice")

    payment.refresh_from_db()
    assert (stands(invoice)[2], str(payment.unallocated)) == ("CANCELED", "500.00")


def test_a_canceled_note_opens_its_invoice_again():
    invoice = claim()
    invoice.mark_sent()
    note = invoice.create_credit_note()

    note.cancel("wrong customer")

    assert (stands(invoice), stands(note)[:3]) == (("0.00", "1190.00", "SENT", "UNPAID", False), ("0.00", "1190.00", "CANCELED"))
    assert [row[1] for row in rows_of(note)] == ["1190.00", "-1190.00"]
    assert list(verify_chain()) == []


def test_a_canceled_note_by_assignment_opens_its_invoice_again():
    invoice = claim()
    note = invoice.create_credit_note()

    note.status = "CANCELED"
    note.save()

    assert (stands(invoice)[:3], stands(note)[0]) == (("0.00", "1190.00", "NEW"), "0.00")


def test_a_note_that_was_paid_out_is_not_canceled():
    invoice = claim()
    pay(invoice, "1190")
    note = invoice.create_credit_note()
    refund(note, on=note.date_issue, amount="90")

    with pytest.raises(SettledInvoiceError, match=r"90\.00"):
        note.cancel("wrong customer")

    assert stands(note)[:3] == ("90.00", "1100.00", "NEW")


def test_a_paid_invoice_that_was_credited_is_paid_again_when_the_note_is_canceled():
    invoice = claim()
    pay(invoice, "1190")

    invoice.create_credit_note().cancel("wrong customer")

    assert stands(invoice)[:4] == ("1190.00", "0.00", "PAID", "PAID")


def test_where_the_money_went_back_meanwhile_it_is_owed_again():
    invoice = claim()
    invoice.mark_sent()
    payment = pay(invoice, "1190")
    note = invoice.create_credit_note()

    reverse_payment(payment, reason="bounced")
    note.refresh_from_db()
    note.cancel("wrong customer")

    assert stands(invoice) == ("0.00", "1190.00", "SENT", "UNPAID", False)


# Erased


def test_who_paid_is_forgotten_with_the_document():
    invoice = claim()
    facts = {"payer_name": "Camille Rivière", "payer_iban": "FR7630006000011234567890189", "reference": "RE Camille", "note": "called"}
    payment = pay(invoice, "1200", **facts)
    back = refund(payment, on=TUESDAY)
    pending, other = pay(invoice, "5", status="PENDING", **facts), pay(amount="5", **facts)

    invoice.erase_personal_data("asked by the customer")

    for row in (payment, back, pending):
        row.refresh_from_db()
        assert (row.payer_name, row.payer_iban, row.reference, row.note) == ("", "", "", "")
        assert history_of(row)[-1] == "ERASED"
    other.refresh_from_db()
    assert other.payer_name == "Camille Rivière"
    assert str(payment.amount) == "1200.00"


def test_news_of_the_core_still_come(hear):
    with hear(core.invoice_paid, core.invoice_credited) as heard:
        invoice = claim()
        pay(invoice, "1190")
        note = invoice.create_credit_note()

    assert [news["signal"] for news in heard] == [core.invoice_paid, core.invoice_credited]
    assert heard[1]["credit_note"] == note
    assert PaymentEvent.objects.count() == 1
