"""Dunning: which level of reminders is due for an invoice on a day. Pure: facts in, decision out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A level as far as its place in time goes: so many days after the due date (negative: before it).

    `min_gap` is how many days must have passed since the last reminder of the same invoice. `key` tells levels apart.
    """

    key: Any
    days: int
    min_gap: int = 0

    def begins_on(self, date_due: date) -> date:
        """The first day on which the level may go out."""
        return date_due + timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A reminder that went out: of which level, how many days after the due date that level stood then, and on which day."""

    key: Any
    days: int
    on: date


def due_step(steps: Iterable[Step], *, date_due: date, on: date, sent: Sequence[Sent] = (), is_paused: bool = False) -> Step | None:
    """The level that is to go out on a day, or None.

    Of several that are due at once it is the last one: those before it are passed over for good, as each level goes out at most
    once and none after a later one. A level before the due date does not go out once the invoice is overdue. While the last
    reminder is younger than the level's `min_gap`, nothing goes out, an earlier level neither.
    """
    if is_paused or any(reminder.on > on for reminder in sent):
        return None
    used, reached = {reminder.key for reminder in sent}, max((reminder.days for reminder in sent), default=None)
    begun = [
        step
        for step in steps
        if step.begins_on(date_due) <= on
        and not (step.days < 0 and date_due < on)
        and step.key not in used
        and (reached is None or step.days > reached)
    ]
    if not begun:
        return None
    latest = max(begun, key=lambda step: step.days)
    return latest if all((on - reminder.on).days >= latest.min_gap for reminder in sent) else None
