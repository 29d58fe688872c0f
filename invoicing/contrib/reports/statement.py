"""Statement of account: what happened between us and a party, and what it comes to.

An amount is positive where the party owes us more: our invoices, and money that we pay. It is negative where it owes us less: our
credit notes, its payments, and what it charges us. So the balance is what is outstanding from the party, less what is outstanding
to it, less what it paid and settles nothing yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from django.utils import timezone

from invoicing.contrib.reports.balances import CLOSED
from invoicing.contrib.reports.reading import Reader, words
from invoicing.contrib.reports.scope import Companies, scope_of
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import EventKind, InvoiceType, Status
from invoicing.models import Company, InvoiceEvent, Party

Day: TypeAlias = date
"""The type, where a row has a column of that name."""


class StatementKind(StrEnum):
    """What a line of a statement tells."""

    OPENING = "OPENING"
    DOCUMENT = "DOCUMENT"
    PAYMENT = "PAYMENT"
    REVERSAL = "REVERSAL"
    SETTLEMENT = "SETTLEMENT"
    CLOSED = "CLOSED"
    CLOSING = "CLOSING"


ORDER = {kind: place for place, kind in enumerate(StatementKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A line of the statement in one currency of one company; OPENING and CLOSING lines hold the balance alone.

    `detail` says which kind: the type of a document, the direction of a payment, what settled something without money, the status
    that closed a document. `reference` is the number of the document, or the reference of the payment.
    """

    company_id: int | None
    company: str
    currency: str
    date: Day
    kind: str
    detail: str
    reference: str
    date_due: Day | None
    amount: Decimal
    balance: Decimal


class Entry(NamedTuple):
    """What changes the balance, before it is added up."""

    company_id: int | None
    currency: str
    date: Day
    kind: str
    detail: str
    reference: str
    date_due: Day | None
    amount: Decimal
    key: Any


def statement(
    party: Party | int,
    *,
    first: date,
    last: date,
    company: Companies = None,
    currency: str = "",
    using: str | None = None,
) -> list[StatementRow]:
    """The statement of a party from `first` to `last`: an opening balance, its lines, a closing balance, by company and currency."""
    reader = Reader(scope_of(company=company, currency=currency, party=party), using=using)
    booked = list(_booked(reader, last=last))
    if not booked:
        return []
    rows = Company.objects.using(reader.using).filter(pk__in={entry.company_id for entry in booked if entry.company_id})
    companies = {key: (name, zone) for key, name, zone in rows.values_list("pk", "name", "time_zone")}
    names: dict[Any, str] = {key: name for key, (name, _) in companies.items()}
    entries = [*booked, *_closings(reader, last=last, zones={key: zone for key, (_, zone) in companies.items()})]
    entries.sort(key=lambda entry: (names.get(entry.company_id, ""), entry.company_id or 0, entry.currency, entry.date, _place(entry)))
    return [
        line
        for (company_id, code), found in groupby(entries, key=itemgetter(0, 1))
        for line in _section(list(found), first=first, last=last, head=(company_id, names.get(company_id, ""), code))
    ]


def _place(entry: Entry) -> tuple[int, str]:
    return ORDER[StatementKind(entry.kind)], str(entry.key).zfill(20)


def _section(entries: Sequence[Entry], *, first: date, last: date, head: tuple[Any, str, str]) -> Iterator[StatementRow]:
    company_id, company, currency = head
    same: dict[str, Any] = {"company_id": company_id, "company": company, "currency": currency}
    balance = add_up((entry.amount for entry in entries if entry.date < first), currency=currency)
    none = add_up((), currency=currency)
    blank: dict[str, Any] = {**same, "detail": "", "reference": "", "date_due": None, "amount": none}
    shown = [entry for entry in entries if entry.date >= first]
    if not shown and not balance:
        return
    yield StatementRow(**blank, date=first, kind=StatementKind.OPENING, balance=balance)
    for entry in shown:
        balance = add_up((balance, entry.amount), currency=currency)
        yield StatementRow(
            **same,
            date=entry.date,
            kind=entry.kind,
            detail=entry.detail,
            reference=entry.reference,
            date_due=entry.date_due,
            amount=entry.amount,
            balance=balance,
        )
    yield StatementRow(**blank, date=last, kind=StatementKind.CLOSING, balance=balance)


# What was booked


def _owed(alias: str) -> str:
    """One for a document over which the party owes us, minus one for one over which we owe the party."""
    return f"CASE WHEN ({alias}.origin = 'ISSUED') = ({alias}.type <> '{InvoiceType.CREDIT_NOTE}') THEN 1 ELSE -1 END"


