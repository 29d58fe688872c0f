"""CSV: every cell in quotes, money as plain decimals, and no text that a spreadsheet could run."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any

from invoicing.contrib.reports.exports.cells import Sink, plain, started
from invoicing.contrib.reports.exports.neutral import neutral
from invoicing.contrib.reports.tables import Column, Kind, Table

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for the encoding of the machine."""


def write_csv(table: Table, file: Sink) -> int:
    """Write the table to a text file that was opened with newline=""; gives the number of rows, and writes nothing for none."""
    rows = started(iter(table.rows))
    if rows is None:
        return 0
    count = -1
    for count, text in enumerate(lines(table.columns, rows)):  # noqa: B007  # the count outlives the loop
        file.write(text)
    return count


def lines(columns: Sequence[Column], rows: Iterator[Any]) -> Iterator[str]:
    """The lines of the file, first the titles."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK + writer.writerow([neutral(str(column.title)) for column in columns])
    for row in rows:
        yield writer.writerow([_cell(column, row) for column in columns])


def _cell(column: Column, row: Any) -> str:
    text = plain(column.value(row))
    return neutral(text) if column.kind == Kind.TEXT else text


class _Echo:
    """Gives back each line that a writer writes."""

    def write(self, line: str) -> str:
        return line
