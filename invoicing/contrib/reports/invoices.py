"""Invoices: the documents themselves, one a row, for whoever takes them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.contrib.reports.reading import Reader, Row, other_side
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.choices import Origin, Status
from invoicing.models import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """A document with the amounts that it states: those of a credit note are positive, its type says which way they go."""

    company_id: int | None
    company: str
    document_id: object
    number: str
    type: str
    origin: str
    status: str
    date_issue: date
    date_tax_point: date
    date_due: date
    party_id: int | None
    party: str
    vat_id: str
    country: str
    currency: str
    net: Decimal
    vat: Decimal | None
    total: Decimal
    already_paid: Decimal
    to_pay: Decimal


def invoices(
    *,
    first: date,
    last: date,
    origin: Origin | None = None,
    status: Status | None = None,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> Iterator[InvoiceRow]:
    """The documents with an issue date from `first` to `last`, the newest first; drafts as well, unless a `status` is named.

    The other side is named as the document names it. `net` is before a credit: net + VAT − credit = total.
    """
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    of = f" AND i.origin = '{Origin(origin)}'" if origin else ""
    of += f" AND i.status = '{Status(status)}'" if status else ""
    total, tax, credit, paid = (reader.exact(f"i.{name}") for name in ("total", "vat", "credit", "already_paid"))
    theirs = ", ".join(
        f"CASE WHEN i.origin = 'RECEIVED' THEN i.supplier_{name} ELSE i.customer_{name} END" for name in ("vat_id", "country")
    )
    sql = f"""SELECT i.company_id, c.name, i.{reader.key}, i.number, i.type, i.origin, i.status, i.date_issue, i.date_tax_point, i.date_due,
    i.party_id, {other_side("i")}, {theirs}, i.currency,
    {total} - COALESCE({tax}, 0) + {credit}, {tax}, {total}, {paid}, {total} - {paid}
FROM {reader.invoice} i LEFT JOIN {reader.company} c ON c.id = i.company_id
WHERE i.date_issue BETWEEN {reader.day("first", first)} AND {reader.day("last", last)}{of}{reader.scope.filter("i")}
ORDER BY i.date_issue DESC, i.{reader.key} DESC"""
    return (_row(reader, values) for values in reader.stream(sql))


def _row(reader: Reader, values: Row) -> InvoiceRow:
    *head, net, vat, total, paid, left = values
    company_id, company, key, number, kind, origin, status, issued, supplied, due, party_id, party, vat_id, country, currency = head
    return InvoiceRow(
        company_id=company_id,
        company=company or "",
        document_id=reader.document(key),
        number=number,
        type=kind,
        origin=origin,
        status=status,
        date_issue=reader.date(issued),
        date_tax_point=reader.date(supplied),
        date_due=reader.date(due),
        party_id=party_id,
        party=party or "",
        vat_id=vat_id,
        country=country or "",
        currency=currency,
        net=reader.money(net, currency),
        vat=None if vat is None else reader.money(vat, currency),
        total=reader.money(total, currency),
        already_paid=reader.money(paid, currency),
        to_pay=reader.money(left, currency),
    )
