"""Webhooks over HTTP: set up by administrators, their secrets shown once."""

import pytest

from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint
from invoicing.contrib.api.models.webhook import WebhookStatus
from invoicing.contrib.api.webhooks.services import add_endpoint

URL = "/api/webhooks/"
ADDRESS = "https://hooks.internal/in"


@pytest.fixture(autouse=True)
def own_host(settings):
    """A host of the own network: none that is asked for in the internet."""
    settings.INVOICING_WEBHOOK_PRIVATE_HOSTS = ["hooks.internal"]


@pytest.fixture
def endpoint(company):
    return add_endpoint(company=company, url=ADDRESS)


def test_a_secret_is_shown_once(admin, company):
    made = admin.post(URL, {"url": ADDRESS, "events": ["invoice.paid"], "description": "Shop"})

    stored = WebhookEndpoint.objects.get()
    row = f"{URL}{stored.uuid}/"
    assert (made.status_code, made["Location"]) == (201, f"http://testserver{row}")
    assert (made.data["secret"], stored.company, stored.events) == (stored.secret, company, ["invoice.paid"])
    assert made.data["created_by"] == admin.user.username
    assert "secret" not in admin.get(row).data
    assert "secret" not in admin.get(URL).data["results"][0]
    assert stored.secret not in str(admin.patch(row, {"description": "New shop"}).data)


def test_a_secret_is_changed(admin, endpoint):
    answer = admin.post(f"{URL}{endpoint.uuid}/rotate-secret/", {"keep_hours": 1})

    stored = WebhookEndpoint.objects.get()
    assert answer.status_code == 200
    assert answer.data["secret"] == stored.secret != endpoint.secret
    assert (stored.previous_secret, answer.data["previous_secret_until"] is not None) == (endpoint.secret, True)


def test_an_endpoint_is_disabled_and_deleted(admin, endpoint):
    row = f"{URL}{endpoint.uuid}/"

    changed = admin.patch(row, {"is_active": False})

    assert (changed.data["is_active"], changed.data["disabled_reason"]) == (False, "Disabled by hand.")
    assert admin.post(f"{row}ping/").data["code"] == "webhook_state"
    assert admin.delete(row).status_code == 204
    assert not WebhookEndpoint.objects.exists()


def test_a_ping_is_queued_and_can_be_sent_again(admin, endpoint):
    row = f"{URL}{endpoint.uuid}/"

    ping = admin.post(f"{row}ping/")
    WebhookDelivery.objects.update(status=WebhookStatus.FAILED, tries=3)
    again = admin.post(f"{row}deliveries/{ping.data['id']}/replay/")
    (listed,) = admin.get(f"{row}deliveries/").data["results"]

    assert (ping.status_code, ping.data["kind"], ping.data["status"]) == (202, "ping", "QUEUED")
    assert (again.status_code, again.data["id"], again.data["status"]) == (202, ping.data["id"], "QUEUED")
    assert listed == again.data == admin.get(f"{row}deliveries/{ping.data['id']}/").data
    assert admin.delete(row).data["code"] == "in_use"


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({}, 400, "url"),
        ({"url": "http://hooks.example.com/"}, 422, "url"),
        ({"url": "https://127.0.0.1/"}, 422, "url"),
        ({"url": "https://user:word@hooks.internal/"}, 422, "url"),
        ({"url": ADDRESS, "events": ["invoice.eaten"]}, 422, "events[0]"),
        ({"url": ADDRESS, "events": "all"}, 400, "events"),
        ({"url": ADDRESS, "secret": "mine"}, 400, "secret"),
        ({"url": ADDRESS, "colour": "red"}, 400, "colour"),
    ],
)
def test_bad_values_are_refused_by_name(admin, body, status, name):
    answer = admin.post(URL, body)

    assert (answer.status_code, list(answer.data["errors"])) == (status, [name])
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("role", ["ACCOUNTANT", "SALES_MANAGER", "VIEWER"])
def test_nobody_but_an_administrator_sees_them(client_of, endpoint, role):
    client = client_of(role)
    row = f"{URL}{endpoint.uuid}/"

    answers = [client.get(URL), client.get(row), client.get(f"{row}deliveries/"), client.post(URL, {"url": ADDRESS}), client.delete(row)]

    assert [answer.status_code for answer in answers] == [403] * 5


def test_an_endpoint_of_another_company_is_not_there(other_admin, admin, endpoint):
    row = f"{URL}{endpoint.uuid}/"
    ping = admin.post(f"{row}ping/").data["id"]
    own = other_admin.post(URL, {"url": ADDRESS}).data["id"]

    reads = [other_admin.get(row), other_admin.get(f"{row}deliveries/"), other_admin.get(f"{URL}{own}/deliveries/{ping}/")]
    writes = [other_admin.patch(row, {"is_active": False}), other_admin.delete(row)]
    acts = [other_admin.post(f"{row}{act}") for act in ("ping/", "rotate-secret/", f"deliveries/{ping}/replay/")]

    assert [answer.status_code for answer in (*reads, *writes, *acts)] == [404] * 8
    assert [found["id"] for found in other_admin.get(URL).data["results"]] == [own]
