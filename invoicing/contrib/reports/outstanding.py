"""Outstanding: every document of which something is still open at the end of a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from invoicing.contrib.reports.balances import open_documents
from invoicing.contrib.reports.reading import Reader, Row, sign
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.choices import InvoiceType, Origin
from invoicing.models import Party


# Of these there may be many, and a dataclass that cannot change takes four times as long to make.
class OutstandingRow(NamedTuple):
    """A document. `total` and `open` of a credit note are negative: they are the other side's. `overdue` are days, negative before."""

    company_id: int | None
    company: str
    document_id: object
    number: str
    type: str
    status: str
    party_id: int | None
    party: str
    date_issue: date
    date_due: date
    overdue: int
    currency: str
    total: Decimal
    open: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OutstandingSum:
    """What all outstanding documents of one company come to in one currency."""

    company_id: int | None
    company: str
    currency: str
    documents: int
    open: Decimal


def outstanding(
    *,
    on: date,
    origin: Origin = Origin.ISSUED,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> Iterator[OutstandingRow]:
    """The documents that were open at the end of the day `on`, the newest first; RECEIVED: those of suppliers.

    `status` is the one of now. The rows come as the database gives them out: there may be many.
    """
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    columns = f", i.number, i.status, i.date_issue, {reader.exact('i.total')} AS total, {sign('i')} AS sign"
    today = f"CAST({reader.day('on', on)} AS {'char' if reader.vendor == 'sqlite' else 'date'})"
    sql = f"""SELECT o.company_id, c.name, o.document_id, o.number, o.type, o.status, o.party_id, COALESCE(p.name, o.name), o.date_issue,
    o.date_due, {reader.days(today, "o.date_due")},
    o.currency, o.sign * o.total, o.sign * o.open_amount
FROM ({open_documents(reader, on=on, origin=Origin(origin), columns=columns)}) o
LEFT JOIN {reader.company} c ON c.id = o.company_id LEFT JOIN {reader.party} p ON p.id = o.party_id
ORDER BY o.date_issue DESC, o.document_id DESC"""
    return (_row(reader, values) for values in reader.stream(sql))


def outstanding_sums(
    *,
    on: date,
    origin: Origin = Origin.ISSUED,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> list[OutstandingSum]:
    """What the documents of `outstanding` come to, by company and currency."""
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    sql = f"""SELECT g.company_id, c.name, g.currency, g.documents, g.open_amount FROM (
    SELECT company_id, currency, COUNT(*) AS documents,
        SUM(CASE WHEN o.type = '{InvoiceType.CREDIT_NOTE}' THEN -o.open_amount ELSE o.open_amount END) AS open_amount
    FROM ({open_documents(reader, on=on, origin=Origin(origin))}) o GROUP BY company_id, currency
) g LEFT JOIN {reader.company} c ON c.id = g.company_id ORDER BY c.name, g.company_id, g.currency"""
    return [
        OutstandingSum(company_id=company_id, company=name or "", currency=code, documents=documents, open=reader.money(amount, code))
        for company_id, name, code, documents, amount in reader.rows(sql)
    ]


def _row(reader: Reader, values: Row) -> OutstandingRow:
    company_id, company, key, number, kind, status, party_id, party, issued, due, overdue, currency, total, left = values
    # By place: fourteen names a row are not for nothing either.
    return OutstandingRow(
        company_id,
        company or "",
        reader.document(key),
        number,
        kind,
        status,
        party_id,
        party or "",
        reader.date(issued),
        reader.date(due),
        int(overdue),
        currency,
        reader.money(total, currency),
        reader.money(left, currency),
    )
