"""Ageing and what is outstanding on any day are what a replay of the stored rows comes to, and the statement leads there."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from invoicing.contrib.payments.services import receive_payment, reverse_payment, undo_allocation
from invoicing.contrib.reports.ageing import ageing
from invoicing.contrib.reports.buckets import buckets
from invoicing.contrib.reports.outstanding import outstanding, outstanding_sums
from invoicing.contrib.reports.statement import statement
from invoicing.models import get_invoice_model
from tests.contrib.reports.trade import START, Trade, accounts_on, acts, asked, open_on
from tests.factories import line, make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)


def aged(row):
    return [str(amount) for amount in (*row.aged, row.credit_notes, row.credit, row.balance)]


def issued(day, *, due, **fields):
    """An invoice over 952.00."""
    return make_issued_invoice([line()], date_issue=day, date_tax_point=day, date_due=due, **fields)


# Worked out by hand


def test_a_party_is_aged_by_due_date():
    party = make_party()
    issued(date(2026, 1, 10), due=date(2026, 1, 31), party=party)
    issued(date(2026, 3, 1), due=date(2026, 3, 30), party=party)
    issued(date(2026, 3, 1), due=MARCH, party=party)

    (row,) = ageing(on=MARCH)

    assert (row.party_id, row.party, row.currency) == (party.pk, party.name, "EUR")
    assert aged(row) == ["952.00", "952.00", "952.00", "0.00", "0.00", "0.00", "0.00", "2856.00"]


def test_limits_of_ones_own():
    issued(date(2026, 3, 1), due=date(2026, 3, 23))

    (row,) = ageing(on=MARCH, limits=[7, 14])

    assert aged(row)[:4] == ["0.00", "0.00", "952.00", "0.00"]


def test_the_past_stays_as_it_was():
    party = make_party()
    invoice = issued(date(2026, 3, 1), due=date(2026, 3, 15), party=party)
    receive_payment(invoice, amount=Decimal(1000), on=date(2026, 4, 10))
    payment = invoice.allocations.get().payment

    assert [aged(row) for row in ageing(on=MARCH)] == [["0.00", "952.00", "0.00", "0.00", "0.00", "0.00", "0.00", "952.00"]]
    assert [aged(row) for row in ageing(on=APRIL)] == [["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "-48.00", "-48.00"]]

    reverse_payment(payment, reason="charged back", on=date(2026, 5, 5))

    assert [aged(row) for row in ageing(on=APRIL)] == [["0.00", "0.00", "0.00", "0.00", "0.00", "0.00", "-48.00", "-48.00"]]
    assert [aged(row) for row in ageing(on=MAY)] == [["0.00", "0.00", "0.00", "952.00", "0.00", "0.00", "0.00", "952.00"]]


def test_a_canceled_invoice_counts_until_the_day_of_its_cancellation_where_the_company_is():
    company = make_company(time_zone="Pacific/Auckland")
    invoice = issued(date(2026, 3, 1), due=MARCH, company=company)
    with time_machine.travel("2026-04-09T13:00Z", tick=False):
        invoice.cancel("ordered by nobody")

    assert [row.open for row in outstanding(on=date(2026, 4, 9))] == [Decimal("952.00")]
    assert list(outstanding(on=date(2026, 4, 10))) == []


def test_what_was_canceled_before_it_was_issued_never_was_a_claim():
    invoice = make_invoice([line()], date_issue=date(2026, 3, 1), date_due=MARCH)
    with time_machine.travel("2026-04-09T13:00Z", tick=False):
        invoice.cancel("ordered by nobody")

    assert list(outstanding(on=MARCH)) == []


def test_a_bad_debt_counts_until_it_is_written_off_and_again_when_it_goes_to_collection():
    invoice = issued(date(2026, 3, 1), due=MARCH)
    with time_machine.travel("2026-04-09T13:00Z", tick=False):
        invoice.write_off("insolvent")
    with time_machine.travel("2026-05-09T13:00Z", tick=False):
        invoice.send_to_collection("there is an estate")

    assert [sum(row.open for row in outstanding(on=day)) for day in (MARCH, APRIL, MAY)] == [Decimal("952.00"), 0, Decimal("952.00")]


def test_a_credit_note_that_is_not_offset_is_a_column_of_its_own():
    invoice = issued(date(2026, 3, 1), due=MARCH)
    receive_payment(invoice, amount=Decimal(952), on=MARCH)
    invoice.create_credit_note(date_issue=date(2026, 4, 2))

    (row,) = ageing(on=APRIL)
    (document,) = outstanding(on=APRIL)

    assert aged(row)[5:] == ["-952.00", "0.00", "-952.00"]
    assert (document.total, document.open) == (Decimal("-952.00"), Decimal("-952.00"))


def test_what_is_credited_and_not_offset_comes_to_what_is_owed():
    invoice = issued(date(2026, 3, 1), due=MARCH, party=make_party())
    payment = receive_payment(invoice, amount=Decimal(952), on=MARCH)
    invoice.create_credit_note(date_issue=date(2026, 4, 2))
    undo_allocation(payment.allocations.get(), reason="of another customer", on=date(2026, 4, 9))

    (row,) = ageing(on=APRIL)

    # Nothing is owed over the two documents, and the payment is there.
    assert aged(row) == ["0.00", "952.00", "0.00", "0.00", "0.00", "-952.00", "-952.00", "-952.00"]


def test_what_is_paid_over_a_proforma_invoice_is_credit():
    proforma = make_issued_invoice([line()], type="PROFORMA", date_issue=date(2026, 3, 1), date_due=MARCH)
    receive_payment(proforma, amount=Decimal(100), on=date(2026, 3, 5))

    assert [aged(row)[-2:] for row in ageing(on=MARCH)] == [["-100.00", "-100.00"]]
    assert ageing(on=date(2026, 3, 4)) == []


def test_currencies_companies_and_sides_are_kept_apart():
    company = make_company()
    issued(date(2026, 3, 1), due=MARCH)
    issued(date(2026, 3, 1), due=MARCH, currency="JPY", company=company)
    issued(date(2026, 3, 1), due=MARCH, origin="RECEIVED", number="R1")

    assert [(row.company, row.currency, str(row.balance)) for row in ageing(on=MARCH)] == [
        *([("", "EUR", "952.00")] if ageing(on=MARCH)[0].company == "" else []),
        (company.name, "JPY", "952"),
        *([("", "EUR", "952.00")] if ageing(on=MARCH)[0].company != "" else []),
    ]
    assert [row.currency for row in ageing(on=MARCH, company=company)] == ["JPY"]
    assert [row.currency for row in ageing(on=MARCH, company=[None])] == ["EUR"]
    assert ageing(on=MARCH, company=[]) == []
    assert [row.currency for row in ageing(on=MARCH, currency="JPY")] == ["JPY"]
    assert len(ageing(on=MARCH, origin="RECEIVED")) == 1


def test_parties_without_an_entry_are_known_by_their_names():
    for name in ("ACME", "Acme", "ACME"):
        issued(date(2026, 3, 1), due=MARCH, customer_name=name)

    assert sorted((row.party, str(row.balance)) for row in ageing(on=MARCH)) == [("ACME", "1904.00"), ("Acme", "952.00")]


def test_the_newest_document_comes_first_with_its_days():
    older, newer = issued(date(2026, 3, 1), due=date(2026, 3, 11)), issued(date(2026, 3, 2), due=APRIL)

    assert [(row.number, row.overdue) for row in outstanding(on=MARCH)] == [(newer.number, -30), (older.number, 20)]


def test_what_is_asked_of_the_database():
    for _ in range(3):
        issued(date(2026, 3, 1), due=MARCH, party=make_party())
    # The time zones of companies, and the report.
    for report in (ageing, lambda on: list(outstanding(on=on)), outstanding_sums):
        assert asked(lambda report=report: report(on=MARCH)) == 2


# Against the replay


# A trade of many acts takes long to shrink, and is short enough to read.
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(acts=acts, ahead=st.integers(0, 30))
def test_any_day_is_what_the_stored_rows_say_of_it(acts, ahead):
    with transaction.atomic():
        trade = Trade()
        end = trade.live(acts)
        days = {START, START + timedelta(days=ahead), START + timedelta(days=2 * ahead), end, end + timedelta(days=1)}
        for day in days:
            for origin in ("ISSUED", "RECEIVED"):
                note(f"{day} {origin}")
                _compare(day, origin)
            _compare_statements(trade, day, max(day, end))
        transaction.set_rollback(True)


def _compare(day, origin):
    replayed = accounts_on(day, origin=origin)
    found = {(row.company_id, row.currency, row.party_id): row for row in ageing(on=day, origin=origin)}
    assert set(found) == {
        key for key, account in replayed.items() if any([*account["aged"].values(), account["credit_notes"], account["credit"]])
    }
    for key, row in found.items():
        account = replayed[key]
        expected = [sum((amount for days, amount in account["aged"].items() if age.holds(days)), start=Decimal(0)) for age in buckets()]
        assert list(row.aged) == expected
        assert (row.credit_notes, row.credit) == (account["credit_notes"], account["credit"])
        assert row.balance == sum(expected) + account["credit_notes"] + account["credit"]
    documents = {document.pk: document for document in get_invoice_model().objects.filter(origin=origin)}
    rows = {row.document_id: row for row in outstanding(on=day, origin=origin)}
    assert {pk: abs(row.open) for pk, row in rows.items()} == {
        pk: left for pk, document in documents.items() if (left := open_on(document, day))
    }
    sums = defaultdict(Decimal)
    for row in rows.values():
        sums[row.company_id, row.currency] += row.open
    assert {(row.company_id, row.currency): row.open for row in outstanding_sums(on=day, origin=origin)} == sums


def _compare_statements(trade, first, last):
    for party in trade.parties:
        rows = statement(party, first=first, last=last)
        for kind, day in (("OPENING", first - timedelta(days=1)), ("CLOSING", last)):
            balances = {(row.company_id, row.currency): row.balance for row in rows if row.kind == kind and row.balance}
            expected = defaultdict(Decimal)
            for row in ageing(on=day, party=party):
                expected[row.company_id, row.currency] += row.balance
            for row in ageing(on=day, party=party, origin="RECEIVED"):
                expected[row.company_id, row.currency] -= row.balance
            assert balances == {key: balance for key, balance in expected.items() if balance}
