"""VAT: base and tax by period, rate and category, as documents state them, with what goes through the One-Stop-Shop.

A document counts in the period of its tax point, if it is issued, not canceled and no proforma; credit notes are taken off. Tax
is rounded as the document rounds it, so that the rows add up to what the documents say. An early-payment discount lowers base and
tax in the period in which it is taken (Art. 90 and 185 of Directive 2006/112/EC): its rows are kept apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

from invoicing.contrib.reports.consumption import Places, country_of_consumption
from invoicing.contrib.reports.periods import Span, first_day
from invoicing.contrib.reports.reading import Reader, Row, sign
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.amounts import LineAmounts, add_up, derived_category, line_amounts, line_of_net, tax_subtotals
from invoicing.domain.choices import InvoiceType, Origin, RoundingPolicy, Status


class VatKind(StrEnum):
    """What a row is made of."""

    DOCUMENTS = "DOCUMENTS"
    DISCOUNTS = "DISCOUNTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRow:
    """Base and tax of one category and rate in one period. `origin` ISSUED is output tax, RECEIVED input tax.

    `country` is the member state of consumption of what goes through the One-Stop-Shop, blank for all else.
    """

    period: date
    company_id: int | None
    company: str
    currency: str
    origin: str
    kind: str
    country: str
    category: str
    rate: Decimal | None
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VatControl:
    """The control sum: `groups` is the tax of the rows, `documents` the VAT that the same documents state."""

    company_id: int | None
    company: str
    currency: str
    origin: str
    groups: Decimal
    documents: Decimal

    @property
    def difference(self) -> Decimal:
        """Zero, unless rows were changed past the library."""
        return self.groups - self.documents


class Group(NamedTuple):
    """What the lines of one rate and category come to, with all that decides where they are declared."""

    month: Any
    company_id: int | None
    company: str | None
    currency: str
    origin: str
    kind: str
    category: str
    rate: Any
    supplier: str | None
    customer: str | None
    shipping: str | None
    has_vat_id: Any
    decisions: Any
    base: Any
    tax: Any


def vat(
    *,
    first: date,
    last: date,
    span: Span = Span.WHOLE,
    origin: Origin | None = None,
    company: Companies = None,
    currency: str = "",
    using: str | None = None,
) -> list[VatRow]:
    """Base and tax of the documents whose tax point is from `first` to `last`, by period, category and rate.

    `span` cuts the time into months, quarters or years; `period` is the first day of each. Without an `origin` output and input
    tax are both there, in rows of their own.
    """
    reader = Reader(scope_of(company=company, currency=currency), using=using)
    where = _documents(reader, first=first, last=last, origin=origin)
    groups = _folded_lines(reader, where) if reader.vendor == "sqlite" else _groups(reader, where)
    rows: dict[VatRow, tuple[Decimal, Decimal]] = {}
    for group in (*groups, *_corrections(reader, origin=origin)):
        row = _row(reader, group, span=span, beginning=first)
        key = replace(row, base=Decimal(0), tax=Decimal(0))
        base, tax = rows.get(key, (Decimal(0), Decimal(0)))
        rows[key] = add_up((base, row.base), currency=row.currency), add_up((tax, row.tax), currency=row.currency)
    found = (replace(key, base=base, tax=tax) for key, (base, tax) in rows.items() if base or tax)
    return sorted(found, key=_order)


def vat_control(
    rows: Iterable[VatRow],
    *,
    first: date,
    last: date,
    origin: Origin | None = None,
    company: Companies = None,
    currency: str = "",
    using: str | None = None,
) -> list[VatControl]:
    """Compare the rows of `vat`, asked for with the same arguments, with the VAT that the documents state."""
    reader = Reader(scope_of(company=company, currency=currency), using=using)
    where = _documents(reader, first=first, last=last, origin=origin)
    sql = f"""SELECT g.company_id, c.name, g.currency, g.origin, g.vat FROM (
    SELECT i.company_id, i.currency, i.origin, SUM(({sign("i")}) * {reader.exact("COALESCE(i.vat, 0)")}) AS vat
    FROM {reader.invoice} i WHERE {where} GROUP BY i.company_id, i.currency, i.origin
) g LEFT JOIN {reader.company} c ON c.id = g.company_id ORDER BY c.name, g.company_id, g.currency, g.origin"""
    taxes: dict[tuple[int | None, str, str], Decimal] = {}
    for row in rows:
        if row.kind == VatKind.DOCUMENTS:
            key = (row.company_id, row.currency, row.origin)
            taxes[key] = add_up((taxes.get(key, Decimal(0)), row.tax), currency=row.currency)
    return [
        VatControl(
            company_id=company_id,
            company=name or "",
            currency=code,
            origin=side,
            groups=taxes.get((company_id, code, side), reader.money(0, code)),
            documents=reader.money(stated, code),
        )
        for company_id, name, code, side, stated in reader.rows(sql)
    ]


def _order(row: VatRow) -> tuple[Any, ...]:
    """Output before input tax, documents before discounts, home before abroad, the highest rate first."""
    rate = row.rate if row.rate is not None else Decimal(-1)
    return (row.company, row.company_id or 0, row.currency, row.period, row.origin, row.kind, row.country, -rate, row.category)


def _row(reader: Reader, group: Group, *, span: Span, beginning: date) -> VatRow:
    month, rate = reader.date(group.month), reader.decimal(group.rate)
    places = Places(
        supplier=group.supplier or "", customer=group.customer or "", shipping=group.shipping or "", has_vat_id=bool(group.has_vat_id)
    )
    return VatRow(
        period=first_day(month, span=span, beginning=beginning),
        company_id=group.company_id,
        company=group.company or "",
        currency=group.currency,
        origin=group.origin,
        kind=group.kind,
        country=country_of_consumption(places, rate=rate, decisions=_decisions(group.decisions), on=month) if group.decisions else "",
        category=group.category or derived_category(rate),
        rate=None if rate is None else _short(rate),
        base=reader.money(group.base, group.currency),
        tax=reader.money(group.tax, group.currency),
    )


def _short(rate: Decimal) -> Decimal:
    """A rate without trailing zeros: 19, 5.5."""
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate.normalize()


def _decisions(stored: Any) -> list[Mapping[str, Any]]:
    """The decisions of a document, which most databases hand out as a text."""
    read = json.loads(stored) if isinstance(stored, str) else stored
    return [made for made in read if isinstance(made, dict)] if isinstance(read, list) else []


# The documents of a period


def _documents(reader: Reader, *, first: date, last: date, origin: Origin | None) -> str:
    return f"i.date_tax_point BETWEEN {reader.day('first', first)} AND {reader.day('last', last)} AND {_counts(reader, origin=origin)}"


def _counts(reader: Reader, *, origin: Origin | None) -> str:
    of = f" AND i.origin = '{Origin(origin)}'" if origin else ""
    stands = f"i.issued_at IS NOT NULL AND i.status <> '{Status.CANCELED}' AND i.type <> '{InvoiceType.PROFORMA}'"
    return f"{stands}{of}{reader.scope.filter('i')}"


LEAVES = "i.origin = 'ISSUED' AND (i.customer_country <> i.supplier_country OR i.shipping_country NOT IN ('', i.supplier_country))"
"""Whether a document of ours leaves the country."""


def _abroad(reader: Reader) -> tuple[str, ...]:
    """What decides on the country of consumption: of documents of ours that leave the country, and of no other."""
    decisions = "CAST(i.tax_decisions AS text)" if reader.vendor == "postgresql" else "i.tax_decisions"
    columns = ("i.supplier_country", "i.customer_country", "i.shipping_country", "i.customer_vat_id <> ''", decisions)
    return tuple(f"CASE WHEN {LEAVES} THEN {column} END" for column in columns)


HEAD = (
    "month",
    "company_id",
    "currency",
    "origin",
    "kind",
    "category",
    "rate",
    *("supplier", "customer", "shipping", "has_vat_id", "decisions"),
)
"""What groups are told apart by, beside the name of the company."""


def _groups(reader: Reader, where: str) -> Iterator[Group]:
    """Bases and taxes, rounded document by document by the database.

    What decides on the country of consumption is long, and joined to the few that leave only when their lines are added up.
    """
    gross = "t.unit_price * t.quantity * (100 - t.discount) * (100 + COALESCE(t.tax_rate, 0)) * 0.0001"
    per_line, keep_gross = RoundingPolicy.TAX_PER_LINE, RoundingPolicy.KEEP_GROSS
    of_net = reader.rounded("t.net * COALESCE(t.tax_rate, 0) * 0.01", "i.currency")
    of_gross = f"{reader.rounded(gross, 'i.currency')} - t.net"
    of_line = f"CASE i.rounding_policy WHEN '{per_line}' THEN {of_net} WHEN '{keep_gross}' THEN {of_gross} ELSE 0 END"
    of_group = reader.rounded("SUM(t.net) * COALESCE(t.tax_rate, 0) * 0.01", "i.currency")
    tax = f"CASE WHEN i.rounding_policy IN ('{per_line}', '{keep_gross}') THEN SUM({of_line}) ELSE {of_group} END"
    values = (
        reader.month("i.date_tax_point"),
        "i.company_id",
        "i.currency",
        "i.origin",
        f"'{VatKind.DOCUMENTS}'",
        "t.tax_category",
        "t.tax_rate",
    )
    near, far = HEAD[: len(values)], HEAD[len(values) :]
    columns = ", ".join(f"{value} AS {name}" for value, name in zip(values, near, strict=True))
    abroad = ", ".join(f"{value} AS {name}" for value, name in zip(_abroad(reader), far, strict=True))
    key = f"i.{reader.key}"
    sql = f"""SELECT {", ".join("c.name AS company" if name == "company" else f"g.{name}" for name in Group._fields)} FROM (
    SELECT {", ".join(HEAD)}, SUM(base) AS base, SUM(tax) AS tax FROM (
        SELECT {", ".join(near)}, away, SUM(base) AS base, SUM(tax) AS tax FROM (
            SELECT {columns}, CASE WHEN {LEAVES} THEN {key} END AS away, ({sign("i")}) * SUM(t.net) AS base, ({sign("i")}) * {tax} AS tax
            FROM {reader.item} t JOIN {reader.invoice} i ON {key} = t.invoice_id
            WHERE {where} GROUP BY {key}, t.tax_category, t.tax_rate
        ) r GROUP BY {", ".join(near)}, away
    ) d LEFT JOIN (
        SELECT {key} AS document_id, {abroad} FROM {reader.invoice} i WHERE {where} AND {LEAVES}
    ) f ON f.document_id = d.away GROUP BY {", ".join(HEAD)}
) g LEFT JOIN {reader.company} c ON c.id = g.company_id"""
    return (Group._make(values) for values in reader.rows(sql))


def _folded_lines(reader: Reader, where: str) -> Iterator[Group]:
    """Bases and taxes of SQLite, rounded document by document in Python; one document is in memory at a time."""
    values = (
        reader.month("i.date_tax_point"),
        "i.company_id",
        "c.name",
        "i.currency",
        "i.origin",
        f"'{VatKind.DOCUMENTS}'",
        "t.tax_category",
    )
    line = ("t.tax_rate", *_abroad(reader), reader.exact("t.net"), "0")
    beside = (f"i.{reader.key}", sign("i"), "i.rounding_policy", "t.unit_price", "t.quantity", "t.discount")
    sql = f"""SELECT {", ".join((*values, *line, *beside))}
