"""Days to pay: how long it takes until documents are paid, by the days on which their payments were allocated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.contrib.reports.reading import Reader, Row, mean, other_side
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.choices import InvoiceType, Origin
from invoicing.models import Party


class PaidBy(StrEnum):
    """Whether the payments of all are put together, or those of each party."""

    ALL = "all"
    PARTY = "party"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysToPayRow:
    """The documents of one company and currency, or of one party in it, that were paid off in the period.

    `average_*` counts each document once, with its last payment. `weighted_*` counts each payment with its amount: a large one that
    comes late weighs more. Days from the due date are negative where payment came before.
    """

    company_id: int | None
    company: str
    currency: str
    party_id: int | None
    party: str
    documents: int
    amount: Decimal
    average_from_issue: Decimal | None
    weighted_from_issue: Decimal | None
    average_from_due: Decimal | None
    weighted_from_due: Decimal | None


def days_to_pay(
    *,
    first: date,
    last: date,
    by: PaidBy = PaidBy.ALL,
    origin: Origin = Origin.ISSUED,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> list[DaysToPayRow]:
    """How long it took to pay the documents whose last payment is from `first` to `last`; RECEIVED: how long we took.

    Only documents that are settled in full count, and of what settled them only money: no credit notes, discounts or small
    differences, nothing that was undone, and nothing that was called paid by hand.
    """
    by = PaidBy(by)
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    found = reader.rows(_sql(reader, first=first, last=last, by=by, origin=Origin(origin)))
    return [_row(reader, values) for values in found]


def _row(reader: Reader, values: Row) -> DaysToPayRow:
    company_id, company, currency, party_id, party, documents, amount, from_issue, by_issue, from_due, by_due = values
    return DaysToPayRow(
        company_id=company_id,
        company=company or "",
        currency=currency,
        party_id=party_id,
        party=party or "",
        documents=documents,
        amount=reader.money(amount, currency),
        average_from_issue=mean(from_issue, documents),
        weighted_from_issue=mean(by_issue, amount),
        average_from_due=mean(from_due, documents),
        weighted_from_due=mean(by_due, amount),
    )


def _sql(reader: Reader, *, first: date, last: date, by: PaidBy, origin: Origin) -> str:
    allocation, amount = reader.payments("Allocation"), reader.exact("a.amount")
    issue, due = reader.days("a.date", "i.date_issue"), reader.days("a.date", "i.date_due")
    name = reader.text(f"CASE WHEN i.party_id IS NULL THEN {other_side('i')} ELSE '' END")
    grouped = "company_id, currency, party_id, name" if by == PaidBy.PARTY else "company_id, currency"
    party = "g.party_id, COALESCE(p.name, g.name)" if by == PaidBy.PARTY else "NULL, ''"
    joined = f" LEFT JOIN {reader.party} p ON p.id = g.party_id" if by == PaidBy.PARTY else ""
    order = ", COALESCE(p.name, g.name), g.party_id" if by == PaidBy.PARTY else ""
    kinds = f"'{InvoiceType.INVOICE}', '{InvoiceType.ADVANCE}'"
    return f"""SELECT g.company_id, c.name, g.currency, {party}, g.documents, g.amount, g.from_issue, g.by_issue, g.from_due, g.by_due
FROM (
    SELECT {grouped}, COUNT(*) AS documents, SUM(amount) AS amount, SUM(from_issue) AS from_issue, SUM(by_issue) AS by_issue,
        SUM(from_due) AS from_due, SUM(by_due) AS by_due
    FROM (
        SELECT i.company_id, i.currency, i.party_id, {name} AS name, SUM({amount}) AS amount, MAX({issue}) AS from_issue,
            SUM({amount} * {issue}) AS by_issue, MAX({due}) AS from_due, SUM({amount} * {due}) AS by_due
        FROM {allocation} a JOIN {reader.invoice} i ON i.{reader.key} = a.invoice_id
        WHERE a.kind = 'PAYMENT' AND a.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM {allocation} u WHERE u.undoes_id = a.id)
            AND i.already_paid >= i.total AND i.type IN ({kinds})
            AND i.origin = '{origin}'{reader.scope.filter("i")}
            AND i.{reader.key} IN (
                SELECT d.invoice_id FROM {allocation} d WHERE d.date BETWEEN %(first)s AND %(last)s AND d.kind = 'PAYMENT'
            )
        GROUP BY i.{reader.key}, i.company_id, i.currency, i.party_id, {name}
        HAVING MAX(a.date) BETWEEN {reader.day("first", first)} AND {reader.day("last", last)}
    ) d GROUP BY {grouped}
) g LEFT JOIN {reader.company} c ON c.id = g.company_id{joined}
ORDER BY c.name, g.company_id, g.currency{order}"""
