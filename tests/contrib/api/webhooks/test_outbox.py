"""The outbox: what happened is written with the change, or not at all, and only for whoever wants to know."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from invoicing.contrib.api.models import WebhookDelivery, WebhookEvent
from invoicing.contrib.api.webhooks.payloads import body_of
from invoicing.contrib.api.webhooks.services import add_endpoint, change_endpoint
from invoicing.models import get_invoice_model
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


def kinds():
    return list(WebhookEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_an_issued_invoice_is_told_of_with_what_it_says(endpoint):
    invoice = make_issued_invoice()
    event = WebhookEvent.objects.get()

    assert event.payload == {
        "id": str(event.uuid),
        "type": "invoice.issued",
        "created": event.created.isoformat(),
        "company": None,
        "data": {
            "invoice": {
                "id": str(invoice.uuid),
                "number": "2026/1",
                "type": "INVOICE",
                "origin": "ISSUED",
                "status": "NEW",
                "payment_status": "UNPAID",
                "date_issue": "2026-11-20",
                "date_due": "2026-12-04",
                "currency": "EUR",
                "total": "952.00",
                "vat": "152.00",
                "already_paid": "0.00",
                "to_pay": "952.00",
                "customer_name": "Buchhandlung Sommer KG",
            }
        },
    }
    assert (event.invoice_id, event.invoice_uuid, event.company_id) == (invoice.pk, invoice.uuid, None)
    assert list(event.deliveries.values_list("endpoint_id", "status", "attempts")) == [(endpoint.pk, "QUEUED", 0)]


def test_money_has_the_digits_of_its_currency(endpoint):
    make_issued_invoice([line(unit_price=Decimal(800))], currency="JPY")

    data = WebhookEvent.objects.get().payload["data"]["invoice"]
    assert (data["total"], data["vat"], data["to_pay"]) == ("9520", "1520", "9520")


def test_each_step_has_its_event(endpoint):
    make_issued_invoice().mark_sent()
    paid = make_issued_invoice()
    paid.mark_paid()
    make_issued_invoice().cancel("entered twice")

    assert kinds() == [
        "invoice.issued",
        "invoice.sent",
        "invoice.issued",
        "invoice.paid",
        "invoice.issued",
        "invoice.canceled",
    ]
    told = {event.kind: event.payload["data"] for event in WebhookEvent.objects.all()}
    assert told["invoice.paid"]["invoice"]["payment_status"] == "PAID"
    assert told["invoice.paid"]["invoice"]["to_pay"] == "0.00"
    assert (told["invoice.canceled"]["reason"], told["invoice.canceled"]["invoice"]["status"]) == ("entered twice", "CANCELED")


def test_a_credit_note_is_told_of_beside_its_invoice(endpoint):
    invoice = make_issued_invoice()
    note = invoice.create_credit_note(reason="returned")
    event = WebhookEvent.objects.get(kind="invoice.credited")

    assert event.payload["data"]["invoice"]["id"] == str(invoice.uuid)
    assert event.payload["data"]["credit_note"]["id"] == str(note.uuid)
    assert event.payload["data"]["credit_note"]["type"] == "CREDIT_NOTE"
    assert (event.invoice_uuid, event.credit_note_uuid) == (invoice.uuid, note.uuid)


def test_many_that_are_issued_at_once_are_told_of_one_by_one(endpoint):
    invoices = [make_invoice([line()]) for _ in range(3)]
    get_invoice_model().issue_many(invoices)

    assert {event.invoice_uuid for event in WebhookEvent.objects.filter(kind="invoice.issued")} == {row.uuid for row in invoices}


def test_what_is_rolled_back_was_never_told(endpoint):
    invoice = make_invoice([line()])

    with transaction.atomic():
        invoice.issue()
        assert kinds() == ["invoice.issued"]
        transaction.set_rollback(True)

    assert (kinds(), WebhookDelivery.objects.count()) == ([], 0)


def test_nothing_is_written_where_nobody_wants_to_know(endpoint):
    change_endpoint(endpoint, events=["invoice.paid"])
    invoice = make_issued_invoice()
    assert kinds() == []

    change_endpoint(endpoint, is_active=False)
    invoice.mark_paid()
    assert kinds() == []


def test_whoever_has_no_endpoint_pays_one_cheap_question():
    invoice = make_invoice([line()])
    with CaptureQueriesContext(connection) as queries:
        invoice.issue()

    ours = [query["sql"] for query in queries if "webhook" in query["sql"]]
    assert len(ours) == 1


def test_a_company_hears_of_its_own_documents_alone(endpoint, receiver):
    ours, theirs = make_company(), make_company(code="TEE", name="Teehaus Lindner GmbH")
    first, second = add_endpoint(company=ours, url=receiver.url), add_endpoint(company=ours, url=receiver.url, events=["invoice.issued"])
    add_endpoint(company=theirs, url=receiver.url)
    make_issued_invoice(company=ours)
    event = WebhookEvent.objects.get()

    assert event.payload["company"] == str(ours.uuid)
    assert set(event.deliveries.values_list("endpoint_id", flat=True)) == {first.pk, second.pk}


def test_a_draft_that_is_deleted_leaves_its_news(endpoint):
    invoice = make_invoice([line()], date_due=date(2026, 12, 4))
    invoice.cancel("never mind")
    event = WebhookEvent.objects.get()

    assert (event.kind, event.invoice_uuid) == ("invoice.canceled", invoice.uuid)


def test_the_bytes_are_the_same_at_every_attempt(endpoint):
    make_issued_invoice(title="Öl & Essig")
    event = WebhookEvent.objects.get()
    once = body_of(event)
    event.payload = dict(reversed(event.payload.items()))

    assert body_of(event) == once
    assert once.startswith(b'{"company":null,"created":"')
