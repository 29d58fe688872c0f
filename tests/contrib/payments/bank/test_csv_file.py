"""CSV: columns by heading or mapping, one way to read each amount and day, or a question."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments.bank.csv_file import CsvLayout, read_csv
from invoicing.contrib.payments.bank.csv_numbers import day_format, decimal_mark, read_amount
from invoicing.contrib.payments.bank.exceptions import CsvUnclearError, StatementRefusedError
from invoicing.contrib.payments.bank.reading import read_statements
from tests.contrib.payments.bank.samples import changed, read


def table(*rows, **columns):
    return read_csv("\n".join(rows), layout=CsvLayout.of({"default_currency": "EUR", **columns})).statements[0]


def test_a_german_file_with_words_of_the_bank_above_the_heading():
    (statement,) = read("musterbank.csv").statements

    assert (statement.account, statement.currency) == ("DE89370400440532013000", "EUR")
    first, second = statement.entries
    assert (first.amount, first.text, first.counterparty) == (Decimal("1952.00"), "Rechnung 2026/14", "Buchhandlung Sommer KG")
    assert (second.amount, second.date, second.booked_on) == (Decimal("-409.60"), date(2026, 11, 24), date(2026, 11, 23))
    assert (first.place, second.place) == ("line 5", "line 6")


def test_a_swiss_file_with_two_columns_and_apostrophes():
    (statement,) = read("bergbank.csv", default_currency="CHF").statements

    assert [(entry.amount, entry.currency) for entry in statement.entries] == [(Decimal("1949.75"), "CHF"), (Decimal("-5.00"), "CHF")]
    assert statement.entries[0].creditor_reference == "210000000002026000000000146"


def test_a_czech_file_with_symbols():
    first, second = read("vltavska.csv").statements[0].entries

    assert (first.amount, first.currency, first.variable_symbol) == (Decimal("12100.00"), "CZK", "2026000123")
    assert (first.iban, second.variable_symbol) == ("CZ9501000000001234567899", "77001")


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.234,56", "7"], ","),
        (["1,234.56"], "."),
        (["12,5"], ","),
        (["1.234.567"], ","),
        (["0,500"], ","),
        (["1.234", "5,10"], ","),
        (["1 234,50", "1'234.50"], None),
        (["1.234"], None),
        (["12", "13"], "."),
    ],
)
def test_the_mark_of_cents_is_shown_by_the_amounts_or_asked_for(texts, mark):
    cells = [(text, f"line {number}") for number, text in enumerate(texts, start=2)]
    if mark:
        assert decimal_mark(cells) == mark
        return
    with pytest.raises(CsvUnclearError) as question:
        decimal_mark(cells)
    assert question.value.missing == "decimal_mark"


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1.234,56", ",", "1234.56"),
        ("-1.234,56 EUR", ",", "-1234.56"),
        ("1.234,56-", ",", "-1234.56"),
        ("−12,00 €", ",", "-12.00"),
        ("1 234 567.8", ".", "1234567.8"),
        ("+.50", ".", "0.50"),
        ("CHF 1'000", ".", "1000"),
    ],
)
def test_amounts(text, mark, amount):
    assert read_amount(text, mark=mark, place="line 2") == Decimal(amount)


@pytest.mark.parametrize("text", ["", "12,3,4", "1.23,45", "--5", "-5-", "five", "1e5", "١٢", "12.34.56", "9" * 20, "1,2345"])
def test_what_is_no_amount(text):
    with pytest.raises(StatementRefusedError, match="line 2"):
        read_amount(text, mark=",", place="line 2")


@pytest.mark.parametrize(
    ("texts", "order"),
    [(["03/04/2026", "13/04/2026"], "DMY"), (["03/04/2026", "04/13/2026"], "MDY"), (["3.4.2026"], "DMY"), (["2026-04-03"], "DMY")],
)
def test_the_order_of_days_is_shown_by_the_days(texts, order):
    assert day_format([(text, "line 2") for text in texts]) == order


def test_an_order_of_days_that_nothing_shows_is_asked_for():
    with pytest.raises(CsvUnclearError) as question:
        table("Date,Amount", "03/04/2026,1.50")

    assert question.value.missing == "day_format"
    assert table("Date,Amount", "03/04/2026,1.50", day_format="MDY").entries[0].date == date(2026, 3, 4)


def test_a_mapping_names_columns_that_are_not_known():
    statement = table("Wann;Wieviel;Wozu", "20.11.2026;12,50;Miete", date="Wann", amount="wieviel", text="Wozu")

    assert (statement.entries[0].amount, statement.entries[0].text) == (Decimal("12.50"), "Miete")


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (("Datum;Betrag", "20.11.2026;1,50", "20.11.2026"), "line 3"),
        (("Datum;Betrag", "20.11.2026;1,50", "31.11.2026;2,50"), "line 3"),
        (("Datum;Betrag", "20.11.2026;1,50", "20.11.2026;x"), "line 3"),
        (("Datum;Betrag", "20.11.2026;1,50", "20.11.2026;"), "line 3"),
        (("Datum;Betrag", "20.11.2026;1,50", ";2,50"), "line 3"),
        (("Datum;Betrag;Währung", "20.11.2026;1,50;EUR", "20.11.2026;2,50;XYZ"), "line 3"),
        (("Datum;Betrag;Währung", "20.11.2026;1,50;EUR", "20.11.2026;2,50;CHF"), "line 3"),
        (("Datum;Soll;Haben", "20.11.2026;1,50;2,50"), "line 2"),
        (("Datum;Soll;Haben", "20.11.2026;;"), "line 2"),
        (("Datum;Betrag;S/H", "20.11.2026;1,50;X"), "line 2"),
        (("Datum;Betrag",), "line 1"),
        (("Datum;Zweck", "20.11.2026;1,50"), "line 1"),
        (("foo;bar", "1;2"), "line 1"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(rows, place):
    with pytest.raises(StatementRefusedError) as refusal:
        table(*rows)

    assert refusal.value.place == place


def test_a_column_of_its_own_says_the_side():
    statement = table("Datum;Betrag;Soll/Haben", "20.11.2026;1,50;S", "20.11.2026;2,50;H")

    assert [entry.amount for entry in statement.entries] == [Decimal("-1.50"), Decimal("2.50")]


def test_the_currency_of_the_heading():
    assert table("Datum;Betrag (CHF)", "20.11.2026;1,50", amount="Betrag (CHF)").currency == "CHF"


def test_a_file_without_currency_asks_for_it():
    with pytest.raises(CsvUnclearError) as question:
        read_csv("Datum;Betrag\n20.11.2026;1,50")

    assert question.value.missing == "default_currency"


@pytest.mark.parametrize("columns", [{"colour": "red"}, {"decimal_mark": ";"}, {"day_format": "YMD"}, {"encoding": "klingon"}])
def test_wrong_keys_are_refused(columns):
    with pytest.raises(StatementRefusedError, match="csv_columns"):
        read_statements(b"Datum;Betrag\n20.11.2026;1,50", csv_columns=columns)


def test_an_encoding_that_is_given():
    text = "Datum;Betrag;Popis\n20.11.2026;1,50;Příliš".encode("cp1250")

    file = read_statements(text, csv_columns={"encoding": "cp1250", "default_currency": "CZK"})
    assert file.statements[0].entries[0].text == "Příliš"


def test_bytes_in_no_encoding_are_named_with_their_line():
    with pytest.raises(StatementRefusedError, match="line 5"):
        read_statements(changed("musterbank.csv", "K-5512", "\x81").replace(b"\xc2\x81", b"\x81").replace(b"Buchhandlung", b"\x81"))


@pytest.mark.parametrize(
    ("heading", "words"), [("Info", "Umsatz vorgemerkt"), ("Status", "Vorgemerkt"), ("State", "PENDING"), ("Stav", "Čeká na zaúčtování")]
)
def test_what_is_not_booked_yet_is_left_out(heading, words):
    rows = (f"Date;Amount;Text;{heading}", f"2026-11-20;952.00;2026/14;{words}", "2026-11-21;952.00;2026/14;Umsatz gebucht")
    file = read_csv("\n".join(rows), layout=CsvLayout.of({"default_currency": "EUR"}))

    assert [entry.place for entry in file.statements[0].entries] == ["line 3"]
    assert file.notices == (f"line 2: an entry over 952.00 is not booked yet ({words[:20]}) and was left out.",)
