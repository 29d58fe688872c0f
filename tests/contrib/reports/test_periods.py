"""Periods have a first and a last day, and buckets hold every number of days once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contrib.reports.buckets import buckets
from invoicing.contrib.reports.periods import Span, first_day, month, quarter, read_period
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize(
    ("text", "start", "first", "last"),
    [
        ("2026-10", 1, date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-2", 1, date(2026, 2, 1), date(2026, 2, 28)),
        ("2028-02", 1, date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", 1, date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q1", 1, date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q4", 1, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", 4, date(2026, 1, 1), date(2026, 12, 31)),
        ("FY2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("FY2026", 4, date(2026, 4, 1), date(2027, 3, 31)),
        (" fy2026 ", 12, date(2026, 12, 1), date(2027, 11, 30)),
    ],
)
def test_a_period_is_read(text, start, first, last):
    period = read_period(text, fiscal_year_start=start)

    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-00", "2026-Q5", "2026-10-01", "0000", "9999-13", "October", "\N{FULLWIDTH DIGIT TWO}026"]
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(InvalidDataError):
        read_period(text)


@pytest.mark.parametrize("make", [lambda: month(2026, 13), lambda: quarter(2026, 0), lambda: read_period("FY2026", fiscal_year_start=13)])
def test_there_is_no_thirteenth_month(make):
    with pytest.raises(InvalidDataError):
        make()


@given(st.dates(), st.sampled_from([Span.MONTH, Span.QUARTER, Span.YEAR]))
def test_a_period_begins_before_its_days(day, span):
    first = first_day(day, span=span, beginning=date(2000, 1, 1))

    assert first <= day
    assert (day - first).days < {Span.MONTH: 31, Span.QUARTER: 92, Span.YEAR: 366}[span]
    assert first_day(first, span=span, beginning=day) == first


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5, unique=True).map(sorted), st.integers(-500, 500))
def test_every_number_of_days_is_in_one_bucket(limits, days):
    assert sum(bucket.holds(days) for bucket in buckets(limits)) == 1


def test_buckets_have_names_and_due_dates():
    assert [bucket.name for bucket in buckets()] == ["not_due", "days_1_30", "days_31_60", "days_61_90", "over_90"]
    assert [bucket.title for bucket in buckets([14])] == ["Not due", "1–14 days", "Over 14 days"]
    assert buckets()[1].due_dates(date(2026, 3, 31)) == (date(2026, 3, 1), date(2026, 3, 30))


@pytest.mark.parametrize("limits", [[], [0], [30, 30], [60, 30]])
def test_limits_have_to_rise(limits):
    with pytest.raises(InvalidDataError):
        buckets(limits)
