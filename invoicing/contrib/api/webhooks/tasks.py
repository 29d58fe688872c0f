"""Sending in the background, where `django.tasks` or its backport `django_tasks` has workers; the command does it elsewhere.

A receiver may take its time, so nothing is sent by whoever made the change: with the backend that runs tasks at once, nothing is
handed to it.
"""

from __future__ import annotations

import logging
from datetime import datetime
from importlib import import_module
from typing import Any, Final

from invoicing.conf import conf
from invoicing.contrib.api.models import WebhookStatus
from invoicing.contrib.api.webhooks.sending import deliver

logger = logging.getLogger("invoicing.webhooks")

INTERFACES: Final = ("django.tasks", "django_tasks")


def _task_decorator() -> Any:
    """What makes a task of a function; None where there is no interface for tasks."""
    for name in INTERFACES:
        try:
            return import_module(name).task
        except ImportError:
            continue
    return None


def send_webhook(key: int, using: str) -> str:
    """Send one message, and see that it is tried again where it must be; say how it stands."""
    delivery = deliver(key, using=using)
    if delivery is None:
        return ""
    if delivery.status == WebhookStatus.QUEUED and delivery.next_attempt_at is not None:
        enqueue_later(key, using=using, at=delivery.next_attempt_at)
    return str(delivery.status)


decorate = _task_decorator()

# A worker finds the task under the name of its function.
if decorate is not None:
    send_webhook = decorate(backend=conf.task_backend)(send_webhook)


def enqueue(key: int, *, using: str) -> None:
    """Hand a message to the queue, if there is one with workers; else, or where it does not take it, it waits for the command."""
    task = _task()
    if task is None:
        return
    try:
        task.enqueue(key, using)
    except Exception:
        # A backend may fail in any way, and whatever happened is committed.
        logger.exception("Webhook delivery %s waits: the queue did not take it. Run `manage.py invoicing_send_webhooks`.", key)


def enqueue_later(key: int, *, using: str, at: datetime) -> None:
    """Have a message tried again at a moment, if the backend can wait; else the command does it."""
    task = _task()
    if task is None or not task.get_backend().supports_defer:
        return
    try:
        task.using(run_after=at).enqueue(key, using)
    except Exception:
        logger.exception("Webhook delivery %s waits: the queue did not take it. Run `manage.py invoicing_send_webhooks`.", key)


def _task() -> Any:
    """The task on a backend with workers; None where tasks run at once, or where nothing here knows tasks."""
    if decorate is None:
        return None
    made: Any = send_webhook
    try:
        task = made.using(backend=conf.task_backend)
        return None if "Immediate" in type(task.get_backend()).__name__ else task
    except Exception:
        logger.exception("TASKS has no backend %r: webhooks wait for `manage.py invoicing_send_webhooks`.", conf.task_backend)
        return None
