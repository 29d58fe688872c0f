"""Counters: within a scope – company, series, type and period – invoices are numbered 1, 2, 3 …, and a new period starts anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from invoicing.domain.choices import CounterPeriod
from invoicing.domain.keys import encoded, shortened
from invoicing.exceptions import InvalidDataError


def fiscal_year(day: date, *, start: int) -> int:
    """The fiscal year of a day, named by the calendar year in which it starts; `start` is the month (1–12) it starts in.

    With a start in April, 31 March 2027 belongs to 2026 and 1 April 2027 to 2027. Raises InvalidDataError on `fiscal_year_start`.
    """
    if start not in range(1, 13):
        text = _("%(start)s is not a month: use 1 (January) to 12 (December).") % {"start": start}
        raise InvalidDataError({"fiscal_year_start": [text]})
    return day.year if day.month >= start else day.year - 1


def period_key(period: CounterPeriod | str, day: date, *, fiscal_year_start: int = 1) -> str:
    """Name the period of a counter that a day falls in.

    DAILY 2026-11-21, MONTHLY 2026-11, YEARLY 2026, FISCAL_YEAR FY2026 (see `fiscal_year`), INFINITE nothing. Raises InvalidDataError on
    `counter_period` if there is no such period.
    """
    match known_period(period):
        case CounterPeriod.DAILY:
            return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
        case CounterPeriod.MONTHLY:
            return f"{day.year:04d}-{day.month:02d}"
        case CounterPeriod.YEARLY:
            return f"{day.year:04d}"
        case CounterPeriod.FISCAL_YEAR:
            return f"FY{fiscal_year(day, start=fiscal_year_start):04d}"
        case CounterPeriod.INFINITE:
            return ""


def known_period(period: CounterPeriod | str) -> CounterPeriod:
    """The period of this name. Raises InvalidDataError on `counter_period`."""
    try:
        return CounterPeriod(period)
    except ValueError:
        text = _("“%(period)s” is not a counter period: use one of %(periods)s.")
        text %= {"period": str(period)[:40], "periods": ", ".join(CounterPeriod.values)}
        raise InvalidDataError({"counter_period": [text]}) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterScope:
    """Whose numbers one counter counts.

    `series` is the origin (ISSUED or RECEIVED), followed by a prefix where a company keeps several series; `type` is empty where all types
    share a counter; `period` is a `period_key`.
    """

    company_id: int | None
    series: str
    type: str
    period: str

    @property
    def key(self) -> str:
        """One text of at most 191 characters for the scope, such as 7|ISSUED|INVOICE|2026. No two scopes share one.

        Everything but capital letters, digits, - and _ is percent-encoded, so keys also stay apart in databases that compare without case
        or accents. A key that gets too long ends in the SHA-256 of the whole, after a # that no other key has.
        """
        company = "" if self.company_id is None else str(self.company_id)
        whole = "|".join([company, *(encoded(part) for part in (self.series, self.type, self.period))])
        return shortened(whole)
