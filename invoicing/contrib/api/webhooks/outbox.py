"""The outbox: an event is written in the transaction of the change that it tells of, so that both are there or neither."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookKind
from invoicing.contrib.api.webhooks import tasks
from invoicing.contrib.api.webhooks.payloads import document_of, payload_of
from invoicing.models.locking import atomically


def write_event(
    kind: WebhookKind, invoice: Any, *, credit_note: Any = None, reason: str | None = None, due_on: date | None = None, using: str
) -> WebhookEvent | None:
    """Write down what happened to a document, for every endpoint of its company that wants to know; None where there is none."""
    endpoints = WebhookEndpoint.objects.using(using).wanting(kind, company_id=invoice.company_id)
    if not endpoints:
        return None
    data: dict[str, Any] = {"invoice": document_of(invoice)}
    if credit_note is not None:
        data["credit_note"] = document_of(credit_note)
    if reason is not None:
        data["reason"] = reason
    event = WebhookEvent(
        company=invoice.company,
        kind=kind,
        invoice_id=invoice.pk,
        invoice_uuid=invoice.uuid,
        credit_note_uuid=credit_note.uuid if credit_note is not None else None,
        due_on=due_on,
    )
    return write(event, data, endpoints=endpoints, using=using)


def write(event: WebhookEvent, data: dict[str, Any], *, endpoints: Iterable[WebhookEndpoint], using: str) -> WebhookEvent:
    """Save an event with its message, and queue it for endpoints."""
    event.payload = payload_of(event, data)
    with atomically(using):
        event.save(using=using)
        for endpoint in endpoints:
            queue(event, endpoint, using=using)
    return event


def queue(event: WebhookEvent, endpoint: WebhookEndpoint, *, using: str) -> WebhookDelivery:
    """Queue an event for one endpoint; a queue with workers hears of it once it is committed."""
    delivery = WebhookDelivery(event=event, endpoint=endpoint)
    delivery.save(using=using)
    wake(delivery, using=using)
    return delivery


def wake(delivery: WebhookDelivery, *, using: str) -> None:
    """Tell the queue of a message that waits, once that is committed."""
    transaction.on_commit(partial(tasks.enqueue, delivery.pk, using=using), using=using)
