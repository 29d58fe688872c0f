"""Dunning levels as the tests have them."""

from decimal import Decimal

from invoicing.contrib.delivery.models import DunningLevel


def make_level(days=7, **fields):
    """A level for every company: a week after the due date, free of charge."""
    level = DunningLevel(**{"name": f"Level {days}", "days": days, **fields})
    level.save()
    return level


def make_charging_level(days=7, **fields):
    """A level that charges 5.00 EUR and 5 % interest."""
    return make_level(days, **{"fee": Decimal("5.00"), "currency": "EUR", "interest": "RATE", "interest_rate": Decimal(5), **fields})
