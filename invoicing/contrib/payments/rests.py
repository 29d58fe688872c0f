"""Rests: what a payment leaves of a document, or has too much, and the rule that lets it go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.coins import in_coins
from invoicing.domain.amounts import EXACT

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be let go of one document, in its currency.

    `discount` is the most that is given for paying until `discount_until`. `coin` is the smallest coin where it is paid in
    cash. `small` is the largest difference that is written off.
    """

    discount: Decimal = ZERO
    discount_until: date | None = None
    coin: Decimal | None = None
    small: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """An amount that settles a document without money; negative where a coin was too large."""

    kind: AllocationKind
    amount: Decimal


def rest_of(*, left: Decimal, paid: Decimal, on: date, rules: Rules) -> LetGo | None:
    """What is let go of a document of which `left` was open and `paid` came in; None where a rest stays, or nothing is left.

    Cash comes before the discount, and that before the small difference: the first that explains the rest wins.
    """
    rest = EXACT.subtract(left, paid)
    if rest == ZERO or paid <= ZERO:
        return None
    if rules.coin is not None and in_coins(left, rules.coin) == paid:
        return LetGo(kind=AllocationKind.ROUNDING, amount=rest)
    if rest < ZERO:
        return None
    if rules.discount_until is not None and on <= rules.discount_until and rest <= rules.discount:
        return LetGo(kind=AllocationKind.DISCOUNT, amount=rest)
    return LetGo(kind=AllocationKind.WRITE_OFF, amount=rest) if rest <= rules.small else None
