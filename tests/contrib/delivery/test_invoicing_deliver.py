"""`invoicing_deliver`: what waits is sent, what is in doubt is shown and settled."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from invoicing.contrib.delivery.models import Delivery
from invoicing.contrib.delivery.services import send_invoice
from tests.contrib.delivery.conftest import LOCMEM, SMTP, use_mailer
from tests.contrib.delivery.receivers import free_port
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def postponed(settings):
    """A mail that no server took yet."""
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    delivery = send_invoice(make_issued_invoice())
    use_mailer(settings, LOCMEM)
    return delivery


@pytest.fixture
def abandoned(postponed):
    """A mail whose worker died."""
    Delivery.objects.update(status="SENDING", claimed_at=timezone.now() - timedelta(hours=1))
    return postponed


def run(*arguments, **options):
    told = StringIO()
    try:
        call_command("invoicing_deliver", *arguments, stdout=told, **options)
    except CommandError as error:
        return told.getvalue(), error.returncode
    return told.getvalue(), 0


def test_what_is_due_is_sent_and_what_is_not_waits(postponed):
    assert run() == ("0 tried, 0 in doubt.\n", 0)

    Delivery.objects.update(next_attempt_at=timezone.now())
    told, code = run()
    assert code == 0
    assert "SENT  Invoice 2026/1 from Lindner & Vogt Medien GmbH → buchhaltung@buch-sommer.example.com" in told
    assert len(mail.outbox) == 1


def test_what_a_worker_left_behind_is_shown_and_asks_for_somebody(abandoned):
    told, code = run()

    assert code == 1
    assert f"{abandoned.uuid}" in told
    assert "What to do: ask the recipient" in told
    assert mail.outbox == []
    assert run("--in-doubt")[1] == 1


def test_a_doubt_is_settled(abandoned):
    run()
    _told, code = run("--arrived", str(abandoned.uuid))

    abandoned.refresh_from_db()
    assert (code, abandoned.status, mail.outbox) == (0, "SENT", [])
    assert abandoned.log.last().actor_name == "invoicing_deliver"
    assert run("--in-doubt") == ("0 tried, 0 in doubt.\n", 0)


def test_a_doubt_is_sent_again(abandoned):
    run()
    _told, code = run("--again", str(abandoned.uuid))

    abandoned.refresh_from_db()
    assert (code, abandoned.status, len(mail.outbox)) == (0, "SENT", 1)


@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_called_wrongly(db, name):
    assert run("--again", name)[1] == 2


def test_what_needs_no_decision_is_called_wrongly(postponed):
    assert run("--arrived", str(postponed.uuid))[1] == 2


def test_a_mail_that_failed_asks_for_somebody(postponed, settings):
    settings.INVOICING_DELIVERY_ATTEMPTS = 1
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    Delivery.objects.update(next_attempt_at=timezone.now())
    told, code = run()

    assert (code, told.startswith("FAILED")) == (1, True)


def test_as_json(abandoned):
    told, code = run("--json")
    document = json.loads(told)

    assert (code, document["deliveries"]) == (1, [])
    assert [found["uuid"] for found in document["in_doubt"]] == [str(abandoned.uuid)]
