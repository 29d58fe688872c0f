"""Coins: the smallest amount that can be paid in cash, where it is larger than the minor unit of the currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from invoicing.domain.amounts import EXACT

SMALLEST_COINS: Final = {
    "AUD": Decimal("0.05"),
    "CAD": Decimal("0.05"),
    "CHF": Decimal("0.05"),
    "CZK": Decimal("1.00"),
    "DKK": Decimal("0.50"),
    "HUF": Decimal(5),
    "NOK": Decimal("1.00"),
    "NZD": Decimal("0.10"),
    "SEK": Decimal("1.00"),
}
"""By currency. Source: the coins that the central bank of each issues, as of 2026."""

EURO_ROUNDING_COUNTRIES: Final = frozenset({"BE", "EE", "FI", "IE", "IT", "LT", "NL", "SK"})
"""Where the total of a purchase in euro is rounded to five cents when it is paid in cash, by law or by agreement of the trade."""

FIVE_CENTS: Final = Decimal("0.05")


def smallest_coin(currency: str, *, country: str = "") -> Decimal | None:
    """The smallest coin that is used in a country, or None where the minor unit of the currency is one."""
    if currency == "EUR":
        return FIVE_CENTS if country in EURO_ROUNDING_COUNTRIES else None
    return SMALLEST_COINS.get(currency)


def in_coins(amount: Decimal, coin: Decimal) -> Decimal:
    """The amount that is paid in cash: the nearest multiple of the coin, halves away from zero."""
    return EXACT.multiply(EXACT.divide(amount, coin).to_integral_value(rounding=ROUND_HALF_UP), coin)
