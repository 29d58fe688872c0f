"""Territories: spellings, the Union's members, and what is no country."""

import pytest

from invoicing.domain.choices import Supply
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.territories import MEMBER_STATES, follows_eu_rules, is_in_eu, territory


@pytest.mark.parametrize(
    ("code", "known"), [("de", "DE"), ("EL", "GR"), ("UK", "GB"), ("MC", "FR"), ("xi", "XI"), ("XK", "XK"), (" us ", "US"), ("", "")]
)
def test_codes_have_one_spelling(code, known):
    assert territory(code) == known


@pytest.mark.parametrize("code", ["Germany", "D", "DEU", "ZZ", "XX", "EU1", "12", "QQ", "AA", "Д1"])
def test_what_is_no_country_is_refused_by_the_name_of_its_field(code):
    with pytest.raises(InvalidDataError) as raised:
        territory(code, field="customer_country")

    assert list(raised.value.errors) == ["customer_country"]


def test_there_are_27_members():
    assert len(MEMBER_STATES) == 27
    assert all(is_in_eu(code) for code in ["GR", "EL", "hr", "MC"])
    assert not any(is_in_eu(code) for code in ["GB", "XI", "CH", "NO", "GF", "AX", "", "Germany"])


def test_northern_ireland_follows_the_rules_on_goods_only():
    assert follows_eu_rules("XI", supply=Supply.GOODS)
    assert not follows_eu_rules("XI", supply=Supply.SERVICES)
    assert not follows_eu_rules("GB", supply=Supply.GOODS)
