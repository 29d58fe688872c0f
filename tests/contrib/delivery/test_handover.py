"""What becomes of a mail with real mail servers: kind ones, refusing ones, slow ones, and those that hang up."""

import hashlib
import smtplib
import socket
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from invoicing.contrib.delivery.handover import hand_over
from invoicing.contrib.delivery.models import Delivery
from invoicing.contrib.delivery.sending import deliver
from invoicing.contrib.delivery.services import send_invoice
from tests.contrib.delivery.conftest import SMTP, use_mailer
from tests.contrib.delivery.receivers import free_port, hanging_up, receiving
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(delivery):
    return (delivery.status, [attempt.outcome for attempt in delivery.log.all()])


@pytest.fixture
def server(settings):
    with receiving() as receiver:
        use_mailer(settings, SMTP, host="127.0.0.1", port=receiver.port, timeout=2)
        yield receiver


def test_what_arrives_is_what_the_log_has_the_digest_of(server):
    invoice = make_issued_invoice()
    delivery = send_invoice(invoice, recipients=["ada@example.com", "kasse@example.com"])

    ((recipients, content),) = server.accepted
    (attempt,) = delivery.log.all()
    assert outcome(delivery) == ("SENT", ["SENT"])
    assert recipients == ["ada@example.com", "kasse@example.com"]
    assert attempt.digest == delivery.digest == hashlib.sha256(content).hexdigest()
    assert f"Message-ID: {attempt.message_id}".encode() in content
    assert attempt.started_at <= attempt.ended_at == delivery.sent_at
    assert invoice.status == "SENT"


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_for_good_fails_at_once(server, word):
    server.answers = {word: "550 no such mailbox here"}
    invoice = make_issued_invoice()
    delivery = send_invoice(invoice)

    assert outcome(delivery) == ("FAILED", ["FAILED"])
    assert "550 no such mailbox here" in f"{delivery.error} {delivery.refused}"
    assert (server.accepted, invoice.status, delivery.next_attempt_at) == ([], "NEW", None)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
def test_a_refusal_for_now_is_tried_again(server, word):
    server.answers = {word: "451 busy, come back later"}
    before = timezone.now()
    delivery = send_invoice(make_issued_invoice())

    assert outcome(delivery) == ("QUEUED", ["POSTPONED"])
    assert timedelta(seconds=299) < delivery.next_attempt_at - before < timedelta(seconds=360)
    assert deliver(delivery.pk, using="default").attempts == 1, "it was tried before its time"

    server.answers = {}
    Delivery.objects.update(next_attempt_at=timezone.now())
    delivery = deliver(delivery.pk, using="default")
    assert outcome(delivery) == ("SENT", ["POSTPONED", "SENT"])
    assert len(server.accepted) == 1


def test_pauses_double_and_end(settings):
    settings.INVOICING_DELIVERY_ATTEMPTS = 4
    settings.INVOICING_DELIVERY_PAUSE = 100
    use_mailer(settings, SMTP, host="127.0.0.1", port=free_port(), timeout=2)
    delivery = send_invoice(make_issued_invoice())
    pauses = []
    while delivery.status == "QUEUED":
        last = delivery.log.last()
        assert "ConnectionRefusedError" in last.error
        pauses.append(round((delivery.next_attempt_at - last.ended_at).total_seconds()))
        Delivery.objects.update(next_attempt_at=timezone.now())
        delivery = deliver(delivery.pk, using="default")

    assert pauses == [100, 200, 400]
    assert outcome(delivery) == ("FAILED", ["POSTPONED"] * 3 + ["FAILED"])


def test_one_of_two_recipients_is_refused(server):
    server.refuses = {"gone@example.com": "550 gone"}
    delivery = send_invoice(make_issued_invoice(), recipients=["ada@example.com", "gone@example.com"])

    assert outcome(delivery) == ("SENT", ["SENT"])
    assert delivery.refused == delivery.log.get().refused == {"gone@example.com": "550 gone"}
    assert server.accepted[0][0] == ["ada@example.com"]


def test_a_server_that_is_slow_to_answer_the_message_leaves_a_doubt(server, settings):
    use_mailer(settings, SMTP, host="127.0.0.1", port=server.port, timeout=0.5)
    server.sleep = 1.5
    invoice = make_issued_invoice()
    delivery = send_invoice(invoice)

    assert outcome(delivery) == ("IN_DOUBT", ["IN_DOUBT"])
    assert (invoice.status, delivery.next_attempt_at) == ("NEW", None)
    assert deliver(delivery.pk, using="default").attempts == 1


