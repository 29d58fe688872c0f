"""A company brings its bank, its numbers and its day; what cannot work is refused when it is entered."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from tests.factories import make_company, make_invoice, make_party

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"number_format": "{{ invoice.date_issue|date:'Y' }}"}, "show {{ invoice.sequence }} whole"),
        ({"number_format": "LV-{{ invoice.sequence }}"}, "The counter starts anew"),
        ({"number_format": "{{ invoice.delete }}"}, "The number format cannot be used"),
        ({"counter_period": "DAILY"}, "The counter starts anew"),
    ],
)
def test_a_format_that_could_repeat_a_number_is_refused(fields, sentence):
    with pytest.raises(ValidationError) as refusal:
        make_company(**fields)

    assert list(refusal.value.message_dict) == ["number_format"]
    assert sentence in refusal.value.message_dict["number_format"][0]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"number_format": "LV-{{ invoice.sequence }}", "counter_period": "INFINITE"},
        {"number_format": "{{ invoice.date_issue|date:'Ymd' }}-{{ invoice.sequence }}", "counter_period": "DAILY"},
        {"number_format": "{{ invoice.fiscal_year }}-{{ invoice.sequence }}", "counter_period": "FISCAL_YEAR", "fiscal_year_start": 4},
    ],
)
def test_a_format_that_cannot_repeat_a_number_is_taken(fields):
    assert make_company(**fields).pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("counter_period", "WEEKLY"),
        ("fiscal_year_start", 13),
        ("rounding_policy", "BANKERS"),
        ("time_zone", "Mars/Olympus"),
        ("country", "ZZ"),
    ],
)
def test_a_choice_that_is_none_is_refused(field, value):
    with pytest.raises(ValidationError) as refusal:
        make_company(**{field: value})

    assert field in refusal.value.message_dict


def test_today_is_the_day_where_the_company_is(time_machine):
    time_machine.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False)

    assert make_company(time_zone="Europe/Berlin").today() == date(2027, 1, 1)
    assert make_company(time_zone="America/New_York").today() == date(2026, 12, 31)
    assert make_company().today() == date(2026, 12, 31)


def test_an_invoice_without_a_date_is_of_the_companys_day(time_machine):
    time_machine.move_to(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False)
    invoice = make_invoice(company=make_company(time_zone="Europe/Berlin"), date_issue=None, date_tax_point=None, date_due=None)

    assert (invoice.date_issue, invoice.number) == (date(2027, 1, 1), "2027/1")


@pytest.mark.parametrize("make", [make_company, make_party])
def test_whoever_has_invoices_cannot_be_deleted(make):
    entity = make()
    make_invoice(**{"company" if make is make_company else "party": entity})

    with pytest.raises(ProtectedError):
        entity.delete()


def test_a_company_is_shown_by_its_name():
    assert str(make_company()) == "Lindner & Vogt Medien GmbH"
