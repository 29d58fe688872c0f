"""What the acts of every day cost in statements, savepoints included: the same however long the invoice is."""

from decimal import Decimal

import pytest
from django.db import connection

from invoicing.models import Item, get_invoice_model
from tests.factories import build_invoice, line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

SIZES = [1, 200]


def invoice_of(size, **fields):
    """An invoice read anew, so that nothing is cached."""
    invoice = make_invoice([line(f"Page {page}", quantity=1) for page in range(size)], **fields)
    return Invoice.objects.get(pk=invoice.pk)


@pytest.mark.parametrize("size", SIZES)
def test_a_new_item(size, django_assert_max_num_queries):
    invoice = invoice_of(size)

    with django_assert_max_num_queries(4):
        Item(invoice=invoice, **line()).save()

    assert invoice.total == Decimal("952.00") + size * Decimal("95.20")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("policy", ["TAX_PER_LINE", "KEEP_GROSS"])
def test_a_new_item_under_the_other_policies(size, policy, django_assert_max_num_queries):
    invoice = invoice_of(size, rounding_policy=policy)

    with django_assert_max_num_queries(4):
        Item(invoice=invoice, **line()).save()


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_item(size, django_assert_max_num_queries):
    item = invoice_of(size).item_set.first()
    item.quantity = Decimal(2)

    with django_assert_max_num_queries(4):
        item.save()


@pytest.mark.parametrize("size", SIZES)
def test_a_deleted_item(size, django_assert_max_num_queries):
    item = invoice_of(size).item_set.first()

    # One more than to save: does a credit note point here?
    with django_assert_max_num_queries(5):
        item.delete()


@pytest.mark.parametrize("fields", [{}, {"credit": Decimal(10)}, {"status": "DRAFT"}])
def test_a_new_invoice(fields, django_assert_max_num_queries):
    make_invoice()

    with django_assert_max_num_queries(6):
        build_invoice(**fields).save()


def test_the_first_invoice_of_a_counter(django_assert_max_num_queries):
    # The counter is made: looked for twice, inserted inside a savepoint.
    with django_assert_max_num_queries(11):
        build_invoice().save()


def test_a_new_invoice_of_a_company_for_a_party(django_assert_max_num_queries):
    company, party = make_company(), make_party()
    make_invoice(company=company, party=party)

    # MariaDB cannot say in one statement what it counted to: one more.
    with django_assert_max_num_queries(6 + (connection.vendor == "mysql")):
        build_invoice(company=company, party=party).save()


@pytest.mark.parametrize("size", SIZES)
def test_saving_a_stored_invoice(size, django_assert_max_num_queries):
    invoice = invoice_of(size)
    invoice.note = "Thank you."

    with django_assert_max_num_queries(3):
        invoice.save()


def test_100_items_at_once(django_assert_max_num_queries):
    invoice = invoice_of(1)

    with django_assert_max_num_queries(8):
        invoice.add_items([line(f"Page {page}") for page in range(100)])


def test_10_000_items_at_once(django_assert_max_num_queries):
    invoice = invoice_of(1)

    # Eight, and one for each batch of 1,000 rows; SQLite splits a batch by the number of parameters that it takes.
    with django_assert_max_num_queries(8 + batches(10_000)):
        invoice.add_items([line(f"Page {page}") for page in range(10_000)])

    assert invoice.total == 10_000 * Decimal("952.00") + Decimal("95.20")


def test_an_invoice_with_100_items_in_one_go(django_assert_max_num_queries):
    make_invoice()

    with django_assert_max_num_queries(8 + batches(100)):
        build_invoice().save_with_items([line(f"Page {page}") for page in range(100)])


@pytest.mark.parametrize("size", [1, 100])
def test_a_block_of_items_saved_one_by_one(size, django_assert_max_num_queries):
    invoice = invoice_of(1)

    with django_assert_max_num_queries(size + 5), invoice.batch():
        for page in range(size):
            Item(invoice=invoice, **line(f"Page {page}")).save()


@pytest.mark.parametrize("size", [1, 100])
def test_a_copy(size, django_assert_max_num_queries):
    invoice = invoice_of(size)

    with django_assert_max_num_queries(15):
        invoice.create_copy()


@pytest.mark.parametrize("size", [1, 100])
def test_deleting_a_draft(size, django_assert_max_num_queries):
    invoice = invoice_of(size, status="DRAFT")

    with django_assert_max_num_queries(10):
        invoice.delete()

    assert not Item.objects.exists()


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("status", ["DRAFT", "NEW"])
def test_issuing(size, status, django_assert_max_num_queries):
    make_issued_invoice()
    invoice = invoice_of(size, status=status)

    # Four of them for the chain: the content is read from two tables, the register locked and written.
    # MariaDB cannot say in one statement what it updated, and looks for the register first: two more.
    with django_assert_max_num_queries(16 + 2 * (connection.vendor == "mysql")):
        invoice.issue()


@pytest.mark.parametrize("act", ["mark_sent", "mark_paid"])
def test_a_step_of_an_issued_invoice(act, django_assert_max_num_queries):
    invoice = make_issued_invoice()

    # Three of them for the chain: what is sealed is looked up, the register locked and written. On MariaDB it is looked for first.
    with django_assert_max_num_queries(8 + (connection.vendor == "mysql")):
        getattr(invoice, act)()


@pytest.mark.parametrize("size", [1, 100])
def test_a_whole_credit_note(size, django_assert_max_num_queries):
    invoice = make_issued_invoice([line(f"Page {page}") for page in range(size)])

    with django_assert_max_num_queries(42 + 4 * (connection.vendor == "mysql")):
        invoice.create_credit_note()


@pytest.mark.parametrize("size", [2, 100])
def test_querysets_of_items(size, django_assert_max_num_queries):
    invoice = invoice_of(size)

    with django_assert_max_num_queries(8):
        invoice.item_set.update(discount=10)
    with django_assert_max_num_queries(9):
        invoice.item_set.all().delete()


def test_moving_an_item(django_assert_max_num_queries):
    source, target = invoice_of(100), invoice_of(100)
    item = source.item_set.first()
    item.invoice = target

    with django_assert_max_num_queries(7):
        item.save()


def batches(rows):
    """How many INSERTs it takes to store so many items."""
    fields = [field for field in Item._meta.concrete_fields if not field.primary_key]
    size = min(1000, connection.ops.bulk_batch_size(fields, [None] * rows))
    return -(-rows // size)
