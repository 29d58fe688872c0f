"""Buckets of an ageing report: for how many days something has been due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from invoicing.exceptions import InvalidDataError

USUAL_LIMITS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Bucket:
    """From so many days overdue to so many, both included; without an end on one side where there is none."""

    low: int | None
    high: int | None

    @property
    def title(self) -> str:
        """What people call it."""
        if self.low is None:
            return _("Not due")
        if self.high is None:
            return _("Over {days} days").format(days=self.low - 1)
        return _("{low}–{high} days").format(low=self.low, high=self.high)

    @property
    def name(self) -> str:
        """What programs call it: not_due, days_1_30, over_90."""
        if self.low is None:
            return "not_due"
        return f"over_{self.low - 1}" if self.high is None else f"days_{self.low}_{self.high}"

    def holds(self, days: int) -> bool:
        """Whether something that is overdue by so many days is in it; negative days are still to come."""
        return (self.low is None or days >= self.low) and (self.high is None or days <= self.high)

    def due_dates(self, on: date) -> tuple[date | None, date | None]:
        """The first and the last due date that are in it on a day."""
        return (
            None if self.high is None else on - timedelta(days=self.high),
            None if self.low is None else on - timedelta(days=self.low),
        )


def buckets(limits: Sequence[int] = USUAL_LIMITS) -> tuple[Bucket, ...]:
    """Not due, then up to each limit, then over the last one. Raises InvalidDataError on `limits` unless they rise from 1 on."""
    rising = [0, *limits]
    if not limits or any(after <= before for before, after in pairwise(rising)):
        raise InvalidDataError({"limits": [_("Give days that rise, such as 30, 60, 90.")]})
    aged = [Bucket(before + 1, after) for before, after in pairwise(rising)]
    return (Bucket(None, 0), *aged, Bucket(limits[-1] + 1, None))
