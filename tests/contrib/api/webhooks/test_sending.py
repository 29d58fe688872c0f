"""What becomes of a message: taken, tried again, given up."""

import json
from datetime import timedelta
from email.utils import format_datetime

import pytest
from django.utils import timezone

import invoicing
from invoicing.contrib.api.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from invoicing.contrib.api.webhooks import sending
from invoicing.contrib.api.webhooks.sending import deliver, free_silent, pause_after
from invoicing.contrib.api.webhooks.services import Counts, add_endpoint, change_endpoint, rotate_secret, send_due
from invoicing.contrib.api.webhooks.signing import verify
from invoicing.contrib.api.webhooks.transport import Answer
from invoicing.exceptions import AppendOnlyError
from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queued(endpoint):
    """A message that waits."""
    make_issued_invoice()
    return WebhookDelivery.objects.get()


def run(at=None):
    return send_due(now=at or timezone.now())


def codes(delivery):
    return list(delivery.log.values_list("number", "status_code"))


def test_a_message_is_posted_signed_and_done(receiver, endpoint, queued):
    assert run() == Counts(delivered=1)
    queued.refresh_from_db()
    ((path, headers, body),) = receiver.got

    verify(endpoint.secret, headers, body, now=queued.delivered_at.timestamp())
    assert path == "/hooks?shop=1"
    assert headers["webhook-id"] == str(queued.event.uuid)
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == f"django-invoicekit/{invoicing.__version__}"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert json.loads(body) == queued.event.payload
    assert (queued.status, queued.attempts, queued.error, codes(queued)) == ("DELIVERED", 1, "", [(1, 204)])
    assert run() == Counts()
    assert len(receiver.got) == 1


def test_each_pause_is_twice_the_one_before_until_it_is_given_up(receiver, queued, settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = 5
    receiver.answer = 500
    pauses = []
    for _ in range(4):
        assert run(queued.next_attempt_at) == Counts(postponed=1)
        queued.refresh_from_db()
        pauses.append((queued.next_attempt_at - queued.log.last().at).total_seconds())
        assert run(queued.next_attempt_at - timedelta(seconds=1)) == Counts()

    assert pauses == [60, 120, 240, 480]
    assert run(queued.next_attempt_at) == Counts(given_up=1)
    queued.refresh_from_db()
    assert (queued.status, queued.next_attempt_at, queued.error) == ("FAILED", None, "It answered 500.")
    assert codes(queued) == [(1, 500), (2, 500), (3, 500), (4, 500), (5, 500)]
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.got}) == 1
    assert len({body for _path, _headers, body in receiver.got}) == 1
    assert run(timezone.now() + timedelta(days=9)) == Counts()


@pytest.mark.parametrize(
    ("tries", "retry_after", "seconds"),
    [
        (1, "", 60),
        (10, "", 30720),
        (11, "", 61440),
        (12, "", 86400),
        (4000, "", 86400),
        (1, "3600", 3600),
        (1, "5", 60),
        (4, "400", 480),
        (1, "999999999999999999999999", 86400),
        (1, "-5", 60),
        (1, "soon", 60),
        (1, "٣٦٠٠", 60),
    ],
)
def test_how_long_a_message_waits(settings, tries, retry_after, seconds):
    assert pause_after(tries, retry_after=retry_after, at=timezone.now()) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("minutes", "seconds"), [(10, 600), (-10, 60), (60 * 24 * 30, 86400)])
def test_a_receiver_may_name_the_moment(minutes, seconds):
    now = timezone.now().replace(microsecond=0)

    assert pause_after(1, retry_after=format_datetime(now + timedelta(minutes=minutes), usegmt=True), at=now) == timedelta(seconds=seconds)


def test_a_receiver_that_is_busy_says_for_how_long(receiver, queued):
    receiver.answer, receiver.headers = 503, {"Retry-After": "1800"}
    run()
    queued.refresh_from_db()

    assert queued.next_attempt_at - queued.log.get().at == timedelta(minutes=30)


def test_a_redirect_is_not_followed(receiver, queued):
    receiver.answer, receiver.headers = 307, {"Location": receiver.url}
    run()
    queued.refresh_from_db()

    assert (queued.status, queued.error, len(receiver.got)) == ("QUEUED", "It answered 307: redirects are not followed.", 1)


def test_a_receiver_that_hangs_up_gets_it_again(receiver, queued):
    receiver.answer = lambda handler: handler.connection.close()
    run()
    queued.refresh_from_db()

    assert (queued.status, codes(queued)) == ("QUEUED", [(1, None)])
    assert "RemoteDisconnected" in queued.error or "ConnectionResetError" in queued.error


def test_the_beginning_of_an_answer_is_kept(receiver, queued):
    receiver.answer, receiver.body = 400, b"no\x00 " + 2000 * "ü".encode() + b"\xff"
    run()

    answer = queued.log.get().answer
    assert (len(answer), answer[:5]) == (1000, "no üü")


def test_a_receiver_that_is_gone_is_disabled(receiver, endpoint, queued):
    receiver.answer = 410
    assert run() == Counts(given_up=1)
    endpoint.refresh_from_db()

    assert (endpoint.is_active, endpoint.disabled_reason) == (False, "The receiver says that it is gone (410).")
    assert endpoint.disabled_at is not None
    make_issued_invoice()
    assert WebhookEvent.objects.count() == 1


