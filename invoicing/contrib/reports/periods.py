"""Periods: a month, a quarter, a year or a fiscal year, as its first and its last day."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from invoicing.domain.counters import fiscal_year
from invoicing.exceptions import InvalidDataError

WRITTEN = re.compile(r"(?P<year>[0-9]{4})(?:-(?:(?P<month>[0-9]{1,2})|[Qq](?P<quarter>[1-4])))?|[Ff][Yy](?P<fiscal>[0-9]{4})")
"""2026, 2026-10, 2026-Q3, FY2026."""


EARLIEST, LATEST = date(1900, 1, 1), date(9998, 12, 31)
"""The days that people may ask for: before and after them, calendars end."""


class Span(StrEnum):
    """How long the periods are that figures are put together in."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


def month(year: int, number: int) -> Period:
    """A month. Raises InvalidDataError on `period` where there is no such month."""
    return _months(year, number, 1)


def quarter(year: int, number: int) -> Period:
    """A quarter of a calendar year, 1 to 4."""
    if number not in range(1, 5):
        raise InvalidDataError({"period": [_("There is no quarter {number}: use 1 to 4.").format(number=number)]})
    return _months(year, number * 3 - 2, 3)


def year(number: int) -> Period:
    """A calendar year."""
    return _months(number, 1, 12)


def fiscal(number: int, *, start: int) -> Period:
    """The fiscal year that begins in the calendar year `number`; `start` is the month (1–12) it starts in."""
    fiscal_year(date(2000, 1, 1), start=start)  # It says what is wrong with the month.
    return _months(number, start, 12)


def read_period(text: str, *, fiscal_year_start: int = 1) -> Period:
    """The period that is written as 2026-10, 2026-Q3, 2026 or FY2026. Raises InvalidDataError on `period`."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        raise InvalidDataError({"period": [_("“{text}” is no period: write 2026-10, 2026-Q3, 2026 or FY2026.").format(text=text[:40])]})
    if found["fiscal"]:
        return fiscal(int(found["fiscal"]), start=fiscal_year_start)
    if found["quarter"]:
        return quarter(int(found["year"]), int(found["quarter"]))
    return month(int(found["year"]), int(found["month"])) if found["month"] else year(int(found["year"]))


def first_day(day: date, *, span: Span, beginning: date) -> date:
    """The first day of the period of that length which a day falls in; `beginning` where all days are one period."""
    if span == Span.WHOLE:
        return beginning
    months = {Span.MONTH: day.month, Span.QUARTER: day.month - (day.month - 1) % 3, Span.YEAR: 1}
    return date(day.year, months[span], 1)


def _months(year: int, first: int, count: int) -> Period:
    last_year, last = divmod(year * 12 + first - 1 + count - 1, 12)
    try:
        return Period(date(year, first, 1), date(last_year, last + 1, monthrange(last_year, last + 1)[1]))
    except ValueError as error:
        raise InvalidDataError({"period": [_("There is no month {number} of {year}.").format(number=first, year=year)]}) from error
