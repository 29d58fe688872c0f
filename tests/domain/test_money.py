"""Money is rounded half-up whatever the context is, and shared out to the last cent."""

import decimal
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.money import LARGEST, exceeds_range, quantise, split, to_decimal
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.125", "EUR", "0.13"),
        ("-0.125", "EUR", "-0.13"),
        ("2.344999", "EUR", "2.34"),
        ("0.5", "JPY", "1"),
        ("-1.5", "JPY", "-2"),
        ("1.0005", "KWD", "1.001"),
        ("-0.004", "EUR", "0.00"),
        ("7", "EUR", "7.00"),
        ("12345678901234567890123456789012345.675", "EUR", "12345678901234567890123456789012345.68"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_minor_unit(amount, currency, rounded):
    assert str(quantise(Decimal(amount), currency)) == rounded


def test_the_context_of_the_caller_changes_nothing():
    with decimal.localcontext(prec=3, rounding=decimal.ROUND_DOWN):
        assert quantise(Decimal("99999.995"), "EUR") == Decimal("100000.00")
        assert split(Decimal("99999.99"), [1, 2], currency="EUR") == [Decimal("33333.33"), Decimal("66666.66")]
        assert exceeds_range(Decimal(-100000000000))
        assert not exceeds_range(Decimal("99999999999.999"))


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1e200"])
def test_what_is_no_amount_is_not_rounded(amount):
    with pytest.raises(InvalidDataError) as refused:
        quantise(Decimal(amount), "EUR")

    assert list(refused.value.errors) == ["amount"]


def test_an_unknown_currency_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(InvalidDataError, match="“XXQ” is not a currency"):
            quantise(Decimal(1), "XXQ")


@pytest.mark.parametrize(("amount", "exceeds"), [(LARGEST, False), (-LARGEST, False), (Decimal(100000000000), True)])
def test_the_largest_amount_is_the_last_that_fits(amount, exceeds):
    assert exceeds_range(amount) is exceeds
    assert exceeds_range(-amount) is exceeds


@pytest.mark.parametrize(
    ("amount", "weights", "currency", "parts"),
    [
        ("100.00", [1, 1, 1], "EUR", ["33.34", "33.33", "33.33"]),
        ("-100.00", [1, 1, 1], "EUR", ["-33.34", "-33.33", "-33.33"]),
        ("0.05", [3, 7], "EUR", ["0.02", "0.03"]),
        ("1.00", [1, 0, 2], "EUR", ["0.33", "0.00", "0.67"]),
        ("0.02", [0, 0, 0], "EUR", ["0.01", "0.01", "0.00"]),
        ("10", ["1.5", "1.5", "1"], "JPY", ["4", "4", "2"]),
        ("1.000", [1, 1, 1], "KWD", ["0.334", "0.333", "0.333"]),
        ("10.00", [3, -1], "EUR", ["15.00", "-5.00"]),
        ("0.00", [2, 3], "EUR", ["0.00", "0.00"]),
        ("0.00", [], "EUR", []),
        ("0.00", [1, -1], "EUR", ["0.00", "0.00"]),
    ],
)
def test_a_split_gives_the_left_cents_to_the_largest_remainders(amount, weights, currency, parts):
    shared = split(Decimal(amount), [Decimal(weight) for weight in weights], currency=currency)

    assert [str(part) for part in shared] == parts


@given(
    cents=st.integers(min_value=-(10**13), max_value=10**13),
    weights=st.lists(st.decimals(min_value=0, max_value=10**6, places=4), min_size=1, max_size=20),
)
def test_a_split_never_loses_a_cent(cents, weights):
    amount = Decimal(cents).scaleb(-2)

    parts = split(amount, weights, currency="EUR")

    assert sum(parts) == amount
    assert parts == [-part for part in split(-amount, weights, currency="EUR")]
    assert all(part == quantise(part, "EUR") for part in parts)


@pytest.mark.parametrize(
    ("amount", "weights", "field"), [("0.005", [1, 1], "amount"), ("1.00", [], "weights"), ("1.00", [2, -2], "weights")]
)
def test_a_split_that_cannot_add_up_is_refused(amount, weights, field):
    with pytest.raises(InvalidDataError) as refused:
        split(Decimal(amount), weights, currency="EUR")

    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("value", "number"), [(7, "7"), ("12.50", "12.50"), (" -3 ", "-3"), (".5", "0.5"), (Decimal("1E+3"), "1000"), ("+1.", "1")]
)
def test_numbers_from_outside_become_decimals(value, number):
    assert to_decimal(value, field="quantity") == Decimal(number)


@pytest.mark.parametrize(
    "value", ["", "NaN", "inf", "1_000", "1,5", "1e5", "१२", "12 50", "x" * 100, True, None, Decimal("NaN"), Decimal("-Infinity"), b"1", []]
)
def test_what_is_no_number_is_refused_by_the_name_of_its_field(value):
    with pytest.raises(InvalidDataError) as refused:
        to_decimal(value, field="quantity")

    assert "is not a number: write digits" in refused.value.errors["quantity"][0]
    assert len(refused.value.errors["quantity"][0]) < 150


def test_a_float_is_refused_and_says_what_to_pass():
    with pytest.raises(InvalidDataError, match=r"unit_price: A float cannot hold money exactly: pass a Decimal or a string such as 12\.50"):
        to_decimal(0.1, field="unit_price")
