"""The report on VAT says what the documents say, whatever they are rounded by."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from invoicing.contrib.payments.services import grant_discount, undo_allocation
from invoicing.contrib.reports.vat import vat, vat_control
from invoicing.models import get_invoice_model
from tests.contrib.reports.trade import asked
from tests.factories import ALPENBLICK, RIVIERE, line, make_company, make_invoice, make_issued_invoice, make_product

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))


def issued(*lines, day=date(2026, 11, 20), **fields):
    return make_issued_invoice(lines or None, date_issue=day, date_tax_point=day, date_due=day, **fields)


def report(first=NOVEMBER[0], last=NOVEMBER[1], **arguments):
    return vat(first=first, last=last, **arguments)


def figures(rows):
    return [(row.category, row.rate and str(row.rate), str(row.base), str(row.tax)) for row in rows]


# Worked out by hand


def test_base_and_tax_by_rate_and_category():
    issued(line(), line(tax_rate=Decimal(7), unit_price=Decimal("0.33"), quantity=1))
    issued(line(tax_rate=None, tax_category="AE"), customer=ALPENBLICK, note="Reverse charge")

    assert figures(report()) == [("S", "19", "800.00", "152.00"), ("S", "7", "0.33", "0.02"), ("AE", None, "800.00", "0.00")]


def test_tax_is_rounded_once_a_document_and_not_once_a_period():
    # 0.33 × 19 % = 0.0627 is 0.06 on each of three documents: 0.18; of 0.99 it would be 0.19.
    for _ in range(3):
        issued(line(unit_price=Decimal("0.33"), quantity=1))

    assert figures(report()) == [("S", "19", "0.99", "0.18")]


@pytest.mark.parametrize(
    ("policy", "figure"),
    [
        ("TAX_PER_CATEGORY", ("S", "19", "0.99", "0.19")),
        ("TAX_PER_LINE", ("S", "19", "0.99", "0.18")),
        # Each line of 0.33 is 0.39 with tax, of which 0.06 are tax.
        ("KEEP_GROSS", ("S", "19", "0.99", "0.18")),
    ],
)
def test_tax_is_rounded_as_the_document_says(policy, figure):
    issued(*[line(unit_price=Decimal("0.33"), quantity=1)] * 3, rounding_policy=policy)

    assert figures(report()) == [figure]


def test_credit_notes_are_taken_off_in_their_own_period():
    invoice = issued(line(), day=date(2026, 10, 5))
    invoice.create_credit_note({invoice.item_set.get(): 4}, date_issue=date(2026, 11, 3))

    assert figures(report(*OCTOBER)) == [("S", "19", "800.00", "152.00")]
    assert figures(report()) == [("S", "19", "-320.00", "-60.80")]


def test_what_does_not_count():
    issued().cancel("ordered by nobody")
    issued(type="PROFORMA")
    make_invoice([line()])
    make_invoice([line()], status="DRAFT")
    issued(day=date(2026, 12, 1))

    assert report() == []


def test_input_tax_has_rows_of_its_own():
    issued()
    issued(origin="RECEIVED", number="R1")

    assert [row.origin for row in report()] == ["ISSUED", "RECEIVED"]
    assert [row.origin for row in report(origin="RECEIVED")] == ["RECEIVED"]


@pytest.mark.parametrize(
    ("span", "periods"),
    [
        ("month", [date(2026, 10, 1), date(2026, 11, 1), date(2027, 1, 1)]),
        ("quarter", [date(2026, 10, 1), date(2027, 1, 1)]),
        ("year", [date(2026, 1, 1), date(2027, 1, 1)]),
        ("whole", [date(2026, 9, 15)]),
    ],
)
def test_time_is_cut_into_periods(span, periods):
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 1)):
        issued(day=day)

    assert [row.period for row in report(date(2026, 9, 15), date(2027, 3, 1), span=span)] == periods


def test_companies_and_currencies_are_never_mixed():
    company = make_company()
    issued(currency="JPY", company=company)
    issued(company=company)
    issued(currency="KWD", company=company)

    assert [(row.company, row.currency, str(row.tax)) for row in report(company=company)] == [
        (company.name, "EUR", "152.00"),
        (company.name, "JPY", "152"),
        (company.name, "KWD", "152.000"),
    ]
    assert [row.currency for row in report(currency="JPY")] == ["JPY"]
    assert report(company=[]) == []


# The One-Stop-Shop


def test_a_decision_says_where_tax_is_declared():
    company = make_company(one_stop_shop=True)
    invoice = make_invoice(company=company, customer=RIVIERE)
    item = invoice.item_model()(invoice=invoice, **line(tax_rate=None))
    item.calculate_tax()
    item.save()
    invoice.refresh_from_db()
    invoice.issue()

    assert [(row.country, str(row.rate), str(row.tax)) for row in report()] == [("FR", "20", "160.00")]


def test_goods_are_declared_where_they_go():
    company = make_company(one_stop_shop=True)
    goods = make_product(supply="GOODS")
    invoice = make_invoice(company=company, customer=RIVIERE, shipping_name="Camille", shipping_country="ES")
    item = invoice.item_model()(invoice=invoice, product=goods, **line(tax_rate=None))
    item.calculate_tax()
    item.save()
    invoice.refresh_from_db()
    invoice.issue()

    assert [(row.country, str(row.rate)) for row in report()] == [("ES", "21")]


def test_without_the_one_stop_shop_tax_is_declared_at_home():
    invoice = make_invoice(customer=RIVIERE)
    item = invoice.item_model()(invoice=invoice, **line(tax_rate=None))
    item.calculate_tax()
    item.save()
    invoice.refresh_from_db()
    invoice.issue()

    assert [(row.country, str(row.rate)) for row in report()] == [("", "19")]


@pytest.mark.parametrize(("rate", "country"), [(20, "FR"), (19, ""), (7, "")])
def test_a_rate_entered_by_hand_speaks_for_itself(rate, country):
    issued(line(tax_rate=Decimal(rate)), customer=RIVIERE)

    assert [row.country for row in report()] == [country]


# Early-payment discounts


def test_a_discount_lowers_the_tax_in_the_period_in_which_it_is_taken():
    invoice = issued(line(), line(unit_price=Decimal(10), tax_rate=Decimal(7)), day=date(2026, 10, 20))
    allocation = grant_discount(invoice, on=date(2026, 11, 2), amount=Decimal("21.18"))

    # 952.00 and 107.00 share 21.18 as 19.04 and 2.14; of 19.04 are 3.04 tax, of 2.14 are 0.14.
    assert [(row.kind, *figure) for row, figure in zip(report(), figures(report()), strict=True)] == [
        ("DISCOUNTS", "S", "19", "-16.00", "-3.04"),
        ("DISCOUNTS", "S", "7", "-2.00", "-0.14"),
    ]
    assert [row.kind for row in report(*OCTOBER)] == ["DOCUMENTS", "DOCUMENTS"]

    with time_machine.travel("2026-11-10T12:00Z", tick=False):
        undo_allocation(allocation, reason="too late", on=date(2026, 11, 10))

    assert report() == []


# The control sum


def test_the_rows_come_to_what_the_documents_state():
    issued()
    issued(line(unit_price=Decimal("0.33"), quantity=1))
    rows = report()

    (control,) = vat_control(rows, first=NOVEMBER[0], last=NOVEMBER[1])

    assert (control.groups, control.documents, control.difference) == (Decimal("152.06"), Decimal("152.06"), 0)


def test_the_control_sum_finds_a_row_that_was_changed_past_the_library():
    invoice = issued()
    QuerySet(invoice.item_model()).filter(invoice=invoice).update(net=Decimal(700))

    (control,) = vat_control(report(), first=NOVEMBER[0], last=NOVEMBER[1])

    assert control.difference == Decimal("-19.00")


def test_what_is_asked_of_the_database():
    for _ in range(3):
        issued(line(), line(tax_rate=Decimal(7)))
    # The documents, and the discounts.
    assert asked(report) == 2


# Whatever is sold

LINES = st.lists(
    st.builds(
        lambda price, quantity, discount, rate: line(
            unit_price=Decimal(price) / 100, quantity=Decimal(quantity) / 10, discount=Decimal(discount), tax_rate=rate
        ),
        st.integers(-500, 99999),
        st.integers(1, 99),
        st.sampled_from([0, 0, 3, 33]),
        st.sampled_from([Decimal(19), Decimal(7), Decimal("5.5"), Decimal(0), None]),
    ),
    min_size=1,
    max_size=4,
)
DOCUMENTS = st.lists(
    st.tuples(
        LINES,
        st.sampled_from(["TAX_PER_CATEGORY", "TAX_PER_LINE", "KEEP_GROSS"]),
        st.sampled_from(["EUR", "JPY", "KWD"]),
        st.sampled_from(["INVOICE", "ADVANCE", "CREDIT_NOTE"]),
        st.sampled_from([date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=20, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(documents=DOCUMENTS)
def test_the_rows_are_the_subtotals_of_the_documents(documents):
    with transaction.atomic():
        for lines, policy, currency, kind, day in documents:
            dates = {"date_issue": day, "date_tax_point": day, "date_due": day}
            is_credited = kind == "CREDIT_NOTE"
            invoice = make_invoice(
                lines, rounding_policy=policy, currency=currency, type="INVOICE" if is_credited else kind, note="Exempt", **dates
            )
            if invoice.total >= 0:
                invoice.issue()
            if is_credited and invoice.is_issued:
                invoice.create_credit_note(**{**dates, "date_tax_point": NOVEMBER[1]}, reason="taken back")
        expected = defaultdict(lambda: [Decimal(0), Decimal(0)])
        counted = get_invoice_model().objects.filter(issued_at__isnull=False, date_tax_point__lte=NOVEMBER[1])
        for invoice in counted:
            sign = -1 if invoice.type == "CREDIT_NOTE" else 1
            for subtotal in invoice.tax_subtotals():
                sums = expected[invoice.currency, subtotal.category, subtotal.rate]
                sums[0] += sign * subtotal.base
                sums[1] += sign * subtotal.tax
        found = {(row.currency, row.category, row.rate): [row.base, row.tax] for row in report()}
        assert found == {key: sums for key, sums in expected.items() if any(sums)}
        assert all(not control.difference for control in vat_control(report(), first=NOVEMBER[0], last=NOVEMBER[1]))
        transaction.set_rollback(True)
