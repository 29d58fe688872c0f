"""Webhooks in the admin: a receiver is set up there, its secret is shown once, and messages are sent again."""

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from invoicing.contrib.api.webhooks.services import add_endpoint, send_due
from tests.factories import make_company, make_issued_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contrib.api.webhooks.urls")]


def url(model, page, *args):
    return reverse(f"admin:invoicing_api_{model}_{page}", args=args)


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def boss(client):
    client.force_login(User.objects.create_superuser("petra", password="a good one"))
    return client


def test_a_receiver_is_set_up_and_its_secret_is_shown_once(boss, receiver):
    company = make_company()
    values = {"company": company.pk, "url": receiver.url, "description": "shop", "events": ["invoice.paid"]}
    answer = boss.post(url("webhookendpoint", "add"), values)
    endpoint = WebhookEndpoint.objects.get()

    assert any(endpoint.secret in text for text in said(answer))
    assert (endpoint.company, endpoint.events, endpoint.is_active, endpoint.created_by_name) == (company, ["invoice.paid"], True, "petra")
    boss.get("/admin/")
    page = boss.get(url("webhookendpoint", "change", endpoint.pk)).content.decode()
    assert endpoint.secret not in page
    assert endpoint.url in page.replace("&amp;", "&")


def test_an_address_of_the_own_network_is_an_error_at_its_field(boss):
    answer = boss.post(url("webhookendpoint", "add"), {"url": "https://169.254.169.254/"})

    assert answer.context["adminform"].form.errors == {"url": ["Its host is not a public one."]}
    assert WebhookEndpoint.objects.count() == 0


def test_a_receiver_is_changed_and_made_active_again(boss, endpoint):
    WebhookEndpoint.objects.update(is_active=False, given_up=20, disabled_reason="gone")
    boss.post(url("webhookendpoint", "change", endpoint.pk), {"url": endpoint.url, "events": ["invoice.sent"], "is_active": "on"})
    endpoint.refresh_from_db()

    assert (endpoint.is_active, endpoint.given_up, endpoint.disabled_reason, endpoint.events) == (True, 0, "", ["invoice.sent"])


def test_a_secret_is_changed_and_a_ping_is_queued(boss, endpoint):
    before = endpoint.secret
    listed = url("webhookendpoint", "changelist")
    answer = boss.post(listed, {"action": "make_new_secret", "_selected_action": [endpoint.pk]})
    endpoint.refresh_from_db()
    assert (endpoint.previous_secret, endpoint.secret in said(answer)[0]) == (before, True)

    assert said(boss.post(listed, {"action": "ping", "_selected_action": [endpoint.pk]}))[-1] == "1 ping is queued."
    assert WebhookEvent.objects.get().kind == "ping"


def test_a_message_shows_its_log_and_is_sent_again(boss, endpoint, receiver):
    receiver.body = b"thank you"
    receiver.answer = 200
    make_issued_invoice()
    send_due(now=timezone.now())
    delivery = WebhookDelivery.objects.get()

    assert "thank you" in boss.get(url("webhookdelivery", "change", delivery.pk)).content.decode()
    assert boss.get(url("webhookevent", "changelist")).status_code == 200
    assert boss.get(url("webhookdelivery", "add")).status_code == 403
    answer = boss.post(url("webhookdelivery", "changelist"), {"action": "send_again", "_selected_action": [delivery.pk]})
    delivery.refresh_from_db()
    assert (said(answer), delivery.status) == (["1 message is queued again."], "QUEUED")


def test_a_refusal_is_said(boss, endpoint):
    WebhookEndpoint.objects.update(is_active=False)
    answer = boss.post(url("webhookendpoint", "changelist"), {"action": "ping", "_selected_action": [endpoint.pk]})

    assert "disabled" in said(answer)[0]


def test_whoever_works_for_a_company_has_its_receivers_alone(client, endpoint, receiver):
    ours, theirs = make_company(), make_company(code="TEE", name="Teehaus Lindner GmbH")
    own = add_endpoint(company=ours, url=receiver.url, description="of ours")
    other = add_endpoint(company=theirs, url=receiver.url, description="of others")
    make_issued_invoice(company=theirs)
    user = User.objects.create_user("otto", password="a good one", is_staff=True)
    Membership(user=user, company=ours, role="ADMIN").save()
    client.force_login(user)
    listed = client.get(url("webhookendpoint", "changelist")).content.decode()

    assert ("of ours" in listed, "of others" in listed) == (True, False)
    assert client.get(url("webhookendpoint", "change", own.pk)).status_code == 200
    assert client.get(url("webhookendpoint", "change", other.pk)).status_code == 302
    for values in ({"company": theirs.pk, "url": receiver.url}, {"url": receiver.url}):
        assert client.post(url("webhookendpoint", "add"), values).status_code == 200, "a form with an error"
    client.post(url("webhookendpoint", "changelist"), {"action": "make_new_secret", "_selected_action": [other.pk]})
    client.post(url("webhookdelivery", "changelist"), {"action": "send_again", "_selected_action": [other.deliveries.get().pk]})
    assert WebhookEndpoint.objects.count() == 3
    assert set(WebhookEndpoint.objects.values_list("previous_secret", flat=True)) == {""}


def test_whoever_has_no_role_sees_nothing(client, endpoint):
    client.force_login(User.objects.create_user("otto", password="a good one", is_staff=True))

    for model in ("webhookendpoint", "webhookevent", "webhookdelivery"):
        assert client.get(url(model, "changelist")).status_code == 403
