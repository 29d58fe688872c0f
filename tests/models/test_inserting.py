"""Rows that are inserted together are the same, whichever way the database takes them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.models import InvoiceEvent, Item, get_invoice_model
from invoicing.models.inserting import WORTH_COPYING
from tests.factories import line

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

OF_ITS_OWN = {"id", "invoice_id", "uuid", "sequence", "number", "number_key", "created", "modified", "status_changed", "at"}


def make(count):
    """Make so many documents at once; the statements that were sent."""
    made = [Invoice(date_issue="2026-11-20", customer_name="Café Anker", note="a\tb\\c\nd") for _ in range(count)]
    with CaptureQueriesContext(connection) as sent:
        Invoice.objects.create_many((invoice, [line(tax_rate=None)]) for invoice in made)
    return [query["sql"] for query in sent.captured_queries]


def stored(model):
    """The rows of a table, without what no two of them have in common."""
    return [{name: value for name, value in row.items() if name not in OF_ITS_OWN} for row in model.objects.order_by("pk").values()]


@pytest.mark.postgres
def test_many_are_copied_and_few_are_not():
    few, many = make(WORTH_COPYING - 1), make(WORTH_COPYING)

    assert not any(statement.startswith("COPY") for statement in few)
    assert sum(statement.startswith("COPY") for statement in many) == 3


@pytest.mark.parametrize("model", [Invoice, Item, InvoiceEvent])
def test_the_rows_are_those_of_one_that_is_saved_alone(model):
    alone = Invoice(date_issue="2026-11-20", customer_name="Café Anker", note="a\tb\\c\nd")
    alone.save_with_items([line(tax_rate=None)])
    make(WORTH_COPYING)

    first, *others = stored(model)

    assert len(others) == WORTH_COPYING
    assert all(other == first for other in others)
