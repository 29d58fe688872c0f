"""Dunning levels and pauses: what they may hold."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, models, transaction

from invoicing.actor import acting
from invoicing.contrib.delivery.defaults import make_default_levels
from invoicing.contrib.delivery.models import DunningLevel, ReminderPause
from invoicing.contrib.delivery.placeholders import filled, unknown_places
from invoicing.exceptions import InvalidDataError
from tests.contrib.delivery.levels import make_level
from tests.factories import make_company, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"days": 0, "fee": Decimal(5), "currency": "EUR"}, "days"),
        ({"days": -3, "interest": "LEGAL"}, "days"),
        ({"days": 4000}, "days"),
        ({"fee": Decimal(-1), "currency": "EUR"}, "fee"),
        ({"fee": Decimal("0.005"), "currency": "EUR"}, "fee"),
        ({"fee": Decimal(5)}, "currency"),
        ({"fee": Decimal(5), "currency": "EUX"}, "currency"),
        ({"interest": "RATE"}, "interest_rate"),
        ({"interest": "RATE", "interest_rate": Decimal(-1)}, "interest_rate"),
        ({"interest": "MUCH"}, "interest"),
        ({"subject": "Pay {amount}"}, "subject"),
        ({"message": "Pay {to_pay.__class__} {}"}, "message"),
        ({"name": ""}, "name"),
    ],
)
def test_a_level_that_cannot_be_is_refused(fields, field):
    with pytest.raises(InvalidDataError) as refusal:
        make_level(**{"days": 7, **fields})

    assert list(refusal.value.errors) == [field]


def test_two_levels_on_one_day_are_refused():
    make_level(7)
    make_level(7, company=make_company())
    make_level(7, is_active=False)

    with pytest.raises(InvalidDataError, match="There is a level for this day already"):
        make_level(7)


@pytest.mark.parametrize(
    "change",
    [{"fee": Decimal(-1)}, {"interest": "RATE"}, {"days": 0, "fee": Decimal(1)}, {"days": -1, "interest": "LEGAL"}],
    ids=["fee", "rate", "fee before", "interest before"],
)
def test_the_database_refuses_it_too(change):
    level = make_level(7)

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(DunningLevel, using=connection.alias).filter(pk=level.pk).update(**change)


def test_a_currency_is_written_in_capitals():
    assert make_level(7, fee=Decimal(5), currency="eur").currency == "EUR"


def test_places_are_filled_once():
    assert filled("{number} { to_pay }: {x}", {"number": "{to_pay}", "to_pay": "1.00"}) == "{to_pay} 1.00: {x}"
    assert unknown_places("{number} {} {x}") == ["{}", "{x}"]


def test_the_usual_levels_are_made_where_there_are_none():
    made = make_default_levels(using="default")

    assert [(level.days, level.is_active, level.charges, level.company) for level in made] == [
        (-3, True, False, None),
        (7, True, False, None),
        (21, True, False, None),
    ]
    assert make_default_levels(using="default") == []
    assert DunningLevel.objects.count() == 3


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: {"reason": "why"}, "invoice"),
        (lambda: {"reason": "why", "invoice": make_issued_invoice(), "party": make_party()}, "invoice"),
        (lambda: {"party": make_party()}, "reason"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(make, field):
    with pytest.raises(InvalidDataError) as refusal:
        ReminderPause(**make()).save()

    assert list(refusal.value.errors) == [field]


def test_the_database_knows_whom_a_pause_is_for():
    pause = ReminderPause(party=make_party(), reason="why")
    with acting("Petra Lang"):
        pause.save()

    assert pause.actor_name == "Petra Lang"
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderPause.objects.update(party=None)


def test_pauses_in_force():
    invoice = make_issued_invoice(party=make_party())
    for until in (None, date(2026, 12, 10), date(2026, 12, 11)):
        ReminderPause(invoice=invoice, until=until, reason="why").save()
    ReminderPause(party=make_party(code="TWO"), reason="why").save()

    assert ReminderPause.objects.in_force(on=date(2026, 12, 11)).count() == 3
    assert ReminderPause.objects.of(invoice).in_force(on=date(2026, 12, 12)).count() == 1
