"""Inside `with invoice.batch():` items are saved one by one; the totals follow once, at the end, or nothing happened."""

from decimal import Decimal

import pytest

from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models import Item, get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()


def stored(invoice):
    return str(Invoice.objects.get(pk=invoice.pk).total)


def fill(invoice, items):
    """Save items one by one inside the block."""
    with invoice.batch():
        for fields in items:
            Item(invoice=invoice, **fields).save()


def test_the_totals_follow_at_the_end():
    invoice = make_invoice()

    with invoice.batch():
        for title in ("Tea", "Mug", "Pot"):
            Item(invoice=invoice, **line(title)).save()
        assert stored(invoice) == "0.00"

    assert stored(invoice) == "2856.00"
    assert (str(invoice.total), str(invoice.vat)) == ("2856.00", "456.00")
    assert [item.net for item in invoice.item_set.all()] == [800, 800, 800]


def test_items_are_changed_and_deleted_as_well():
    invoice = make_invoice([line("Tea"), line("Mug"), line("Pot")])
    tea, mug, _ = invoice.item_set.all()

    with invoice.batch():
        tea.quantity = Decimal(1)
        tea.save()
        mug.delete()

    assert stored(invoice) == "1047.20"  # 95.20 and 952.00


def test_an_error_inside_leaves_nothing():
    invoice = make_invoice([line()])

    def catalogue():
        yield line("Never")
        raise ConnectionError("the wholesaler hung up")

    with pytest.raises(ConnectionError, match="the wholesaler hung up"):
        fill(invoice, catalogue())

    assert [item.title for item in invoice.item_set.all()] == ["Website redesign"]
    assert stored(invoice) == "952.00"
    Item(invoice=invoice, **line("Later")).save()
    assert stored(invoice) == "1904.00"


def test_a_bad_item_inside_leaves_nothing():
    invoice = make_invoice()

    with pytest.raises(InvalidDataError, match="quantity"):
        fill(invoice, [line(), line(quantity=0)])

    assert not invoice.item_set.exists()
    assert stored(invoice) == "0.00"


def test_a_bad_item_that_is_caught_inside_leaves_the_rest():
    invoice = make_invoice()

    with invoice.batch():
        Item(invoice=invoice, **line()).save()
        with pytest.raises(InvalidDataError):
            Item(invoice=invoice, **line(quantity=0)).save()

    assert stored(invoice) == "952.00"


def test_a_total_that_is_too_large_at_the_end_leaves_nothing():
    invoice = make_invoice()

    with pytest.raises(InvalidDataError, match="total"):
        fill(invoice, [line(quantity=1, unit_price="60000000000", tax_rate=None)] * 2)

    assert not invoice.item_set.exists()
    assert stored(invoice) == "0.00"


def test_nested_batches_are_one():
    invoice = make_invoice()

    with invoice.batch():
        with invoice.batch():
            Item(invoice=invoice, **line()).save()
        assert stored(invoice) == "0.00"
        Item(invoice=invoice, **line()).save()

    assert stored(invoice) == "1904.00"


def test_a_batch_through_another_instance_of_the_same_invoice_is_the_same_batch():
    invoice = make_invoice()
    twin = Invoice.objects.get(pk=invoice.pk)

    with invoice.batch(), twin.batch():
        Item(invoice=twin, **line()).save()

    assert stored(invoice) == "952.00"
    assert str(invoice.total) == "952.00"


def test_items_of_another_invoice_inside_bring_their_own_totals_up_to_date():
    invoice, other = make_invoice(), make_invoice()

    with invoice.batch():
        Item(invoice=invoice, **line()).save()
        Item(invoice=other, **line(quantity=1)).save()
        assert stored(other) == "95.20"

    assert (stored(invoice), stored(other)) == ("952.00", "95.20")


def test_two_batches_side_by_side():
    invoice, other = make_invoice(), make_invoice()

    with invoice.batch(), other.batch():
        Item(invoice=invoice, **line()).save()
        Item(invoice=other, **line(quantity=1)).save()

    assert (stored(invoice), stored(other)) == ("952.00", "95.20")


def test_an_item_may_move_into_a_batch_and_out_of_it():
    invoice, other = make_invoice([line("Out", quantity=1)]), make_invoice([line("In")])

    with invoice.batch():
        going, coming = invoice.item_set.get(), other.item_set.get()
        going.invoice, coming.invoice = other, invoice
        going.save()
        coming.save()

    assert (stored(invoice), stored(other)) == ("952.00", "95.20")


def test_many_at_once_and_querysets_work_inside():
    invoice = make_invoice([line("Tea")])

    with invoice.batch():
        invoice.add_items([line("Mug"), line("Pot")])
        invoice.item_set.filter(title="Mug").delete()
        invoice.item_set.filter(title="Pot").update(quantity=1)

    assert stored(invoice) == "1047.20"


def test_an_issued_invoice_opens_no_batch():
    invoice = make_issued_invoice()

    with pytest.raises(InvoiceFrozenError), invoice.batch():
        pytest.fail("the block must not begin")

    assert stored(invoice) == "952.00"


def test_an_unsaved_invoice_opens_no_batch():
    with pytest.raises(InvalidDataError, match="Save the invoice before its items"), Invoice().batch():
        pytest.fail("the block must not begin")


@pytest.mark.django_db(transaction=True)
def test_without_an_open_transaction_an_error_leaves_nothing_either():
    invoice = make_invoice([line()])

    with pytest.raises(InvalidDataError):
        fill(invoice, [line(), line(discount=101)])

    assert invoice.item_set.count() == 1
    assert stored(invoice) == "952.00"
