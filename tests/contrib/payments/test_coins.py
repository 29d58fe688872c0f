"""The smallest coin of a currency, and what is paid in coins."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments.coins import in_coins, smallest_coin


@pytest.mark.parametrize(
    ("currency", "country", "coin"),
    [
        ("CHF", "CH", "0.05"),
        ("CHF", "", "0.05"),
        ("SEK", "SE", "1.00"),
        ("DKK", "DK", "0.50"),
        ("HUF", "HU", "5"),
        ("NZD", "NZ", "0.10"),
        ("EUR", "FI", "0.05"),
        ("EUR", "IT", "0.05"),
        ("EUR", "DE", None),
        ("EUR", "AT", None),
        ("EUR", "", None),
        ("USD", "US", None),
        ("JPY", "JP", None),
    ],
)
def test_the_smallest_coin(currency, country, coin):
    assert smallest_coin(currency, country=country) == (coin and Decimal(coin))


@pytest.mark.parametrize(
    ("amount", "coin", "paid"),
    [
        ("10.02", "0.05", "10.00"),
        ("10.03", "0.05", "10.05"),
        ("10.05", "0.05", "10.05"),
        ("10.07", "0.05", "10.05"),
        ("10.08", "0.05", "10.10"),
        ("0.02", "0.05", "0.00"),
        ("99.49", "1.00", "99"),
        ("99.50", "1.00", "100"),
        ("12.25", "0.50", "12.50"),
        ("1002", "5", "1000"),
        ("1002.50", "5", "1005"),
        ("1003", "5", "1005"),
        ("-10.03", "0.05", "-10.05"),
    ],
)
def test_an_amount_in_coins(amount, coin, paid):
    assert in_coins(Decimal(amount), Decimal(coin)) == Decimal(paid)
