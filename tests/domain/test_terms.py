"""The day on which payment is due, by the calendar."""

from datetime import date

import pytest

from invoicing.domain.terms import due_date
from invoicing.exceptions import InvalidDataError


@pytest.mark.parametrize(
    ("issued", "term", "due"),
    [
        (date(2026, 11, 21), {}, date(2026, 11, 21)),
        (date(2026, 11, 21), {"days": 14}, date(2026, 12, 5)),
        (date(2026, 12, 20), {"days": 30}, date(2027, 1, 19)),
        (date(2026, 1, 31), {"months": 1}, date(2026, 2, 28)),
        (date(2028, 1, 31), {"months": 1}, date(2028, 2, 29)),
        (date(2026, 11, 30), {"months": 3}, date(2027, 2, 28)),
        (date(2026, 1, 31), {"months": 1, "days": 10}, date(2026, 3, 10)),
        (date(2026, 11, 21), {"end_of_month": True}, date(2026, 11, 30)),
        (date(2026, 11, 30), {"end_of_month": True}, date(2026, 11, 30)),
        (date(2026, 1, 10), {"days": 30, "end_of_month": True}, date(2026, 2, 28)),
        (date(2026, 11, 5), {"day_of_month": 10}, date(2026, 11, 10)),
        (date(2026, 11, 10), {"day_of_month": 10}, date(2026, 11, 10)),
        (date(2026, 11, 11), {"day_of_month": 10}, date(2026, 12, 10)),
        (date(2026, 11, 11), {"day_of_month": 31}, date(2026, 11, 30)),
        (date(2026, 1, 31), {"day_of_month": 30}, date(2026, 2, 28)),
        (date(2026, 11, 5), {"days": 30, "end_of_month": True, "day_of_month": 10}, date(2027, 1, 10)),
    ],
)
def test_a_term_leads_to_its_day(issued, term, due):
    assert due_date(issued, **term) == due


@pytest.mark.parametrize(
    ("term", "fields"),
    [
        ({"days": -1}, ["days"]),
        ({"months": -1}, ["months"]),
        ({"days": -1, "months": -2}, ["days", "months"]),
        ({"day_of_month": 0}, ["day_of_month"]),
        ({"day_of_month": 32}, ["day_of_month"]),
        ({"days": 10**12}, ["days"]),
        ({"months": 10**6}, ["days"]),
    ],
)
def test_an_impossible_term_is_refused_by_field(term, fields):
    with pytest.raises(InvalidDataError) as refused:
        due_date(date(2026, 11, 21), **term)

    assert list(refused.value.errors) == fields


def test_the_last_month_of_the_calendar_has_no_next():
    with pytest.raises(InvalidDataError, match="after the year 9999"):
        due_date(date(9999, 12, 20), day_of_month=10)
