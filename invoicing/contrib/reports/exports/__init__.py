"""Exports: a table as CSV, XLSX, JSON or plain text, row by row, so that a million rows need no more memory than a hundred."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from invoicing.contrib.reports.exports.csv import write_csv
from invoicing.contrib.reports.exports.json import write_json
from invoicing.contrib.reports.exports.text import write_text
from invoicing.contrib.reports.exports.xlsx import write_xlsx
from invoicing.contrib.reports.tables import Table

__all__ = ["FORMATS", "Format", "write_csv", "write_json", "write_text", "write_xlsx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A kind of file. `write` takes a table and an open file, of bytes where `is_binary`, and gives the number of rows.

    It writes nothing at all where there are none.
    """

    name: str
    suffix: str
    content_type: str
    write: Callable[[Table, Any], int]
    is_binary: bool = False


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: dict[str, Format] = {
    "table": Format(name="table", suffix="txt", content_type="text/plain; charset=utf-8", write=write_text),
    "csv": Format(name="csv", suffix="csv", content_type="text/csv; charset=utf-8", write=write_csv),
    "xlsx": Format(name="xlsx", suffix="xlsx", content_type=XLSX_TYPE, write=write_xlsx, is_binary=True),
    "json": Format(name="json", suffix="json", content_type="application/json", write=write_json),
}
"""Every format by its name."""
