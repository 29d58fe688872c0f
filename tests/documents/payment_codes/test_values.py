"""Texts, accounts and amounts before they go into a code."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.payment_codes.values import (
    amount_problem,
    amount_text,
    bic,
    compact,
    creditor_reference,
    digits,
    iban,
    one_line,
    refuse,
)
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Lindner  &\tVogt\r\nGmbH ", "Lindner & Vogt GmbH"),
        ("A\u2028B\x85C\x0bD", "A B C D"),
        ("A\u202eB\u200b\ufeffC", "ABC"),
        ("Cafe\u0301", "Café"),
        ("A\x00B", "A B"),
    ],
)
def test_a_text_becomes_one_line(text, line):
    assert one_line(text) == line


def test_a_text_is_cut_without_a_space_at_its_end():
    assert one_line("Lindner Vogt", longest=8) == "Lindner"


@given(st.text())
def test_a_line_has_neither_control_characters_nor_white_space_but_single_spaces(text):
    line = one_line(text)

    assert line == " ".join(line.split())
    assert all(sign == " " or sign.isprintable() or ord(sign) > 0x7F for sign in line)
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("account", "found"),
    [
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("DE88370400440532013000", ""),
        ("50100123456789", ""),
        ("DE89370400440532013000\n", "DE89370400440532013000"),
        ("DE89-3704-0044-0532-0130-00", ""),
        ("", ""),
    ],
)
def test_an_iban_is_checked(account, found):
    assert iban(account) == found


@pytest.mark.parametrize(("code", "found"), [("cobadeff xxx", "COBADEFFXXX"), ("COBADEFF", "COBADEFF"), ("COBA", ""), ("HDFC0000001", "")])
def test_a_bic_is_checked(code, found):
    assert bic(code) == found


@pytest.mark.parametrize(
    ("reference", "found"),
    [("rf18 5390 0754 7034", "RF18539007547034"), ("RF17 5390 0754 7034", ""), ("2026/7", ""), ("RF18-5390-0754-7034", "")],
)
def test_a_creditor_reference_is_checked(reference, found):
    assert creditor_reference(reference) == found


@pytest.mark.parametrize(("text", "found"), [("0012 345", "0012345"), ("12345678901", ""), ("12a", ""), ("١٢٣", ""), ("", "")])
def test_digits_are_those_of_ascii(text, found):
    assert digits(text, longest=10) == found


def test_capitals_without_spaces():
    assert compact(" hdfc 0000\t001\n") == "HDFC0000001"


@pytest.mark.parametrize(("amount", "text"), [("5", "5.00"), ("1E+3", "1000.00"), ("0.1", "0.10"), ("999999999.99", "999999999.99")])
def test_an_amount_has_two_decimals_and_no_exponent(amount, text):
    assert amount_text(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["0", "-1", "0.004", "0.015", "100.01", "NaN", "Infinity"])
def test_an_amount_out_of_range_is_a_problem(amount):
    assert "between 0.01 and 100" in amount_problem(Decimal(amount), largest=Decimal(100))


@pytest.mark.parametrize("amount", ["0.01", "100", "99.990"])
def test_an_amount_in_range_is_none(amount):
    assert amount_problem(Decimal(amount), largest=Decimal(100)) is None


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InvalidDataError) as caught:
        refuse({"account": "No account.", "amount": None, "currency": "No currency."})

    assert caught.value.errors == {"account": ["No account."], "currency": ["No currency."]}
