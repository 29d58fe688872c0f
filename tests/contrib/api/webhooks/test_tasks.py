"""Where there is a queue with workers, it is told; a request never waits for a receiver."""

from importlib import import_module

import pytest
from django.db import transaction
from django.utils import timezone

from invoicing.contrib.api.models import WebhookDelivery
from invoicing.contrib.api.webhooks import tasks
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

INTERFACE = "django.tasks" if type(tasks.send_webhook).__module__.startswith("django.tasks") else "django_tasks"
"""Whichever this Django has."""


@pytest.fixture
def queue(settings):
    """A queue that keeps what it is given, and can wait."""
    settings.TASKS = {"hooks": {"BACKEND": f"{INTERFACE}.backends.dummy.DummyBackend"}}
    settings.INVOICING_TASK_BACKEND = "hooks"
    backend = import_module(INTERFACE).task_backends["hooks"]
    backend.clear()
    return backend


def test_without_workers_nothing_is_sent_by_whoever_made_the_change(settings, endpoint, receiver):
    settings.TASKS = {"default": {"BACKEND": f"{INTERFACE}.backends.immediate.ImmediateBackend"}}
    make_issued_invoice()

    assert receiver.got == []
    assert WebhookDelivery.objects.get().status == "QUEUED"


def test_a_queue_is_told_once_the_change_is_committed(queue, endpoint, receiver):
    invoice = make_invoice([line()])
    with transaction.atomic():
        invoice.issue()
        assert queue.results == []
    (result,) = queue.results

    assert result.task.call(*result.args) == "DELIVERED"
    assert result.task.call(*result.args) == "", "a queue that runs it twice sends it once"
    assert len(receiver.got) == 1


def test_a_queue_that_can_wait_tries_again_later(queue, endpoint, receiver):
    receiver.answer = 500
    make_issued_invoice()
    result = queue.results[0]

    assert result.task.call(*result.args) == "QUEUED"
    delivery = WebhookDelivery.objects.get()
    assert queue.results[1].task.run_after == delivery.next_attempt_at > timezone.now()


def test_a_queue_that_is_gone_loses_nothing(queue, endpoint, monkeypatch, caplog):
    monkeypatch.setattr(type(queue), "enqueue", lambda *_args, **_options: 1 / 0)
    make_issued_invoice()

    assert WebhookDelivery.objects.get().status == "QUEUED"
    assert "invoicing_send_webhooks" in caplog.text


def test_a_queue_of_another_name_loses_nothing(settings, endpoint, caplog):
    settings.INVOICING_TASK_BACKEND = "nobody"
    make_issued_invoice()

    assert WebhookDelivery.objects.get().status == "QUEUED"
    assert "nobody" in caplog.text


def test_without_any_interface_the_command_sends(monkeypatch, endpoint, receiver):
    monkeypatch.setattr(tasks, "decorate", None)
    make_issued_invoice()

    assert (receiver.got, WebhookDelivery.objects.get().status) == ([], "QUEUED")
