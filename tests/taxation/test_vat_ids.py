"""VAT ids: every state's spelling, the untidy ways that people type, and junk."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from invoicing.taxation.territories import MEMBER_STATES
from invoicing.taxation.vat_ids import parse_vat_id, prefix_territory

# Invented, with right check digits.
IDS = {
    "AT": "ATU98765434",
    "BE": "BE0987000041",
    "BG": "BG123450000",
    "CY": "CY10000100E",
    "CZ": "CZ26987601",
    "DE": "DE987654328",
    "DK": "DK98765433",
    "EE": "EE101230009",
    "ES": "ESB98765449",
    "FI": "FI98765449",
    "FR": "FR40987603149",
    "GR": "EL987654324",
    "HR": "HR98765432114",
    "HU": "HU98765434",
    "IE": "IE9876543KH",
    "IT": "IT09876500019",
    "LT": "LT987600011",
    "LU": "LU98765522",
    "LV": "LV40987600006",
    "MT": "MT19876001",
    "NL": "NL987654329B01",
    "PL": "PL9876543210",
    "PT": "PT509876005",
    "RO": "RO98760007",
    "SE": "SE559876000601",
    "SI": "SI98765434",
    "SK": "SK2098760004",
    "XI": "XI987654353",
}


def test_there_is_an_example_of_every_state():
    assert set(IDS) == MEMBER_STATES | {"XI"}


@pytest.mark.parametrize(("state", "number"), IDS.items())
def test_an_id_is_read_by_its_prefix(state, number):
    parsed = parse_vat_id(number)

    assert (parsed.territory, parsed.number) == (state, number)


@pytest.mark.parametrize(("state", "number"), IDS.items())
def test_case_and_separators_do_not_matter(state, number):
    untidy = f" {number[:2].lower()}-{number[2:5]}.{number[5:].lower()}\u00a0"

    assert parse_vat_id(untidy).number == number


@pytest.mark.parametrize(("state", "number"), IDS.items())
def test_an_id_without_prefix_is_read_by_the_country(state, number):
    assert parse_vat_id(number[2:], country=state).number == number
    assert parse_vat_id(number[2:]) is None


def test_greek_ids_may_begin_with_gr():
    assert parse_vat_id("GR987654324").number == "EL987654324"


@pytest.mark.parametrize(
    "wrong", ["DE987654329", "DE98765432", "FR", "XX123456789", "EU372000041", "", "DE12345678O", "\u0414\u0415987654328"]
)
def test_what_is_not_well_formed_is_none(wrong):
    assert parse_vat_id(wrong, country="DE") is None


def test_the_register_outranks_the_check_digits():
    assert parse_vat_id("DE987654329", trusted=True).territory == "DE"
    assert parse_vat_id("no such id", trusted=True) is None


def test_ids_outside_the_union_are_read_where_the_rules_are_known():
    assert parse_vat_id("CHE-198.765.003 MWST", country="CH").territory == "CH"
    assert parse_vat_id("GB 981 0000 05", country="GB").territory == "GB"
    assert parse_vat_id("98-7654321", country="US") is None


@pytest.mark.parametrize(
    ("text", "state"), [("el 1", ""), ("el 123", "GR"), ("XI123456789", "XI"), ("DE99", "DE"), ("Bezahlt bar", ""), ("", "")]
)
def test_a_prefix_counts_only_on_something_like_an_id(text, state):
    assert prefix_territory(text) == state


@given(text=st.text(), country=st.sampled_from(["", "DE", "GR", "XI", "CH", "GB", "IN", "US"]), trusted=st.booleans())
@example(text="DE\x00123", country="DE", trusted=True)
@example(text="ß" * 12, country="DE", trusted=True)
@example(text="IE1234567*", country="", trusted=False)
def test_junk_never_raises(text, country, trusted):
    parse_vat_id(text, country=country, trusted=trusted)
    prefix_territory(text)


@given(st.from_regex(r"\A[A-Z]{2}[A-Z0-9+* ./-]{2,16}\Z"), st.sampled_from([*MEMBER_STATES, "XI", "CH", "NO"]))
def test_what_looks_like_an_id_never_raises(text, country):
    parse_vat_id(text, country=country)
