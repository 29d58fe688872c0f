"""`invoicing_send_webhooks`: what is due is sent, and what became overdue is told."""

import json
import os
import signal
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from invoicing.contrib.api.management.commands import invoicing_send_webhooks as command
from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments, **options):
    told = StringIO()
    try:
        call_command("invoicing_send_webhooks", *arguments, stdout=told, **options)
    except CommandError as error:
        return told.getvalue(), error.returncode
    return told.getvalue(), 0


def test_what_is_due_is_sent(endpoint, receiver):
    make_issued_invoice()

    assert run() == ("1 delivered, 0 to be tried again, 0 given up, 0 left for the next run; 0 became overdue.\n", 0)
    assert len(receiver.got) == 1


def test_what_became_overdue_is_told_in_the_same_run(endpoint, receiver):
    WebhookEndpoint.objects.update(created=datetime(2026, 11, 1, tzinfo=UTC))
    make_issued_invoice()
    told, code = run("--on", "2026-12-05", "--json")

    assert (json.loads(told), code) == ({"overdue": 1, "delivered": 2, "postponed": 0, "given_up": 0, "left": 0}, 0)
    assert [json.loads(body)["type"] for _path, _headers, body in receiver.got] == ["invoice.issued", "invoice.overdue"]


def test_what_is_given_up_asks_for_somebody(endpoint, receiver, settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = 1
    receiver.answer = 500
    make_issued_invoice()

    assert run() == ("0 delivered, 0 to be tried again, 1 given up, 0 left for the next run; 0 became overdue.\n", 1)


def test_a_loop_goes_on_until_it_is_told_to_stop(endpoint, receiver, monkeypatch):
    make_issued_invoice()
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 1:
            make_issued_invoice()
        if len(pauses) == 3:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(command.time, "sleep", sleep)
    before = signal.getsignal(signal.SIGTERM)
    told, code = run("--loop", "--pause", "0.5")

    assert (pauses, code, len(receiver.got)) == ([0.5, 0.5, 0.5], 0, 2)
    assert told.splitlines() == ["1 delivered, 0 to be tried again, 0 given up, 0 left for the next run; 0 became overdue."] * 2
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_loop_looks_at_what_is_overdue_now_and_then(endpoint, monkeypatch):
    looked, clock = [], [0]

    def sleep(_seconds):
        clock[0] += 250
        if clock[0] > 1000:
            raise KeyboardInterrupt

    monkeypatch.setattr(command, "note_overdue", lambda **_options: looked.append(clock[0]) or 0)
    monkeypatch.setattr(command, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: clock[0]))

    assert run("--loop")[1] == 130
    assert looked == [0, 750]


def test_a_day_that_is_none_is_refused():
    with pytest.raises(CommandError, match="2026-03-02"):
        call_command("invoicing_send_webhooks", "--on", "tomorrow")


def test_a_disabled_endpoint_is_no_reason_to_fail(endpoint):
    make_issued_invoice()
    WebhookEndpoint.objects.update(is_active=False)

    assert run()[1] == 0
    assert WebhookDelivery.objects.get().status == "QUEUED"
