"""Revenue, payments received, days to pay, statements and the list of invoices, worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from invoicing.contrib.payments.services import grant_discount, receive_payment, refund, reverse_payment, write_off_rest
from invoicing.contrib.reports.days_to_pay import days_to_pay
from invoicing.contrib.reports.invoices import invoices
from invoicing.contrib.reports.received import payments, received
from invoicing.contrib.reports.revenue import revenue
from invoicing.contrib.reports.statement import statement
from tests.contrib.reports.trade import asked
from tests.factories import SOMMER, columns, line, make_company, make_invoice, make_issued_invoice, make_party, make_product

pytestmark = pytest.mark.django_db

YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def issued(day, *lines, due=None, **fields):
    return make_issued_invoice(lines or None, date_issue=day, date_tax_point=day, date_due=due or day, **fields)


# Revenue


def test_revenue_by_month_is_the_net_less_what_was_credited():
    issued(date(2026, 1, 31), credit=Decimal(52))
    invoice = issued(date(2026, 2, 1))
    invoice.create_credit_note({invoice.item_set.get(): 4}, date_issue=date(2026, 3, 3))
    issued(date(2026, 2, 2)).cancel("ordered by nobody")
    issued(date(2026, 2, 2), type="PROFORMA")
    make_invoice([line()])

    assert [(row.name, row.key, row.documents, str(row.net)) for row in revenue(**YEAR)] == [
        ("2026-01", date(2026, 1, 1), 1, "800.00"),
        ("2026-02", date(2026, 2, 1), 1, "800.00"),
        ("2026-03", date(2026, 3, 1), 1, "-320.00"),
    ]


def test_revenue_by_party_names_the_best_first():
    party = make_party()
    issued(date(2026, 1, 5), customer_name="Teehaus")
    issued(date(2026, 1, 5), line(unit_price=Decimal(500)), party=party)

    assert [(row.key, row.name, str(row.net)) for row in revenue(**YEAR, by="party")] == [
        (party.pk, party.name, "5000.00"),
        (None, "Teehaus", "800.00"),
    ]
    assert [row.key for row in revenue(**YEAR, by="party", party=party)] == [party.pk]


def test_revenue_by_product_counts_documents_once():
    product = make_product()
    invoice = issued(date(2026, 1, 5), line(product=product), line(product=product), line(title="Tea", quantity=1))
    invoice.create_credit_note({invoice.item_set.last(): 1}, date_issue=date(2026, 1, 6))

    assert [(row.key, row.name, row.documents, str(row.net)) for row in revenue(**YEAR, by="product")] == [
        (product.pk, "Consulting", 1, "1600.00"),
        (None, "Tea", 2, "0.00"),
    ]


def test_revenue_of_what_was_bought():
    issued(date(2026, 1, 5), origin="RECEIVED", number="R1", currency="USD")

    assert revenue(**YEAR) == []
    assert [(row.currency, str(row.net)) for row in revenue(**YEAR, origin="RECEIVED")] == [("USD", "800.00")]


# Payments received


def test_payments_are_added_up_by_direction_and_method():
    receive_payment(amount=Decimal(100), on=date(2026, 3, 1), currency="EUR")
    receive_payment(amount=Decimal(20), on=date(2026, 3, 2), currency="EUR")
    cash = receive_payment(amount=Decimal(5), on=date(2026, 3, 2), currency="EUR", method="CASH")
    receive_payment(amount=Decimal(7), on=date(2026, 3, 2), currency="EUR", status="PENDING")
    receive_payment(amount=Decimal(900), on=date(2026, 3, 2), currency="JPY")
    refund(cash, on=date(2026, 3, 3), amount=Decimal(2))

    assert [(row.currency, row.direction, row.payments, str(row.amount)) for row in received(**YEAR)] == [
        ("EUR", "IN", 2, "120.00"),
        ("EUR", "IN", 1, "5.00"),
        ("EUR", "OUT", 1, "2.00"),
        ("JPY", "IN", 1, "900"),
    ]
    assert [row.direction for row in received(**YEAR, direction="OUT")] == ["OUT"]


def test_a_reversal_counts_on_its_own_day():
    payment = receive_payment(amount=Decimal(100), on=date(2026, 3, 1), currency="EUR")
    reverse_payment(payment, reason="charged back", on=date(2026, 4, 1))

    def figures(first, last):
        return [(str(row.amount), str(row.reversed), str(row.net)) for row in received(first=first, last=last)]

    assert figures(date(2026, 3, 1), date(2026, 3, 31)) == [("100.00", "0.00", "100.00")]
    assert figures(date(2026, 4, 1), date(2026, 4, 30)) == [("0.00", "100.00", "-100.00")]
    assert figures(date(2026, 1, 1), date(2026, 12, 31)) == [("100.00", "100.00", "0.00")]
    assert [(str(row.unallocated), row.reversed_on) for row in payments(**YEAR)] == [("0.00", date(2026, 4, 1))]


def test_payments_are_listed_with_what_they_have_left():
    party = make_party()
    receive_payment(
        issued(date(2026, 1, 5), party=party), amount=Decimal(1000), on=date(2026, 1, 9), reference="RF18", payer_name="A. Berger"
    )

    (row,) = payments(**YEAR)

    assert (row.date, row.party, row.reference, str(row.amount), str(row.unallocated)) == (
        date(2026, 1, 9),
        party.name,
        "RF18",
        "1000.00",
        "48.00",
    )


# Days to pay


def test_days_are_counted_by_document_and_weighted_by_amount():
    party = make_party()
    first = issued(date(2026, 1, 1), due=date(2026, 1, 15), party=party)
    receive_payment(first, amount=Decimal(852), on=date(2026, 1, 11))
    receive_payment(first, amount=Decimal(100), on=date(2026, 1, 31))
    second = issued(date(2026, 1, 1), due=date(2026, 1, 15), party=party)
    receive_payment(second, amount=second.total, on=date(2026, 1, 11))
    unpaid = issued(date(2026, 1, 1), due=date(2026, 1, 15), party=party)
    receive_payment(unpaid, amount=Decimal(1), on=date(2026, 1, 30))

    (row,) = days_to_pay(**YEAR)

    # 30 and 10 days; (852 × 10 + 100 × 30 + 952 × 10) / 1904 = 11.05.
    assert (row.documents, str(row.amount)) == (2, "1904.00")
    assert (str(row.average_from_issue), str(row.weighted_from_issue)) == ("20.0", "11.1")
    assert (str(row.average_from_due), str(row.weighted_from_due)) == ("6.0", "-2.9")
    assert [(row.party_id, row.documents) for row in days_to_pay(**YEAR, by="party")] == [(party.pk, 2)]


def test_a_document_counts_in_the_period_of_its_last_payment():
    invoice = issued(date(2026, 1, 1))
    receive_payment(invoice, amount=Decimal(900), on=date(2026, 1, 11))
    receive_payment(invoice, amount=Decimal(52), on=date(2026, 2, 1))

    assert days_to_pay(first=date(2026, 1, 1), last=date(2026, 1, 31)) == []
    assert [row.documents for row in days_to_pay(first=date(2026, 2, 1), last=date(2026, 2, 28))] == [1]


def test_what_was_undone_is_no_payment():
    invoice = issued(date(2026, 1, 1))
    wrong = receive_payment(invoice, amount=Decimal(952), on=date(2026, 1, 3))
    reverse_payment(wrong, reason="charged back", on=date(2026, 1, 5))
    receive_payment(invoice, amount=Decimal(952), on=date(2026, 1, 11))

    assert [(row.documents, str(row.average_from_issue), str(row.weighted_from_issue)) for row in days_to_pay(**YEAR)] == [
        (1, "10.0", "10.0")
    ]


# Statement of account


def told(rows):
    return [(row.date.isoformat(), row.kind, row.detail, str(row.amount), str(row.balance)) for row in rows]


def test_a_statement_leads_from_balance_to_balance():
    party = make_party()
    issued(date(2025, 12, 1), party=party)
    invoice = issued(date(2026, 1, 5), party=party)
    receive_payment(invoice, amount=Decimal(900), on=date(2026, 1, 20))
    grant_discount(invoice, on=date(2026, 1, 20), amount=Decimal(50))
    write_off_rest(invoice, on=date(2026, 1, 21), reason="small")
    receive_payment(amount=Decimal(30), on=date(2026, 1, 25), party=party, currency="EUR")
    issued(date(2026, 1, 26), party=party, origin="RECEIVED", number="R1", **columns("customer", SOMMER))

    assert told(statement(party, first=date(2026, 1, 1), last=date(2026, 1, 31))) == [
        ("2026-01-01", "OPENING", "", "0.00", "952.00"),
        ("2026-01-05", "DOCUMENT", "INVOICE", "952.00", "1904.00"),
        ("2026-01-20", "PAYMENT", "IN", "-900.00", "1004.00"),
        ("2026-01-20", "SETTLEMENT", "DISCOUNT", "-50.00", "954.00"),
        ("2026-01-21", "SETTLEMENT", "WRITE_OFF", "-2.00", "952.00"),
        ("2026-01-25", "PAYMENT", "IN", "-30.00", "922.00"),
        ("2026-01-26", "DOCUMENT", "INVOICE", "-952.00", "-30.00"),
        ("2026-01-31", "CLOSING", "", "0.00", "-30.00"),
    ]


def test_what_is_written_off_leaves_the_account():
    party = make_party()
    with time_machine.travel("2026-01-05T12:00Z", tick=False):
        invoice = issued(date(2026, 1, 5), party=party)
    with time_machine.travel("2026-03-05T12:00Z", tick=False):
        invoice.write_off("insolvent")

    assert told(statement(party, **YEAR))[2:] == [
        ("2026-03-05", "CLOSED", "UNCOLLECTIBLE", "-952.00", "0.00"),
        ("2026-12-31", "CLOSING", "", "0.00", "0.00"),
    ]


def test_what_another_party_pays_is_on_both_statements():
    debtor, payer = make_party(), make_party(name="Teehaus Lindner GmbH", code="TEE")
    invoice = issued(date(2026, 1, 5), party=debtor)
    receive_payment(invoice, amount=Decimal(1000), on=date(2026, 1, 9), party=payer)

    assert [row[1:] for row in told(statement(debtor, **YEAR))[1:-1]] == [
        ("DOCUMENT", "INVOICE", "952.00", "952.00"),
        ("SETTLEMENT", "PAYMENT", "-952.00", "0.00"),
    ]
    assert [row[1:] for row in told(statement(payer, **YEAR))[1:-1]] == [
        ("PAYMENT", "IN", "-1000.00", "-1000.00"),
        ("SETTLEMENT", "PAYMENT", "952.00", "-48.00"),
    ]


def test_each_currency_and_company_has_its_own_statement():
    party, company = make_party(), make_company()
    issued(date(2026, 1, 5), party=party)
    issued(date(2026, 1, 5), party=party, company=company)
    issued(date(2026, 1, 5), party=party, currency="JPY", company=company)

    rows = statement(party, **YEAR)

    assert sorted((row.company, row.currency, str(row.balance)) for row in rows if row.kind == "CLOSING") == [
        ("", "EUR", "952.00"),
        (company.name, "EUR", "952.00"),
        (company.name, "JPY", "952"),
    ]
    assert {row.currency for row in statement(party, **YEAR, company=company, currency="JPY")} == {"JPY"}


def test_a_party_without_business_has_no_statement():
    assert statement(make_party(), **YEAR) == []


# The documents themselves


def test_invoices_are_listed_with_their_amounts():
    draft = make_invoice([line()], status="DRAFT", date_issue=date(2026, 1, 4), date_due=date(2026, 1, 4))
    invoice = issued(date(2026, 1, 5), credit=Decimal(52))
    receive_payment(invoice, amount=Decimal(100), on=date(2026, 1, 9))

    first, second = invoices(**YEAR)

    assert (first.number, first.status, second.document_id, second.status) == (invoice.number, "NEW", draft.pk, "DRAFT")
    amounts = (first.net, first.vat, first.total, first.already_paid, first.to_pay)
    assert list(map(str, amounts)) == ["800.00", "152.00", "900.00", "100.00", "800.00"]
    assert [row.status for row in invoices(**YEAR, status="DRAFT")] == ["DRAFT"]
    assert list(invoices(**YEAR, origin="RECEIVED")) == []


@pytest.mark.parametrize(
    ("report", "queries"),
    [
        (lambda: revenue(**YEAR), 1),
        (lambda: received(**YEAR), 1),
        (lambda: list(payments(**YEAR)), 1),
        (lambda: days_to_pay(**YEAR, by="party"), 1),
        (lambda: list(invoices(**YEAR)), 1),
    ],
)
def test_a_report_is_one_query(report, queries):
    for _ in range(3):
        receive_payment(issued(date(2026, 1, 5), party=make_party()), amount=Decimal(952), on=date(2026, 1, 9))

    assert asked(report) == queries


def test_a_statement_asks_as_much_of_many_documents_as_of_few():
    party = make_party()
    for _ in range(4):
        issued(date(2026, 1, 5), party=party).write_off("insolvent")

    assert asked(lambda: statement(party, **YEAR)) == 4
