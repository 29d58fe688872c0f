"""Notation: how money, numbers and days are written in one language, whatever the language of the request is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import formats, numberformat
from django.utils.translation import pgettext

from invoicing.documents.context import Day, Money, Number
from invoicing.documents.dates import day_text
from invoicing.domain.money import minor_units, quantise

NO_BREAK_SPACE = "\u00a0"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notation:
    """Writes values by Django's formats of `language`, which must be the active one; money in `currency`."""

    language: str
    currency: str

    def money(self, amount: Decimal) -> Money:
        """An amount with the digits of its currency."""
        rounded = quantise(amount, self.currency)
        return self._money(rounded, decimals=minor_units(self.currency))

    def unit_price(self, price: Decimal) -> Money:
        """A price with the digits of its currency, and as many more as it needs."""
        return self._money(price, decimals=max(minor_units(self.currency), _decimals(price)))

    def number(self, number: Decimal) -> Number:
        """A quantity without trailing zeros."""
        return Number(number, self._figure(number, decimals=_decimals(number)))

    def percentage(self, rate: Decimal) -> Number:
        """A rate or a discount in percent."""
        # Translators: a percentage, such as 19%; put a no-break space before the sign where the language has one.
        text = pgettext("document", "{number}%").format(number=self.number(rate).text)
        return Number(rate, text)

    def day(self, day: date) -> Day:
        """A date with its month in words."""
        return Day(day, day_text(day, language=self.language))

    def _money(self, amount: Decimal, *, decimals: int) -> Money:
        figure = self._figure(amount, decimals=decimals)
        # Translators: an amount of money, such as EUR 19.00; the currency is its code.
        pattern = pgettext("document", "{currency} {amount}")
        return Money(amount, figure, pattern.format(currency=self.currency, amount=figure).replace(" ", NO_BREAK_SPACE))

    def _figure(self, number: Decimal, *, decimals: int) -> str:
        figure = numberformat.format(
            number,
            formats.get_format("DECIMAL_SEPARATOR", self.language),
            decimals,
            grouping=formats.get_format("NUMBER_GROUPING", self.language),
            thousand_sep=formats.get_format("THOUSAND_SEPARATOR", self.language),
            force_grouping=True,
        )
        return figure.replace("-", MINUS)


def _decimals(number: Decimal) -> int:
    """Decimals that are not trailing zeros."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
