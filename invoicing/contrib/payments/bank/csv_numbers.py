"""Amounts and days as banks write them, read only where there is one way to read them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.entries import checked_amount
from invoicing.contrib.payments.bank.exceptions import CsvUnclearError, StatementRefusedError

GROUPING: Final = re.compile(r"[\s'’]")
NUMBER: Final = re.compile(r"(?P<before>[+-]?)(?P<digits>[0-9][0-9.,]*|[.,][0-9]+)(?P<after>[+-]?)")
CURRENCY: Final = re.compile(r"(?:[A-Z]{3}|€|\$|£|Kč|zł)")
MARKS: Final = (",", ".")

ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
PARTED_DAY: Final = re.compile(r"([0-9]{1,2})(?P<mark>[./-])\s?([0-9]{1,2})(?P=mark)\s?([0-9]{4}|[0-9]{2})(?:[T ,].*)?")
DAY_FORMATS: Final = ("DMY", "MDY")

Cell = tuple[str, str]
"""What is written, and its place in the file."""


def decimal_mark(cells: Iterable[Cell], *, given: str = "") -> str:
    """Comma or point: as given, or as the amounts themselves show. Raises CsvUnclearError where they leave it open."""
    if given:
        return given
    shown: dict[str, str] = {}
    unclear = ""
    for text, place in cells:
        digits = _digits(text)
        if not any(mark in digits for mark in MARKS):
            continue
        mark = _shown_mark(digits)
        if mark:
            shown.setdefault(mark, place)
        else:
            unclear = unclear or place
    if len(shown) == 1:
        return next(iter(shown))
    if shown:
        first, second = shown.values()
        reason = _("a comma divides cents in {comma}, a point in {point}: set csv_columns['decimal_mark'], or mend the file.")
        text = reason.format(comma=shown[","], point=shown["."])
        raise CsvUnclearError(place=second or first, reason=text, missing="decimal_mark")
    if unclear:
        reason = _("it is not clear whether comma or point divides cents or thousands: set csv_columns['decimal_mark'] to ',' or '.'.")
        raise CsvUnclearError(place=unclear, reason=reason, missing="decimal_mark")
    return "."


def read_amount(text: str, *, mark: str, place: str) -> Decimal:
    """The amount of a cell with its sign. Raises StatementRefusedError."""
    grouping = "." if mark == "," else ","
    found = NUMBER.fullmatch(_digits(text))
    digits = found["digits"] if found else ""
    whole, _mark, cents = digits.partition(mark)
    groups = whole.split(grouping)
    is_grouped = len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    is_one_number = grouping not in cents and mark not in cents and is_grouped
    if found is None or not is_one_number or (found["before"] and found["after"]):
        reason = _("“{value}” is no amount with “{mark}” before the cents.").format(value=text[:40], mark=mark)
        raise StatementRefusedError(place=place, reason=reason)
    amount = Decimal(f"{''.join(groups) or '0'}.{cents or '0'}")
    return checked_amount(-amount if "-" in (found["before"], found["after"]) else amount, place=place)


def day_format(cells: Iterable[Cell], *, given: str = "") -> str:
    """DMY or MDY: as given, or as the days themselves show. Raises CsvUnclearError where they leave it open."""
    if given:
        return given
    unclear, shown = "", {"DMY": "", "MDY": ""}
    for text, place in cells:
        found = PARTED_DAY.fullmatch(text.strip())
        if not found:
            continue
        first, second = int(found[1]), int(found[3])
        if found["mark"] == "." or first > 12:  # no country writes months with points
            shown["DMY"] = shown["DMY"] or place
        elif second > 12:
            shown["MDY"] = shown["MDY"] or place
        elif first != second:
            unclear = unclear or place
    if shown["DMY"] and shown["MDY"]:
        reason = _("the day stands first in {day}, the month in {month}: mend the file.").format(day=shown["DMY"], month=shown["MDY"])
        raise CsvUnclearError(place=shown["MDY"], reason=reason, missing="day_format")
    if unclear and not any(shown.values()):
        reason = _("it is not clear whether day or month stands first: set csv_columns['day_format'] to 'DMY' or 'MDY'.")
        raise CsvUnclearError(place=unclear, reason=reason, missing="day_format")
    return "MDY" if shown["MDY"] else "DMY"


def read_day(text: str, *, order: str, place: str) -> date:
    """The day of a cell. Raises StatementRefusedError."""
    written = text.strip()
    try:
        if iso := ISO_DAY.fullmatch(written):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if parted := PARTED_DAY.fullmatch(written):
            first, second, year = int(parted[1]), int(parted[3]), int(parted[4])
            day, month = (first, second) if order == "DMY" else (second, first)
            return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        pass
    raise StatementRefusedError(place=place, reason=_("“{value}” is no day.").format(value=text[:40]))


def _digits(text: str) -> str:
    """The signs of a number without grouping by spaces or apostrophes, and without a currency."""
    return GROUPING.sub("", CURRENCY.sub("", text.replace("−", "-").replace("–", "-")))


def _shown_mark(digits: str) -> str:
    """The mark that can only divide cents in this number; blank where it could group thousands as well."""
    present = [mark for mark in MARKS if mark in digits]
    if len(present) == len(MARKS):
        return max(present, key=digits.rindex)
    (mark,) = present
    other = "." if mark == "," else ","
    if digits.count(mark) > 1:
        return other
    whole, _mark, rest = digits.strip("+-").partition(mark)
    could_group = len(rest) == 3 and 0 < len(whole) <= 3 and not whole.startswith("0")
    return "" if could_group else mark
