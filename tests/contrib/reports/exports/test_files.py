"""Files hold what was reported, nothing that a spreadsheet would run, and need no memory for rows that are gone."""

import csv
import io
import json
import tempfile
import tracemalloc
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contrib.reports.exports import FORMATS, write_csv, write_json, write_text, write_xlsx, xlsx
from invoicing.contrib.reports.exports.neutral import neutral
from invoicing.contrib.reports.tables import Column, Kind, Table
from invoicing.exceptions import MissingDependencyError

COLUMNS = [
    Column(name="name", title="Party"),
    Column(name="day", title="Date", kind=Kind.DATE),
    Column(name="currency", title="Currency"),
    Column(name="amount", title="Amount", kind=Kind.MONEY),
    Column(name="days", title="Days", kind=Kind.WHOLE),
    Column(name="rate", title="Rate", kind=Kind.PERCENT),
]


@dataclass
class Row:
    name: str = "Buchhandlung Sommer KG"
    currency: str = "EUR"
    amount: Decimal | None = Decimal("-1234.50")
    day: date | None = date(2026, 11, 20)
    days: int = -3
    rate: Decimal = Decimal("5.5")


def table(*rows):
    return Table(name="test", title="A test: of [everything]", columns=COLUMNS, rows=iter(rows))


def cells_of(*rows):
    file = io.BytesIO()
    assert write_xlsx(table(*rows), file) == len(rows)
    return list(openpyxl.load_workbook(file, data_only=False).active.iter_rows())


def lines_of(*rows):
    file = io.StringIO(newline="")
    assert write_csv(table(*rows), file) == len(rows)
    return list(csv.reader(io.StringIO(file.getvalue().removeprefix("\ufeff"), newline="")))


def test_csv_has_plain_decimals_and_quotes():
    file = io.StringIO(newline="")

    assert write_csv(table(Row()), file) == 1
    assert file.getvalue() == (
        '\ufeff"Party","Date","Currency","Amount","Days","Rate"\r\n"Buchhandlung Sommer KG","2026-11-20","EUR","-1234.50","-3","5.5"\r\n'
    )


def test_json_has_money_as_text():
    file = io.StringIO()

    assert write_json(table(Row(), Row(amount=None, day=None)), file) == 2
    first, second = json.loads(file.getvalue())
    assert first == {
        "name": "Buchhandlung Sommer KG",
        "day": "2026-11-20",
        "currency": "EUR",
        "amount": "-1234.50",
        "days": -3,
        "rate": "5.5",
    }
    assert (second["amount"], second["day"]) == (None, None)


def test_text_has_figures_to_the_right():
    file = io.StringIO()

    assert write_text(table(Row(), Row(name="x" * 60, amount=Decimal("0.10"))), file) == 2
    titles, rule, first, second = file.getvalue().splitlines()
    assert titles.index("Amount") + len("Amount") == first.index("-1234.50") + len("-1234.50") == second.index("0.10") + 4
    assert "x" * 39 + "…" in second
    assert set(rule) == {"-", " "}


def test_a_workbook_has_numbers_in_the_format_of_their_currency():
    titles, euro, yen, dinar = cells_of(Row(), Row(currency="JPY", amount=Decimal(100)), Row(currency="KWD", amount=Decimal("1.500")))

    assert [cell.value for cell in titles] == ["Party", "Date", "Currency", "Amount", "Days", "Rate"]
    assert (euro[3].value, euro[3].number_format) == (-1234.5, "#,##0.00")
    assert (yen[3].value, yen[3].number_format) == (100, "#,##0")
    assert (dinar[3].value, dinar[3].number_format) == (1.5, "#,##0.000")
    assert euro[1].value.date() == date(2026, 11, 20)
    assert (euro[4].value, euro[5].value) == (-3, 5.5)


def test_what_a_spreadsheet_cannot_count_stays_text():
    _, row = cells_of(Row(amount=Decimal("12345678901234.567")))

    assert row[3].value == "12345678901234.567"


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "\N{FULLWIDTH PLUS SIGN}1",
    "\N{FULLWIDTH HYPHEN-MINUS}1",
    "\N{FULLWIDTH COMMERCIAL AT}A1",
    "\u200b=1",
    "\ufeff=1",
    "\u00a0=1",
    " =1",
    "\u202e=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.com","x")',
    "|calc",
    "%0A=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_a_text(text):
    assert neutral(text) == f"'{text}"
    assert lines_of(Row(name=text))[1][0] == f"'{text}"
    cell = cells_of(Row(name=text))[1][0]
    assert cell.data_type == "s"
    assert cell.hyperlink is None


@pytest.mark.parametrize("text", ["", "Tea", "1 = 1", "Müller & Söhne", "2026/1", "a\n=1"])
def test_what_is_no_formula_stays(text):
    assert neutral(text) == text


@given(st.text(max_size=12))
def test_no_text_begins_as_a_formula(text):
    assert neutral(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    if "\x00" not in text and not any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        assert lines_of(Row(name=text))[1][0] == neutral(text)


@given(st.text(max_size=12))
def test_a_workbook_can_be_read_whatever_was_typed(text):
    cell = cells_of(Row(name=text))[1][0]

    assert cell.data_type in {"s", "n"}


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_of_nothing_there_is_nothing(form):
    file = io.BytesIO() if form.is_binary else io.StringIO()

    assert form.write(table(), file) == 0
    assert not file.getvalue()


def test_a_workbook_goes_on_another_sheet_when_one_is_full(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    file = io.BytesIO()

    assert write_xlsx(table(*[Row()] * 5), file) == 5
    book = openpyxl.load_workbook(file)
    assert [sheet.max_row for sheet in book] == [3, 3, 2]
    assert all(sheet["A1"].value == "Party" for sheet in book)


def test_without_the_package_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(xlsx, "is_available", lambda: False)

    with pytest.raises(MissingDependencyError, match=r"pip install 'django-invoicekit\[xlsx\]'"):
        write_xlsx(table(Row()), io.BytesIO())


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_memory_does_not_grow_with_the_rows(form):
    rows = Table(name="test", title="Test", columns=COLUMNS, rows=(Row(name=f"Party {number}") for number in range(30_000)))
    with tempfile.TemporaryFile("w+b" if form.is_binary else "w+", **({} if form.is_binary else {"encoding": "utf-8"})) as file:
        tracemalloc.start()
        try:
            assert form.write(rows, file) == 30_000
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak < 4_000_000


def test_a_workbook_is_a_zip_without_macros_or_links():
    file = io.BytesIO()
    write_xlsx(table(Row(name="http://example.com")), file)

    names = zipfile.ZipFile(file).namelist()
    assert not [name for name in names if "vba" in name.lower() or "externalLink" in name or "_rels/sheet" in name]
