"""In the background: through the task interface, in a queue, and where there is none."""

from datetime import datetime
from importlib import import_module

import pytest
from django.core import mail
from django.db import OperationalError
from django.utils import timezone

from invoicing.contrib.delivery import tasks
from invoicing.contrib.delivery.services import send_invoice
from tests.contrib.delivery.conftest import SMTP, use_mailer
from tests.contrib.delivery.receivers import free_port
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

INTERFACE = "django.tasks" if type(tasks.send_delivery).__module__.startswith("django.tasks") else "django_tasks"
"""Whichever this Django has."""


@pytest.fixture
def queue(settings):
    """A queue that keeps what it is given, and can wait."""
    settings.TASKS = {
        "default": {"BACKEND": f"{INTERFACE}.backends.immediate.ImmediateBackend"},
        "mail": {"BACKEND": f"{INTERFACE}.backends.dummy.DummyBackend"},
    }
    settings.INVOICING_TASK_BACKEND = "mail"
    backend = import_module(INTERFACE).task_backends["mail"]
    backend.clear()
    return backend


def test_it_is_a_task():
    assert tasks.HAS_TASKS
    assert tasks.send_delivery.module_path == "invoicing.contrib.delivery.tasks.send_delivery"


def test_a_queue_is_given_the_mail_and_sends_it_when_it_comes_to_it(queue):
    invoice = make_issued_invoice()
    delivery = send_invoice(invoice)
    (result,) = queue.results

    assert (delivery.status, invoice.status, mail.outbox) == ("QUEUED", "NEW", [])
    assert result.task.call(*result.args) == "SENT"
    invoice.refresh_from_db()
    assert (invoice.status, len(mail.outbox)) == ("SENT", 1)
    assert result.task.call(*result.args) == "SENT", "a queue that runs it twice sends it once"
    assert len(mail.outbox) == 1


def test_a_queue_that_can_wait_tries_again_later(queue, settings):
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    delivery = send_invoice(make_issued_invoice())
    result = queue.results[0]

    assert result.task.call(*result.args) == "QUEUED"
    delivery.refresh_from_db()
    later = queue.results[1]
    assert isinstance(later.task.run_after, datetime)
    assert later.task.run_after == delivery.next_attempt_at > timezone.now()


def test_a_queue_that_is_gone_loses_nothing(queue, monkeypatch, caplog):
    monkeypatch.setattr(type(queue), "enqueue", lambda *_args, **_options: 1 / 0)
    delivery = send_invoice(make_issued_invoice())

    assert delivery.status == "QUEUED"
    assert "invoicing_deliver" in caplog.text


def test_without_any_interface_mail_is_sent_at_once(monkeypatch):
    monkeypatch.setattr(tasks, "HAS_TASKS", False)

    assert send_invoice(make_issued_invoice()).status == "SENT"


def test_a_mail_that_is_not_there_is_no_error():
    assert tasks.send_now(999_999, "default") == ""


@pytest.mark.parametrize("has_tasks", [True, False])
def test_whoever_asked_sees_no_error_of_the_sending(monkeypatch, caplog, has_tasks):
    def fail(*_args, **_options):
        raise OperationalError("the server went away")

    monkeypatch.setattr(tasks, "HAS_TASKS", has_tasks)
    monkeypatch.setattr(tasks, "send_now" if not has_tasks else "_task", fail)
    delivery = send_invoice(make_issued_invoice())

    assert (delivery.status, mail.outbox) == ("QUEUED", [])
    assert "invoicing_deliver" in caplog.text
