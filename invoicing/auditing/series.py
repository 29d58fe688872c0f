"""One counter, audited sequence by sequence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Generic, TypeVar

from invoicing.auditing.findings import (
    LISTED,
    CounterAudit,
    Duplicate,
    Finding,
    Gap,
    Listing,
    Misplaced,
    OutOfOrder,
    VoidedEntry,
    VoidedInUse,
    WrongKey,
)
from invoicing.auditing.rows import Held, Voided
from invoicing.conf import conf
from invoicing.domain.choices import Origin, Status
from invoicing.domain.number_key import number_key
from invoicing.models import Counter

T = TypeVar("T")

OF_SERIES = (
    Finding.GAPS,
    Finding.DUPLICATES,
    Finding.VOIDED_IN_USE,
    Finding.OUT_OF_ORDER,
    Finding.WRONG_KEYS,
    Finding.MISPLACED,
)
"""What is listed counter by counter."""


def audit_counter(counter: Counter, *, held: Iterable[Held], voided: Iterable[Voided]) -> CounterAudit:
    """Audit one counter; both kinds of rows come in the order of their sequences."""
    series = _Series(counter)
    rows_by_sequence: Iterator[Held | Voided] = merge(held, voided, key=attrgetter("sequence"))
    for sequence, rows in groupby(rows_by_sequence, key=attrgetter("sequence")):
        series.add(sequence, list(rows))
    return series.audit()


class _Gathered(Generic[T]):
    """A listing that is being written."""

    def __init__(self) -> None:
        self.total = 0
        self.first: list[T] = []

    def add(self, finding: T) -> None:
        self.total += 1
        if len(self.first) < LISTED:
            self.first.append(finding)

    def listing(self) -> Listing[T]:
        return Listing(total=self.total, listed=tuple(self.first))


class _Series:
    """A counter whose sequences pass by, one by one."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.first: int | None = None
        self.last: int | None = None
        self.count = self.missing = 0
        self.gaps = _Gathered[Gap]()
        self.duplicates = _Gathered[Duplicate]()
        self.voided = _Gathered[VoidedEntry]()
        self.voided_in_use = _Gathered[VoidedInUse]()
        self.out_of_order = _Gathered[OutOfOrder]()
        self.wrong_keys = _Gathered[WrongKey]()
        self.misplaced = _Gathered[Misplaced]()
        self._latest: Held | None = None

    def add(self, sequence: int, rows: list[Held | Voided]) -> None:
        """Take in all that stands at one sequence."""
        if self.first is None:
            self.first = sequence
        if self.last is not None and sequence > self.last + 1:
            self.gaps.add(Gap(first=self.last + 1, last=sequence - 1))
            self.missing += sequence - self.last - 1
        self.last = sequence
        held = [row for row in rows if isinstance(row, Held)]
        for document in held:
            self._add_held(document)
        if len(held) > 1:
            self.duplicates.add(Duplicate(sequence=sequence, numbers=tuple(document.number for document in held[:LISTED])))
        for row in rows:
            if isinstance(row, Voided):
                self._add_voided(row, held)

    def _add_held(self, row: Held) -> None:
        self.count += 1
        is_issued = row.origin == Origin.ISSUED
        if row.company_id != self.counter.company_id:
            self.misplaced.add(Misplaced(sequence=row.sequence, number=row.number, company_id=row.company_id))
        # A received document keeps its supplier's number, which may recur.
        key = number_key(row.number, company_id=row.company_id) if is_issued and row.number else None
        if row.number_key != key:
            self.wrong_keys.add(WrongKey(sequence=row.sequence, number=row.number, number_key=row.number_key, expected=key))
        if not is_issued:
            return
        before, self._latest = self._latest, row
        if before is not None and row.date_issue < before.date_issue:
            pair = OutOfOrder(number=before.number, date_issue=before.date_issue, later_number=row.number, later_date_issue=row.date_issue)
            self.out_of_order.add(pair)

    def _add_voided(self, row: Voided, held: Iterable[Held]) -> None:
        self.voided.add(
            VoidedEntry(sequence=row.sequence, number=row.number, reason=row.reason, actor_name=row.actor_name, voided_at=row.voided_at)
        )
        for document in held:
            if document.status != Status.CANCELED:
                self.voided_in_use.add(
                    VoidedInUse(sequence=row.sequence, number=document.number, status=document.status, reason=row.reason)
                )

    def audit(self) -> CounterAudit:
        """What came out, when all have passed."""
        counter, company = self.counter, self.counter.company
        return CounterAudit(
            counter=counter.key,
            company_id=counter.company_id,
            company=(company.code or company.name) if company else "",
            series=counter.series,
            type=counter.type,
            period=counter.period,
            value=counter.value,
            first=self.first,
            last=self.last,
            count=self.count,
            missing=self.missing,
            gaps=self.gaps.listing(),
            duplicates=self.duplicates.listing(),
            voided=self.voided.listing(),
            voided_in_use=self.voided_in_use.listing(),
            out_of_order=self.out_of_order.listing(),
            wrong_keys=self.wrong_keys.listing(),
            misplaced=self.misplaced.listing(),
            unexplained=tuple(self._unexplained()),
        )

    def _unexplained(self) -> Iterator[Finding]:
        # A generator of the host's leaves out what it wants; dates need an order only where the host says so.
        allowed = {Finding.GAPS: bool(conf.sequence_generator), Finding.OUT_OF_ORDER: not conf.chronological}
        yield from (finding for finding in OF_SERIES if getattr(self, finding).total and not allowed.get(finding))
        if self.last is not None and self.counter.value < self.last:
            yield Finding.VALUE_BEHIND
        # A counter begins below its first sequence, and stays there until one is taken.
        if self.counter.value > (self.last or 0) and self.counter.value != conf.number_start_from - 1:
            yield Finding.VALUE_AHEAD
