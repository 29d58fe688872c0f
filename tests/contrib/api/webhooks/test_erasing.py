"""Personal data that is erased goes from messages and answers, too, also where triggers keep history."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from invoicing.contrib.api.models import WebhookDelivery, WebhookEvent
from invoicing.contrib.api.webhooks import sending
from invoicing.contrib.api.webhooks.services import Counts, replay, send_due
from invoicing.contrib.api.webhooks.transport import Answer
from invoicing.protection import install_triggers, remove_triggers
from tests.factories import RIVIERE, make_issued_invoice

NAME = "Camille Rivière"

TABLES = ("invoicing_api_webhookevent", "invoicing_api_webhookdelivery", "invoicing_api_webhookattempt", "invoicing_api_webhookendpoint")


@pytest.fixture(params=["bare", "triggers"])
def database(request, transactional_db):
    """The tables of a host that has the triggers of `invoicing_protect`, and of one that has not."""
    if request.param == "triggers":
        install_triggers("default")
    yield
    if request.param == "triggers":
        remove_triggers("default")


def stored(text):
    """Whether a text stands in the tables of webhooks, also escaped as in JSON."""
    values = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # named above
            values += [str(value) for row in cursor.fetchall() for value in row]
    told = "\n".join(values)
    return text in told or json.dumps(text)[1:-1] in told


def make_consumer_invoice():
    return make_issued_invoice(customer=RIVIERE)


def test_nothing_of_the_customer_is_left(database, endpoint, receiver):
    receiver.body = f"thank you, {NAME}".encode()
    invoice = make_consumer_invoice()
    invoice.mark_sent()
    send_due(now=timezone.now())
    assert stored(NAME)

    invoice.erase_personal_data("ten years are over")
    assert not stored(NAME)
    data = WebhookEvent.objects.first().payload["data"]["invoice"]
    assert (data["customer_name"], data["number"], data["total"]) == ("", "2026/1", "952.00")
    assert list(WebhookDelivery.objects.values_list("status", flat=True)) == ["DELIVERED", "DELIVERED"]


def test_what_waits_or_is_sent_again_says_no_name(database, endpoint, receiver):
    invoice = make_consumer_invoice()
    invoice.erase_personal_data("asked to")
    assert send_due(now=timezone.now()) == Counts(delivered=1)
    replay(WebhookDelivery.objects.get())
    send_due(now=timezone.now())

    assert [json.loads(body)["data"]["invoice"]["customer_name"] for _path, _headers, body in receiver.got] == ["", ""]


def test_an_answer_that_comes_while_it_is_erased_is_not_kept(database, endpoint, monkeypatch):
    invoice = make_consumer_invoice()

    def post(*_arguments, **_options):
        invoice.erase_personal_data("asked to")
        return Answer(status_code=200, text=f"thank you, {NAME}")

    monkeypatch.setattr(sending, "post", post)
    send_due(now=timezone.now())

    assert not stored(NAME)
    assert WebhookDelivery.objects.get().log.get().answer == ""


def test_a_credit_note_that_is_erased_is_blank_in_the_message_about_its_invoice(database, endpoint):
    invoice = make_consumer_invoice()
    note = invoice.create_credit_note(reason=f"{NAME} asked to")
    if not note.is_issued:
        note.issue()
    note.erase_personal_data("asked to")
    data = WebhookEvent.objects.get(kind="invoice.credited").payload["data"]

    assert (data["invoice"]["customer_name"], data["credit_note"]["customer_name"]) == (NAME, "")


def test_the_reason_of_a_cancellation_goes(database, endpoint):
    invoice = make_consumer_invoice()
    invoice.cancel(f"{NAME} never ordered it")
    invoice.erase_personal_data("asked to")

    assert WebhookEvent.objects.get(kind="invoice.canceled").payload["data"]["reason"] == ""
    assert not stored(NAME)


def test_messages_about_other_documents_stay(database, endpoint):
    make_consumer_invoice()
    make_issued_invoice().erase_personal_data("ten years are over")

    assert stored(NAME)
