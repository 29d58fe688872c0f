"""Amounts of money: exact decimals, rounded half-up to what their currency can be paid in, and shared out without losing a cent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from fractions import Fraction
from functools import cache

from django.utils.translation import gettext as _

from invoicing.domain.codes.currencies import minor_units
from invoicing.exceptions import InvalidDataError

__all__ = ["LARGEST", "exceeds_range", "minor_units", "quantise", "split", "to_decimal"]

LARGEST = Decimal("99999999999.999")
"""The largest amount that a column holds: 14 digits, which even SQLite keeps exactly."""

# The caller's context may round to fewer digits or trap nothing, so it is never asked.
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])

# Scientific notation, underscores and the digits of other scripts are what Decimal() also takes, and nobody types as money.
_WRITTEN_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


@cache
def _smallest(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_units(currency))


def quantise(amount: Decimal, currency: str) -> Decimal:
    """Round to the minor unit of the currency, halves away from zero: 0.125 EUR is 0.13, -0.125 EUR is -0.13; never -0.00.

    Raises InvalidDataError on `amount` if it is no finite number, on `currency` if that is unknown.
    """
    smallest = _smallest(currency)
    try:
        rounded = amount.quantize(smallest, context=_EXACT)
    except InvalidOperation:
        raise InvalidDataError({"amount": [_("The amount is too large, or not a number.")]}) from None
    if rounded.is_zero():
        return rounded.copy_abs()
    if rounded.is_nan():
        raise InvalidDataError({"amount": [_("The amount is not a number.")]})
    return rounded


def exceeds_range(amount: Decimal) -> bool:
    """Whether the amount, positive or negative, is too large for its column."""
    return amount.copy_abs() > LARGEST


def split(amount: Decimal, weights: Sequence[Decimal | int], *, currency: str) -> list[Decimal]:
    """Share an amount out in proportion to the weights; the parts are whole minor units and add up to exactly the amount.

    Each part is its exact share cut off; the minor units that are left go one each to the largest remainders, the earlier first (Hamilton's
    method). A weight of zero gets nothing, unless all weights are zero: then the parts are equal. Splitting -x mirrors splitting x.
    Raises InvalidDataError on `amount` if it has more decimals than the currency, on `weights` if they cannot carry it.
    """
    if quantise(amount, currency) != amount:
        text = _("%(amount)s has more decimals than %(currency)s: round it before it is split.")
        raise InvalidDataError({"amount": [text % {"amount": amount, "currency": currency}]})
    smallest = Fraction(_smallest(currency))
    units = int(abs(Fraction(amount)) / smallest)
    sign = -1 if amount < 0 else 1
    return [_EXACT.multiply(sign * part, _smallest(currency)) for part in _share_out(units, _fractions(weights))]


def _fractions(weights: Sequence[Decimal | int]) -> list[Fraction]:
    exact = [Fraction(weight) for weight in weights]
    return exact if any(exact) else [Fraction(1)] * len(exact)


def _share_out(units: int, weights: list[Fraction]) -> list[int]:
    """Hamilton's method in whole numbers."""
    whole = sum(weights)
    if not whole:
        if units:
            raise InvalidDataError({"weights": [_("The weights add up to nothing: give at least one that counts.")]})
        return [0] * len(weights)
    shares = [units * weight / whole for weight in weights]
    parts = [share.__floor__() for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: parts[place] - shares[place])
    for place in by_remainder[: units - sum(parts)]:
        parts[place] += 1
    return parts


def to_decimal(value: object, *, field: str) -> Decimal:
    """A number that came from outside, as Decimal: an int, a Decimal, or a string such as "1234.50".

    Raises InvalidDataError on `field` for anything else; a float has lost its cents before it gets here, so it is refused.
    """
    if isinstance(value, Decimal):
        if value.is_finite():
            return value
    elif isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    elif isinstance(value, float):
        raise InvalidDataError({field: [_("A float cannot hold money exactly: pass a Decimal or a string such as 12.50.")]})
    elif isinstance(value, str) and _WRITTEN_NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    text = _("“%(value)s” is not a number: write digits and a decimal point, such as 12.50.")
    raise InvalidDataError({field: [text % {"value": str(value)[:40]}]})