def test_an_endpoint_that_takes_nothing_for_long_is_disabled_and_one_that_takes_one_is_not(receiver, endpoint, settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = 1
    receiver.answer = 500
    for _ in range(21):
        make_issued_invoice()
    keys = list(WebhookDelivery.objects.order_by("pk").values_list("pk", flat=True))
    for key in keys[:19]:
        deliver(key, using="default")
    receiver.answer = 200
    deliver(keys[19], using="default")
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.given_up) == (True, 0)

    endpoint.given_up = 19
    endpoint.save()
    receiver.answer = 500
    deliver(keys[20], using="default")
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.given_up, endpoint.disabled_reason) == (False, 20, "20 messages in a row were given up.")


def test_what_waits_for_a_disabled_endpoint_is_sent_once_it_is_active_again(receiver, endpoint, queued):
    change_endpoint(endpoint, is_active=False)
    assert run() == Counts()
    assert endpoint.disabled_reason == "Disabled by hand."

    change_endpoint(endpoint, is_active=True)
    assert (endpoint.disabled_at, endpoint.disabled_reason, endpoint.given_up) == (None, "", 0)
    assert run() == Counts(delivered=1)


def test_while_a_secret_is_changed_both_sign(receiver, endpoint, queued):
    before = endpoint.secret
    rotate_secret(endpoint, keep_hours=24)
    run()
    ((_path, headers, body),) = receiver.got

    assert endpoint.secret != before
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (before, endpoint.secret):
        verify(secret, headers, body, now=timezone.now().timestamp())


def test_the_secret_before_signs_no_longer_than_it_was_said(receiver, endpoint, queued):
    rotate_secret(endpoint, keep_hours=24)
    until = endpoint.previous_secret_until

    assert len(endpoint.secrets_at(until - timedelta(seconds=1))) == 2
    assert endpoint.secrets_at(until) == [endpoint.secret]
    rotate_secret(endpoint, keep_hours=0)
    assert (endpoint.previous_secret, endpoint.secrets_at(timezone.now())) == ("", [endpoint.secret])


def test_a_receiver_that_does_not_answer_keeps_the_others_waiting_once(receiver, endpoint, monkeypatch):
    other = add_endpoint(company=None, url=receiver.url)
    for _ in range(3):
        make_issued_invoice()
    posted = []

    def post(url, **_message):
        posted.append(url)
        return Answer(error="TimeoutError: timed out") if len(posted) == 1 else Answer(status_code=200)

    monkeypatch.setattr(sending, "post", post)

    assert run() == Counts(delivered=3, postponed=1, left=2)
    assert other.deliveries.filter(status="DELIVERED").count() == 3


def test_a_worker_that_dies_leaves_a_message_that_another_one_sends(receiver, queued, monkeypatch):
    def die(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "post", die)
        with pytest.raises(KeyboardInterrupt):
            run()
    queued.refresh_from_db()
    assert (queued.status, queued.attempts) == ("SENDING", 1)
    assert (run(), free_silent(using="default")) == (Counts(), 0), "it may still be at work"

    WebhookDelivery.objects.update(claimed_at=timezone.now() - timedelta(seconds=301))
    assert run() == Counts(delivered=1)
    assert codes(queued) == [(1, None), (2, 204)]
    assert "not heard of" in queued.log.first().error


def test_a_worker_that_dies_each_time_does_not_go_on_for_ever(endpoint, queued, settings):
    settings.INVOICING_WEBHOOK_ATTEMPTS = 2
    WebhookDelivery.objects.update(status="SENDING", tries=2, attempts=2, claimed_at=timezone.now() - timedelta(hours=1))
    assert free_silent(using="default") == 1
    queued.refresh_from_db()
    endpoint.refresh_from_db()

    assert (queued.status, endpoint.given_up) == ("FAILED", 1)


def test_whoever_was_taken_for_dead_decides_nothing_any_more(receiver, queued, monkeypatch):
    def post(*_arguments, **_options):
        WebhookDelivery.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        free_silent(using="default")
        return Answer(status_code=500)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "post", post)
        assert deliver(queued.pk, using="default").status == "QUEUED"

    queued.refresh_from_db()
    assert (queued.next_attempt_at, codes(queued)) == (None, [(1, None), (1, 500)])
    assert run() == Counts(delivered=1)


def test_the_log_is_history(queued):
    run()
    attempt = queued.log.get()
    with pytest.raises(AppendOnlyError):
        attempt.delete()
    with pytest.raises(AppendOnlyError):
        WebhookAttempt.objects.update(answer="all well")
    assert attempt.duration >= 0


def test_a_host_that_becomes_private_after_it_was_saved_is_not_called(names, db):
    names["hooks.example.com"] = ["93.184.215.14"]
    add_endpoint(company=None, url="https://hooks.example.com/")
    names["hooks.example.com"] = ["169.254.169.254"]
    make_issued_invoice()
    assert run() == Counts(postponed=1)

    assert WebhookDelivery.objects.get().error == "url: Its host is not a public one."
