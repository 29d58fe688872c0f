"""The rows that an audit reads, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models import Min

Row = TypeVar("Row", "Held", "Voided")

PAGE = 5_000
"""Rows that are in memory at once."""


class Held(NamedTuple):
    """A sequence that a document holds."""

    counter_id: int
    sequence: int
    number: str
    number_key: str | None
    date_issue: date
    origin: str
    company_id: int | None
    status: str


class Voided(NamedTuple):
    """A sequence that was given up, and why."""

    counter_id: int
    sequence: int
    number: str
    reason: str
    actor_name: str
    voided_at: datetime


def paged(rows: models.QuerySet[Any], kind: type[Row]) -> Iterator[Row]:
    """All rows that have a sequence, by counter and sequence, a page at a time.

    Pages, because the drivers of MySQL keep the whole of a result in memory. Each is a range of the index on both, whose end no
    page has to look for from the beginning again.
    """
    numbered = rows.filter(counter__isnull=False, sequence__isnull=False)
    ordered: Any = numbered.order_by("counter_id", "sequence").values_list(*kind._fields)
    page = [kind._make(row) for row in ordered[:PAGE]]
    while page:
        counter_id, sequence = page[-1].counter_id, page[-1].sequence
        yield from (row for row in page if (row.counter_id, row.sequence) != (counter_id, sequence))
        yield from _rest(models.QuerySet(rows.model, using=rows.db).filter(counter=counter_id), kind, sequence=sequence)
        page = [kind._make(row) for row in ordered.filter(counter_id__gt=counter_id)[:PAGE]]


def _rest(rows: models.QuerySet[Any], kind: type[Row], *, sequence: int | None) -> Iterator[Row]:
    """The rows of one counter from a sequence on."""
    ordered: Any = rows.order_by("sequence").values_list(*kind._fields)
    while sequence is not None:
        end = sequence + PAGE
        yield from (kind._make(row) for row in ordered.filter(sequence__gte=sequence, sequence__lt=end))
        sequence = rows.filter(sequence__gte=end).aggregate(first=Min("sequence"))["first"]


def by_counter(rows: Iterable[Row]) -> Callable[[int], Iterator[Row]]:
    """A function that gives the rows of a counter. Ask for the counters in the order of their keys, and read each to its end."""
    groups: Iterator[tuple[int, Iterator[Row]]] = groupby(rows, key=attrgetter("counter_id"))
    waiting = next(groups, None)

    def of(counter_id: int) -> Iterator[Row]:
        nonlocal waiting
        while waiting is not None and waiting[0] < counter_id:
            waiting = next(groups, None)
        if waiting is not None and waiting[0] == counter_id:
            yield from waiting[1]
            waiting = next(groups, None)

    return of
