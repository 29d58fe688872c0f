"""A counter runs for its period and its scope, and no two scopes share one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.counters import CounterScope, fiscal_year, period_key
from invoicing.exceptions import InvalidDataError

NOVEMBER = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("period", "key"), [("DAILY", "2026-11-21"), ("MONTHLY", "2026-11"), ("YEARLY", "2026"), ("FISCAL_YEAR", "FY2026"), ("INFINITE", "")]
)
def test_a_period_is_named_by_its_day(period, key):
    assert period_key(period, NOVEMBER) == key


@pytest.mark.parametrize(
    ("day", "start", "year"),
    [
        (date(2027, 3, 31), 4, 2026),
        (date(2027, 4, 1), 4, 2027),
        (date(2026, 12, 31), 1, 2026),
        (date(2026, 1, 1), 1, 2026),
        (date(2026, 11, 30), 12, 2025),
        (date(2026, 12, 1), 12, 2026),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_it_starts_in(day, start, year):
    assert fiscal_year(day, start=start) == year
    assert period_key("FISCAL_YEAR", day, fiscal_year_start=start) == f"FY{year}"


@pytest.mark.parametrize("start", [0, 13, -1])
def test_a_fiscal_year_starts_in_a_month(start):
    with pytest.raises(InvalidDataError, match=r"fiscal_year_start: .* is not a month: use 1"):
        fiscal_year(NOVEMBER, start=start)


def test_an_unknown_period_is_refused_with_those_there_are():
    with pytest.raises(InvalidDataError, match="use one of DAILY, MONTHLY, YEARLY, FISCAL_YEAR, INFINITE"):
        period_key("WEEKLY", NOVEMBER)


def test_a_key_can_be_read():
    assert CounterScope(company_id=7, series="ISSUED", type="INVOICE", period="2026").key == "7|ISSUED|INVOICE|2026"
    assert CounterScope(company_id=None, series="RECEIVED", type="", period="").key == "|RECEIVED||"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"company_id": None}, {"company_id": 0}),
        ({"series": "ISSUED|A", "type": ""}, {"series": "ISSUED", "type": "A"}),
        ({"series": "ISSUED-inv"}, {"series": "ISSUED-INV"}),
        ({"series": "ISSUED-é"}, {"series": "ISSUED-e"}),
        ({"series": "ISSUED "}, {"series": "ISSUED"}),
        ({"series": "ISSUED" + "A" * 300}, {"series": "ISSUED" + "A" * 301}),
        ({"series": "%41"}, {"series": "A"}),
    ],
)
def test_scopes_stay_apart_even_where_letters_are_compared_without_case(one, other):
    usual = {"company_id": 1, "series": "ISSUED", "type": "INVOICE", "period": "2026"}
    keys = [CounterScope(**{**usual, **change}).key for change in (one, other)]

    assert keys[0].upper() != keys[1].upper()
    assert all(len(key) <= 191 and key.isascii() for key in keys)


SCOPES = st.builds(
    CounterScope,
    company_id=st.none() | st.integers(min_value=0, max_value=200),
    series=st.text(alphabet="Aa|%#1é", max_size=80),
    type=st.text(alphabet="Aa|%#1", max_size=4),
    period=st.text(alphabet="Aa|%#1", max_size=4),
)


@given(SCOPES, SCOPES)
def test_no_two_scopes_share_a_key(one, other):
    assert (one.key == other.key) is (one == other)
    assert len(one.key) <= 191
