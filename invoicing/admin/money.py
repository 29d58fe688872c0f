"""Money as people read it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, held together, so that no line ends between them."""
    return f"{number_format(amount)}\N{NO-BREAK SPACE}{currency}"
