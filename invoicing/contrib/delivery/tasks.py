"""Sending in the background: by `django.tasks`, by its backport `django_tasks` on Django 5.2, or at once where there is neither."""

from __future__ import annotations

import logging
from datetime import datetime
from importlib import import_module
from typing import Any

from invoicing.conf import conf
from invoicing.contrib.delivery.models import DeliveryStatus
from invoicing.contrib.delivery.sending import deliver

logger = logging.getLogger("invoicing.delivery")


def _task_decorator() -> Any:
    """What makes a task of a function; None where there is no interface for tasks."""
    for name in ("django.tasks", "django_tasks"):
        try:
            return import_module(name).task
        except ImportError:
            continue
    return None


def send_delivery(key: int, using: str) -> str:
    """Send one mail, and see that it is tried again where it must be; say how it stands."""
    delivery = deliver(key, using=using)
    if delivery is None:
        return ""
    if delivery.status == DeliveryStatus.QUEUED and delivery.next_attempt_at is not None:
        enqueue_later(key, using=using, at=delivery.next_attempt_at)
    return str(delivery.status)


decorate = _task_decorator()
HAS_TASKS = decorate is not None
"""Whether there is an interface for tasks."""

# A worker finds the task under the name of its function.
send_now = send_delivery
if decorate is not None:
    send_delivery = decorate(backend=conf.task_backend)(send_delivery)


def enqueue(key: int, *, using: str) -> None:
    """Have a mail sent: at once, unless TASKS names a backend that has workers.

    A queue that cannot be reached loses nothing: the mail waits, and `invoicing_deliver` sends it.
    """
    try:
        if HAS_TASKS:
            _task().enqueue(key, using)
        else:
            send_now(key, using)
    except Exception:
        # A backend may fail in any way, and whatever was asked for is committed: whoever saw an error would ask again.
        logger.exception("Delivery %s waits: the queue did not take it. Run `manage.py invoicing_deliver`.", key)


def enqueue_later(key: int, *, using: str, at: datetime) -> None:
    """Have a mail tried again at a moment, if the backend can wait; else `invoicing_deliver` does it, whoever runs that."""
    if not HAS_TASKS or not _task().get_backend().supports_defer:
        return
    try:
        _task().using(run_after=at).enqueue(key, using)
    except Exception:
        logger.exception("Delivery %s waits: the queue did not take it. Run `manage.py invoicing_deliver`.", key)


def _task() -> Any:
    task: Any = send_delivery
    return task.using(backend=conf.task_backend)
