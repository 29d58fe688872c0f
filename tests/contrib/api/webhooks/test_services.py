"""Setting up receivers, and sending again."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from invoicing.actor import acting
from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from invoicing.contrib.api.webhooks.exceptions import WebhookAddressError, WebhookStateError
from invoicing.contrib.api.webhooks.services import (
    Counts,
    add_endpoint,
    change_endpoint,
    replay,
    replay_event,
    rotate_secret,
    send_due,
    send_ping,
)
from invoicing.exceptions import InvalidDataError
from tests.factories import make_company, make_issued_invoice

pytestmark = pytest.mark.django_db


def test_an_endpoint_has_a_secret_of_its_own_and_keeps_who_made_it(receiver):
    with acting("Petra Lang"):
        endpoint = add_endpoint(company=None, url=receiver.url, events=["invoice.paid", "invoice.issued"], description="shop")

    assert len(base64.b64decode(endpoint.secret.removeprefix("whsec_"))) == 32
    assert (endpoint.created_by_name, endpoint.description, endpoint.is_active) == ("Petra Lang", "shop", True)
    assert endpoint.events == ["invoice.issued", "invoice.paid"]


@pytest.mark.parametrize("events", [["invoice.eaten"], ["ping"], [7], [["invoice.paid"]], ["invoice.paid", ""]])
def test_news_that_there_is_not_is_refused(receiver, events):
    with pytest.raises(InvalidDataError) as refusal:
        add_endpoint(company=None, url=receiver.url, events=events)

    assert list(refusal.value.errors) == ["events"]
    assert WebhookEndpoint.objects.count() == 0


def test_a_url_is_looked_at_when_it_is_saved_and_when_it_is_changed(endpoint):
    with pytest.raises(WebhookAddressError):
        add_endpoint(company=None, url="https://169.254.169.254/")
    with pytest.raises(WebhookAddressError):
        change_endpoint(endpoint, url="https://[::1]/")

    assert list(WebhookEndpoint.objects.values_list("url", flat=True)) == [endpoint.url]


def test_only_what_is_given_is_changed(endpoint, receiver):
    secret = endpoint.secret
    changed = change_endpoint(endpoint, events=["invoice.paid"])
    assert (changed.url, changed.events, changed.description, changed.secret) == (receiver.url, ["invoice.paid"], "", secret)

    change_endpoint(endpoint, description="shop", url=f"http://127.0.0.1:{receiver.port}/other")
    assert (endpoint.events, endpoint.description, endpoint.url[-6:]) == (["invoice.paid"], "shop", "/other")


def test_the_secret_before_is_kept_for_a_day(endpoint):
    before = endpoint.secret
    rotate_secret(endpoint)

    assert endpoint.previous_secret == before
    assert timedelta(hours=23) < endpoint.previous_secret_until - timezone.now() <= timedelta(hours=24)


def test_a_ping_goes_to_one_endpoint_whatever_it_wants(endpoint, receiver):
    add_endpoint(company=None, url=receiver.url)
    change_endpoint(endpoint, events=["invoice.paid"])
    delivery = send_ping(endpoint)

    assert (delivery.status, delivery.endpoint_id, WebhookDelivery.objects.count()) == ("QUEUED", endpoint.pk, 1)
    assert (delivery.event.payload["type"], delivery.event.payload["data"]) == ("ping", {})
    assert send_due(now=timezone.now()) == Counts(delivered=1)
    assert receiver.got[0][1]["webhook-id"] == str(delivery.event.uuid)


def test_what_was_delivered_or_given_up_is_sent_again_under_the_same_id(endpoint, receiver):
    make_issued_invoice()
    send_due(now=timezone.now())
    delivery = WebhookDelivery.objects.get()
    again = replay(delivery)

    assert (again.status, again.tries, again.attempts, again.log.count()) == ("QUEUED", 0, 1, 1)
    assert send_due(now=timezone.now()) == Counts(delivered=1)
    assert list(delivery.log.values_list("number", flat=True)) == [1, 2]
    first, second = receiver.got
    assert (first[1]["webhook-id"], first[2]) == (second[1]["webhook-id"], second[2])

    WebhookDelivery.objects.update(status="FAILED", tries=10)
    assert replay(delivery).status == "QUEUED"


def test_what_waits_for_another_attempt_is_sent_now(endpoint, receiver):
    receiver.answer = 500
    make_issued_invoice()
    send_due(now=timezone.now())
    again = replay(WebhookDelivery.objects.get())

    assert (again.next_attempt_at, again.tries) == (None, 0)


def test_what_is_being_sent_or_has_nobody_is_not_sent_again(endpoint):
    make_issued_invoice()
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(status="SENDING")
    with pytest.raises(WebhookStateError, match="being sent"):
        replay(delivery)

    WebhookDelivery.objects.update(status="FAILED")
    change_endpoint(endpoint, is_active=False)
    for act in (lambda: replay(delivery), lambda: send_ping(endpoint), lambda: replay_event(delivery.event, endpoint)):
        with pytest.raises(WebhookStateError) as refusal:
            act()
        assert refusal.value.code == "webhook_state"
    assert replay_event(delivery.event) == []


def test_an_event_goes_to_whoever_wants_it_also_to_one_that_came_later(endpoint, receiver):
    make_issued_invoice()
    event = WebhookEvent.objects.get()
    send_due(now=timezone.now())
    later = add_endpoint(company=None, url=receiver.url)
    add_endpoint(company=None, url=receiver.url, events=["invoice.paid"])

    assert {row.endpoint_id for row in replay_event(event)} == {endpoint.pk, later.pk}
    assert send_due(now=timezone.now()) == Counts(delivered=2)
    (one,) = replay_event(event, later)
    assert (one.endpoint_id, one.status) == (later.pk, "QUEUED")


def test_an_event_never_goes_to_another_company(endpoint, receiver):
    theirs = add_endpoint(company=make_company(), url=receiver.url)
    make_issued_invoice()

    with pytest.raises(WebhookStateError, match="another company"):
        replay_event(WebhookEvent.objects.get(), theirs)
    assert theirs.deliveries.count() == 0
