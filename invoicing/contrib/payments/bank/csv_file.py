"""Statements as tables: columns known by their headings or by a mapping, each cell read in the one way that fits the whole file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.csv_headings import BY_HEADING, Column, plain_heading
from invoicing.contrib.payments.bank.csv_numbers import Cell, day_format, decimal_mark, read_amount, read_day
from invoicing.contrib.payments.bank.entries import (
    Entry,
    Statement,
    StatementFile,
    StatementFormat,
    account_number,
    checked_currency,
    is_iban,
    line_place,
    one_line,
)
from invoicing.contrib.payments.bank.exceptions import CsvUnclearError, StatementRefusedError
from invoicing.domain.codes.currencies import is_currency

DELIMITERS: Final = (";", ",", "\t", "|")
FARTHEST_HEADING: Final = 40
"""Lines of a bank's own words that may stand above the heading."""

CREDITED: Final = frozenset({"h", "haben", "c", "cr", "crdt", "credit", "bij", "+"})
DEBITED: Final = frozenset({"s", "soll", "d", "dr", "dbit", "debit", "af", "-"})
NOT_BOOKED: Final = frozenset(
    {
        *("vorgemerkt", "umsatz vorgemerkt", "vorgemerkter umsatz", "nicht gebucht"),
        *("pending", "not booked", "declined", "reverted", "failed", "rejected", "canceled", "cancelled"),
        *("en attente", "in attesa", "non contabilizzato", "pendiente", "gereserveerd", "in behandeling"),
        *("ceka na zauctovani", "cakajuca", "oczekujaca"),
    }
)
"""What stands beside an entry that may never be booked, or will be with other words, folded like a heading."""

