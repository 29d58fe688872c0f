"""Interest for late payment, worked out by hand, and the rates of the law."""

import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contrib.delivery import interest
from invoicing.contrib.delivery.interest import DatedRate, fixed_rate, late_interest, legal_rates
from invoicing.exceptions import InvalidDataError

RATES = Path(interest.__file__).parent / "rates"

FIVE = fixed_rate(Decimal(5))


def rate_on(country, day, *, is_business=True):
    return next(row.rate for row in reversed(legal_rates(country, is_business=is_business)) if row.valid_from <= day)


def test_interest_of_thirty_days():
    # 952.00 × 10.52 % × 30/365 = 8.2316…
    found = late_interest(
        Decimal("952.00"), rates=fixed_rate(Decimal("10.52")), after=date(2026, 8, 1), until=date(2026, 8, 31), currency="EUR"
    )

    assert (found.amount, found.days) == (Decimal("8.23"), 30)
    assert [(part.first, part.last) for part in found.parts] == [(date(2026, 8, 2), date(2026, 8, 31))]


@pytest.mark.parametrize("year", [2027, 2028])
def test_a_whole_year_costs_the_yearly_rate_also_in_a_leap_year(year):
    found = late_interest(Decimal(1000), rates=FIVE, after=date(year - 1, 12, 31), until=date(year, 12, 31), currency="EUR")

    assert found.amount == Decimal("50.00")


def test_a_rate_that_changes_splits_the_time():
    # 10 000 × 9.5 % × 30/365 = 78.0822, × 10 % × 31/365 = 84.9315: 163.0137
    rates = [DatedRate(rate=Decimal(10), valid_from=date(2026, 7, 1)), DatedRate(rate=Decimal("9.5"), valid_from=date(2026, 1, 1))]

    found = late_interest(Decimal(10000), rates=rates, after=date(2026, 5, 31), until=date(2026, 7, 31), currency="EUR")

    assert found.amount == Decimal("163.01")
    assert [(part.days, part.rate.rate) for part in found.parts] == [(30, Decimal("9.5")), (31, Decimal(10))]


def test_it_is_rounded_once():
    # Each of the 60 days costs 0.0019…: rounded by the day it would be nothing.
    found = late_interest(Decimal("14.00"), rates=FIVE, after=date(2026, 1, 1), until=date(2026, 3, 2), currency="EUR")

    assert found.amount == Decimal("0.12")


def test_currencies_have_their_digits():
    assert late_interest(Decimal(100000), rates=FIVE, after=date(2026, 1, 1), until=date(2026, 1, 31), currency="JPY").amount == 411


def test_nothing_is_charged_before_the_first_day():
    found = late_interest(Decimal(100), rates=FIVE, after=date(2026, 1, 1), until=date(2026, 1, 1), currency="EUR")

    assert (found.amount, found.parts) == (0, ())


def test_days_before_the_first_rate_are_refused():
    rates = [DatedRate(rate=Decimal(5), valid_from=date(2026, 1, 1))]

    with pytest.raises(InvalidDataError, match="from 2026-01-01 on, not for 2025-12-31"):
        late_interest(Decimal(100), rates=rates, after=date(2025, 12, 30), until=date(2026, 1, 5), currency="EUR")


@given(st.dates(date(2023, 1, 1), date(2030, 1, 1)), st.integers(0, 900), st.integers(0, 900), st.decimals(0, 99999, places=2))
def test_the_exact_parts_of_two_times_that_meet_add_up(after, first, second, amount):
    rates = legal_rates("DE", is_business=True)
    middle, end = date.fromordinal(after.toordinal() + first), date.fromordinal(after.toordinal() + first + second)

    def exact(start, until):
        parts = late_interest(amount, rates=rates, after=start, until=until, currency="EUR").parts
        return sum((part.exact for part in parts), Fraction(0))

    assert exact(after, middle) + exact(middle, end) == exact(after, end)


# The law


@pytest.mark.parametrize(
    ("country", "is_business", "day", "rate"),
    [
        ("DE", True, date(2014, 7, 28), "7.27"),  # 8 above -0.73, one day before the law changed
        ("DE", True, date(2014, 7, 29), "8.27"),
        ("DE", True, date(2022, 12, 31), "8.12"),
        ("DE", True, date(2024, 1, 1), "12.62"),
        ("DE", True, date(2025, 12, 31), "10.27"),
        ("DE", True, date(2026, 7, 1), "10.52"),
        ("DE", False, date(2026, 7, 1), "6.52"),
        ("AT", True, date(2023, 3, 1), "11.08"),
        ("AT", True, date(2024, 6, 30), "13.08"),
        ("AT", False, date(2024, 6, 30), "4"),
        ("NL", True, date(2024, 7, 1), "12.25"),
        ("IE", True, date(2024, 7, 1), "12.25"),
        ("MT", True, date(2024, 1, 1), "12.50"),
        ("FR", True, date(2024, 7, 1), "14.25"),
        ("CH", False, date(2026, 7, 1), "5"),
    ],
)
def test_legal_rates(country, is_business, day, rate):
    assert rate_on(country, day, is_business=is_business) == Decimal(rate)


def test_the_last_rate_holds_for_later_days():
    found = late_interest(
        Decimal(1000), rates=legal_rates("DE", is_business=True), after=date(2031, 1, 1), until=date(2031, 12, 31), currency="EUR"
    )

    assert [part.rate.valid_from for part in found.parts] == [date(2026, 7, 1)]


@pytest.mark.parametrize(("country", "is_business"), [("FR", False), ("US", True), ("", True), ("PL", True)])
def test_where_the_law_is_not_known_there_are_no_rates(country, is_business):
    assert legal_rates(country, is_business=is_business) == ()


def test_a_rate_says_the_law_and_who_published_the_reference():
    last = legal_rates("DE", is_business=True)[-1]

    assert last.source == "§ 288 (2) BGB; Deutsche Bundesbank, Basiszinssatz (§ 247 BGB)"


@pytest.mark.parametrize("name", ["laws", "references"])
def test_every_row_has_its_day_and_its_source(name):
    with (RATES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert rows
    assert all(date.fromisoformat(row["valid_from"]) and row["source"] for row in rows)


def test_every_law_names_a_reference_that_is_known():
    with (RATES / "laws.csv").open(encoding="utf-8", newline="") as file:
        named = {row["reference"] for row in csv.DictReader(file)}

    assert named - {""} == set(interest._references())


def test_the_german_reference_moves_as_that_of_the_central_bank_does():
    """§ 247 (1) BGB: by the same points, so that a misprint in one of the two tables shows."""
    ecb, german = ({row.valid_from: row.rate for row in interest._references()[name]} for name in ("ECB", "DE"))

    assert ecb.keys() == german.keys()
    assert {ecb[day] - german[day] for day in ecb} == {Decimal("0.88")}
