"""Revenue: the net of what was charged, by month, party or product.

The same documents count as in the report on VAT, by the day of their tax point: issued, not canceled, no proforma; credit notes
are taken off. So an advance invoice counts when it is due to tax, and the final one with what it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from invoicing.contrib.reports.reading import Reader, Row, other_side, sign
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.choices import InvoiceType, Origin, Status
from invoicing.models import Party


class By(StrEnum):
    """What revenue is put together by."""

    MONTH = "month"
    PARTY = "party"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueRow:
    """The net of one month, party or product. `key` is its first day or its primary key; None where it is known by `name` alone."""

    company_id: int | None
    company: str
    currency: str
    key: date | int | None
    name: str
    documents: int
    net: Decimal


def revenue(
    *,
    first: date,
    last: date,
    by: By = By.MONTH,
    origin: Origin = Origin.ISSUED,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> list[RevenueRow]:
    """The net of the documents whose tax point is from `first` to `last`; RECEIVED: what was bought.

    Months come in their order, parties and products with the highest net first.
    """
    by = By(by)
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    return [_row(reader, values, by=by) for values in reader.rows(_sql(reader, first=first, last=last, by=by, origin=Origin(origin)))]


def _row(reader: Reader, values: Row, *, by: By) -> RevenueRow:
    company_id, company, currency, key, name, documents, net = values
    day = reader.date(key) if by == By.MONTH else None
    return RevenueRow(
        company_id=company_id,
        company=company or "",
        currency=currency,
        key=day or key,
        name=f"{day:%Y-%m}" if day else name or "",
        documents=documents,
        net=reader.money(net, currency),
    )


def _sql(reader: Reader, *, first: date, last: date, by: By, origin: Origin) -> str:
    source = f"{reader.invoice} i"
    # Stored totals: total = net + VAT − credit.
    net = f"{reader.exact('i.total')} - {reader.exact('COALESCE(i.vat, 0)')} + {reader.exact('i.credit')}"
    count, joined, name = "COUNT(*)", "", "g.name"
    if by == By.MONTH:
        key, text = reader.month("i.date_tax_point"), "''"
    elif by == By.PARTY:
        key, text = "i.party_id", f"CASE WHEN i.party_id IS NULL THEN {other_side('i')} ELSE '' END"
        joined, name = f" LEFT JOIN {reader.party} o ON o.id = g.grouped_by", "COALESCE(o.name, g.name)"
    else:
        source += f" JOIN {reader.item} t ON t.invoice_id = i.{reader.key}"
        key, text, net = "t.product_id", "CASE WHEN t.product_id IS NULL THEN t.title ELSE '' END", reader.exact("t.net")
        joined, name = f" LEFT JOIN {reader.product} o ON o.id = g.grouped_by", "COALESCE(o.name, g.name)"
        count = f"COUNT(DISTINCT i.{reader.key})"
    order = "g.grouped_by" if by == By.MONTH else f"g.net DESC, {name}"
    return f"""SELECT g.company_id, c.name, g.currency, g.grouped_by, {name}, g.documents, g.net FROM (
    SELECT company_id, currency, grouped_by, name, {count.replace(f"i.{reader.key}", "document_id")} AS documents, SUM(net) AS net FROM (
        SELECT i.company_id, i.currency, i.{reader.key} AS document_id, {key} AS grouped_by, {reader.text(text)} AS name,
            ({sign("i")}) * ({net}) AS net
        FROM {source}
        WHERE i.date_tax_point BETWEEN {reader.day("first", first)} AND {reader.day("last", last)} AND i.issued_at IS NOT NULL
            AND i.status <> '{Status.CANCELED}' AND i.type <> '{InvoiceType.PROFORMA}' AND i.origin = '{origin}'{reader.scope.filter("i")}
    ) d GROUP BY company_id, currency, grouped_by, name
) g LEFT JOIN {reader.company} c ON c.id = g.company_id{joined}
ORDER BY c.name, g.company_id, g.currency, {order}"""
