"""A table of invoices: one line an item, the invoice's own columns on each of its lines or on the first alone."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.exceptions import ImportRefusedError
from invoicing.importing.shapes import closest, item_columns, table_columns
from invoicing.importing.source import Path, Place, Problems, Source

DELIMITERS: Final = (",", ";", "\t")
KEYS: Final = ("external_id", "number")
LISTS: Final = frozenset({"related", "acts"})
LIST_MARK: Final = "|"
NO_TAX: Final = "none"


def read_csv(text: str) -> Problems:
    """Read a table with a heading line; comma, semicolon and tabulator are told apart by the heading.

    Lines belong together by external_id, else by number; a line without either goes on with the invoice above.
    Raises ImportRefusedError where the text is no table.
    """
    delimiter = _delimiter(text.lstrip().partition("\n")[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = _Table()
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.take([cell.strip() for cell in cells], line=start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise ImportRefusedError([(f"line {reader.line_num}", "", _("This is no CSV: {reason}.").format(reason=error))]) from error
    problems = Problems(Source(data={"invoices": table.invoices}, places=table.places, is_table=True))
    for path, sentence in table.problems:
        problems.add(path, sentence)
    return problems


def _delimiter(heading: str) -> str:
    """The mark that stands most often in the heading line."""
    return max(DELIMITERS, key=heading.count)


@dataclass(slots=True)
class _Table:
    """The invoices of a table, as far as it is read."""

    heading: list[str] = field(default_factory=list)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[tuple[Path, str]] = field(default_factory=list)
    by_key: dict[str, int] = field(default_factory=dict)
    item_columns: frozenset[str] = field(default_factory=item_columns)

    def take(self, cells: list[str], *, line: int) -> None:
        if not self.heading:
            self._take_heading(cells, line=line)
        elif len(cells) != len(self.heading):
            text = _("The line has {cells} cells, the heading has {columns}: mend the line.")
            self._refuse_line(text.format(cells=len(cells), columns=len(self.heading)), line=line)
        else:
            self._take_line(cells, line=line)

    def _take_heading(self, cells: list[str], *, line: int) -> None:
        known = table_columns()
        rows = [
            (f"line {line}, column {column}", name, _no_such_column(name))
            for column, name in enumerate(cells, start=1)
            if name not in known
        ]
        rows += [
            (f"line {line}, column {column}", name, _("This column stands twice: keep one."))
            for column, name in enumerate(cells, start=1)
            if name in cells[: column - 1]
        ]
        if not set(KEYS) & set(cells):
            rows.append((f"line {line}", "external_id", _("Add a column external_id (or number): it says which lines are one invoice.")))
        if rows:
            raise ImportRefusedError(rows)
        self.heading = cells

    def _take_line(self, cells: list[str], *, line: int) -> None:
        row = {name: (cell, column) for column, (name, cell) in enumerate(zip(self.heading, cells, strict=True), start=1) if cell}
        index = self._invoice_of(row, line=line)
        if index is None:
            return
        invoice, path = self.invoices[index], ("invoices", index)
        item: dict[str, Any] = {}
        item_path = (*path, "items", len(invoice["items"]))
        for name, (cell, column) in row.items():
            if name in self.item_columns:
                item[name] = None if name == "tax_rate" and cell.casefold() == NO_TAX else cell
                self.places[(*item_path, name)] = Place(line, column, name)
            else:
                self._take_invoice_cell(invoice, path, name=name, cell=cell, place=Place(line, column, name))
        if item:
            invoice["items"].append(item)
            self.places[item_path] = Place(line)

    def _take_invoice_cell(self, invoice: dict[str, Any], path: Path, *, name: str, cell: str, place: Place) -> None:
        key = "title" if name == "invoice_title" else name
        value = [part.strip() for part in cell.split(LIST_MARK)] if name in LISTS else cell
        if key in invoice and invoice[key] != value:
            first = self.places[(*path, key)].line
            again = (*path, f"{key} in line {place.line}")
            self.places[again] = place
            self.problems.append((again, _("It differs from line {line} of the same invoice.").format(line=first)))
        elif key not in invoice:
            invoice[key] = value
            self.places[(*path, key)] = place

    def _invoice_of(self, row: dict[str, tuple[str, int]], *, line: int) -> int | None:
        """The index of the invoice that the line belongs to; a new one is begun."""
        key = next((f"{name}={row[name][0]}" for name in KEYS if name in row), None)
        if key is None and self.invoices:
            return len(self.invoices) - 1
        if key is None:
            self._refuse_line(_("The first line needs an external_id or a number."), line=line)
            return None
        if key not in self.by_key:
            self.by_key[key] = len(self.invoices)
            self.places["invoices", len(self.invoices)] = Place(line)
            self.invoices.append({"items": []})
        return self.by_key[key]

    def _refuse_line(self, sentence: str, *, line: int) -> None:
        path = ("", line)
        self.places[path] = Place(line)
        self.problems.append((path, sentence))


def _no_such_column(name: str) -> str:
    near = closest(name, table_columns())
    hint = _("Did you mean {name}?").format(name=near) if near else _("docs/reference/import-format.md names all columns.")
    return _("There is no such column. {hint}").format(hint=hint)
