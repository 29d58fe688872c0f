"""What webhooks say: plain values, money as texts, and no more of a person than a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from invoicing.chain import canonical
from invoicing.contrib.api.models import WebhookEvent
from invoicing.domain.money import quantise

MONEY = ("total", "vat", "already_paid", "to_pay")


def payload_of(event: WebhookEvent, data: Mapping[str, Any]) -> dict[str, Any]:
    """The message of an event: who tells of what, when, and `data`."""
    return {
        "id": str(event.uuid),
        "type": str(event.kind),
        "created": event.created.isoformat(),
        "company": str(event.company.uuid) if event.company else None,
        "data": dict(data),
    }


def document_of(invoice: Any) -> dict[str, Any]:
    """A document as it is at this moment."""
    amounts = {name: _money(getattr(invoice, name), currency=invoice.currency) for name in MONEY}
    return {
        "id": str(invoice.uuid),
        "number": invoice.number,
        "type": str(invoice.type),
        "origin": str(invoice.origin),
        "status": str(invoice.status),
        "payment_status": str(invoice.payment_status.value),
        "date_issue": invoice.date_issue.isoformat(),
        "date_due": invoice.date_due.isoformat(),
        "currency": invoice.currency,
        **amounts,
        "customer_name": invoice.customer_name,
    }


def without_person(payload: Mapping[str, Any], *, document: str) -> dict[str, Any]:
    """The same message without what tells of a person about the document with this id."""
    data = dict(payload.get("data", {}))
    for name in ("invoice", "credit_note"):
        if data.get(name, {}).get("id") == document:
            data[name] = {**data[name], "customer_name": ""}
    if "reason" in data:
        data["reason"] = ""
    return {**payload, "data": data}


def body_of(event: WebhookEvent) -> bytes:
    """The bytes that are signed and sent: the same at every attempt, whatever order the database keeps keys in."""
    return canonical(event.payload).encode()


def _money(amount: Any, *, currency: str) -> str | None:
    return None if amount is None else str(quantise(amount, currency))
