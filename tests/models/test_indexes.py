"""What people ask of many invoices finds an index that fits, so that a million of them are no slower than a thousand."""

from datetime import date

import pytest
from django.core import checks
from django.db import connection

from invoicing.models import Invoice, get_invoice_model

NEEDS_POSTGRES = pytest.mark.skipif(connection.vendor != "postgresql", reason="the plans are PostgreSQL's: TEST_DATABASE=postgres")
NEEDS_OURS = pytest.mark.skipif(get_invoice_model() is not Invoice, reason="a host's own invoice names its indexes itself")

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_scans():
    """Whatever has an index is read by it, also while a table is small."""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("SET enable_sort = off")
        yield
        cursor.execute("SET enable_seqscan = on")
        cursor.execute("SET enable_sort = on")


OURS = Invoice.objects.filter(company=1) if get_invoice_model() is Invoice else None
PLANS = {
    "unpaid": (
        lambda: OURS.unpaid().order_by("date_due", "pk").values("pk", "total", "party"),
        "Index Only Scan using invoicing_invoice_open",
    ),
    "overdue": (
        lambda: OURS.overdue(on=date(2026, 11, 21)).order_by("date_due", "pk").values("pk", "total"),
        "Index Only Scan using invoicing_invoice_open",
    ),
    "statement": (lambda: OURS.filter(party=1).order_by("-date_issue", "-pk"), "Index Cond: ((company_id = 1) AND (party_id = 1))"),
    "VAT of a period": (
        lambda: OURS.filter(date_tax_point__gte=date(2026, 3, 1), date_tax_point__lt=date(2026, 4, 1)).order_by(),
        "Index Cond: ((company_id = 1) AND (date_tax_point >= '2026-03-01'::date)",
    ),
    "number": (lambda: Invoice.objects.filter(number="2026/1").order_by(), "Index Cond: ((number)::text = '2026/1'::text)"),
    "number that begins with": (lambda: Invoice.objects.filter(number__startswith="2026/1").order_by(), "~>=~ '2026/1'::text"),
    "customer": (lambda: Invoice.objects.filter(customer_name="Café").order_by(), "invoicing_invoice_customer"),
    "customer that begins with": (lambda: Invoice.objects.filter(customer_name__startswith="Caf").order_by(), "~>=~ 'Caf'::text"),
}


@NEEDS_POSTGRES
@NEEDS_OURS
@pytest.mark.parametrize("asked", PLANS)
def test_the_plan_is_an_index(asked, without_scans):
    queryset, wanted = PLANS[asked]

    assert wanted in queryset().explain()


def test_no_database_is_warned_of_what_it_leaves_out():
    said = get_invoice_model().check(databases=["default"])

    assert [message for message in said if message.level >= checks.WARNING] == []
