"""Rates by country, class and day, read from the data files beside this module: a new rate is a new row, never new code."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from invoicing.exceptions import InvalidDataError


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One row: a rate in percent, in force from a day on until the next row of its country and class, or `valid_to` (inclusive)."""

    country: str
    tax_class: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """The rows of one data file, by country and class, oldest first."""

    rows: Mapping[str, Mapping[str, tuple[Rate, ...]]]

    def find(self, country: str, tax_class: str, *, on: date) -> Rate:
        """Return the row in force. Raises InvalidDataError for a country, a class or a day that the table does not have."""
        classes = self.rows.get(country)
        if classes is None:
            raise InvalidDataError({"country": [f"No rates are known for {country or 'a blank country'}."]})
        row = _in_force(classes.get(tax_class, ()), on=on)
        if row is None:
            raise InvalidDataError(self._missing(country, tax_class, on=on))
        return row

    def classes(self, country: str, *, on: date) -> list[str]:
        """Return the classes that a country has a rate for on that day, in the file's order."""
        return [name for name, rows in self.rows.get(country, {}).items() if _in_force(rows, on=on)]

    def _missing(self, country: str, tax_class: str, *, on: date) -> dict[str, list[str]]:
        first = min(row.valid_from for rows in self.rows[country].values() for row in rows)
        if on < first:
            return {"on": [f"The rates of {country} are known from {first} on, not for {on}."]}
        known = ", ".join(self.classes(country, on=on))
        return {"tax_class": [f"{country} has no {tax_class} rate on {on}; it has: {known}."]}


@cache
def rate_table(name: str) -> RateTable:
    """Read rates/<name>.csv, once."""
    rows: defaultdict[str, defaultdict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
    with (Path(__file__).parent / "rates" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            rows[line["country"]][line["tax_class"]].append(_row(line))
    return RateTable(
        rows={
            country: {name: tuple(sorted(found, key=lambda row: row.valid_from)) for name, found in classes.items()}
            for country, classes in rows.items()
        }
    )


def _row(line: Mapping[str, str]) -> Rate:
    return Rate(
        country=line["country"],
        tax_class=line["tax_class"],
        rate=Decimal(line["rate"]),
        valid_from=date.fromisoformat(line["valid_from"]),
        valid_to=date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
        source=line["source"],
    )


def _in_force(rows: tuple[Rate, ...], *, on: date) -> Rate | None:
    """Return the newest row that has begun, unless it has ended: an older row never comes back by itself."""
    begun = [row for row in rows if row.valid_from <= on]
    if not begun or (begun[-1].valid_to is not None and on > begun[-1].valid_to):
        return None
    return begun[-1]
