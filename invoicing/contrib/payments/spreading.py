"""Spreading: one amount over several open ones, in their order."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import TypeVar

from invoicing.domain.amounts import EXACT

Key = TypeVar("Key", bound=Hashable)

ZERO = Decimal(0)


def spread(amount: Decimal, over: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Give each what it needs, in their order, until the amount is used up; those that get nothing are left out."""
    parts: dict[Key, Decimal] = {}
    for key, wanted in over.items():
        part = min(amount, wanted)
        if part > ZERO:
            parts[key] = part
            amount = EXACT.subtract(amount, part)
    return parts
