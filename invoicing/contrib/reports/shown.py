"""Shown: a table as a page shows it, with the figures written as the reader is used to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from invoicing.contrib.reports.tables import ORIGINS, Column, Kind, Report, Sums, Table
from invoicing.domain.money import minor_units

MOST = 500
"""Rows of a list that a page shows; files have them all."""

MAY_BE_EMPTY = frozenset({"company", "party", "country", "provider", "provider_id", "reversed_on"})
"""Columns that a page leaves out where nothing is in them."""

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and how it looks: a figure stands to the right, what is below zero is red, zero itself is pale."""

    text: str
    classes: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """A sentence on whether the rows come to what documents state."""

    text: str
    is_wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The table of a page: titles, rows of cells by company, and the sums below; `is_cut` where there are more rows."""

    titles: Sequence[Cell]
    groups: Sequence[tuple[str, Sequence[Sequence[Cell]]]]
    sums: Sequence[Sequence[Cell]]
    is_cut: bool
    controls: Sequence[Control]


def page_of(report: Report, table: Table, arguments: dict[str, Any]) -> Page:
    """Read a table for a page. Of a list that may be long, `sums` of the report adds up what is not shown."""
    rows = list(islice(table.rows, MOST + 1) if report.is_list else table.rows)
    shown = rows[:MOST] if report.is_list else rows
    # Figures come company by company, lists by their days.
    by_company = (lambda _row: "") if report.is_list else attrgetter("company")
    dropped = set() if report.is_list else {"company"}
    columns = [
        column for column in table.columns if not (column.name in dropped or (column.name in MAY_BE_EMPTY and _is_empty(column, shown)))
    ]
    sums = Sums(report, columns)
    for row in report.sums(**arguments) if report.sums else rows:
        sums.add(row)
    return Page(
        titles=[Cell(str(column.title), _usual(column)) for column in columns],
        groups=[(name, [[cell(column, row) for column in columns] for row in found]) for name, found in groupby(shown, key=by_company)],
        sums=_sum_rows(columns, sums),
        is_cut=len(rows) > len(shown),
        controls=[_control(row) for row in report.control(rows, **arguments)] if report.control else [],
    )


def cell(column: Column, row: Any) -> Cell:
    """One value as people read it."""
    value = column.shown(row)
    if value is None or value == "":
        return Cell("", _usual(column))
    if isinstance(value, date):
        return Cell(date_format(value, "SHORT_DATE_FORMAT"), "day")
    if column.kind.is_figure:
        digits = minor_units(row.currency) if column.kind == Kind.MONEY else None
        return figure(value, digits=digits, suffix="\N{NO-BREAK SPACE}%" if column.kind == Kind.PERCENT else "")
    return Cell(str(value))


def figure(value: Decimal | int, *, digits: int | None, suffix: str = "") -> Cell:
    """A figure with its digits, grouped."""
    plain = format(value, "f") if isinstance(value, Decimal) else str(value)
    text = number_format(plain, decimal_pos=digits, use_l10n=True, force_grouping=True)
    look = "figure" if value > 0 else "figure negative" if value < 0 else "figure zero"
    return Cell(text.replace("-", MINUS) + suffix, look)


def _usual(column: Column) -> str:
    return "figure" if column.kind.is_figure else ""


def _control(row: Any) -> Control:
    digits = minor_units(row.currency)
    rows, documents = (f"{figure(amount, digits=digits).text} {row.currency}" for amount in (row.groups, row.documents))
    if row.difference:
        text = _("The rows come to a tax of {rows}, the documents state {documents}.").format(rows=rows, documents=documents)
    else:
        text = _("The tax of the rows is what the documents state: {documents}.").format(documents=documents)
    head = ", ".join(filter(None, (row.company, str(ORIGINS.get(row.origin, row.origin)))))
    return Control(f"{head}: {text}", is_wrong=bool(row.difference))


def _is_empty(column: Column, rows: Iterable[Any]) -> bool:
    return not any(column.value(row) for row in rows)


def _sum_rows(columns: Sequence[Column], sums: Sums) -> list[list[Cell]]:
    """A row for each currency, and for what else is kept apart."""
    if not sums.columns:
        return []
    by_name = {column.name: column for column in columns}
    rows = []
    for key, amounts in sorted(sums.rows.items()):
        apart = dict(zip(sums.apart, key, strict=True))
        digits = minor_units(apart["currency"])
        cells = []
        for place, column in enumerate(columns):
            if column.name in amounts:
                cells.append(figure(amounts[column.name], digits=digits))
            elif column.name in apart:
                cells.append(Cell(str(by_name[column.name].words.get(apart[column.name], apart[column.name]))))
            else:
                cells.append(Cell(_("Sum") if place == 0 else "", _usual(column)))
        rows.append(cells)
    return rows
