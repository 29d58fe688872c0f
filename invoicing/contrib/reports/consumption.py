"""Consumption: the member state whose tax a line charges, where it is declared through the One-Stop-Shop.

The decision that a line follows says so: it cites Articles 369a to 369k of the VAT Directive, and Article 33(a) where goods were
sold at a distance. A line whose rate was entered by hand follows no decision; then the rate itself is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from invoicing.domain.choices import TaxClass
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.rate_tables import rate_table
from invoicing.taxation.territories import MEMBER_STATES, territory

ONE_STOP_SHOP: Final = "369a to 369k"
DISTANCE_SALE: Final = "33(a)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a document says that its sides are; `has_vat_id` tells whether the customer gave a VAT id."""

    supplier: str
    customer: str
    shipping: str = ""
    has_vat_id: bool = False


def country_of_consumption(places: Places, *, rate: Decimal | None, decisions: Iterable[Mapping[str, Any]] = (), on: date) -> str:
    """The member state in which a taxed line is declared through the One-Stop-Shop; blank where it is declared at home.

    `decisions` are those that the document keeps, as dictionaries; `on` is the day of the tax point.
    """
    if not rate:
        return ""
    made = [decision for decision in decisions if decision.get("rate") is not None and Decimal(decision["rate"]) == rate]
    if not made:
        return _by_rate(places, rate=rate, on=on)
    cited = " ".join(article for decision in made for article in decision.get("citations", ()))
    if ONE_STOP_SHOP not in cited:
        return ""
    return _known((places.shipping if DISTANCE_SALE in cited else "") or places.customer)


def _by_rate(places: Places, *, rate: Decimal, on: date) -> str:
    """Where a consumer in another member state is charged a rate that there is there, and not at home."""
    home, away = _known(places.supplier), _known(places.shipping or places.customer)
    if places.has_vat_id or home == away or not {home, away} <= MEMBER_STATES:
        return ""
    return away if rate in _rates(away, on=on) and rate not in _rates(home, on=on) else ""


def _rates(country: str, *, on: date) -> set[Decimal]:
    table, known = rate_table("eu"), set()
    for tax_class in (name for name in TaxClass.values if name in table.classes(country, on=on)):
        known.add(table.find(country, tax_class, on=on).rate)
    return known


def _known(country: str) -> str:
    """The code of a country, blank for anything that is none."""
    try:
        return territory(country)
    except InvalidDataError:
        return ""