def test_a_server_that_hangs_up_after_the_message_leaves_a_doubt(server):
    server.hangs_up_after_data = True
    delivery = send_invoice(make_issued_invoice())

    assert outcome(delivery) == ("IN_DOUBT", ["IN_DOUBT"])
    assert len(server.accepted) == 1, "it did arrive, which nobody here can know"


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "RCPT"])
def test_a_server_that_hangs_up_before_the_message_is_tried_again(settings, word):
    with hanging_up(after=word) as port:
        use_mailer(settings, SMTP, host="127.0.0.1", port=port, timeout=2)
        delivery = send_invoice(make_issued_invoice())

    assert outcome(delivery) == ("QUEUED", ["POSTPONED"])


def test_a_server_that_hangs_up_when_it_hears_data_leaves_a_doubt(settings):
    with hanging_up(after="DATA") as port:
        use_mailer(settings, SMTP, host="127.0.0.1", port=port, timeout=2)
        delivery = send_invoice(make_issued_invoice())

    assert outcome(delivery) == ("IN_DOUBT", ["IN_DOUBT"])


def test_a_server_that_never_speaks_is_given_up(settings):
    with socket.create_server(("127.0.0.1", 0)) as door:
        use_mailer(settings, SMTP, host="127.0.0.1", port=door.getsockname()[1])
        settings.INVOICING_DELIVERY_TIMEOUT = 0.5
        delivery = send_invoice(make_issued_invoice())

    assert outcome(delivery) == ("QUEUED", ["POSTPONED"])


# Mailers of other kinds


class Mailer:
    """A mailer without SMTP, such as those that call a service."""

    error = None
    count = 1
    notes = None

    def __init__(self, *args, **options):
        pass

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        if self.notes:
            messages[0].anymail_status = self.notes
        if self.error:
            raise self.error
        return self.count


class ServiceError(Exception):
    def __init__(self, status_code):
        super().__init__(f"HTTP {status_code}")
        self.status_code = status_code


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("what was that"), "IN_DOUBT"),
        (TimeoutError("no answer"), "IN_DOUBT"),
        (ConnectionResetError("gone"), "IN_DOUBT"),
        (ConnectionRefusedError("nobody there"), "POSTPONED"),
        (socket.gaierror("no such host"), "POSTPONED"),
        (ServiceError(400), "FAILED"),
        (ServiceError(429), "POSTPONED"),
        (ServiceError(502), "IN_DOUBT"),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), "FAILED"),
        (smtplib.SMTPConnectError(421, b"too many connections"), "POSTPONED"),
    ],
    ids=str,
)
def test_what_a_service_answers(monkeypatch, error, expected):
    monkeypatch.setattr(Mailer, "error", error)
    monkeypatch.setattr("invoicing.contrib.delivery.handover._mailer", Mailer)

    assert hand_over(EmailMultiAlternatives("s", "b", "a@example.com", ["b@example.com"])).outcome == expected


def test_a_mailer_that_sent_nothing_and_does_not_say_why_leaves_a_doubt(monkeypatch):
    monkeypatch.setattr(Mailer, "count", 0)
    monkeypatch.setattr("invoicing.contrib.delivery.handover._mailer", Mailer)

    assert hand_over(EmailMultiAlternatives("s", "b", "a@example.com", ["b@example.com"])).outcome == "IN_DOUBT"


class Told:
    """What django-anymail notes on a message."""

    def __init__(self, **states):
        self.message_id = "2026.abc@service.example.com"
        self.recipients = {f"{name}@example.com": type("State", (), {"status": state}) for name, state in states.items()}


def test_what_a_service_says_of_each_recipient_is_noted(monkeypatch):
    monkeypatch.setattr(Mailer, "notes", Told(ada="queued", gone="rejected"))
    monkeypatch.setattr("invoicing.contrib.delivery.handover._mailer", Mailer)
    handover = hand_over(EmailMultiAlternatives("s", "b", "a@example.com", ["ada@example.com", "gone@example.com"]))

    assert (handover.outcome, handover.refused) == ("SENT", {"gone@example.com": "rejected"})
    assert handover.provider_id == "2026.abc@service.example.com"


def test_a_character_that_no_database_keeps_is_left_out(monkeypatch):
    monkeypatch.setattr(Mailer, "error", smtplib.SMTPDataError(554, b"no\x00pe"))
    monkeypatch.setattr("invoicing.contrib.delivery.handover._mailer", Mailer)
    delivery = send_invoice(make_issued_invoice())

    assert (delivery.status, delivery.error) == ("FAILED", "SMTPDataError: 554 nope")


def test_a_service_that_refuses_everybody_sent_nothing(monkeypatch):
    monkeypatch.setattr(Mailer, "notes", Told(gone="rejected"))
    monkeypatch.setattr(Mailer, "error", RuntimeError("all refused"))
    monkeypatch.setattr("invoicing.contrib.delivery.handover._mailer", Mailer)

    assert hand_over(EmailMultiAlternatives("s", "b", "a@example.com", ["gone@example.com"])).outcome == "FAILED"
