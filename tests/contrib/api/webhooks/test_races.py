"""Several workers at once: each message goes out once, and nothing is lost between them."""

from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from invoicing.contrib.api.models import WebhookAttempt, WebhookDelivery
from invoicing.contrib.api.webhooks.sending import deliver
from invoicing.contrib.api.webhooks.services import Counts, send_due
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = 8


def at_once(work, *, workers):
    """Run work in threads that begin together; gives what each of them gave."""
    start, told = Barrier(workers), []

    def run():
        try:
            start.wait(timeout=30)
            told.append(work())
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(told) == workers
    return told


def test_workers_at_once_send_each_message_once(endpoint, receiver):
    for _ in range(MESSAGES):
        make_issued_invoice()
    counts = at_once(lambda: send_due(now=timezone.now()), workers=3)

    assert sum(count.delivered for count in counts) == MESSAGES
    assert len(receiver.got) == len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == MESSAGES
    assert list(WebhookDelivery.objects.order_by().values_list("status", "attempts").distinct()) == [("DELIVERED", 1)]
    assert WebhookAttempt.objects.count() == MESSAGES


def test_one_message_that_all_want_is_sent_by_one(endpoint, receiver):
    make_issued_invoice()
    key = WebhookDelivery.objects.get().pk
    told = at_once(lambda: deliver(key, using="default"), workers=4)

    assert len([delivery for delivery in told if delivery is not None]) == len(receiver.got) == 1


def test_workers_that_give_up_at_once_count_every_message(endpoint, receiver, settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = 1
    receiver.answer = 500
    for _ in range(MESSAGES):
        make_issued_invoice()
    counts = at_once(lambda: send_due(now=timezone.now()), workers=3)
    endpoint.refresh_from_db()

    assert sum(count.given_up for count in counts) == MESSAGES
    assert endpoint.given_up == MESSAGES
    assert send_due(now=timezone.now()) == Counts()
