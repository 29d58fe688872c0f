"""A payment term says when an invoice is due; party comes before company, company before the settings."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from invoicing.exceptions import InvalidDataError
from invoicing.models import PaymentTerm
from tests.factories import make_company, make_invoice, make_party

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("term", "due"),
    [
        ({"days": 30}, date(2026, 3, 2)),
        ({"months": 1}, date(2026, 2, 28)),
        ({"days": 0}, date(2026, 1, 31)),
        ({"days": 10, "end_of_month": True}, date(2026, 2, 28)),
        ({"months": 1, "day_of_month": 10}, date(2026, 3, 10)),
    ],
)
def test_a_term_counts_from_the_day_of_issue(term, due):
    assert PaymentTerm(name="Agreed", **term).due_date(date(2026, 1, 31)) == due


def due(**fields):
    return make_invoice(date_issue=date(2026, 3, 2), date_tax_point=date(2026, 3, 2), date_due=None, **fields).date_due


def test_the_settings_say_when_nobody_else_does(settings):
    assert due() == date(2026, 3, 16)

    settings.INVOICING_PAYMENT_DAYS = 7
    assert due() == date(2026, 3, 9)


def test_the_company_says_so_before_the_settings_and_the_party_before_the_company():
    ten, sixty = PaymentTerm.objects.create(name="10 days", days=10), PaymentTerm.objects.create(name="60 days", days=60)
    company = make_company(payment_term=ten)

    assert due(company=company) == date(2026, 3, 12)
    assert due(company=company, party=make_party(payment_term=sixty)) == date(2026, 5, 1)
    assert due(company=company, party=make_party()) == date(2026, 3, 12)


def test_a_date_that_is_given_wins():
    term = PaymentTerm.objects.create(name="60 days", days=60)

    invoice = make_invoice(party=make_party(payment_term=term), date_issue=date(2026, 3, 2), date_due=date(2026, 3, 3))

    assert (invoice.date_due, invoice.payment_term) == (date(2026, 3, 3), 1)


def test_a_party_outlives_its_term():
    term = PaymentTerm.objects.create(name="60 days", days=60)
    party = make_party(payment_term=term)

    term.delete()

    party.refresh_from_db()
    assert party.payment_term is None


@pytest.mark.parametrize("changes", [{"day_of_month": 0}, {"day_of_month": 32}, {"days": -1}, {"months": -1}, {"name": ""}])
def test_a_form_refuses_what_no_term_may_hold(changes):
    with pytest.raises(ValidationError) as caught:
        PaymentTerm(**{"name": "Agreed", **changes}).full_clean()

    assert list(caught.value.message_dict) == list(changes)


def test_names_are_used_once():
    PaymentTerm.objects.create(name="30 days", days=30)

    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentTerm.objects.create(name="30 days", days=31)


def test_terms_are_listed_from_short_to_long():
    for name, days in (("Month", 30), ("At once", 0), ("Week", 7)):
        PaymentTerm.objects.create(name=name, days=days)

    assert [str(term) for term in PaymentTerm.objects.all()] == ["At once", "Week", "Month"]


def test_a_due_date_beyond_the_calendar_is_refused():
    with pytest.raises(InvalidDataError, match="after the year 9999"):
        make_invoice(date_issue=date(9999, 12, 31), date_tax_point=date(9999, 12, 31), date_due=None)
