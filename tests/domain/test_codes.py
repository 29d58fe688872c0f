"""The code lists hold what their sources hold, and refuse what no list has."""

import pytest

from invoicing.domain.codes import currencies, units
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize(
    ("currency", "decimals"), [("EUR", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3), ("INR", 2), ("XOF", 0), ("CHF", 2), ("HRK", 2)]
)
def test_a_currency_has_the_decimals_of_iso_4217(currency, decimals):
    assert currencies.minor_units(currency) == decimals


@pytest.mark.parametrize("currency", ["XXQ", "", "eur", "XAU", "XTS", "XXX", "CHE", "EURO", None])
def test_what_nobody_pays_with_is_no_currency(currency):
    with pytest.raises(InvalidDataError) as refused:
        currencies.minor_units(currency)

    assert list(refused.value.errors) == ["currency"]
    assert "use an ISO 4217 code such as EUR" in refused.value.errors["currency"][0]


@pytest.mark.parametrize("currency", ["CLF", "UYW"])
def test_a_currency_of_four_decimals_is_refused_and_says_so(currency):
    with pytest.raises(InvalidDataError, match=f"{currency} has 4 decimals, amounts hold 3"):
        currencies.minor_units(currency)


def test_forms_offer_the_currencies_in_use_today():
    codes = currencies.currency_codes()

    assert len(codes) == 156
    assert {"EUR", "XCG", "SLE", "ZWG"} <= set(codes)
    assert not {"HRK", "BGN", "CLF", "UYW"} & set(codes)


@pytest.mark.parametrize("code", ["C62", "HUR", "KGM", "DAY", "MTR", "MTK", "LTR", "H87", "XPP", "10", "ZZ"])
def test_a_code_of_recommendation_20_or_21_is_a_unit(code):
    assert units.is_unit_code(code)


@pytest.mark.parametrize("code", ["", "kgm", "KG", "PP", "EMPTY", "PIECES", "C62 HUR"])
def test_another_word_is_no_code_of_a_unit(code):
    assert not units.is_unit_code(code)


def test_the_list_is_the_one_of_en_16931():
    assert len(units.unit_codes()) == 2162


@pytest.mark.parametrize(("name", "code"), [("EMPTY", ""), ("PIECES", "C62"), ("HOURS", "HUR"), ("KGM", "KGM"), ("XPP", "XPP")])
def test_a_stored_unit_and_its_code_lead_to_each_other(name, code):
    assert units.unit_code(name) == code
    assert units.unit_name(code) == name


@pytest.mark.parametrize(
    ("written", "stored"),
    [("pieces", "PIECES"), ("c62", "PIECES"), (" hur ", "HOURS"), ("Hours", "HOURS"), ("", "EMPTY"), ("empty", "EMPTY"), ("kgm", "KGM")],
)
def test_a_unit_may_be_written_as_name_or_code_in_any_case(written, stored):
    assert units.normalise_unit(written) == stored


@pytest.mark.parametrize("refuse", [units.normalise_unit, units.unit_code, units.unit_name])
def test_an_unknown_unit_is_refused_with_what_may_be_used(refuse):
    with pytest.raises(InvalidDataError) as refused:
        refuse("BUSHELS")

    assert "“BUSHELS” is not a unit: use EMPTY, PIECES, HOURS or a code" in refused.value.errors["unit"][0]
