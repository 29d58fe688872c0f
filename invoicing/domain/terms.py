"""Payment terms: from the day of issue to the day on which payment is due (BT-9)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from invoicing.exceptions import InvalidDataError


def due_date(date_issue: date, *, days: int = 0, months: int = 0, end_of_month: bool = False, day_of_month: int | None = None) -> date:
    """Add months, then days, then move forward to the end of that month and to a fixed day, as far as the term asks for each.

    A month too short ends on its last day: 31 January plus one month is 28 or 29 February, and `day_of_month=31` is 30 April.
    `day_of_month` means the first such day on or after the date reached, so that "30 days, end of month, on the 10th" falls on the 10th of
    the month after.
    Raises InvalidDataError on `days`, `months` or `day_of_month`.
    """
    _check(days=days, months=months, day_of_month=day_of_month)
    try:
        day = date_issue + relativedelta(months=months) + timedelta(days=days)
        if end_of_month:
            day = _in_month(day, 31)
        if day_of_month is None:
            return day
        candidate = _in_month(day, day_of_month)
        return candidate if candidate >= day else _in_month(day + relativedelta(months=1), day_of_month)
    except (OverflowError, ValueError):
        raise InvalidDataError({"days": [_("The due date would lie after the year 9999: use a shorter term.")]}) from None


def discount_day(date_issue: date, *, days: int, date_due: date) -> date:
    """The last day to pay with a discount that lasts for some days, and never longer than the time to pay."""
    return date_issue + timedelta(days=min(days, (date_due - date_issue).days))


def _check(*, days: int, months: int, day_of_month: int | None) -> None:
    negative = _("A payment term cannot be negative: use 0 or more.")
    errors = {name: [negative] for name, value in (("days", days), ("months", months)) if value < 0}
    if day_of_month is not None and day_of_month not in range(1, 32):
        text = _("%(day)s is not a day of a month: use 1 to 31, where 31 is the last day of every month.")
        errors["day_of_month"] = [text % {"day": day_of_month}]
    if errors:
        raise InvalidDataError(errors)


def _in_month(day: date, number: int) -> date:
    """The day of that number in the same month, or the month's last."""
    return day.replace(day=min(number, monthrange(day.year, day.month)[1]))
