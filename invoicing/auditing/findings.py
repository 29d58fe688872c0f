"""What an audit finds: plain values, each kind with a name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

LISTED = 100
"""Findings of a kind that are listed; the others are counted."""


class Finding(StrEnum):
    """What may be wrong. The value is the key under which an audit lists it, or what the counter's value says."""

    GAPS = "gaps"
    DUPLICATES = "duplicates"
    VOIDED_IN_USE = "voided_in_use"
    OUT_OF_ORDER = "out_of_order"
    WRONG_KEYS = "wrong_keys"
    MISPLACED = "misplaced"
    VALUE_BEHIND = "value_behind"
    VALUE_AHEAD = "value_ahead"
    UNNUMBERED = "unnumbered"
    REPEATED_NUMBERS = "repeated_numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[T]):
    """All findings of a kind: how many there are, and the first hundred."""

    total: int
    listed: tuple[T, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Sequences, from first to last, that neither a document nor the register of voided numbers holds."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A sequence that several documents hold, with their numbers."""

    sequence: int
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedEntry:
    """An entry of the register of voided numbers."""

    sequence: int
    number: str
    reason: str
    actor_name: str
    voided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedInUse:
    """A sequence that is called voided, and that a document holds which is not canceled."""

    sequence: int
    number: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfOrder:
    """Two neighbours in a series: the later number has the earlier issue date."""

    number: str
    date_issue: date
    later_number: str
    later_date_issue: date


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongKey:
    """A document whose key, which keeps numbers unique, is not the key of its number."""

    sequence: int
    number: str
    number_key: str | None
    expected: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A document of one company that is counted by another's counter."""

    sequence: int
    number: str
    company_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unnumbered:
    """A document that should have its place in a series and lacks counter, sequence or number."""

    uuid: str
    origin: str
    status: str
    date_issue: date
    company_id: int | None
    counter: str
    sequence: int | None
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedNumber:
    """A number that several documents of a company hold, by its key."""

    number_key: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterAudit:
    """One counter: `first` and `last` are sequences, held or voided; `count` are documents, `missing` sequences in gaps."""

    counter: str
    company_id: int | None
    company: str
    series: str
    type: str
    period: str
    value: int
    first: int | None
    last: int | None
    count: int
    missing: int
    gaps: Listing[Gap]
    duplicates: Listing[Duplicate]
    voided: Listing[VoidedEntry]
    voided_in_use: Listing[VoidedInUse]
    out_of_order: Listing[OutOfOrder]
    wrong_keys: Listing[WrongKey]
    misplaced: Listing[Misplaced]
    unexplained: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """All counters, and what stands in none."""

    counters: tuple[CounterAudit, ...]
    unnumbered: Listing[Unnumbered]
    repeated_numbers: Listing[RepeatedNumber]
    unexplained: tuple[Finding, ...]

    @property
    def is_explained(self) -> bool:
        """Whether there is nothing that somebody has to explain or mend."""
        return not self.unexplained and not any(counter.unexplained for counter in self.counters)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, by the names of the fields."""
        return {"is_explained": self.is_explained, **asdict(self)}