FROM {reader.invoice} i JOIN {reader.item} t ON i.{reader.key} = t.invoice_id LEFT JOIN {reader.company} c ON c.id = i.company_id
WHERE {where} ORDER BY i.{reader.key}"""
    for _key, lines in groupby(reader.stream(sql), key=lambda row: row[-6]):
        yield from _of_document(reader, list(lines))


def _of_document(reader: Reader, rows: list[Row]) -> Iterator[Group]:
    head, factor = Group._make(rows[0][:-6]), rows[0][-5]
    for subtotal in tax_subtotals([_line(reader, row) for row in rows], currency=head.currency):
        thousandths = ((amount * factor).scaleb(3) for amount in (subtotal.base, subtotal.tax))
        base, tax = thousandths
        yield head._replace(category=subtotal.category, rate=subtotal.rate, base=base, tax=tax)


def _line(reader: Reader, row: Row) -> LineAmounts:
    """A line as its document rounds it."""
    group, (policy, *numbers) = Group._make(row[:-6]), row[-4:]
    rate = reader.decimal(group.rate)
    if policy == RoundingPolicy.KEEP_GROSS:
        price, quantity, discount = (reader.decimal(number) or Decimal(0) for number in numbers)
        return line_amounts(price, quantity, discount=discount, rate=rate, currency=group.currency, policy=policy, category=group.category)
    net = reader.money(group.base, group.currency)
    return line_of_net(net, rate=rate, currency=group.currency, policy=policy, category=group.category)


# Discounts that were taken in the period


def _corrections(reader: Reader, *, origin: Origin | None) -> Iterator[Group]:
    allocation, correction = reader.payments("Allocation"), reader.payments("TaxCorrection")
    values = (reader.month("a.date"), "i.company_id", "i.currency", "i.origin", f"'{VatKind.DISCOUNTS}'", "t.category", "t.rate")
    columns = ", ".join(f"{value} AS {name}" for value, name in zip((*values, *_abroad(reader)), HEAD, strict=True))
    sql = f"""SELECT {", ".join("c.name AS company" if name == "company" else f"g.{name}" for name in Group._fields)} FROM (
    SELECT {", ".join(HEAD)}, SUM(base) AS base, SUM(tax) AS tax FROM (
        SELECT {columns}, -({sign("i")}) * {reader.exact("t.base")} AS base, -({sign("i")}) * {reader.exact("t.tax")} AS tax
        FROM {allocation} a JOIN {correction} t ON t.allocation_id = a.id JOIN {reader.invoice} i ON i.{reader.key} = a.invoice_id
        WHERE a.date BETWEEN %(first)s AND %(last)s AND {_counts(reader, origin=origin)}
    ) d GROUP BY {", ".join(HEAD)}
) g LEFT JOIN {reader.company} c ON c.id = g.company_id"""
    return (Group._make(values) for values in reader.rows(sql))
