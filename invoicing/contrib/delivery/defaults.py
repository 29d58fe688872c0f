"""Levels to begin with: for a host that has none, and wants to look at some before it writes its own."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from invoicing.contrib.delivery.models import DunningLevel
from invoicing.models.locking import atomically

USUAL: Final = ((gettext_noop("Soon due"), -3), (gettext_noop("First reminder"), 7), (gettext_noop("Second reminder"), 21))
"""Names and days after the due date. None of them costs the customer anything."""


def make_default_levels(*, using: str) -> list[DunningLevel]:
    """Make the usual levels for every company, where there are no levels yet; gives those that were made."""
    with atomically(using):
        if DunningLevel.objects.using(using).exists():
            return []
        levels = [DunningLevel(name=_(name), days=days) for name, days in USUAL]
        for level in levels:
            level.save(using=using)
    return levels
