"""How money, numbers and days are written."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from invoicing.documents.formats import Notation


def written(language, currency="EUR"):
    return Notation(language=language, currency=currency)


@pytest.mark.parametrize(
    ("language", "currency", "amount", "text"),
    [
        ("en", "EUR", "1234567.5", "EUR\u00a01,234,567.50"),
        ("de", "EUR", "1234567.5", "1.234.567,50\u00a0EUR"),
        ("fr", "EUR", "1234.5", "1\u00a0234,50\u00a0EUR"),
        ("sk", "EUR", "1234.5", "1\u00a0234,50\u00a0EUR"),
        ("it", "EUR", "999.99", "999,99\u00a0EUR"),
        ("en", "JPY", "45000", "JPY\u00a045,000"),
        ("en", "KWD", "0.5", "KWD\u00a00.500"),
        ("de", "EUR", "-12", "\N{MINUS SIGN}12,00\u00a0EUR"),
    ],
)
def test_money_has_the_digits_of_its_currency_and_the_separators_of_its_language(language, currency, amount, text):
    with translation.override(language):
        money = written(language, currency).money(Decimal(amount))

    assert str(money) == text
    assert money.figure in text
    assert money.value == Decimal(amount)


@pytest.mark.parametrize(
    ("price", "figure"), [("95.000000", "95.00"), ("0.047500", "0.0475"), ("0.123456", "0.123456"), ("1E+2", "100.00")]
)
def test_a_unit_price_is_as_fine_as_it_needs(price, figure):
    with translation.override("en"):
        assert written("en").unit_price(Decimal(price)).figure == figure


@pytest.mark.parametrize(("number", "text"), [("12.500", "12,5"), ("20.000", "20"), ("1500.125", "1.500,125"), ("0.001", "0,001")])
def test_a_quantity_has_no_trailing_zeros(number, text):
    with translation.override("de"):
        assert str(written("de").number(Decimal(number))) == text


@pytest.mark.parametrize(("language", "text"), [("en", "5.5%"), ("de", "5,5\u00a0%"), ("it", "5,5%")])
def test_a_percentage_follows_its_language(language, text):
    with translation.override(language):
        assert str(written(language).percentage(Decimal("5.500"))) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Nov. 20, 2026"), ("de", "20. November 2026"), ("es", "20 de noviembre de 2026"), ("sk", "20. novembra 2026")],
)
def test_a_day_has_its_month_in_words(language, text):
    with translation.override(language):
        assert str(written(language).day(date(2026, 11, 20))) == text


@pytest.mark.parametrize("use_thousand_separator", [True, False])
def test_the_settings_of_the_site_change_no_figure(settings, use_thousand_separator):
    settings.USE_THOUSAND_SEPARATOR = use_thousand_separator
    settings.THOUSAND_SEPARATOR = "'"
    with translation.override("de"):
        assert written("de").money(Decimal(1000)).figure == "1.000,00"
