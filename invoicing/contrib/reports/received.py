"""Received: the money that came in and went out in a period, as sums and payment by payment.

A payment counts on its date, a reversal on its own: both are there where both lie in the period.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from invoicing.contrib.reports.reading import Reader, Row
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.models import Party

Day: TypeAlias = date
"""The type, where a row has a column of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRow:
    """The payments of one direction (IN, OUT) and method. `net` is `amount` less what was `reversed` in the period."""

    company_id: int | None
    company: str
    currency: str
    direction: str
    method: str
    payments: int
    amount: Decimal
    reversed: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One payment. `unallocated` is what settles nothing yet, as of now; `reversed_on` is set where it was taken back."""

    company_id: int | None
    company: str
    date: Day
    direction: str
    method: str
    party_id: int | None
    party: str
    reference: str
    provider: str
    provider_id: str
    currency: str
    amount: Decimal
    unallocated: Decimal
    reversed_on: Day | None


def received(
    *,
    first: date,
    last: date,
    direction: str = "",
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> list[ReceivedRow]:
    """What came in (IN), went out (OUT) or both from `first` to `last`, by payment method."""
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    of = reader.scope.filter("p") + _of(reader, direction)
    amount, payment = reader.exact("p.amount"), reader.payments("Payment")
    between = f"BETWEEN {reader.day('first', first)} AND {reader.day('last', last)}"
    sql = f"""SELECT g.company_id, c.name, g.currency, g.direction, m.name, g.payments, g.amount, g.taken_back FROM (
    SELECT company_id, currency, direction, method_id, SUM(payments) AS payments, SUM(amount) AS amount, SUM(taken_back) AS taken_back
    FROM (
        SELECT p.company_id, p.currency, p.direction, p.method_id, 1 AS payments, {amount} AS amount, 0 AS taken_back
        FROM {payment} p WHERE p.status IN ('RECEIVED', 'REVERSED') AND p.date {between}{of}
        UNION ALL
        SELECT p.company_id, p.currency, p.direction, p.method_id, 0, 0, {amount}
        FROM {payment} p WHERE p.status = 'REVERSED' AND p.reversed_on {between}{of}
    ) d GROUP BY company_id, currency, direction, method_id
) g JOIN {reader.payments("PaymentMethod")} m ON m.id = g.method_id LEFT JOIN {reader.company} c ON c.id = g.company_id
ORDER BY c.name, g.company_id, g.currency, g.direction, m.name"""
    return [_sum(reader, values) for values in reader.rows(sql)]


def payments(
    *,
    first: date,
    last: date,
    direction: str = "",
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> Iterator[PaymentRow]:
    """The payments from `first` to `last`, the newest first, those that were reversed later as well."""
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    sql = f"""SELECT p.company_id, c.name, p.date, p.direction, m.name, p.party_id, COALESCE(o.name, p.payer_name), p.reference, p.provider,
    p.provider_id, p.currency, {reader.exact("p.amount")},
    CASE WHEN p.status = 'RECEIVED' THEN {reader.exact("p.amount")} - {reader.exact("p.allocated")} ELSE 0 END, p.reversed_on
FROM {reader.payments("Payment")} p JOIN {reader.payments("PaymentMethod")} m ON m.id = p.method_id
LEFT JOIN {reader.company} c ON c.id = p.company_id LEFT JOIN {reader.party} o ON o.id = p.party_id
WHERE p.status IN ('RECEIVED', 'REVERSED') AND p.date BETWEEN {reader.day("first", first)} AND {reader.day("last", last)}
    {reader.scope.filter("p")}{_of(reader, direction)}
ORDER BY p.date DESC, p.id DESC"""
    return (_payment(reader, values) for values in reader.stream(sql))


def _of(reader: Reader, direction: str) -> str:
    reader.params["direction"] = direction
    return " AND p.direction = %(direction)s" if direction else ""


def _sum(reader: Reader, values: Row) -> ReceivedRow:
    company_id, company, currency, direction, method, count, amount, taken_back = values
    return ReceivedRow(
        company_id=company_id,
        company=company or "",
        currency=currency,
        direction=direction,
        method=method,
        payments=int(count),
        amount=reader.money(amount, currency),
        reversed=reader.money(taken_back, currency),
        net=reader.money(amount - taken_back, currency),
    )


def _payment(reader: Reader, values: Row) -> PaymentRow:
    (
        company_id,
        company,
        day,
        direction,
        method,
        party_id,
        party,
        reference,
        provider,
        provider_id,
        currency,
        amount,
        unused,
        reversed_on,
    ) = values
    return PaymentRow(
        company_id=company_id,
        company=company or "",
        date=reader.date(day),
        direction=direction,
        method=method,
        party_id=party_id,
        party=party or "",
        reference=reference,
        provider=provider,
        provider_id=provider_id,
        currency=currency,
        amount=reader.money(amount, currency),
        unallocated=reader.money(unused, currency),
        reversed_on=None if reversed_on is None else reader.date(reversed_on),
    )
