"""Two runs at the same time, in processes of their own: each reminder, each charge and each number once."""

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from invoicing.contrib.delivery import services
from invoicing.contrib.delivery.models import Delivery, Reminder
from invoicing.contrib.delivery.reminding import send_reminders
from invoicing.models import get_invoice_model
from tests.contrib.delivery.levels import make_charging_level, make_level
from tests.factories import make_issued_invoice
from tests.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 12, 11)

INVOICES = 12

# A process of its own, in the database of this test. It tells when it is ready, and waits for the others.
RUN = """
import sys
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from datetime import date
from invoicing.contrib.delivery import services
from invoicing.contrib.delivery.reminding import send_reminders
services.pdf_of = lambda invoice: b""
services.tasks.enqueue = lambda key, *, using: None
print("ready", flush=True)
sys.stdin.readline()
found = [reminded for reminded in send_reminders(on=date(2026, 12, 11)) if reminded]
print(len([reminded for reminded in found if reminded.result == "SENT"]), [reminded.error for reminded in found if reminded.error])
"""


def runs_at_once(count):
    """Start processes that send what is due at the same moment; gives what each of them tells."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or settings.SETTINGS_MODULE}
    name = str(connection.settings_dict["NAME"])
    started = [
        subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-c", RUN, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        for _number in range(count)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=120)[0].split(maxsplit=1) for process in started]


def test_two_runs_at_once_send_each_reminder_once():
    make_charging_level()
    for _number in range(INVOICES):
        make_issued_invoice()

    told = runs_at_once(3)

    assert [errors.strip() for _count, errors in told] == ["[]"] * 3
    assert sum(int(count) for count, _errors in told) == INVOICES
    assert Reminder.objects.count() == INVOICES
    assert Delivery.objects.filter(purpose="REMINDER").count() == INVOICES
    charges = get_invoice_model().objects.filter(charging_reminder__isnull=False)
    assert (charges.count(), {charge.total for charge in charges}) == (INVOICES, {Decimal("5.91")})
    assert sorted(get_invoice_model().objects.values_list("sequence", flat=True)) == list(range(1, 2 * INVOICES + 1))


def test_a_run_that_waits_for_a_payment_sees_it(monkeypatch):
    make_level()
    invoice = make_issued_invoice()
    monkeypatch.setattr(services, "pdf_of", lambda _invoice: b"")
    monkeypatch.setattr(services.tasks, "enqueue", lambda *_key, **_database: None)
    told, is_paying = [], Event()

    def run():
        try:
            is_paying.wait(timeout=30)
            told.extend(send_reminders(on=ON))
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    with transaction.atomic():
        get_invoice_model().objects.get(pk=invoice.pk).mark_paid()
        is_paying.set()
        wait_until_somebody_waits()
    thread.join(timeout=60)

    assert ([entry for entry in told if entry], Reminder.objects.count()) == ([], 0)
