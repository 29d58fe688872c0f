"""Interest for late payment: simple interest by the day, at rates that change on certain days.

Day count: actual days over the actual length of the calendar year, 365 or 366 (ISDA “actual/actual”). The laws name a rate *a
year* (Directive 2011/7/EU, Art. 2 points 5 and 6; § 288 BGB: “für das Jahr”), so a whole year costs the yearly rate, in a leap year
too. The first day of interest is the day after the due date (Art. 3(3)), the last one counts in full. There is no interest on interest.
"""

from __future__ import annotations

import csv
from calendar import isleap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError

BUSINESS: Final = "BUSINESS"
CONSUMER: Final = "CONSUMER"

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedRate:
    """A rate in percent a year, in force from a day on until that of the next one."""

    rate: Decimal
    valid_from: date
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The interest of days on end at one rate in one calendar year, first and last day included; its amount is exact."""

    first: date
    last: date
    rate: DatedRate
    exact: Fraction

    @property
    def days(self) -> int:
        """How many days it is for."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What late payment costs, rounded once, and how it came about."""

    amount: Decimal
    parts: tuple[Part, ...]

    @property
    def days(self) -> int:
        """How many days it is for."""
        return sum(part.days for part in self.parts)


def late_interest(amount: Decimal, *, rates: Sequence[DatedRate], after: date, until: date, currency: str) -> Interest:
    """The interest on an amount from the day after `after` to `until`, that day included.

    The last rate holds for all days after it. Raises InvalidDataError for days before the first one.
    """
    parts = tuple(_parts(amount, rates=sorted(rates, key=lambda rate: rate.valid_from), after=after, until=until))
    exact = sum((part.exact for part in parts), Fraction(0))
    with localcontext() as context:
        context.prec = 60
        rounded = quantise(Decimal(exact.numerator) / Decimal(exact.denominator), currency)
    return Interest(amount=rounded, parts=parts)


def fixed_rate(rate: Decimal) -> tuple[DatedRate, ...]:
    """A rate that was agreed on, and never changes."""
    return (DatedRate(rate=rate, valid_from=date.min),)


def legal_rates(country: str, *, is_business: bool) -> tuple[DatedRate, ...]:
    """The rates that the law of a country sets for a late debtor, business or consumer, oldest first; none where none are known.

    Each carries the day from which it is in force and its source: the law, and who published the reference rate.
    """
    return _legal_rates(country, BUSINESS if is_business else CONSUMER)


def _parts(amount: Decimal, *, rates: Sequence[DatedRate], after: date, until: date) -> Iterator[Part]:
    first = after + ONE_DAY
    if first > until:
        return
    if not rates or first < rates[0].valid_from:
        known = rates[0].valid_from if rates else "–"
        raise InvalidDataError({"interest": [_("Rates are known from {known} on, not for {day}.").format(known=known, day=first)]})
    for start, end in pairwise(_cuts(rates, first=first, until=until)):
        rate = [row for row in rates if row.valid_from <= start][-1]
        days = (end - start).days
        exact = Fraction(amount) * Fraction(rate.rate) / 100 * days / (366 if isleap(start.year) else 365)
        yield Part(first=start, last=end - ONE_DAY, rate=rate, exact=exact)


def _cuts(rates: Sequence[DatedRate], *, first: date, until: date) -> list[date]:
    """The days on which a part begins, and the day after the last one: rates change, and a year begins."""
    changes = {row.valid_from for row in rates} | {date(year, 1, 1) for year in range(first.year, until.year + 1)}
    return [first, *sorted(day for day in changes if first < day <= until), until + ONE_DAY]


# The data files


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a law says: so many points above a reference rate, or above nothing, from a day on."""

    reference: str
    points: Decimal
    valid_from: date
    source: str


@cache
def _legal_rates(country: str, debtor: str) -> tuple[DatedRate, ...]:
    rules = _rules().get((country, debtor), ())
    found: dict[date, DatedRate] = {}
    for place, rule in enumerate(rules):
        end = rules[place + 1].valid_from if place + 1 < len(rules) else date.max
        if not rule.reference:
            found[rule.valid_from] = DatedRate(rate=rule.points, valid_from=rule.valid_from, source=rule.source)
        for row in _references()[rule.reference] if rule.reference else ():
            begin = max(row.valid_from, rule.valid_from)
            if begin < end:
                # Of the rows before the rule the last one is in force when it begins.
                found[begin] = DatedRate(rate=row.rate + rule.points, valid_from=begin, source=f"{rule.source}; {row.source}")
    return tuple(found[day] for day in sorted(found))


@cache
def _rules() -> Mapping[tuple[str, str], Sequence[_Rule]]:
    rules: dict[tuple[str, str], list[_Rule]] = {}
    for line in _lines("laws"):
        rule = _Rule(
            reference=line["reference"],
            points=Decimal(line["points"]),
            valid_from=date.fromisoformat(line["valid_from"]),
            source=line["source"],
        )
        rules.setdefault((line["country"], line["debtor"]), []).append(rule)
    return {key: sorted(found, key=lambda rule: rule.valid_from) for key, found in rules.items()}


@cache
def _references() -> Mapping[str, Sequence[DatedRate]]:
    rows: dict[str, list[DatedRate]] = {}
    for line in _lines("references"):
        row = DatedRate(rate=Decimal(line["rate"]), valid_from=date.fromisoformat(line["valid_from"]), source=line["source"])
        rows.setdefault(line["reference"], []).append(row)
    return {name: sorted(found, key=lambda row: row.valid_from) for name, found in rows.items()}


def _lines(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / "rates" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
