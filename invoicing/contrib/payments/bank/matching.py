"""Which open documents a bank entry pays: evidence with weights, a score from 0 to 100, reasons as codes.

A document that the payer names outweighs all that only looks alike: a wrong number never wins over the right one. More evidence
for a document never lowers its score; a rival that is about as good lowers both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from invoicing.contrib.payments.bank.entries import Entry
from invoicing.contrib.payments.bank.mentions import (
    compact,
    digit_runs,
    folded,
    is_sure,
    mentions,
    mentions_digits,
    mentions_reference,
    same_reference,
    tails,
    variable_symbols,
)
from invoicing.contrib.payments.bank.names import similar_names


class Reason(StrEnum):
    """A piece of evidence, or what speaks against it."""

    REFERENCE = "REFERENCE"
    VARIABLE_SYMBOL = "VARIABLE_SYMBOL"
    NUMBER = "NUMBER"
    NUMBER_DIGITS = "NUMBER_DIGITS"
    NUMBER_SHORT = "NUMBER_SHORT"
    AMOUNT = "AMOUNT"
    AMOUNT_DISCOUNTED = "AMOUNT_DISCOUNTED"
    AMOUNT_TOGETHER = "AMOUNT_TOGETHER"
    IBAN = "IBAN"
    NAME = "NAME"
    RECORDED = "RECORDED"
    AMBIGUOUS = "AMBIGUOUS"


WEIGHTS: Final[Mapping[Reason, int]] = MappingProxyType(
    {
        # By what the payer names; only the strongest of these counts.
        Reason.REFERENCE: 65,
        Reason.VARIABLE_SYMBOL: 62,
        Reason.NUMBER: 60,
        Reason.NUMBER_DIGITS: 50,
        Reason.NUMBER_SHORT: 45,
        # By the amount; one of these.
        Reason.AMOUNT: 20,
        Reason.AMOUNT_TOGETHER: 20,
        Reason.AMOUNT_DISCOUNTED: 18,
        # By who pays. All that is not a name of the document is less than the weakest name of it.
        Reason.IBAN: 12,
        Reason.NAME: 8,
        # A payment that waits to be seen on the account comes before the document that it is for.
        Reason.RECORDED: 3,
    }
)
NAMING: Final = (Reason.REFERENCE, Reason.VARIABLE_SYMBOL, Reason.NUMBER, Reason.NUMBER_DIGITS, Reason.NUMBER_SHORT)
SURE: Final = frozenset({Reason.REFERENCE, Reason.VARIABLE_SYMBOL, Reason.NUMBER})
"""A document that is named like this keeps weaker names from counting for others: they are mostly parts of its own."""

RIVAL_MARGIN: Final = 10
RIVAL_PENALTY: Final = 20
LOWEST: Final = 10
MOST_PROPOSALS: Final = 5
MOST_ALIKE: Final = 100
"""Items of one amount above which the amount alone says nothing: all of them would be rivals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItem:
    """What an entry may settle: an open document, or a payment that was recorded and waits to be seen on the account.

    `open` is positive, in the currency of the account. `discounted` is what settles it until `discount_until`. `recorded_for` is the
    key of the document that a recorded payment is for.
    """

    key: Hashable
    open: Decimal
    number: str = ""
    reference: str = ""
    variable_symbol: str = ""
    discounted: Decimal | None = None
    discount_until: date | None = None
    names: tuple[str, ...] = ()
    ibans: frozenset[str] = frozenset()
    is_recorded: bool = False
    recorded_for: Hashable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A proposal: what the entry pays, with the amount of each, how sure that is, and why."""

    amounts: tuple[tuple[Any, Decimal], ...]
    score: int
    reasons: tuple[Reason, ...]

    @property
    def keys(self) -> frozenset[Hashable]:
        """What it pays."""
        return frozenset(key for key, _amount in self.amounts)

    @property
    def is_ambiguous(self) -> bool:
        """Whether another proposal is about as good."""
        return Reason.AMBIGUOUS in self.reasons


class OpenItems:
    """Everything that is open in one currency and direction, found again by what an entry may say of it."""

    def __init__(self, items: Iterable[OpenItem]) -> None:
        self._items: dict[Hashable, OpenItem] = {}
        self._by: defaultdict[tuple[str, Hashable], dict[Hashable, None]] = defaultdict(dict)
        self._places: dict[Hashable, int] = {}
        for place, item in enumerate(items):
            self._items[item.key] = item
            self._places[item.key] = place
            for clue in _clues_of_item(item):
                self._by[clue][item.key] = None

    def possible(self, entry: Entry, said: str) -> list[OpenItem]:
        """The items that some evidence can be found for."""
        alike = self._by.get(("amount", abs(entry.amount)), {})
        keys = set(alike) if len(alike) <= MOST_ALIKE else set()
        for clue in _clues_of_entry(entry, said):
            keys |= self._by.get(clue, {}).keys()
        # In their own order, whatever the clues are: the same file gives the same proposals.
        return [self._items[key] for key in sorted(keys, key=self._places.__getitem__)]


def match(entry: Entry, items: OpenItems) -> list[Match]:
    """Proposals for an entry, the best first."""
    said = words_of(entry)
    evidence = {item: _evidence(entry, said, item) for item in items.possible(entry, said)}
    evidence = _surest(evidence)
    candidates = [_single(entry, item, found) for item, found in evidence.items() if found]
    together = _together(entry, {item: found for item, found in evidence.items() if SURE & set(found)})
    if together:
        candidates.append(together)
    same = {frozenset({item.key, item.recorded_for}) for item in evidence if item.is_recorded}
    candidates.sort(key=lambda found: -found.score)
    weighed = [_weighed(candidate, candidates, same=same) for candidate in candidates]
    worth = [candidate for candidate in weighed if candidate.score >= LOWEST]
    return sorted(worth, key=lambda found: (-found.score, str(found.amounts)))[:MOST_PROPOSALS]


def words_of(entry: Entry) -> str:
    """All that the payer may have named a document in, folded; a line each."""
    return "\n".join(folded(text) for text in (entry.text, entry.end_to_end_id, entry.creditor_reference) if text)


def score_of(reasons: Iterable[Reason]) -> int:
    """What evidence comes to, before rivals: at most 100."""
    return min(100, sum(WEIGHTS.get(reason, 0) for reason in reasons))


def _evidence(entry: Entry, said: str, item: OpenItem) -> tuple[Reason, ...]:
    found = (
        _named(entry, said, item),
        _amount_reason(entry, item),
        Reason.IBAN if entry.iban and entry.iban in item.ibans else None,
        Reason.NAME if entry.counterparty and any(similar_names(entry.counterparty, name) for name in item.names) else None,
    )
    reasons = tuple(reason for reason in found if reason)
    return (*reasons, Reason.RECORDED) if reasons and item.is_recorded else reasons


def _surest(evidence: Mapping[OpenItem, tuple[Reason, ...]]) -> dict[OpenItem, tuple[Reason, ...]]:
    """The evidence without names that are parts of a better one: 2026/14 where RE-2026/14 is open, too, and is what the text says."""
    is_sure_of_one = any(SURE & set(found) for found in evidence.values())
    written = [compact(item.number) for item, found in evidence.items() if Reason.NUMBER in found]
    surest: dict[OpenItem, tuple[Reason, ...]] = {}
    for item, found in evidence.items():
        number = compact(item.number)
        is_part = Reason.NUMBER in found and any(number in other and number != other for other in written)
        dropped = {Reason.NUMBER} if is_part else set()
        if is_sure_of_one:
            dropped |= set(NAMING) - SURE
        surest[item] = tuple(reason for reason in found if reason not in dropped)
    return surest


def _named(entry: Entry, said: str, item: OpenItem) -> Reason | None:
    """The strongest way in which an entry names an item."""
    if item.reference and (
        same_reference(item.reference, entry.creditor_reference)
        or same_reference(item.reference, entry.end_to_end_id)
        or mentions_reference(said, item.reference)
    ):
        return Reason.REFERENCE
    symbol = item.variable_symbol.lstrip("0")
    if symbol and (symbol == entry.variable_symbol.lstrip("0") or symbol in variable_symbols(said)):
        return Reason.VARIABLE_SYMBOL
    if symbol and is_sure(symbol) and mentions(said, symbol):
        return Reason.VARIABLE_SYMBOL
    if item.number and mentions(said, item.number):
        return Reason.NUMBER if is_sure(item.number) else Reason.NUMBER_SHORT
    return Reason.NUMBER_DIGITS if item.number and mentions_digits(said, item.number) else None


def _amount_reason(entry: Entry, item: OpenItem) -> Reason | None:
    paid = abs(entry.amount)
    if paid == item.open:
        return Reason.AMOUNT
    return Reason.AMOUNT_DISCOUNTED if _is_discounted(entry, item) and paid == item.discounted else None


def _is_discounted(entry: Entry, item: OpenItem) -> bool:
    return item.discounted is not None and item.discount_until is not None and entry.date <= item.discount_until


def _single(entry: Entry, item: OpenItem, reasons: tuple[Reason, ...]) -> Match:
    return Match(amounts=((item.key, min(abs(entry.amount), item.open)),), score=score_of(reasons), reasons=reasons)


def _together(entry: Entry, evidence: Mapping[OpenItem, tuple[Reason, ...]]) -> Match | None:
    """All items that the payer names, where they come to the amount, each in full or less its discount."""
    if len(evidence) < 2:
        return None
    paid = abs(entry.amount)
    in_full = {item: item.open for item in evidence}
    discounted = {item: item.discounted if item.discounted is not None and _is_discounted(entry, item) else item.open for item in evidence}
    for amounts in (in_full, discounted):
        if sum(amounts.values()) == paid:
            shared = set.intersection(*(set(found) for found in evidence.values())) - {Reason.AMOUNT, Reason.AMOUNT_DISCOUNTED}
            weakest = max((reason for found in evidence.values() for reason in found if reason in SURE), key=NAMING.index)
            reasons = (weakest, Reason.AMOUNT_TOGETHER, *(reason for reason in (Reason.IBAN, Reason.NAME) if reason in shared))
            return Match(amounts=tuple((item.key, amount) for item, amount in amounts.items()), score=score_of(reasons), reasons=reasons)
    return None


def _weighed(candidate: Match, candidates: Sequence[Match], *, same: Collection[frozenset[Hashable | None]]) -> Match:
    """The candidate, lowered where another one is about as good or better; `candidates` are in order, the best first.

    What it is a part of, or holds, is no rival, nor are a recorded payment and the document that it is for (`same`).
    """
    for other in candidates:
        if other.score < candidate.score - RIVAL_MARGIN:
            break
        is_related = candidate.keys <= other.keys or other.keys <= candidate.keys or candidate.keys | other.keys in same
        if not is_related:
            score = max(0, candidate.score - RIVAL_PENALTY)
            return Match(amounts=candidate.amounts, score=score, reasons=(*candidate.reasons, Reason.AMBIGUOUS))
    return candidate


def _clues_of_item(item: OpenItem) -> Iterator[tuple[str, Hashable]]:
    yield "amount", item.open
    if item.discounted is not None:
        yield "amount", item.discounted
    yield from (("iban", iban) for iban in item.ibans)
    yield from (("digits", tail) for tail in tails(item.number))
    if item.variable_symbol:
        yield "digits", item.variable_symbol.lstrip("0")
        yield "digits", item.variable_symbol
    if item.reference:
        yield "reference", compact(item.reference)
        yield "reference", compact(item.reference).lstrip("0")
        yield from (("digits", tail) for tail in tails(item.reference))
        yield "digits", compact(item.reference)[-4:]


def _clues_of_entry(entry: Entry, said: str) -> Iterator[tuple[str, Hashable]]:
    yield "iban", entry.iban
    if entry.variable_symbol:
        yield "digits", entry.variable_symbol.lstrip("0")
    for run in digit_runs(said):
        yield "digits", run
        yield "digits", run.lstrip("0")
    for reference in (entry.creditor_reference, entry.end_to_end_id):
        yield "reference", compact(reference)
        yield "reference", compact(reference).lstrip("0")
