"""Ageing: what each party owes at the end of a day, by how long it has been due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.contrib.reports.balances import open_documents, unused_money
from invoicing.contrib.reports.buckets import USUAL_LIMITS, Bucket, buckets
from invoicing.contrib.reports.reading import Reader
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType, Origin
from invoicing.models import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingRow:
    """A party in one currency of one company. All amounts add up to `balance`.

    `aged` holds what is open of its invoices, a bucket each. `credit_notes` is what is open of its credit notes and `credit` what
    it paid and settles nothing yet: both are negative, for they are the party's.
    """

    company_id: int | None
    company: str
    currency: str
    party_id: int | None
    party: str
    aged: tuple[Decimal, ...]
    credit_notes: Decimal
    credit: Decimal
    balance: Decimal


def ageing(
    *,
    on: date,
    limits: Sequence[int] = USUAL_LIMITS,
    origin: Origin = Origin.ISSUED,
    company: Companies = None,
    currency: str = "",
    party: Party | int | None = None,
    using: str | None = None,
) -> list[AgeingRow]:
    """What was open at the end of the day `on`, by party and bucket. RECEIVED: what we owe to suppliers.

    A party without an entry of the address book is known by its name. Sorted by company, currency and party.
    """
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    rows = [_row(reader, values) for values in reader.rows(_sql(reader, on=on, ages=buckets(limits), origin=Origin(origin)))]
    return [row for row in rows if any((*row.aged, row.credit_notes, row.credit))]


def _row(reader: Reader, values: Sequence[object]) -> AgeingRow:
    company_id, company, currency, party_id, party, *amounts = values
    code = str(currency)
    *aged, notes, credit = (reader.money(amount, code) for amount in amounts)
    return AgeingRow(
        company_id=company_id,  # type: ignore[arg-type]  # a row is untyped
        company=str(company or ""),
        currency=code,
        party_id=party_id,  # type: ignore[arg-type]
        party=str(party or ""),
        aged=tuple(aged),
        credit_notes=notes,
        credit=credit,
        balance=add_up((*aged, notes, credit), currency=code),
    )


def _sql(reader: Reader, *, on: date, ages: Sequence[Bucket], origin: Origin) -> str:
    note = f"o.type = '{InvoiceType.CREDIT_NOTE}'"
    aged = [f"CASE WHEN NOT {note} AND {_due_in(reader, age, on=on)} THEN o.open_amount ELSE 0 END" for age in ages]
    names = [f"amount_{index}" for index in range(len(ages) + 2)]
    amounts = [*aged, f"CASE WHEN {note} THEN -o.open_amount ELSE 0 END", "0"]
    of_documents = ", ".join(f"{amount} AS {name}" for amount, name in zip(amounts, names, strict=True))
    sums = ", ".join(f"SUM({name}) AS {name}" for name in names)
    return f"""SELECT g.company_id, c.name, g.currency, g.party_id, COALESCE(p.name, g.name), {", ".join(f"g.{name}" for name in names)}
FROM (
    SELECT company_id, currency, party_id, name, {sums} FROM (
        SELECT o.company_id, o.currency, o.party_id, {_name(reader, "o")} AS name, {of_documents}
        FROM ({open_documents(reader, on=on, origin=origin)}) o
        UNION ALL
        SELECT u.company_id, u.currency, u.party_id, {_name(reader, "u")}, {"0, " * (len(ages) + 1)}-u.unused
        FROM ({unused_money(reader, on=on, origin=origin)}) u
    ) x GROUP BY company_id, currency, party_id, name
) g LEFT JOIN {reader.company} c ON c.id = g.company_id LEFT JOIN {reader.party} p ON p.id = g.party_id
ORDER BY c.name, g.company_id, g.currency, COALESCE(p.name, g.name), g.party_id"""


def _name(reader: Reader, alias: str) -> str:
    """The name that stands for a party that is in no address book."""
    return reader.text(f"CASE WHEN {alias}.party_id IS NULL THEN {alias}.name ELSE '' END")


def _due_in(reader: Reader, age: Bucket, *, on: date) -> str:
    first, last = age.due_dates(on)
    parts = []
    if first:
        parts.append(f"o.date_due >= {reader.day(f'{age.name}_first', first)}")
    if last:
        parts.append(f"o.date_due <= {reader.day(f'{age.name}_last', last)}")
    return " AND ".join(parts)
