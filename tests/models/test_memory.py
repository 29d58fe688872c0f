"""An instance that was read before others wrote does not write old values back."""

from decimal import Decimal

import pytest

from invoicing.exceptions import OverCreditError
from invoicing.models import Item, get_invoice_model
from tests.factories import ALPENBLICK, line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def stored(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def test_an_act_after_somebody_elses_act_is_written():
    invoice = make_issued_invoice()
    invoice.mark_sent()
    stored(invoice).mark_returned()
    invoice.mark_sent()

    assert stored(invoice).status == "SENT"


def test_what_a_canceled_credit_note_had_taken_is_credited_again_through_the_same_instance():
    invoice = make_issued_invoice()
    invoice.create_credit_note().cancel("wrong customer")
    invoice.create_credit_note()

    assert stored(invoice).status == "CREDITED"


def test_a_payment_that_came_in_meanwhile_outlives_a_partial_credit_note():
    invoice = make_issued_invoice([line(), line("Hosting")])
    other = stored(invoice)
    invoice.create_credit_note([invoice.item_set.all()[0]])
    other.already_paid = Decimal(100)
    other.save()
    invoice.internal_note = "called"
    invoice.save()

    assert (str(stored(invoice).already_paid), stored(invoice).internal_note) == ("100.00", "called")


def test_saving_one_column_keeps_what_was_assigned_to_others():
    invoice = make_invoice([line()])
    invoice.customer_name, invoice.note = "Sommer & Töchter OHG", "Thank you"
    invoice.save(update_fields=(name for name in ["note"]))
    assert (stored(invoice).customer_name, stored(invoice).note) == ("Buchhandlung Sommer KG", "Thank you")

    invoice.save()
    assert stored(invoice).customer_name == "Sommer & Töchter OHG"


def test_asking_an_issued_document_for_its_rate_changes_nothing():
    invoice = make_issued_invoice()
    invoice.get_tax_rate()
    invoice.mark_paid()

    assert stored(invoice).status == "PAID"


def test_totals_that_an_item_showed_do_not_stand_in_the_way_of_an_act():
    invoice = make_invoice([line()])
    Item(invoice=invoice, **line("Hosting")).save()
    other = stored(invoice)
    Item(invoice=other, **line("Domain")).save()
    other.issue()
    invoice.mark_sent()

    assert (stored(invoice).status, str(stored(invoice).total)) == ("SENT", "2856.00")


def test_a_batch_goes_on_with_what_was_saved_inside_it():
    invoice = make_invoice([line()])
    with invoice.batch():
        invoice.credit = Decimal(52)
        invoice.save()
        Item(invoice=invoice, **line("Hosting", quantity=1, unit_price=100, tax_rate=None)).save()

    # 952.00 + 100.00 - 52.00
    assert str(stored(invoice).total) == "1000.00"


def test_a_credit_note_that_was_copied_takes_back_no_more_than_is_left():
    invoice = make_issued_invoice()
    note = invoice.create_copy(type="CREDIT_NOTE")
    item = note.item_set.get()
    item.unit_price = Decimal(99999)
    item.save()

    with pytest.raises(OverCreditError):
        note.issue()


def test_a_copy_of_a_credit_note_credits_nothing_twice():
    note = make_issued_invoice().create_credit_note()

    with pytest.raises(OverCreditError):
        note.create_copy().issue()


def test_the_decision_of_one_item_is_kept_with_its_invoice():
    invoice = make_invoice(customer=ALPENBLICK, language="de")
    item = Item(invoice=invoice, **line(tax_rate=None))
    item.calculate_tax()
    item.save()

    assert stored(invoice).tax_notes == ["Steuerschuldnerschaft des Leistungsempfängers"]
