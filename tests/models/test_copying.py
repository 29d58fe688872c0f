"""A copy has the content of its original and a life of its own."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing import signals
from invoicing.exceptions import InvalidDataError
from invoicing.models import InvoiceEvent, Item, get_invoice_model
from tests.factories import ALPENBLICK, line, make_company, make_invoice, make_issued_invoice, make_party, make_product

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

# Written by hand: the columns in which a copy differs from its original.
OWN = {"id", "uuid", "sequence", "number", "number_key", "counter_id", "status", "issued_at", "date_sent", "date_paid", "already_paid"}
STAMPS = {"created", "modified"}


def content(invoice):
    row = Invoice.objects.filter(pk=invoice.pk).values().get()
    return {name: value for name, value in row.items() if name not in OWN | STAMPS}


def lines(invoice):
    left_out = {"id", "invoice_id", *STAMPS}
    return [{name: value for name, value in row.items() if name not in left_out} for row in invoice.item_set.values()]


def full_invoice():
    """An invoice with something in every kind of column."""
    return make_issued_invoice(
        [
            line(discount=Decimal("12.5"), tag="design", weight=2, description="Three rounds of corrections"),
            line("Hosting", quantity=Decimal("1.500"), unit="MON", unit_price=Decimal("33.333333"), tax_rate=Decimal(7), weight=1),
            line("Consulting", product=make_product(), tax_rate=None, tax_category="E"),
        ],
        company=make_company(),
        party=make_party(),
        type="ADVANCE",
        title="Autumn campaign",
        note="§ 4 UStG: part of it is exempt. Thank you!",
        internal_note="Ask for the logo",
        credit=Decimal("10.00"),
        metadata={"crm": {"deal": 7}},
        attachments=[{"name": "offer.pdf"}],
        buyer_reference="PO-998",
        variable_symbol="20260001",
        shipping_name="Alpenblick Lager",
        shipping_country="AT",
        delivery_method="DIGITAL",
        payment_method="CASH",
        language="de",
        already_paid=Decimal("50.00"),
    )


def test_a_copy_has_all_the_content():
    original = full_invoice()
    copy = original.create_copy()

    assert content(copy) == content(original)
    assert lines(copy) == lines(original)
    assert len(lines(copy)) == 3


def test_a_copy_has_the_totals_worked_out():
    copy = make_issued_invoice([line(discount=Decimal(10)), line("Hosting", tax_rate=Decimal(7))]).create_copy()

    # 720.00 + 19 % 136.80, and 800.00 + 7 % 56.00.
    assert (str(copy.vat), str(copy.total)) == ("192.80", "1712.80")


def test_a_copy_takes_the_next_number():
    original = make_issued_invoice()
    copies = [original.create_copy(), original.create_copy()]

    assert [(copy.sequence, copy.number) for copy in copies] == [(2, "2026/2"), (3, "2026/3")]
    assert len({original.uuid, *(copy.uuid for copy in copies)}) == 3


@pytest.mark.parametrize("status", ["DRAFT", "SENT", "PAID", "CREDITED", "CANCELED", "UNCOLLECTIBLE"])
def test_a_copy_is_new_and_unpaid_whatever_its_original_is(invoice_in, status):
    original = invoice_in(status)
    original.refresh_from_db()
    copy = original.create_copy()

    copy.refresh_from_db()
    assert (copy.status, copy.issued_at, copy.date_sent, copy.date_paid) == ("NEW", None, None, None)
    assert (str(copy.already_paid), str(copy.to_pay)) == ("0.00", "952.00")


def test_a_copy_of_an_issued_invoice_is_open():
    copy = make_issued_invoice().create_copy()
    copy.note = "Thank you"
    copy.save()
    copy.add_items([line()])

    assert str(copy.total) == "1904.00"


def test_a_copy_and_its_original_are_related_both_ways():
    original = make_issued_invoice()
    copy = original.create_copy()

    assert list(copy.related_invoices.all()) == [original]
    assert list(original.related_invoices.all()) == [copy]


def test_arguments_override_any_field():
    original = make_issued_invoice()
    copy = original.create_copy(
        type="PROFORMA",
        status="DRAFT",
        date_issue=date(2027, 1, 4),
        date_tax_point=date(2027, 1, 4),
        date_due=date(2027, 2, 4),
        note="Offer",
    )

    copy.refresh_from_db()
    assert (copy.type, copy.status, copy.number, copy.note) == ("PROFORMA", "DRAFT", "", "Offer")
    assert (copy.date_issue, copy.date_tax_point, copy.date_due) == (date(2027, 1, 4), date(2027, 1, 4), date(2027, 2, 4))
    assert copy.customer_name == "Buchhandlung Sommer KG"


def test_a_copy_may_be_a_credit_note_that_inherits_no_payment(invoice_in):
    day = date(2026, 12, 1)
    note = invoice_in("PAID").create_copy(type=Invoice.TYPE.CREDIT_NOTE, date_issue=day, date_tax_point=day, date_due=day)

    note.refresh_from_db()
    assert (note.type, note.status, note.date_paid, str(note.already_paid), str(note.total)) == (
        "CREDIT_NOTE",
        "NEW",
        None,
        "0.00",
        "952.00",
    )


def test_a_copy_is_counted_in_the_period_of_its_own_date():
    copy = make_issued_invoice().create_copy(date_issue=date(2027, 1, 4), date_due=date(2027, 1, 4))

    assert copy.number == "2027/1"


def test_a_copy_shares_no_data_with_its_original_in_memory():
    original = make_invoice(metadata={"crm": {"deal": 7}})
    copy = original.create_copy()
    copy.metadata["crm"]["deal"] = 8

    assert original.metadata == {"crm": {"deal": 7}}


def test_a_copy_keeps_the_parties_of_then():
    party = make_party()
    original = make_invoice([line(tax_rate=None)], party=party)
    party.name = "Seeblick Hotelbetriebe GmbH"
    party.save()

    assert original.create_copy().customer_name == ALPENBLICK["name"]


def test_changing_the_copy_leaves_the_original_alone():
    original = make_invoice([line()])
    copy = original.create_copy()
    copy.item_set.get().delete()
    copy.delete()

    assert (original.item_set.count(), str(Invoice.objects.get(pk=original.pk).total)) == (1, "952.00")


@pytest.mark.parametrize("fault", [{"date_due": date(2020, 1, 1)}, {"currency": "XXQ"}, {"number": "2026/1"}])
def test_a_copy_that_cannot_be_leaves_nothing(fault):
    original = make_invoice([line()])

    with pytest.raises(InvalidDataError):
        original.create_copy(**fault)

    assert (Invoice.objects.count(), Item.objects.count(), original.related_invoices.count()) == (1, 1, 0)
    assert make_invoice().number == "2026/2"


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="unexpected keyword arguments: 'typ'"):
        make_invoice().create_copy(typ="PROFORMA")


def test_a_copy_is_told_and_remembered(hear):
    original = make_invoice([line()])
    with hear(signals.invoice_copied) as heard:
        copy = original.create_copy()

    assert [(news["sender"], news["invoice"], news["copy"]) for news in heard] == [(Invoice, original, copy)]
    event = InvoiceEvent.objects.get(invoice=copy)
    assert (event.kind, event.number, event.data) == ("COPIED", "2026/2", {"copied_from": [str(original.uuid)]})
