"""A credit note takes back the whole of an invoice or a part, never more than is left, in positive amounts."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from invoicing import signals
from invoicing.exceptions import CreditedInPartError, InvalidDataError, NotCreditableError, OverCreditError
from invoicing.models import InvoiceEvent, get_invoice_model
from invoicing.models.copying import CreditLine
from tests.factories import ALPENBLICK, TODAY, line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def two_lines(**fields):
    """10 h × 80.00 at 19 % = 800.00 + 152.00; 3 × 33.33 at 7 % = 99.99 + 7.00. Together 1,058.99."""
    books = line("Style guide, printed", quantity=Decimal(3), unit="PIECES", unit_price=Decimal("33.33"), tax_rate=Decimal(7))
    return make_issued_invoice([line(), books], **fields)


def status_of(invoice):
    return Invoice.objects.get(pk=invoice.pk).status


def amounts(note):
    """Quantity, unit price and net of each line, and VAT and total."""
    items = [(str(item.quantity.normalize()), str(item.unit_price.normalize()), str(item.subtotal)) for item in note.item_set.all()]
    return items, str(note.vat), str(note.total)


# The whole


def test_a_whole_credit_note_mirrors_its_invoice():
    invoice = two_lines()
    note = invoice.create_credit_note()

    note.refresh_from_db()
    assert amounts(note) == ([("1E+1", "8E+1", "800.00"), ("3", "33.33", "99.99")], "159.00", "1058.99")
    assert (note.type, note.status, note.is_issued, note.number) == ("CREDIT_NOTE", "NEW", True, "2026/2")
    assert [item.credited_item for item in note.item_set.all()] == list(invoice.item_set.all())
    assert (invoice.status, status_of(invoice)) == ("CREDITED", "CREDITED")


def test_a_credit_note_and_its_invoice_are_related_both_ways():
    invoice = two_lines()
    note = invoice.create_credit_note()

    assert (list(note.related_invoices.all()), list(invoice.related_invoices.all())) == ([invoice], [note])


def test_a_credit_note_is_of_today_and_says_why(time_machine):
    time_machine.move_to(datetime(2026, 12, 3, 12, tzinfo=UTC), tick=False)
    note = two_lines().create_credit_note(reason="Delivered twice")

    assert {note.date_issue, note.date_tax_point, note.date_due} == {date(2026, 12, 3)}
    assert note.note == "Delivered twice"


def test_arguments_override_fields():
    day = date(2027, 1, 4)
    note = two_lines().create_credit_note(date_issue=day, date_tax_point=day, date_due=day, internal_note="Agreed by phone")

    assert (note.date_issue, note.internal_note, note.number) == (day, "Agreed by phone", "2027/1")


def test_the_other_dates_follow_the_day_of_issue(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    note = two_lines().create_credit_note(date_issue=date(2026, 12, 1))

    assert (note.date_issue, note.date_tax_point, note.date_due) == (date(2026, 12, 1),) * 3


def test_a_paid_invoice_is_credited_without_its_payment(invoice_in):
    note = invoice_in("PAID").create_credit_note()

    assert (note.status, note.already_paid, note.date_paid) == ("NEW", 0, None)


def test_a_plain_credit_is_taken_back_with_the_whole():
    invoice = two_lines(credit=Decimal("58.99"))
    note = invoice.create_credit_note()

    assert (str(invoice.total), str(note.credit), str(note.total)) == ("1000.00", "58.99", "1000.00")


def test_a_plain_credit_is_not_taken_back_with_a_part():
    invoice = two_lines(credit=Decimal("58.99"))
    note = invoice.create_credit_note([invoice.item_set.all()[0]])

    assert (note.credit, str(note.total)) == (0, "952.00")


def test_a_whole_credit_note_keeps_discounts_and_deductions():
    invoice = make_issued_invoice(
        [line(discount=Decimal(15)), line("Advance 2026/7", quantity=Decimal(1), unit="EMPTY", unit_price=Decimal("-200.00"))]
    )
    note = invoice.create_credit_note()

    # 680.00 − 200.00 = 480.00, and 19 % of it 91.20.
    assert (str(invoice.total), str(note.vat), str(note.total)) == ("571.20", "91.20", "571.20")


def test_reverse_charge_is_taken_back_as_it_was():
    invoice = make_invoice([line(tax_rate=None)], customer=ALPENBLICK, language="de")
    invoice.recalculate_tax()
    invoice.issue()
    note = invoice.create_credit_note()

    assert (note.vat, str(note.total), note.is_reverse_charge) == (None, "800.00", True)
    assert note.tax_notes == ["Steuerschuldnerschaft des Leistungsempfängers"]


def test_the_rate_of_then_is_taken_back(settings):
    invoice = make_issued_invoice([line(tax_rate=Decimal(16))])

    assert str(invoice.create_credit_note().vat) == "128.00"


# Parts


def test_one_line():
    invoice = two_lines()
    note = invoice.create_credit_note([invoice.item_set.all()[1]])

    assert amounts(note) == ([("3", "33.33", "99.99")], "7.00", "106.99")
    assert (invoice.status, status_of(invoice)) == ("NEW", "NEW")


def test_line_by_line_ends_in_the_whole():
    invoice = two_lines()
    first, second = invoice.item_set.all()
    invoice.create_credit_note([second])
    note = invoice.create_credit_note([first])

    assert str(note.total) == "952.00"
    assert status_of(invoice) == "CREDITED"


def test_without_lines_the_rest_is_taken_back():
    invoice = two_lines()
    invoice.create_credit_note([invoice.item_set.all()[1]])
    note = invoice.create_credit_note()

    assert amounts(note) == ([("1E+1", "8E+1", "800.00")], "152.00", "952.00")
    assert status_of(invoice) == "CREDITED"


def test_a_quantity():
    invoice = two_lines()
    note = invoice.create_credit_note({invoice.item_set.all()[0]: Decimal("2.5")})

    # 2.5 h × 80.00 = 200.00, and 19 %.
    assert amounts(note) == ([("2.5", "8E+1", "200.00")], "38.00", "238.00")


def test_the_rest_after_a_quantity():
    invoice = make_issued_invoice()
    invoice.create_credit_note({invoice.item_set.get(): Decimal(4)})
    note = invoice.create_credit_note()

    # 800.00 − 320.00 = 480.00; 19 % 91.20.
    assert (str(note.vat), str(note.total), status_of(invoice)) == ("91.20", "571.20", "CREDITED")


def test_parts_that_do_not_divide_add_up_to_the_line():
    invoice = make_issued_invoice([line(quantity=Decimal(3), unit_price=Decimal("3.333333"))])
    item = invoice.item_set.get()

    notes = [invoice.create_credit_note({item: Decimal(1)}) for _ in range(3)]

    # 3 × 3.333333 = 10.00; single ones are 3.33, and the last takes the cent that is left.
    assert [str(note.net_total) for note in notes] == ["3.33", "3.33", "3.34"]
    assert status_of(invoice) == "CREDITED"


def test_an_amount():
    invoice = two_lines()
    note = invoice.create_credit_note([CreditLine(item=invoice.item_set.all()[0], amount=Decimal("100.00"))])

    assert amounts(note) == ([("1", "1E+2", "100.00")], "19.00", "119.00")
    assert note.item_set.get().unit == "EMPTY"


def test_the_rest_after_an_amount():
    invoice = make_issued_invoice()
    invoice.create_credit_note([CreditLine(item=invoice.item_set.get(), amount=Decimal("33.33"))])
    note = invoice.create_credit_note()

    # 800.00 − 33.33 = 766.67; 19 % 145.67.
    assert (str(note.net_total), str(note.vat), status_of(invoice)) == ("766.67", "145.67", "CREDITED")


def test_an_amount_of_a_deduction_is_negative():
    invoice = make_issued_invoice([line(), line("Advance 2026/7", quantity=Decimal(1), unit_price=Decimal("-200.00"))])
    hours, deduction = invoice.item_set.all()
    note = invoice.create_credit_note([CreditLine(item=hours, quantity=Decimal(5)), CreditLine(item=deduction, amount=Decimal("-50.00"))])

    # 5 × 80.00 - 50.00
    assert str(note.net_total) == "350.00"


def test_a_deduction_is_not_left_alone():
    invoice = make_issued_invoice([line(), line("Advance 2026/7", quantity=Decimal(1), unit_price=Decimal("-200.00"))])

    with pytest.raises(InvalidDataError, match=r"-238\.00 would be left"):
        invoice.create_credit_note([invoice.item_set.all()[0]])


def test_a_line_that_cost_nothing_goes_with_the_whole():
    invoice = make_issued_invoice([line(), line("Sticker", discount=Decimal(100))])
    note = invoice.create_credit_note()

    assert [str(item.subtotal) for item in note.item_set.all()] == ["800.00", "0.00"]
    assert status_of(invoice) == "CREDITED"


# Never more than is left


def test_more_than_the_quantity_is_refused():
    invoice = make_issued_invoice()

    with pytest.raises(OverCreditError, match=r"Only 10\.000 of “Website redesign” is left to credit, 11 was asked for") as refusal:
        invoice.create_credit_note({invoice.item_set.get(): Decimal(11)})

    assert refusal.value.code == "over_credit"
    assert (Invoice.objects.count(), status_of(invoice)) == (1, "NEW")


def test_more_than_the_rest_of_the_quantity_is_refused():
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    invoice.create_credit_note({item: Decimal(4)})

    with pytest.raises(OverCreditError):
        invoice.create_credit_note({item: Decimal("6.001")})
    assert str(invoice.create_credit_note({item: Decimal(6)}).total) == "571.20"


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1)])
def test_no_quantity_is_refused(quantity):
    invoice = make_issued_invoice()

    with pytest.raises(OverCreditError):
        invoice.create_credit_note({invoice.item_set.get(): quantity})


@pytest.mark.parametrize("amount", [Decimal("800.01"), Decimal(0), Decimal("-1.00")])
def test_an_amount_beyond_the_line_is_refused(amount):
    invoice = make_issued_invoice()

    with pytest.raises(OverCreditError):
        invoice.create_credit_note([CreditLine(item=invoice.item_set.get(), amount=amount)])


def test_quantity_after_amount_is_refused_where_the_money_does_not_reach():
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    invoice.create_credit_note([CreditLine(item=item, amount=Decimal("500.00"))])

    with pytest.raises(OverCreditError, match=r"Only 300\.00 .* 400\.00 was asked for"):
        invoice.create_credit_note({item: Decimal(5)})


def test_what_is_credited_by_lines_is_not_credited_twice():
    invoice = two_lines()
    books = invoice.item_set.all()[1]
    invoice.create_credit_note([books])

    with pytest.raises(OverCreditError):
        invoice.create_credit_note([books])
    assert Invoice.objects.count() == 2


def test_a_refused_credit_note_uses_up_no_number():
    invoice = make_issued_invoice()
    with pytest.raises(OverCreditError):
        invoice.create_credit_note({invoice.item_set.get(): Decimal(11)})

    assert make_invoice().number == "2026/2"


def test_a_canceled_credit_note_took_nothing():
    invoice = two_lines()
    hours = invoice.item_set.all()[0]
    invoice.create_credit_note([hours]).cancel("wrong line")

    note = invoice.create_credit_note([hours])

    assert str(note.total) == "952.00"


def test_after_a_canceled_credit_note_over_all_the_invoice_can_be_credited_again():
    invoice = two_lines()
    invoice.create_credit_note().cancel("wrong invoice")
    invoice.refresh_from_db()

    note = invoice.create_credit_note()

    assert str(note.total) == "1058.99"


@pytest.mark.parametrize("status", ["NEW, issued", "SENT", "PAID", "IN_COLLECTION"])
def test_a_canceled_credit_note_gives_its_invoice_the_status_of_before(invoice_in, status):
    invoice = invoice_in(status)
    before = invoice.status
    invoice.create_credit_note().cancel("wrong invoice")

    assert status_of(invoice) == before
    event = invoice.events.last()
    assert (event.status_from, event.status_to, event.reason) == ("CREDITED", before, "wrong invoice")


def test_a_canceled_part_opens_what_was_credited_in_parts():
    invoice = two_lines()
    first, second = invoice.item_set.all()
    part = invoice.create_credit_note([first])
    invoice.create_credit_note([second])
    assert status_of(invoice) == "CREDITED"
    part.cancel("wrong line")

    invoice.refresh_from_db()
    assert invoice.status == "NEW"
    assert str(invoice.create_credit_note().total) == "952.00"


def test_a_credit_note_that_is_canceled_by_assignment_took_nothing_either():
    invoice = two_lines()
    note = invoice.create_credit_note()
    note.status = "CANCELED"
    note.save()

    assert status_of(invoice) == "NEW"


def test_canceling_a_document_that_credited_nothing_opens_nothing():
    invoice = two_lines()
    invoice.create_credit_note()
    other = make_issued_invoice()
    copy = other.create_copy(type="CREDIT_NOTE")
    copy.related_invoices.add(invoice)
    copy.cancel("made by mistake")

    assert status_of(invoice) == "CREDITED"


def test_a_copy_that_is_a_credit_note_takes_back_when_it_is_issued():
    invoice = two_lines()
    note, twin = (invoice.create_copy(type="CREDIT_NOTE", date_issue=TODAY) for _ in range(2))
    assert status_of(invoice) == "NEW"

    note.issue()

    assert status_of(invoice) == "CREDITED"
    assert list(invoice.events.values_list("kind", "status_to"))[-2:] == [("STATUS_CHANGED", "CREDITED"), ("CREDITED", "")]
    with pytest.raises(OverCreditError):
        twin.issue()
    with pytest.raises(NotCreditableError):
        invoice.create_copy(type="CREDIT_NOTE")


def test_a_copy_over_a_part_leaves_the_rest_to_credit():
    invoice = two_lines()
    note = invoice.create_copy(type="CREDIT_NOTE", date_issue=TODAY)
    note.item_set.first().delete()
    note.issue()
    assert status_of(invoice) == "NEW"

    rest = invoice.create_credit_note()

    assert note.total + rest.total == invoice.total
    assert status_of(invoice) == "CREDITED"


def test_notes_that_are_not_issued_take_nothing():
    invoice = two_lines()
    part = invoice.create_credit_note([invoice.item_set.all()[0]])
    part.create_copy()

    rest = invoice.create_credit_note()

    assert part.total + rest.total == invoice.total


def test_a_document_that_is_credited_in_part_is_not_canceled():
    invoice = two_lines()
    note = invoice.create_credit_note([invoice.item_set.all()[0]])

    with pytest.raises(CreditedInPartError, match=note.number):
        invoice.cancel("all wrong")
    note.cancel("wrong line")
    invoice.cancel("all wrong")
    assert status_of(invoice) == "CANCELED"


def test_a_voucher_is_taken_back_with_the_last_part():
    invoice = make_issued_invoice([line(quantity=1, unit_price=100), line(quantity=1, unit_price=100)], credit=38)
    first, second = invoice.item_set.all()
    notes = [invoice.create_credit_note([first]), invoice.create_credit_note([second])]

    # 119 + (119 - 38) = 200 = 238 - 38
    assert [str(note.total) for note in notes] == ["119.00", "81.00"]
    assert status_of(invoice) == "CREDITED"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("DRAFT", "it is not issued yet"),
        ("NEW", "it is not issued yet"),
        ("CREDITED", "it is CREDITED"),
        ("CANCELED", "it is CANCELED"),
    ],
)
def test_what_cannot_be_credited_says_why(invoice_in, status, reason):
    invoice = invoice_in(status)
    count = Invoice.objects.count()

    with pytest.raises(NotCreditableError, match=reason) as refusal:
        invoice.create_credit_note()

    assert (refusal.value.code, Invoice.objects.count()) == ("not_creditable", count)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ({"origin": "RECEIVED", "number": "A-77/26"}, "it was received"),
        ({"type": "PROFORMA"}, "a proforma invoice charges nothing"),
        ({"type": "CREDIT_NOTE"}, "it is a credit note itself"),
    ],
)
def test_documents_that_are_never_credited(settings, kind, reason):
    settings.INVOICING_CONTENT_RULES = "BASIC"

    with pytest.raises(NotCreditableError, match=reason):
        make_issued_invoice(**kind).create_credit_note()


def test_an_advance_invoice_can_be_credited():
    assert str(make_issued_invoice(type="ADVANCE").create_credit_note().total) == "952.00"


@pytest.mark.parametrize("twice", [lambda item: [item, item], lambda item: [item, CreditLine(item=item, amount=Decimal(1))]])
def test_an_item_is_named_once(twice):
    invoice = make_issued_invoice()

    with pytest.raises(InvalidDataError, match="lines: Name each item once"):
        invoice.create_credit_note(twice(invoice.item_set.get()))


def test_an_item_of_another_invoice_is_refused():
    invoice, other = make_issued_invoice(), make_issued_invoice()

    with pytest.raises(InvalidDataError, match="lines: “Website redesign” is no item of 2026/1"):
        invoice.create_credit_note([other.item_set.get()])


def test_no_lines_are_refused():
    with pytest.raises(InvalidDataError, match="lines: Nothing is left to credit"):
        make_issued_invoice().create_credit_note([])


# News and history


def test_a_whole_credit_is_told_and_remembered(hear):
    invoice = two_lines()
    with hear(signals.invoice_credited) as heard:
        note = invoice.create_credit_note(reason="Delivered twice")

    assert [(news["sender"], news["invoice"], news["credit_note"], news["whole"]) for news in heard] == [(Invoice, invoice, note, True)]
    event = InvoiceEvent.objects.get(invoice=invoice, kind="CREDITED")
    assert event.reason == "Delivered twice"
    assert event.data == {"credit_note": str(note.uuid), "number": "2026/2", "total": "1058.99", "whole": True}


def test_a_part_is_told_as_a_part(hear):
    invoice = two_lines()
    with hear(signals.invoice_credited) as heard:
        invoice.create_credit_note([invoice.item_set.all()[1]])

    assert [news["whole"] for news in heard] == [False]
    assert InvoiceEvent.objects.get(invoice=invoice, kind="CREDITED").data["total"] == "106.99"


# Credit notes that are made as copies, and stay open for a while


def open_note(invoice, *, quantity=None):
    note = invoice.create_copy(type="CREDIT_NOTE", date_issue=TODAY)
    if quantity is not None:
        item = note.item_set.get()
        item.quantity = quantity
        item.save()
    return note


def test_what_was_canceled_meanwhile_is_not_credited():
    invoice = make_issued_invoice()
    note = open_note(invoice)
    invoice.cancel("all wrong")

    with pytest.raises(NotCreditableError):
        note.issue()

    assert status_of(invoice) == "CANCELED"


def test_an_open_note_keeps_the_voucher_of_nobody():
    invoice = make_issued_invoice(credit=5)
    open_note(invoice)

    assert str(invoice.create_credit_note().credit) == "5.00"


def test_two_notes_do_not_take_one_voucher_back():
    invoice = make_issued_invoice(credit=5)
    first, second = (open_note(invoice, quantity=4) for _ in range(2))
    first.issue()

    with pytest.raises(InvalidDataError, match=r"Only 0\.00 of the credit"):
        second.issue()


def test_a_line_that_left_its_note_for_an_invoice_takes_nothing_back():
    invoice, other = make_issued_invoice(), make_invoice([line()])
    item = open_note(invoice).item_set.get()
    item.invoice = other
    item.save()
    other.issue()

    assert str(invoice.create_credit_note().total) == "952.00"
