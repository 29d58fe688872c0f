"""Money, credit notes and credit settle documents later."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments import signals
from invoicing.contrib.payments.exceptions import ClosedInvoiceError, OverAllocationError, PaymentMismatchError, PaymentStateError
from invoicing.contrib.payments.models import Payment
from invoicing.contrib.payments.services import (
    allocate,
    allocate_credit_note,
    allocate_oldest,
    apply_credit,
    fail_payment,
    open_documents,
    party_credit,
    reverse_payment,
)
from invoicing.exceptions import BooksLockedError, InvalidDataError
from tests.contrib.payments.claims import MONDAY, TUESDAY, WEDNESDAY, bill, claim, everything, pay, rows_of, settled, stands
from tests.factories import make_company, make_party

pytestmark = pytest.mark.django_db


@pytest.fixture
def party():
    return make_party()


def local(net="100", **fields):
    """An invoice over 119.00 at 19 %."""
    return claim(net, **fields)


def test_money_on_account_settles_a_document_later(party):
    payment = pay(amount="200", party=party)
    invoice = local(party=party)

    made = allocate(payment, invoice, on=WEDNESDAY)

    assert [str(row.amount) for row in made] == ["119.00"]
    assert (stands(invoice), rows_of(invoice)) == (("119.00", "0.00", "PAID", "PAID", True), [("PAYMENT", "119.00", WEDNESDAY)])
    assert (str(payment.allocated), str(payment.unallocated)) == ("119.00", "81.00")
    assert str(Payment.objects.get(pk=payment.pk).allocated) == "119.00"


def test_an_allocation_counts_no_earlier_than_the_money_was_there():
    payment, invoice = pay(amount="200", on=TUESDAY), local()

    allocate(payment, invoice, on=MONDAY)

    assert settled(invoice) == ("119.00", "119.00", TUESDAY)


def test_several_in_the_order_given_and_as_told():
    first, second, payment = local(), local(), pay(amount="300")

    allocate(payment, {second: "50.00"}, on=MONDAY)
    allocate(payment, [second, first], on=MONDAY)

    assert (stands(second)[0], stands(first)[0], str(payment.unallocated)) == ("119.00", "119.00", "62.00")


def test_the_oldest_first(party):
    late = local(party=party, date_due=date(2026, 12, 24))
    soon = local(party=party, date_due=date(2026, 12, 1))
    middle = local(party=party, date_due=date(2026, 12, 10))
    other, foreign, offer = local(), local(party=party, currency="CHF"), local(party=party, type="PROFORMA")
    payment = pay(amount="250", party=party)

    allocate_oldest(payment, on=MONDAY)

    assert [stands(invoice)[0] for invoice in (soon, middle, late)] == ["119.00", "119.00", "12.00"]
    assert [stands(invoice)[0] for invoice in (other, foreign, offer)] == ["0.00", "0.00", "0.00"]
    assert str(payment.unallocated) == "0.00"


def test_of_documents_that_are_due_on_one_day_the_first_made(party):
    first, second = local(party=party), local(party=party)

    allocate_oldest(pay(amount="119", party=party))

    assert (stands(first)[2], stands(second)[2]) == ("PAID", "NEW")


def test_where_nothing_is_open_the_money_stays_credit(party):
    payment = pay(amount="119", party=party)

    assert allocate_oldest(payment) == []
    assert party_credit(party, currency="EUR") == Decimal(119)


def test_money_of_nobody_is_not_spread():
    with pytest.raises(InvalidDataError, match="party"):
        allocate_oldest(pay(amount="119"))


def test_what_a_party_has_open_by_the_way_of_the_money(party):
    invoice, received = local(party=party), bill("100", party=party)
    note = claim("50", party=party).create_credit_note()
    paid = local(party=party)
    pay(paid, "119")

    assert list(open_documents(party, direction="IN", currency="EUR")) == [invoice]
    assert list(open_documents(party, direction="OUT", currency="EUR")) == [received]
    assert str(note.to_pay) == "0.00"


# Credit


def test_the_credit_of_a_party(party):
    pay(amount="200", party=party)
    pay(amount="100", party=party, currency="CHF")
    pay(amount="70", party=party, direction="OUT")
    pay(amount="60", party=party, status="PENDING")
    fail_payment(pay(amount="50", party=party, status="PENDING"), reason="refused")
    reverse_payment(pay(amount="40", party=party), reason="bounced")
    paid = local(party=party)
    pay(paid, "119")
    paid.create_credit_note()

    assert str(party_credit(party, currency="EUR")) == "319.00"
    assert str(party_credit(party, currency="CHF")) == "100.00"
    assert str(party_credit(party, currency="USD")) == "0.00"
    assert str(party_credit(party, currency="EUR", company=make_company())) == "0.00"


def test_credit_settles_a_document_credit_notes_first(party):
    old = local(party=party)
    pay(old, "119")
    note = old.create_credit_note()
    payment = pay(amount="200", party=party)
    invoice = claim("200", party=party)

    made = apply_credit(invoice, on=WEDNESDAY)

    assert [(row.kind, str(row.amount)) for row in made] == [("CREDIT_NOTE", "119.00"), ("PAYMENT", "119.00")]
    assert (stands(invoice)[2], stands(note)[:2], invoice.status) == ("PAID", ("119.00", "0.00"), "PAID")
    payment.refresh_from_db()
    assert (str(payment.unallocated), str(party_credit(party, currency="EUR"))) == ("81.00", "81.00")


def test_credit_takes_the_oldest_payment_first(party):
    late, soon = pay(amount="100", party=party, on=TUESDAY), pay(amount="100", party=party, on=MONDAY)

    apply_credit(local(party=party))

    late.refresh_from_db()
    soon.refresh_from_db()
    assert (str(soon.unallocated), str(late.unallocated)) == ("0.00", "81.00")


def test_a_received_invoice_is_settled_by_what_we_paid_ahead(party):
    ours = pay(amount="200", party=party, direction="OUT")
    pay(amount="500", party=party)
    paid = local(party=party)
    pay(paid, "119")
    paid.create_credit_note()
    received = bill("100", party=party)

    apply_credit(received)

    ours.refresh_from_db()
    assert (stands(received)[2], str(ours.unallocated)) == ("PAID", "81.00")


def test_without_credit_nothing_happens(party):
    invoice = local(party=party)
    before = everything()

    assert apply_credit(invoice) == []
    assert everything() == before


@pytest.mark.parametrize("act", [lambda invoice: invoice.cancel("entered twice"), lambda invoice: invoice.create_credit_note()])
def test_credit_stays_where_a_document_is_closed(party, act):
    pay(amount="200", party=party)
    invoice = local(party=party)
    act(invoice)

    with pytest.raises(ClosedInvoiceError):
        apply_credit(invoice)

    assert str(party_credit(party, currency="EUR")) == "200.00"


def test_nobody_has_no_credit():
    with pytest.raises(InvalidDataError, match="party"):
        apply_credit(local())


# Credit notes


def credit(net="100", **fields):
    """A credit note of 119.00 that the customer still has: its invoice was paid."""
    invoice = claim(net, **fields)
    pay(invoice, invoice.total)
    return invoice.create_credit_note()


def test_a_credit_note_settles_another_invoice():
    note, invoice = credit(), claim()

    made = allocate_credit_note(note, invoice, on=WEDNESDAY)

    assert [(row.kind, str(row.amount), row.date) for row in made] == [("CREDIT_NOTE", "119.00", max(WEDNESDAY, note.date_issue))]
    assert stands(invoice)[:4] == ("119.00", "1071.00", "NEW", "PARTIALLY_PAID")
    assert (stands(note)[:4], note.to_pay) == (("119.00", "0.00", "NEW", "PAID"), 0)


def test_a_credit_note_that_is_offset_can_still_be_sent():
    note = claim().create_credit_note()

    note.mark_sent()

    assert stands(note)[:4] == ("1190.00", "0.00", "SENT", "PAID")


def test_a_credit_note_settles_several():
    note, first, second = credit(), claim("50"), claim()

    allocate_credit_note(note, [first, second])

    assert (stands(first)[2], stands(second)[0]) == ("PAID", "59.50")


def test_a_credit_note_settles_as_told():
    note, first, second = credit(), claim("50"), claim()

    allocate_credit_note(note, {second: "9.00", first: "10.00"})

    assert (stands(first)[0], stands(second)[0], str(note.to_pay)) == ("10.00", "9.00", "100.00")


def test_a_credit_note_of_a_supplier_settles_his_invoice():
    note, received = bill("100", number="G-1", type="CREDIT_NOTE"), bill()

    allocate_credit_note(note, received)

    assert (stands(received)[0], stands(note)[0]) == ("119.00", "119.00")


@pytest.mark.parametrize(
    ("invoice", "error"),
    [
        (lambda: claim(currency="CHF"), PaymentMismatchError),
        (lambda: claim(company=make_company()), PaymentMismatchError),
        (lambda: bill(), PaymentMismatchError),  # noqa: PLW0108  # made inside the test
        (lambda: claim(party=make_party()), PaymentMismatchError),
        (lambda: credit(), PaymentMismatchError),  # noqa: PLW0108
    ],
    ids=["currency", "company", "side", "party", "note"],
)
def test_what_a_credit_note_does_not_fit(invoice, error):
    note = credit(party=make_party(code="ALP-2"))
    other = invoice()
    before = everything()

    with pytest.raises(error):
        allocate_credit_note(note, other)

    assert everything() == before


def test_an_invoice_is_no_credit_note():
    with pytest.raises(PaymentMismatchError, match="no credit note"):
        allocate_credit_note(claim(), claim())


def test_a_canceled_credit_note_and_a_canceled_invoice_are_closed():
    note, canceled = credit(), claim()
    canceled.cancel("entered twice")
    with pytest.raises(ClosedInvoiceError):
        allocate_credit_note(note, canceled)

    note.cancel("wrong line")
    with pytest.raises(ClosedInvoiceError):
        allocate_credit_note(note, claim())


def test_a_credit_note_gives_no_more_than_it_has():
    note, invoice = credit(), claim()
    before = everything()

    with pytest.raises(OverAllocationError):
        allocate_credit_note(note, {invoice: "119.01"})
    with pytest.raises(OverAllocationError):
        allocate_credit_note(note, {claim("10"): "12.00"})

    allocate_credit_note(note, invoice)
    with pytest.raises(OverAllocationError):
        allocate_credit_note(note, claim())
    assert everything() != before


# Refusals


def test_no_more_than_there_is():
    payment, invoice = pay(amount="100"), claim("50")
    before = everything()

    for wanted in ({invoice: "59.51"}, {claim(): "100.01"}, {claim(): "60", invoice: "50"}):
        with pytest.raises(OverAllocationError):
            allocate(payment, wanted)

    assert everything()[:4] == before[:4]


def test_what_is_paid_and_what_is_used_up_are_told():
    paid, payment = claim("50"), pay(amount="100")
    pay(paid, "59.50")
    with pytest.raises(OverAllocationError, match=f"left of {paid.number}: 0"):
        allocate(payment, paid)

    allocate(payment, claim())
    with pytest.raises(OverAllocationError, match=r"left of 2026-11-23 100\.00 EUR: 0"):
        allocate(payment, claim())


def test_the_same_document_twice_counts_once():
    payment, invoice = pay(amount="300"), claim("100")

    allocate(payment, [invoice, type(invoice).objects.get(pk=invoice.pk)])

    assert str(payment.allocated) == "119.00"


@pytest.mark.parametrize("state", ["PENDING", "FAILED", "REVERSED"])
def test_only_money_that_is_there_settles(state):
    payment = pay(amount="100", status="RECEIVED" if state == "REVERSED" else "PENDING")
    if state == "FAILED":
        fail_payment(payment, reason="refused")
    if state == "REVERSED":
        reverse_payment(payment, reason="bounced")
    invoice = claim()

    with pytest.raises(PaymentStateError, match="only what was received"):
        allocate(payment, invoice)

    assert rows_of(invoice) == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", 1.0, "much"])
def test_amounts_that_are_none(amount):
    with pytest.raises(InvalidDataError, match="amount"):
        allocate(pay(amount="100"), {claim(): amount})


def test_nothing_is_allocated_into_locked_books(settings):
    payment, invoice = pay(amount="100", on=MONDAY), claim()
    settings.INVOICING_LOCKED_UNTIL = TUESDAY

    with pytest.raises(BooksLockedError):
        allocate(payment, invoice, on=TUESDAY)
    assert rows_of(invoice) == []

    allocate(payment, invoice, on=WEDNESDAY)
    assert rows_of(invoice) == [("PAYMENT", "100.00", WEDNESDAY)]


def test_a_stale_instance_allocates_no_more_than_is_stored():
    payment = pay(amount="100")
    stale, invoice = Payment.objects.get(pk=payment.pk), claim()
    allocate(payment, claim())

    with pytest.raises(OverAllocationError):
        allocate(stale, invoice)

    assert stands(invoice)[0] == "0.00"


def test_news_of_allocations(hear, party):
    note, payment, invoice = credit(party=party), pay(amount="100", party=party), claim(party=party)

    with hear(signals.payment_allocated) as heard:
        apply_credit(invoice)

    assert [(news["payment"], [row.kind for row in news["allocations"]]) for news in heard] == [
        (None, ["CREDIT_NOTE"]),
        (payment, ["PAYMENT"]),
    ]
    assert heard[0]["allocations"][0].credit_note == note
