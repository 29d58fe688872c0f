"""JSON: a list of objects with the names of the columns; money is text, so that nobody reads it as a float."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from invoicing.contrib.reports.exports.cells import Sink, plain, started
from invoicing.contrib.reports.tables import Table


def write_json(table: Table, file: Sink) -> int:
    """Write the table; gives the number of rows, and writes nothing for none."""
    rows = started(iter(table.rows))
    if rows is None:
        return 0
    count = 0
    for text in parts(table, rows):
        file.write(text)
        count += text[:1] in "[,"
    return count


def parts(table: Table, rows: Iterator[Any]) -> Iterator[str]:
    """The file in parts, an object each."""
    opening = "[\n"
    for row in rows:
        read = {column.name: _value(column.value(row)) for column in table.columns}
        yield opening + json.dumps(read, ensure_ascii=False)
        opening = ",\n"
    yield "\n]\n"


def _value(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else plain(value)
