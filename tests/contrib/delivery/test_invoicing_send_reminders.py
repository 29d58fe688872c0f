"""`manage.py invoicing_send_reminders`: what it prints, and how it ends."""

import json
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from invoicing.contrib.delivery import reminding, services
from invoicing.contrib.delivery.management.commands import invoicing_send_reminders as command
from invoicing.contrib.delivery.models import DunningLevel, Reminder
from invoicing.exceptions import InvalidDataError
from tests.contrib.delivery.levels import make_charging_level, make_level
from tests.factories import make_company, make_issued_invoice

pytestmark = pytest.mark.django_db

ON = "2026-12-11"


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    monkeypatch.setattr(services, "pdf_of", lambda _invoice: b"")


def run(*arguments, **options):
    out, err = StringIO(), StringIO()
    call_command("invoicing_send_reminders", *arguments, stdout=out, stderr=err, **options)
    assert err.getvalue() == ""
    return out.getvalue()


def test_it_sends_and_counts():
    make_level()
    make_issued_invoice()

    assert run("--on", ON) == "1 sent, 0 skipped, 0 failed.\n"
    assert run("--on", ON) == "0 sent, 0 skipped, 0 failed.\n"
    assert Reminder.objects.get().actor_name == "invoicing_send_reminders"


def test_a_dry_run_says_what_it_would_do_and_does_nothing():
    make_charging_level(30, interest="LEGAL", interest_rate=None)
    make_issued_invoice()
    make_issued_invoice(customer_email="")

    told = run("--on", "2027-01-03", "--dry-run")

    assert told.splitlines() == [
        (
            "2026/1  Level 30  30 days overdue, EUR 952.00 to pay: to buchhaltung@buch-sommer.example.com; fee 5.00; "
            "interest 8.23 at 10.52 % (2026-07-01)"
        ),
        "2026/2  Level 30  30 days overdue, EUR 952.00 to pay: skipped, the customer has no e-mail address",
        "Dry run, nothing is sent: 1 sent, 1 skipped, 0 failed.",
    ]
    assert Reminder.objects.count() == 0


def test_what_was_skipped_or_left_out_is_said():
    make_level(-3)
    make_level(7, fee=Decimal(5), currency="USD")
    make_issued_invoice(customer_email="")
    make_issued_invoice()

    assert run("--on", "2026-12-02") == (
        "2026/1  Level -3  due in 2 days, EUR 952.00 to pay: skipped, the customer has no e-mail address\n1 sent, 1 skipped, 0 failed.\n"
    )
    assert "2026/2  Level 7  7 days overdue, EUR 952.00 to pay: to buchhaltung@buch-sommer.example.com; no fee" in run("--on", ON)


def test_one_that_fails_is_said_and_the_others_are_sent(monkeypatch):
    make_level()
    bad = make_issued_invoice()
    make_issued_invoice()
    request = reminding.request_delivery

    def refuse(invoice, **mail):
        if invoice.pk == bad.pk:
            raise InvalidDataError({"recipients": ["unknown"]})
        return request(invoice, **mail)

    monkeypatch.setattr(reminding, "request_delivery", refuse)
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 reminders failed\.") as stop:
        call_command("invoicing_send_reminders", "--on", ON, stdout=out)

    assert stop.value.returncode == 1
    assert out.getvalue().splitlines() == [
        "2026/1  Level 7  7 days overdue, EUR 952.00 to pay: failed, recipients: unknown",
        "1 sent, 0 skipped, 1 failed.",
    ]


def test_json():
    make_charging_level()
    invoice = make_issued_invoice()

    told = json.loads(run("--on", ON, "--json"))
    charge = Reminder.objects.get().fee_invoice

    assert {key: told[key] for key in ("dry_run", "sent", "skipped", "failed")} == {"dry_run": False, "sent": 1, "skipped": 0, "failed": 0}
    assert told["reminders"] == [
        {
            "uuid": str(invoice.uuid),
            "number": invoice.number,
            "level": "Level 7",
            "on": ON,
            "result": "SENT",
            "reason": "",
            "error": "",
            "days_overdue": 7,
            "to_pay": "952.00",
            "currency": "EUR",
            "recipient": "buchhaltung@buch-sommer.example.com",
            "fee": "5.00",
            "interest": "0.91",
            "interest_rate": "",
            "fee_invoice": charge.number,
            "notes": [],
        }
    ]


def test_companies_are_chosen():
    make_level()
    make_issued_invoice(company=make_company())
    make_issued_invoice()

    assert run("--on", ON, "--company", "LV", "--dry-run").splitlines()[-1].endswith("1 sent, 0 skipped, 0 failed.")
    assert len(run("--on", ON, "--company", "LV", "-", "--dry-run").splitlines()) == 3
    with pytest.raises(CommandError) as stop:
        run("--company", "XX")
    assert stop.value.returncode == 2


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="“soon” is no day"):
        run("--on", "soon")


def test_without_levels_it_says_what_to_do():
    make_issued_invoice()
    err = StringIO()
    call_command("invoicing_send_reminders", "--on", ON, stdout=StringIO(), stderr=err)

    assert "There are no active dunning levels" in err.getvalue()


def test_levels_to_begin_with():
    assert run("--defaults").splitlines()[0] == "Made:"
    assert run("--defaults") == "There are levels already: nothing was made.\n"
    assert json.loads(run("--defaults", "--json")) == {"made": []}
    assert list(DunningLevel.objects.values_list("days", flat=True)) == [-3, 7, 21]
    assert Reminder.objects.count() == 0


def test_an_interrupted_run_says_how_far_it_came(monkeypatch):
    make_level()
    make_issued_invoice()

    def interrupted(**_asked):
        yield None
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "send_reminders", interrupted)
    with pytest.raises(CommandError, match="Interrupted: 0 sent") as stop:
        run("--on", ON)

    assert stop.value.returncode == 130


def test_a_terminal_shows_how_far_it_is(monkeypatch):
    class Terminal(StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("invoicing.management.progress.REFRESH", 0)
    make_level()
    make_issued_invoice()
    terminal = Terminal()
    call_command("invoicing_send_reminders", "--on", date(2026, 12, 11).isoformat(), stdout=StringIO(), stderr=terminal)

    assert "1 of 1" in terminal.getvalue()
