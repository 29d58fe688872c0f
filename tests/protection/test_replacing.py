"""SQLite: INSERT OR REPLACE takes rows away without asking the triggers on DELETE, by any unique key that there is."""

# ruff: noqa: S608  # SQL is what is under test

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.models import get_invoice_model
from invoicing.protection import install_triggers
from tests import databases
from tests.factories import make_invoice, make_issued_invoice

pytestmark = pytest.mark.skipif(databases.KIND != "sqlite", reason="REPLACE of SQLite")

Invoice = get_invoice_model()
TABLE = connection.ops.quote_name(Invoice._meta.db_table)


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.fixture
def unique_orders(db):
    """A host whose order references are unique among what has a reference at all, as an index that somebody made by hand."""
    run(f"CREATE UNIQUE INDEX one_order ON {TABLE} (order_reference, currency) WHERE order_reference <> '' AND status <> 'DRAFT'")
    install_triggers("default")


def test_a_partial_index_is_looked_at_where_its_condition_is_true(unique_orders):
    issued, other = make_issued_invoice(order_reference="A-1"), make_invoice(order_reference="A-2")
    draft = make_invoice(order_reference="A-1", status="DRAFT")

    for statement in ("SET order_reference = 'A-1'", "SET order_reference = 'A-1', currency = 'EUR'"):
        with pytest.raises(IntegrityError, match="an issued invoice is frozen"), transaction.atomic():
            run(f"UPDATE OR REPLACE {TABLE} {statement} WHERE id = %s", other.pk)
    with pytest.raises(IntegrityError, match="an issued invoice is frozen"), transaction.atomic():
        run(f"UPDATE OR REPLACE {TABLE} SET status = 'NEW' WHERE id = %s", draft.pk)

    assert Invoice.objects.filter(pk=issued.pk).exists()


def test_rows_that_its_condition_leaves_out_are_free(unique_orders):
    make_issued_invoice(order_reference="A-1")
    other = make_invoice(order_reference="A-1", status="DRAFT")

    run(f"UPDATE OR REPLACE {TABLE} SET currency = 'CHF', status = 'NEW' WHERE id = %s", other.pk)

    assert Invoice.objects.filter(order_reference="A-1").count() == 2


def test_open_rows_may_be_replaced(unique_orders):
    open_one, other = make_invoice(order_reference="A-1"), make_invoice(order_reference="A-2")

    run(f"DELETE FROM {connection.ops.quote_name(Invoice.item_model()._meta.db_table)}")
    run(f"UPDATE OR REPLACE {TABLE} SET order_reference = 'A-1' WHERE id = %s", other.pk)

    assert not Invoice.objects.filter(pk=open_one.pk).exists()
    transaction.set_rollback(True)