def _counts(reader: Reader) -> str:
    """Documents that were issued; those that were canceled before have the moment of their cancellation."""
    return f"""i.issued_at IS NOT NULL AND i.type <> '{InvoiceType.PROFORMA}'{reader.scope.filter("i")}
        AND (i.status <> '{Status.CANCELED}' OR EXISTS (
            SELECT 1 FROM {reader.event} e WHERE e.invoice_id = i.{reader.key} AND e.kind = '{EventKind.ISSUED}'))"""


def _by_hand(reader: Reader) -> str:
    """What is paid of a document without any allocation."""
    allocation = reader.payments("Allocation")
    return f"""CASE WHEN EXISTS (SELECT 1 FROM {allocation} a WHERE a.invoice_id = i.{reader.key})
        OR EXISTS (SELECT 1 FROM {allocation} a WHERE a.credit_note_id = i.{reader.key}) THEN 0
        WHEN i.status = '{Status.PAID}' THEN {reader.exact("i.total")} ELSE {reader.exact("i.already_paid")} END"""


def _booked(reader: Reader, *, last: date) -> Iterator[Entry]:
    """Documents, payments, and what settled documents without money, up to a day."""
    payment, allocation = reader.payments("Payment"), reader.payments("Allocation")
    until, amount, counts, owed = reader.day("last", last), reader.exact("p.amount"), _counts(reader), _owed("i")
    flow = "CASE WHEN p.direction = 'IN' THEN -1 ELSE 1 END"
    paid = f"p.status IN ('RECEIVED', 'REVERSED'){reader.scope.filter('p')}"
    total = reader.exact("i.total")
    sql = f"""SELECT i.company_id, i.currency, i.date_issue, 'DOCUMENT', i.type, i.number, i.date_due, ({owed}) * {total}, i.{reader.key}
FROM {reader.invoice} i WHERE i.date_issue <= {until} AND {counts}
UNION ALL
SELECT i.company_id, i.currency, i.date_issue, 'SETTLEMENT', 'OPENING', i.number, NULL, -({owed}) * {_by_hand(reader)}, i.{reader.key}
FROM {reader.invoice} i WHERE i.date_issue <= {until} AND i.already_paid <> 0 AND {counts}
UNION ALL
SELECT p.company_id, p.currency, p.date, 'PAYMENT', p.direction, p.reference, NULL, ({flow}) * {amount}, p.id
FROM {payment} p WHERE p.date <= {until} AND {paid}
UNION ALL
SELECT p.company_id, p.currency, p.reversed_on, 'REVERSAL', p.direction, p.reference, NULL, -({flow}) * {amount}, p.id
FROM {payment} p WHERE p.reversed_on <= {until} AND p.status = 'REVERSED' AND {paid}
UNION ALL
{_settlements(reader, allocation=allocation, payment=payment, until=until)}"""
    for company_id, currency, day, kind, detail, reference, due, value, key in reader.few(sql):
        money = reader.money(value, currency)
        if money or kind == StatementKind.DOCUMENT:
            due_date = None if due is None else reader.date(due)
            yield Entry(company_id, currency, reader.date(day), kind, detail, reference, due_date, money, key)


def _settlements(reader: Reader, *, allocation: str, payment: str, until: str) -> str:
    """What allocations change between us and the party. Those of its own payments change nothing: the payment has its line.

    What is left is what settles without money, and what other parties pay for it, or it for them.
    """
    party = reader.scope.party
    amount = reader.exact("a.amount")
    documents = f"SELECT i.{reader.key} FROM {reader.invoice} i WHERE i.party_id = {party}"
    payments = f"SELECT p.id FROM {payment} p WHERE p.party_id = {party}"
    own = " UNION ".join(
        f"SELECT a.id FROM {allocation} a WHERE a.{column} IN ({rows})"
        for column, rows in (("invoice_id", documents), ("credit_note_id", documents), ("payment_id", payments), ("refund_id", payments))
    )
    effects = [f"CASE WHEN {alias}.party_id = {party} THEN -({_owed(alias)}) ELSE 0 END" for alias in ("d", "n")]
    effects += [
        f"CASE WHEN {alias}.party_id = {party} THEN CASE WHEN {alias}.direction = 'IN' THEN 1 ELSE -1 END ELSE 0 END"
        for alias in ("p", "r")
    ]
    scope = reader.scope.of_company("COALESCE(d.company_id, p.company_id)") + reader.scope.of_currency("a.currency")
    return f"""SELECT COALESCE(d.company_id, p.company_id), a.currency, a.date, 'SETTLEMENT', a.kind, COALESCE(d.number, p.reference), NULL,
    ({" + ".join(effects)}) * {amount}, a.id
FROM {allocation} a
LEFT JOIN {reader.invoice} d ON d.{reader.key} = a.invoice_id
LEFT JOIN {reader.invoice} n ON n.{reader.key} = a.credit_note_id
LEFT JOIN {payment} p ON p.id = a.payment_id AND a.kind IN ('PAYMENT', 'REFUND')
LEFT JOIN {payment} r ON r.id = a.refund_id
WHERE a.date <= {until} AND (d.type IS NULL OR d.type <> '{InvoiceType.PROFORMA}'){scope} AND a.id IN ({own})"""


