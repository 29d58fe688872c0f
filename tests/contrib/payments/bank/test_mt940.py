"""MT940: what the package reads, with lines and balances of our own, and its every exception caught."""

import builtins
from decimal import Decimal

import pytest

from invoicing.contrib.payments.bank.exceptions import StatementRefusedError, StatementUnbalancedError
from invoicing.contrib.payments.bank.mt940 import read_mt940
from invoicing.contrib.payments.bank.reading import read_statements
from invoicing.exceptions import MissingDependencyError
from tests.contrib.payments.bank.samples import changed, content, mt940, read


def test_a_german_statement():
    (statement,) = read("musterbank.sta").statements

    assert (statement.account, statement.number, statement.currency) == ("37040044/0532013000", "00231/001", "EUR")
    assert (statement.opening_balance, statement.closing_balance) == (Decimal("12500.00"), Decimal("13452.00"))
    paid = statement.entries[0]
    assert (paid.amount, paid.counterparty, paid.iban) == (Decimal("952.00"), "BUCHHANDLUNG SOMMER KG", "DE75512108001245126199")
    assert (paid.text, paid.end_to_end_id) == ("Rechnung 2026/14 vom 20.11.2026 Kunde 4711", "RE-2026-14")
    assert (paid.bank_reference, paid.place) == ("55TR20261120A1", "line 6 (:61:)")


def test_the_return_of_a_debit_is_a_credit():
    returned = read("musterbank.sta").statements[0].entries[2]

    assert (returned.amount, returned.is_reversal) == (Decimal("45.60"), True)


def test_a_czech_statement_with_another_sign_between_the_parts():
    (statement,) = read("vltavska.sta").statements

    assert statement.account == "CZ6508000000192000145399"
    assert statement.entries[0].text == "VS2026000123 KS0308 SS faktura 2026000123"
    assert (statement.entries[0].counterparty, statement.entries[0].iban) == ("KNIHKUPECTVI LETO S.R.O.", "CZ9501000000001234567899")
    assert statement.entries[1].amount == Decimal("-605.00")


def test_words_that_are_cut_at_27_signs_are_joined_and_others_parted():
    file = read_statements(mt940(("10,00", "Zahlung Ihrer Rechnung 2026?21/14 Kunde?22Dresden")))

    assert file.statements[0].entries[0].text == "Zahlung Ihrer Rechnung 2026/14 Kunde Dresden"


def test_details_with_keys_between_slashes():
    text = (
        content("vltavska.sta")
        .decode()
        .replace(
            ":86:020~00PLATBA ODCHOZI~20/VS/77001/SS//KS/0308~32VODARNA A.S.",
            ":86:/EREF/LIEF-7/CNTP/DE75512108001245126199/DEUTDEFF/Wasserwerk AG/Berlin//REMI/USTD//Zaehler 7/",
        )
    )

    entry = read_mt940(text).statements[0].entries[1]
    assert (entry.end_to_end_id, entry.iban, entry.counterparty) == ("LIEF-7", "DE75512108001245126199", "Wasserwerk AG")
    assert entry.text == "Zaehler 7"


def test_several_statements_in_a_file():
    file = read_statements(mt940(("1,00", "a")) + b"\n-\n" + mt940(("2,00", "b"), ("3,00", "c")))

    assert [[entry.amount for entry in statement.entries] for statement in file.statements] == [[1], [2, 3]]


def test_a_statement_that_does_not_add_up_is_refused_with_the_figures():
    with pytest.raises(StatementUnbalancedError) as refusal:
        read_statements(changed("musterbank.sta", "EUR13452,00", "EUR13452,01"))

    assert all(figure in str(refusal.value) for figure in ("12500.00", "952.00", "13452.00", "13452.01", "00231/001"))


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (":61:2611201120CR952,00NTRF", ":61:261120112XCR952,00NTRF", "line 6"),
        (":61:2611201120CR952,00NTRF", ":61:2611301140CR952,00NTRF", "line 6"),
        (":61:2611201120CR952,00NTRF", ":61:2611201120CR9,5,2NTRF", "line 6"),
        (":60F:C261119EUR12500,00", ":60F:X261119EUR12500,00", "line 5"),
        (":60F:C261119EUR12500,00", ":60F:C261319EUR12500,00", "line 5"),
        (":60F:C261119EUR12500,00", ":60F:C261119QQQ12500,00", "line 5"),
        (":60F:C261119EUR12500,00\n", "", "line 17"),
        (":62F:C261120EUR13452,00\n", "", "line 17"),
        (":25:37040044/0532013000\n", "", "line 17"),
        (":62F:C261120EUR13452,00", ":62F:C261120CHF13452,00", "line 17"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(before, after, place):
    with pytest.raises(StatementRefusedError) as refusal:
        read_statements(changed("musterbank.sta", before, after))

    assert refusal.value.place.startswith(place)


def test_an_entry_without_a_type_is_read_nevertheless():
    file = read_statements(changed("musterbank.sta", ":61:2611201120DR45,60NDDTNONREF//55TR20261120A2", ":61:2611201120DR45,60"))

    assert [entry.amount for entry in file.statements[0].entries] == [Decimal("952.00"), Decimal("-45.60"), Decimal("45.60")]


def test_a_text_that_names_a_file_is_not_opened(tmp_path):
    secret = tmp_path / "secret.sta"
    secret.write_bytes(content("musterbank.sta"))

    with pytest.raises(StatementRefusedError, match=":20:"):
        read_mt940(str(secret))


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    original = builtins.__import__

    def absent(name, *args, **kwargs):
        if name == "mt940":
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingDependencyError, match=r"django-invoicekit\[bank\]"):
        read_statements(content("musterbank.sta"))
