"""Levels, pauses and reminders in the admin."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing.contrib.delivery import services
from invoicing.contrib.delivery.models import DunningLevel, Reminder, ReminderPause
from invoicing.contrib.delivery.reminding import send_reminder
from tests.contrib.delivery.levels import make_charging_level, make_level
from tests.factories import make_issued_invoice, make_party

pytestmark = pytest.mark.django_db

LEVEL = {"name": "First reminder", "days": "7", "min_gap": "7", "fee": "5.00", "currency": "eur", "interest": "NONE", "is_active": "on"}


def page(model, name, *args):
    return reverse(f"admin:invoicing_delivery_{model}_{name}", args=args)


def errors(response):
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}


@pytest.fixture
def reminder(monkeypatch):
    monkeypatch.setattr(services, "pdf_of", lambda _invoice: b"")
    make_charging_level()
    invoice = make_issued_invoice()
    send_reminder(invoice, on=date(2026, 12, 11))
    return Reminder.objects.get()


def test_a_level_is_added(admin_client):
    response = admin_client.post(page("dunninglevel", "add"), LEVEL)

    assert response.status_code == 302
    level = DunningLevel.objects.get()
    assert (level.name, level.days, level.fee, level.currency, level.company) == ("First reminder", 7, Decimal("5.000"), "EUR", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("days", "-3"), ("currency", "EUX"), ("currency", ""), ("fee", "-5"), ("message", "Pay {money}"), ("name", ""), ("days", "9")],
)
def test_what_a_level_may_not_have_is_said_beside_its_field(admin_client, field, value):
    make_level(9)

    response = admin_client.post(page("dunninglevel", "add"), {**LEVEL, field: value})

    assert list(errors(response)) == [field]
    assert DunningLevel.objects.count() == 1


def test_a_level_that_was_used_is_kept(admin_client, reminder):
    response = admin_client.post(page("dunninglevel", "delete", reminder.level_id), {"post": "yes"})

    assert response.status_code == 200
    assert DunningLevel.objects.exists()


def test_a_pause_says_who_asked_for_it(admin_client):
    party = make_party()

    response = admin_client.post(
        page("reminderpause", "add"), {"party": party.pk, "invoice": "", "until": "", "reason": "pays each quarter"}
    )

    assert response.status_code == 302
    pause = ReminderPause.objects.get()
    assert (pause.party, pause.until, pause.actor_name) == (party, None, "admin")


def test_a_pause_of_nobody_is_refused(admin_client):
    response = admin_client.post(page("reminderpause", "add"), {"party": "", "invoice": "", "until": "", "reason": ""})

    assert set(errors(response)) == {"invoice", "reason"}


def test_what_was_sent_is_read_only(admin_client, reminder):
    assert admin_client.get(page("reminder", "add")).status_code == 403
    assert admin_client.post(page("reminder", "change", reminder.pk), {"to_pay": "0"}).status_code == 403
    assert admin_client.post(page("reminder", "delete", reminder.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["dunninglevel", "reminder", "reminderpause"])
def test_the_pages_are_there(admin_client, reminder, model):
    ReminderPause(invoice=reminder.invoice, reason="why").save()
    rows = {"dunninglevel": reminder.level, "reminder": reminder, "reminderpause": ReminderPause.objects.get()}
    shown = reminder.level.name if model == "dunninglevel" else reminder.invoice.number
    row = rows[model]

    assert shown in admin_client.get(page(model, "changelist")).content.decode()
    assert admin_client.get(page(model, "change", row.pk)).status_code == 200


def test_a_list_asks_the_database_as_often_whatever_its_length(admin_client, reminder, django_assert_max_num_queries):
    for _number in range(3):
        send_reminder(make_issued_invoice(), on=date(2026, 12, 11))

    with django_assert_max_num_queries(12):
        admin_client.get(page("reminder", "changelist"))
