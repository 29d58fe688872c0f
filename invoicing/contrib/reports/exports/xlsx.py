"""XLSX: a workbook of one sheet, money as numbers in the format of its currency, texts as texts whatever they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from invoicing.contrib.reports.exports.cells import plain, started
from invoicing.contrib.reports.exports.neutral import without_controls
from invoicing.contrib.reports.tables import Column, Kind, Table
from invoicing.domain.money import minor_units
from invoicing.exceptions import MissingDependencyError

PIP = "pip install 'django-invoicekit[xlsx]'"

OPTIONS = {
    # Rows go to a temporary file as they come.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

MOST_ROWS = 1_048_575
"""Rows that fit on a sheet under the titles; those that are left go on the next one."""

LONGEST = 32_767
"""Characters that a cell holds."""

EXACT_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; a longer one is written as text."""

WIDTHS = {Kind.TEXT: 24, Kind.DATE: 12, Kind.WHOLE: 12, Kind.NUMBER: 12, Kind.PERCENT: 9, Kind.MONEY: 16}


def is_available() -> bool:
    """Whether what this needs is installed."""
    return find_spec("xlsxwriter") is not None


def write_xlsx(table: Table, file: IO[bytes]) -> int:
    """Write the table to a binary file; gives the number of rows, and writes nothing for none. Raises MissingDependencyError."""
    if not is_available():
        raise MissingDependencyError(feature=_("An XLSX file"), package="XlsxWriter", mend=PIP)
    rows = started(iter(table.rows))
    if rows is None:
        return 0
    workbook = import_module("xlsxwriter").Workbook(file, OPTIONS)
    count = 0
    try:
        book = _Book(workbook, table.columns, name=table.title)
        for row in rows:
            if count % MOST_ROWS == 0:
                book.begin_sheet()
            book.write(row)
            count += 1
    finally:
        workbook.close()
    return count


class _Book:
    """A workbook while it is written: the sheet at hand, its next row, and the formats that cells share."""

    def __init__(self, workbook: Any, columns: Sequence[Column], *, name: str) -> None:
        self.workbook, self.columns, self.name = workbook, columns, name
        self.formats: dict[str, Any] = {}
        self.sheets = 0
        self.line = 0
        self.sheet: Any = None

    def begin_sheet(self) -> None:
        self.sheets += 1
        # A sheet's name is at most 31 characters long and has none of these.
        name = "".join(character for character in self.name if character not in r"[]:*?/\'")[:26] or "1"
        self.sheet = self.workbook.add_worksheet(name if self.sheets == 1 else f"{name} {self.sheets}")
        self.sheet.freeze_panes(1, 0)
        for place, column in enumerate(self.columns):
            self.sheet.set_column(place, place, WIDTHS[column.kind])
            self.sheet.write_string(0, place, str(column.title), self.format("title", bold=True, text_wrap=True, valign="top"))
        self.line = 1

    def write(self, row: Any) -> None:
        for place, column in enumerate(self.columns):
            self._cell(place, column, column.value(row), row)
        self.line += 1

    def format(self, key: str, **options: Any) -> Any:
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(options)
        return self.formats[key]

    def _cell(self, place: int, column: Column, value: Any, row: Any) -> None:
        if value is None or value == "":
            return
        if column.kind == Kind.DATE:
            self.sheet.write_datetime(self.line, place, value, self.format("date", num_format="yyyy-mm-dd"))
        elif column.kind.is_figure and not (isinstance(value, Decimal) and len(value.as_tuple().digits) > EXACT_DIGITS):
            self.sheet.write_number(self.line, place, value, self._figures(column, row))
        else:
            self.sheet.write_string(self.line, place, without_controls(plain(value))[:LONGEST])

    def _figures(self, column: Column, row: Any) -> Any:
        if column.kind == Kind.MONEY:
            digits = minor_units(row.currency)
            return self.format(f"money {digits}", num_format="#,##0" + (f".{'0' * digits}" if digits else ""))
        return self.format(column.kind, num_format={Kind.NUMBER: "0.0", Kind.PERCENT: "General", Kind.WHOLE: "0"}[column.kind])
