"""Currencies of ISO 4217 and how many decimals each is paid in (its minor units)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from django.utils.translation import gettext as _

from invoicing.exceptions import InvalidDataError

MOST_DECIMALS = 3
"""Decimals that a stored amount has; CLF and UYW are counted in four."""


@cache
def _rows() -> tuple[tuple[str, int, str], ...]:
    text = files(__package__).joinpath("currencies.csv").read_text(encoding="ascii")
    return tuple((row["code"], int(row["minor_units"]), row["status"]) for row in csv.DictReader(text.splitlines()))


@cache
def known_minor_units() -> Mapping[str, int]:
    """Every code of the data file with its minor units, also those that no invoice can be in.

    Source: ISO 4217 list one as published on 2026-01-01. Left out are metals, bond and testing codes (they have no minor units) and fund
    codes, which nobody pays with. Kept from list three are currencies withdrawn since 2017: documents of those years are still around.
    """
    return MappingProxyType({code: decimals for code, decimals, _status in _rows()})


@cache
def currency_codes() -> tuple[str, ...]:
    """The currencies in use today that an invoice can be in, in alphabetical order: what a form offers."""
    return tuple(sorted(code for code, decimals, status in _rows() if status == "active" and decimals <= MOST_DECIMALS))


def is_currency(code: str) -> bool:
    """Whether an invoice can be in the currency."""
    return known_minor_units().get(code, MOST_DECIMALS + 1) <= MOST_DECIMALS


def minor_units(currency: str) -> int:
    """Decimals that the currency is paid in: JPY 0, EUR 2, KWD 3.

    Raises InvalidDataError on `currency` for anything but an upper-case ISO 4217 code that amounts of three decimals can hold.
    """
    decimals = known_minor_units().get(currency)
    if decimals is None:
        text = _("“%(currency)s” is not a currency: use an ISO 4217 code such as EUR.") % {"currency": str(currency)[:20]}
        raise InvalidDataError({"currency": [text]})
    if decimals > MOST_DECIMALS:
        text = _("%(currency)s has %(decimals)d decimals, amounts hold %(most)d: use another ISO 4217 code such as EUR.")
        text %= {"currency": currency, "decimals": decimals, "most": MOST_DECIMALS}
        raise InvalidDataError({"currency": [text]})
    return decimals