# What was closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Closable:
    """A document that was closed once: what it claims, and the days on which that changed."""

    company_id: int | None
    currency: str
    number: str
    issued: date
    claim: Decimal
    settled: Sequence[tuple[date, Decimal]]
    steps: Sequence[tuple[date, str]]

    def corrections(self) -> Iterator[tuple[date, str, Decimal]]:
        """The days on which the account has to leave out what the document claims, or to take it in again, and by how much."""
        before = Decimal(0)
        for day in sorted({*(day for day, _ in self.settled), *(day for day, _ in self.steps), self.issued}):
            if day < self.issued:
                continue
            status = next((after for when, after in reversed(self.steps) if when <= day), "")
            left = add_up((self.claim, *(-amount for when, amount in self.settled if when <= day)), currency=self.currency)
            now = -left if status in CLOSED else Decimal(0)
            if now != before:
                yield day, status, now - before
            before = now


def _closings(reader: Reader, *, last: date, zones: Mapping[Any, str]) -> Iterator[Entry]:
    """What documents that are canceled or written off no longer claim, from the day on which they were."""
    for key, document in _closables(reader, last=last, zones=zones).items():
        for day, status, amount in document.corrections():
            if day <= last:
                yield Entry(document.company_id, document.currency, day, StatementKind.CLOSED, status, document.number, None, amount, key)


def _closables(reader: Reader, *, last: date, zones: Mapping[Any, str]) -> dict[Any, Closable]:
    """The documents that were closed once."""
    sql = f"""SELECT i.{reader.key}, i.company_id, i.currency, i.number, i.date_issue, ({_owed("i")}) * {reader.exact("i.total")},
    ({_owed("i")}) * {_by_hand(reader)}, {_owed("i")}
FROM {reader.invoice} i WHERE i.date_issue <= {reader.day("last", last)} AND {_counts(reader)} AND EXISTS (
    SELECT 1 FROM {reader.event} e WHERE e.invoice_id = i.{reader.key} AND e.status_to IN ({words(CLOSED)}))"""
    found = reader.few(sql)
    if not found:
        return {}
    keys = [row[0] for row in found]
    steps, settled = _steps(reader, found, zones=zones), _settled(reader, keys)
    return {
        key: Closable(
            company_id=company_id,
            currency=currency,
            number=number,
            issued=reader.date(issued),
            claim=reader.money(claim, currency),
            settled=[
                (reader.date(issued), reader.money(paid, currency)),
                *((day, reader.money(amount * owed, currency)) for day, amount in settled[key]),
            ],
            steps=steps[reader.document(key)],
        )
        for key, company_id, currency, number, issued, claim, paid, owed in found
    }


def _steps(reader: Reader, found: Iterable[Sequence[Any]], *, zones: Mapping[Any, str]) -> dict[Any, list[tuple[date, str]]]:
    """The steps of documents from status to status, by the calendars of their companies."""
    companies = {reader.document(row[0]): row[1] for row in found}
    events = InvoiceEvent.objects.using(reader.using).filter(invoice_id__in=list(companies)).exclude(status_to="").order_by("pk")
    steps = defaultdict(list)
    for key, at, after in events.values_list("invoice_id", "at", "status_to"):
        zone = zones.get(companies[key])
        day = timezone.localdate(at, timezone=ZoneInfo(zone) if zone else None) if timezone.is_aware(at) else at.date()
        steps[key].append((day, after))
    return steps


def _settled(reader: Reader, keys: Sequence[Any]) -> dict[Any, list[tuple[date, Any]]]:
    """What settled documents, by day, as the database adds amounts up."""
    allocation = reader.payments("Allocation")
    amount = reader.exact("a.amount")
    settled = defaultdict(list)
    reader.params |= {f"key_{index}": key for index, key in enumerate(keys)}
    placeholders = ", ".join(f"%(key_{index})s" for index in range(len(keys)))
    sql = " UNION ALL ".join(
        f"SELECT a.{column}, a.date, {amount} FROM {allocation} a WHERE a.{column} IN ({placeholders})"
        for column in ("invoice_id", "credit_note_id")
    )
    for key, day, value in reader.few(sql):
        settled[key].append((reader.date(day), value))
    return settled
