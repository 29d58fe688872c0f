"""Text: a table for a terminal. The widths follow the first rows, so that the rest can pass as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from invoicing.contrib.reports.exports.cells import Sink, plain, started
from invoicing.contrib.reports.exports.neutral import without_controls
from invoicing.contrib.reports.tables import Column, Table

MEASURED = 200
"""Rows that the widths are taken from."""

WIDEST = 40


def write_text(table: Table, file: Sink) -> int:
    """Write the table; gives the number of rows, and writes nothing for none."""
    rows = started(iter(table.rows))
    if rows is None:
        return 0
    count = -2
    for count, text in enumerate(lines(table.columns, rows), start=-2):  # noqa: B007  # the count outlives the loop
        file.write(f"{text}\n")
    return count + 1


def lines(columns: Sequence[Column], rows: Iterator[Any]) -> Iterator[str]:
    """The lines of the table: titles, a rule, rows."""
    cells = ([_cell(column, row) for column in columns] for row in rows)
    measured = list(islice(cells, MEASURED))
    titles = [str(column.title) for column in columns]
    widths = [min(max(map(len, column)), WIDEST) for column in zip(titles, *measured, strict=True)]
    yield _line(columns, titles, widths)
    yield "  ".join("-" * width for width in widths)
    for row in chain(measured, cells):
        yield _line(columns, row, widths)


def _cell(column: Column, row: Any) -> str:
    # A control character could move the cursor of a terminal.
    return without_controls(plain(column.shown(row))).replace("\n", " ").replace("\t", " ")


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    placed = (
        cell.rjust(width) if column.kind.is_figure else (cell if len(cell) <= width else f"{cell[: width - 1]}…").ljust(width)
        for column, cell, width in zip(columns, cells, widths, strict=True)
    )
    return "  ".join(placed).rstrip()
