"""At most once: whoever dies, whoever races, nobody sends a mail a second time by himself."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from invoicing.actor import acting
from invoicing.contrib.delivery import signals
from invoicing.contrib.delivery.exceptions import DeliveryStateError
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt
from invoicing.contrib.delivery.sending import deliver, doubt_silent
from invoicing.contrib.delivery.services import confirm_arrival, send_again, send_invoice
from invoicing.exceptions import AppendOnlyError
from invoicing.models import get_invoice_model
from tests.contrib.delivery.conftest import SMTP, use_mailer
from tests.contrib.delivery.receivers import free_port, receiving
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[3]

WORKER = """
import sys
from importlib import import_module
from pathlib import Path

project = import_module({project!r})
project.DATABASES["default"]["NAME"] = {name!r}

import django
django.setup()

from django.core.mail.backends.base import BaseEmailBackend
from invoicing.contrib.delivery import handover
from invoicing.contrib.delivery.sending import deliver

class Mailer(BaseEmailBackend):
    def __init__(self):
        pass
    def send_messages(self, messages):
        with Path({out!r}).open("a") as out:
            out.write(messages[0].subject + "\\n")
        if {hangs}:
            sys.stdin.read()
        return 1

handover._mailer = Mailer
sys.stdin.readline()
deliver({key}, using="default")
"""


def worker(key, *, out, hangs):
    """A process that delivers once it reads a line; what its mailer is given, it writes to a file."""
    module = os.environ.get("DJANGO_SETTINGS_MODULE") or project.SETTINGS_MODULE
    code = WORKER.format(project=module, name=str(connection.settings_dict["NAME"]), out=str(out), hangs=hangs, key=key)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": module, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE, text=True)  # noqa: S603  # our own program


def nobody(_key, *, using):
    """A queue that no worker looks at."""


def fail(*_arguments, **_options):
    raise ZeroDivisionError


def wait_for(path):
    for _ in range(600):
        if path.exists() and path.read_text():
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing in {path}")


@pytest.fixture
def queued(monkeypatch):
    """A mail that waits for a worker."""
    with monkeypatch.context() as patch:
        patch.setattr("invoicing.contrib.delivery.tasks.enqueue", nobody)
        return send_invoice(make_issued_invoice())


def outcomes(delivery):
    return list(delivery.log.values_list("outcome", flat=True))


def test_a_worker_that_is_killed_while_it_sends_leaves_a_doubt_and_no_second_mail(queued, tmp_path, settings):
    out = tmp_path / "handed"
    process = worker(queued.pk, out=out, hangs=True)
    process.stdin.write("go\n")
    process.stdin.flush()
    wait_for(out)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()

    claimed = Delivery.objects.get(pk=queued.pk)
    assert (claimed.status, claimed.attempts, len(claimed.digest)) == ("SENDING", 1, 64)
    assert claimed.message_id.startswith(f"<{claimed.uuid}@")
    assert deliver(queued.pk, using="default").status == "SENDING"
    assert doubt_silent(using="default") == [], "it may still be at work"

    Delivery.objects.update(claimed_at=timezone.now() - timedelta(seconds=901))
    (doubted,) = doubt_silent(using="default")
    assert (doubted.status, outcomes(doubted)) == ("IN_DOUBT", ["IN_DOUBT"])
    assert doubted.log.get().message_id == claimed.message_id
    assert deliver(queued.pk, using="default").status == "IN_DOUBT"
    assert (len(out.read_text().splitlines()), mail.outbox) == (1, [])
    assert get_invoice_model().objects.get().status == "NEW"


def test_of_two_workers_one_sends(queued, tmp_path):
    out = tmp_path / "handed"
    processes = [worker(queued.pk, out=out, hangs=False) for _ in range(4)]
    time.sleep(2)
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.stdin.close()
        assert process.wait(timeout=120) == 0

    assert len(out.read_text().splitlines()) == 1
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, outcomes(queued)) == ("SENT", 1, ["SENT"])


def test_inside_a_transaction_nothing_is_sent(queued):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        deliver(queued.pk, using="default")

    assert mail.outbox == []


def test_nothing_leaves_before_the_transaction_is_committed():
    with transaction.atomic():
        delivery = send_invoice(make_issued_invoice())
        assert (delivery.status, mail.outbox) == ("QUEUED", [])

    assert len(mail.outbox) == 1


def test_what_is_rolled_back_is_not_sent():
    with transaction.atomic():
        send_invoice(make_issued_invoice())
        transaction.set_rollback(True)

    assert (mail.outbox, Delivery.objects.count()) == ([], 0)


def test_a_worker_that_comes_back_late_settles_the_doubt_itself(queued, monkeypatch):
    from invoicing.contrib.delivery import sending

    hand_over = sending.hand_over

    def slowly(message):
        handover = hand_over(message)
        Delivery.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        doubt_silent(using="default")
        return handover

    monkeypatch.setattr(sending, "hand_over", slowly)
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, delivery.error, outcomes(delivery)) == ("SENT", "", ["IN_DOUBT", "SENT"])


def test_a_worker_that_comes_back_after_a_decision_changes_nothing(queued, monkeypatch):
    from invoicing.contrib.delivery import sending

    hand_over = sending.hand_over

    def slowly(message):
        handover = hand_over(message)
        Delivery.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        (doubted,) = doubt_silent(using="default")
        monkeypatch.setattr("invoicing.contrib.delivery.tasks.enqueue", nobody)
        send_again(doubted)
        return handover

    monkeypatch.setattr(sending, "hand_over", slowly)
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, outcomes(delivery)) == ("QUEUED", ["IN_DOUBT", "AGAIN", "SENT"])


def test_a_worker_that_comes_back_while_another_sends_changes_nothing(queued, monkeypatch):
    from invoicing.contrib.delivery import sending

    hand_over = sending.hand_over

    def slowly(message):
        handover = hand_over(message)
        Delivery.objects.update(claim=uuid4(), claimed_at=timezone.now(), attempts=2)
        return handover

    monkeypatch.setattr(sending, "hand_over", slowly)
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, list(delivery.log.values_list("number", "outcome"))) == ("SENDING", [(1, "SENT")])


def test_a_worker_that_died_before_there_was_a_mail_leaves_no_doubt(queued):
    Delivery.objects.update(status="SENDING", claimed_at=timezone.now() - timedelta(hours=1))

    assert doubt_silent(using="default") == []
    assert deliver(queued.pk, using="default").status == "SENT"


def test_what_cannot_be_written_down_is_not_sent_again(queued, monkeypatch):
    monkeypatch.setattr(DeliveryAttempt, "save", fail)
    with pytest.raises(ZeroDivisionError):
        deliver(queued.pk, using="default")
    monkeypatch.undo()

    assert Delivery.objects.get().status == "SENDING"
    assert deliver(queued.pk, using="default").attempts == 1
    assert len(mail.outbox) == 1


# Decisions


@pytest.fixture
def doubted(queued):
    Delivery.objects.update(status="SENDING", claimed_at=timezone.now() - timedelta(hours=1), digest="0" * 64, attempts=1)
    (delivery,) = doubt_silent(using="default")
    return delivery


def test_it_arrived(doubted):
    with acting("petra"):
        delivery = confirm_arrival(doubted)

    assert (delivery.status, delivery.error, outcomes(delivery)) == ("SENT", "", ["IN_DOUBT", "ARRIVED"])
    invoice = get_invoice_model().objects.get()
    assert (invoice.status, invoice.events.last().actor_name, mail.outbox) == ("SENT", "petra", [])
    with pytest.raises(DeliveryStateError):
        confirm_arrival(delivery)


def test_send_it_again(doubted):
    delivery = send_again(doubted)

    assert (delivery.status, outcomes(delivery)) == ("SENT", ["IN_DOUBT", "AGAIN", "SENT"])
    assert len(mail.outbox) == 1
    with pytest.raises(DeliveryStateError):
        send_again(delivery)


def test_sent_again_it_is_tried_as_often_as_a_new_one(settings):
    settings.INVOICING_DELIVERY_ATTEMPTS = 2
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    delivery = send_invoice(make_issued_invoice())
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert deliver(delivery.pk, using="default").status == "FAILED"

    delivery = send_again(delivery)
    assert (delivery.status, delivery.attempts) == ("QUEUED", 3)
    with receiving() as receiver:
        use_mailer(settings, SMTP, host="127.0.0.1", port=receiver.port, timeout=2)
        Delivery.objects.update(next_attempt_at=timezone.now())
        assert deliver(delivery.pk, using="default").status == "SENT"
    assert list(delivery.log.values_list("number", "outcome")) == [
        (1, "POSTPONED"),
        (2, "FAILED"),
        (2, "AGAIN"),
        (3, "POSTPONED"),
        (4, "SENT"),
    ]


def test_the_log_cannot_be_rewritten(doubted):
    attempt = doubted.log.get()
    attempt.outcome = "SENT"

    for change in (attempt.save, attempt.delete, doubted.log.all().delete, lambda: doubted.log.update(outcome="SENT")):
        with pytest.raises(AppendOnlyError):
            change()


# News


@pytest.fixture
def heard():
    told = []

    def note(signal, delivery, **_news):
        name = next(name for name, known in vars(signals).items() if known is signal)
        told.append((name, delivery.status))

    for news in (signals.delivery_sent, signals.delivery_failed, signals.delivery_in_doubt):
        news.connect(note)
    yield told
    for news in (signals.delivery_sent, signals.delivery_failed, signals.delivery_in_doubt):
        news.disconnect(note)


def test_what_is_told(heard, doubted, settings):
    send_again(doubted)
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    settings.INVOICING_DELIVERY_ATTEMPTS = 1
    send_invoice(make_issued_invoice())

    assert heard == [("delivery_in_doubt", "IN_DOUBT"), ("delivery_sent", "SENT"), ("delivery_failed", "FAILED")]


def test_a_listener_that_fails_undoes_nothing(queued, caplog):
    signals.delivery_sent.connect(fail)
    try:
        assert deliver(queued.pk, using="default").status == "SENT"
    finally:
        signals.delivery_sent.disconnect(fail)
    assert "failed on delivery" in caplog.text


def test_a_document_that_is_canceled_meanwhile_is_not_sent(queued):
    get_invoice_model().objects.get().cancel("entered twice")
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, outcomes(delivery), mail.outbox) == ("FAILED", ["FAILED"], [])
    assert "canceled" in delivery.error


def test_a_document_that_is_paid_meanwhile_is_sent_and_stays_paid(queued):
    get_invoice_model().objects.get().mark_paid()
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, get_invoice_model().objects.get().status) == ("SENT", "PAID")


def test_a_broken_template_of_the_host_fails_and_says_why(queued):
    Delivery.objects.update(template="shop/nothing")
    delivery = deliver(queued.pk, using="default")

    assert (delivery.status, mail.outbox) == ("FAILED", [])
    assert "shop/nothing" in delivery.error