IBAN: Final = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
CODE_IN_HEADING: Final = re.compile(r"\b[A-Z]{3}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvLayout:
    """How a file is to be read where it does not say so itself.

    `columns` maps what a column holds (`Column`) to its heading. `currency` and `account` stand for columns that are not there.
    """

    columns: Mapping[Column, str]
    delimiter: str = ""
    decimal_mark: str = ""
    day_format: str = ""
    currency: str = ""
    account: str = ""

    OPTIONS = ("delimiter", "decimal_mark", "day_format", "encoding", "default_currency", "default_account")

    @classmethod
    def of(cls, given: Mapping[str, str] | None) -> CsvLayout:
        """The layout of `csv_columns`. Raises StatementRefusedError for a key or a value that is none."""
        given = given or {}
        known = [*(column.value for column in Column), *cls.OPTIONS]
        for key in given:
            if key not in known:
                reason = _("there is no key “{key}”; the keys are {known}.").format(key=key, known=", ".join(known))
                raise StatementRefusedError(place="csv_columns", reason=reason)
        cls._check("decimal_mark", given, allowed=(",", "."))
        cls._check("day_format", given, allowed=("DMY", "MDY"))
        cls._check("delimiter", given, allowed=DELIMITERS)
        return cls(
            columns={column: given[column] for column in Column if given.get(column)},
            delimiter=given.get("delimiter", ""),
            decimal_mark=given.get("decimal_mark", ""),
            day_format=given.get("day_format", ""),
            currency=given.get("default_currency", ""),
            account=account_number(given.get("default_account", "")),
        )

    @staticmethod
    def _check(key: str, given: Mapping[str, str], *, allowed: Sequence[str]) -> None:
        if given.get(key) and given[key] not in allowed:
            reason = _("{key} is one of {allowed}.").format(key=key, allowed=" ".join(repr(word) for word in allowed))
            raise StatementRefusedError(place="csv_columns", reason=reason)


def read_csv(text: str, *, layout: CsvLayout | None = None) -> StatementFile:
    """Each account of a file as a statement. Raises StatementRefusedError that names the line, CsvUnclearError what to say."""
    table = _Table(text, layout or CsvLayout(columns={}))
    notices: list[str] = []
    by_account: dict[str, list[Entry]] = {}
    for account, entry in table.entries(notices):
        by_account.setdefault(account, []).append(entry)
    statements = tuple(_statement(account, entries) for account, entries in by_account.items())
    if not statements:
        raise StatementRefusedError(place=line_place(table.heading_line), reason=_("there is no entry below the heading."))
    return StatementFile(format=StatementFormat.CSV, statements=statements, notices=tuple(notices))


def _statement(account: str, entries: list[Entry]) -> Statement:
    currencies = sorted({entry.currency for entry in entries})
    if len(currencies) > 1:
        reason = _("one account has entries in {currencies}: import a file a currency.").format(currencies=", ".join(currencies))
        place = next(entry.place for entry in entries if entry.currency != entries[0].currency)
        raise StatementRefusedError(place=place, reason=reason)
    days = [entry.booked_on or entry.date for entry in entries]
    return Statement(
        account=account, currency=currencies[0], entries=tuple(entries), date_from=min(days), date_to=max(days), place=entries[0].place
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of a line."""

    line: int
    cells: tuple[str, ...]

    @property
    def place(self) -> str:
        return line_place(self.line)


class _Table:
    """The rows of a file below its heading."""

    def __init__(self, text: str, layout: CsvLayout) -> None:
        self.layout = layout
        heading, self.rows, above = _found_heading(text, layout)
        self.heading_line = heading.line
        self.columns = _columns(heading, layout)
        self.heading = heading
        self.account = layout.account or _account_above(above)
        self._check_width()
        self._check_columns()
        self.mark = decimal_mark(self._cells(Column.AMOUNT, Column.DEBIT, Column.CREDIT), given=layout.decimal_mark)
        self.order = day_format(self._cells(Column.DATE, Column.BOOKED_ON), given=layout.day_format)

    def entries(self, notices: list[str]) -> Iterator[tuple[str, Entry]]:
        """Every entry with the account that it is on."""
        for row in self.rows:
            amount = self._amount(row)
            status = self._text(row, Column.STATUS)
            if plain_heading(status) in NOT_BOOKED:
                text = _("{place}: an entry over {amount} is not booked yet ({status}) and was left out.")
                notices.append(text.format(place=row.place, amount=amount, status=status[:20]))
                continue
            if not amount:
                notices.append(_("{place}: an entry over nothing was left out.").format(place=row.place))
                continue
            yield account_number(self._text(row, Column.ACCOUNT))[:64] or self.account, self._entry(row, amount)

    def _entry(self, row: _Row, amount: Decimal) -> Entry:
        value_date, booked_on = self._day(row, Column.DATE), self._day(row, Column.BOOKED_ON)
        day = value_date or booked_on
        if day is None:
            raise StatementRefusedError(place=row.place, reason=_("the line has no date."))
        symbol = self._text(row, Column.VARIABLE_SYMBOL).lstrip("0")
        return Entry(
            date=day,
            booked_on=booked_on,
            amount=amount,
            currency=self._currency(row),
            counterparty=self._text(row, Column.COUNTERPARTY)[:255],
            iban=account_number(self._text(row, Column.IBAN))[:64],
            text=self._text(row, Column.TEXT),
            end_to_end_id=self._reference(row, Column.END_TO_END_ID),
            creditor_reference=self._reference(row, Column.CREDITOR_REFERENCE),
            variable_symbol=symbol if symbol.isdecimal() and symbol.isascii() and len(symbol) <= 10 else "",
            bank_reference=self._reference(row, Column.BANK_REFERENCE),
            place=row.place,
        )

    def _amount(self, row: _Row) -> Decimal:
        if Column.AMOUNT in self.columns:
            amount = self._number(row, Column.AMOUNT)
            if amount is None:
                raise StatementRefusedError(place=row.place, reason=_("the line has no amount."))
            return self._sided(row, amount)
        debit, credit = self._number(row, Column.DEBIT), self._number(row, Column.CREDIT)
        if debit and credit:
            raise StatementRefusedError(place=row.place, reason=_("the line has both a debit and a credit."))
        if debit is None and credit is None:
            raise StatementRefusedError(place=row.place, reason=_("the line has neither a debit nor a credit."))
        if credit is not None and credit < 0:
            raise StatementRefusedError(place=row.place, reason=_("a credit is negative."))
        return credit or -abs(debit or Decimal(0))

    def _sided(self, row: _Row, amount: Decimal) -> Decimal:
        """The amount with the sign that a column of its own says."""
        if Column.SIDE not in self.columns:
            return amount
        side = self._text(row, Column.SIDE).casefold()
        if side not in CREDITED | DEBITED or amount < 0:
            reason = _("“{value}” beside {amount} does not say whether it is a debit or a credit.").format(value=side[:20], amount=amount)
            raise StatementRefusedError(place=row.place, reason=reason)
        return amount if side in CREDITED else -amount

    def _number(self, row: _Row, column: Column) -> Decimal | None:
        text = self._text(row, column)
        return read_amount(text, mark=self.mark, place=row.place) if text else None

    def _day(self, row: _Row, column: Column) -> date | None:
        text = self._text(row, column)
        return read_day(text, order=self.order, place=row.place) if text else None

    def _currency(self, row: _Row) -> str:
        written = self._text(row, Column.CURRENCY) or self._currency_of_heading() or self.layout.currency
        if not written:
            reason = _("the file does not say its currency: set csv_columns['default_currency'].")
            raise CsvUnclearError(place=row.place, reason=reason, missing="default_currency")
        return checked_currency(written, place=row.place)

    def _currency_of_heading(self) -> str:
        """The code that stands in the heading of the amount, such as “Betrag (CHF)”."""
        index = self.columns.get(Column.AMOUNT, self.columns.get(Column.CREDIT, 0))
        found = CODE_IN_HEADING.search(self.heading.cells[index])
        return found[0] if found and is_currency(found[0]) else ""

    def _reference(self, row: _Row, column: Column) -> str:
        text = self._text(row, column)[:140]
        return "" if text.upper() in {"NOTPROVIDED", "NONREF"} else text

    def _text(self, row: _Row, column: Column) -> str:
        index = self.columns.get(column)
        return one_line(row.cells[index]) if index is not None else ""

    def _cells(self, *columns: Column) -> Iterator[Cell]:
        for row in self.rows:
            yield from ((text, row.place) for column in columns if (text := self._text(row, column)))

    def _check_width(self) -> None:
        width = len(self.heading.cells)
        for row in self.rows:
            if len(row.cells) != width:
                reason = _("the line has {cells} cells, the heading has {columns}.").format(cells=len(row.cells), columns=width)
                raise StatementRefusedError(place=row.place, reason=reason)

    def _check_columns(self) -> None:
        if not {Column.DATE, Column.BOOKED_ON} & set(self.columns):
            raise _no_column(self.heading, Column.DATE)
        if Column.AMOUNT not in self.columns and not {Column.DEBIT, Column.CREDIT} <= set(self.columns):
            raise _no_column(self.heading, Column.AMOUNT)


def _found_heading(text: str, layout: CsvLayout) -> tuple[_Row, tuple[_Row, ...], tuple[_Row, ...]]:
    """The heading, the rows below it and those above: in the first of the delimiters that makes columns of a line."""
    best: tuple[int, _Row, tuple[_Row, ...], tuple[_Row, ...]] | None = None
    refusal: StatementRefusedError | None = None
    for delimiter in (layout.delimiter,) if layout.delimiter else DELIMITERS:
        try:
            rows = tuple(_rows(text, delimiter))
        except StatementRefusedError as error:
            refusal = refusal or error
            continue
        for index, row in enumerate(rows[:FARTHEST_HEADING]):
            known = len(_columns(row, layout))
            if known > (best[0] if best else 1):
                best = known, row, rows[index + 1 :], rows[:index]
    if best is not None:
        return best[1], best[2], best[3]
    if refusal is not None:
        raise refusal
    reason = _("there is no heading with known columns: name date and amount by csv_columns, such as {example}.")
    raise CsvUnclearError(place=line_place(1), reason=reason.format(example="{'date': 'Datum', 'amount': 'Betrag'}"), missing="date")


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(start, tuple(cells))
            start = reader.line_num + 1
    except csv.Error as error:
        reason = _("this is no CSV ({reason}).").format(reason=error)
        raise StatementRefusedError(place=line_place(reader.line_num), reason=reason) from error


def _columns(row: _Row, layout: CsvLayout) -> dict[Column, int]:
    """What each cell of a heading is: as the mapping says, else as its word is known; the surest of several."""
    words = [plain_heading(cell) for cell in row.cells]
    columns: dict[Column, int] = {}
    for column, heading in layout.columns.items():
        if plain_heading(heading) in words:
            columns[column] = words.index(plain_heading(heading))
    taken = set(columns.values())
    known = sorted(
        (place, index, column)
        for index, (column, place) in enumerate(BY_HEADING.get(word, (None, 0)) for word in words)
        if column is not None and index not in taken and column not in layout.columns
    )
    for _place, index, column in known:
        columns.setdefault(column, index)
    return columns


def _no_column(heading: _Row, column: Column) -> CsvUnclearError:
    reason = _("no column is known as {column}; the headings are {headings}. Name it: csv_columns['{column}'].")
    text = reason.format(column=column.value, headings=", ".join(one_line(cell)[:40] for cell in heading.cells))
    return CsvUnclearError(place=heading.place, reason=text, missing=column.value)


def _account_above(rows: Sequence[_Row]) -> str:
    """The account that the lines above the heading name, where they name one."""
    found = {account_number(match[0]) for row in rows for cell in row.cells for match in IBAN.finditer(one_line(cell).upper())}
    accounts = [account for account in found if is_iban(account)]
    return accounts[0] if len(accounts) == 1 else ""
