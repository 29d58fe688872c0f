"""What webhooks listen to: the news of documents, and personal data that is erased."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.dispatch import Signal

from invoicing import signals
from invoicing.contrib.api.models import WebhookAttempt, WebhookEvent, WebhookKind
from invoicing.contrib.api.webhooks.outbox import write_event
from invoicing.contrib.api.webhooks.payloads import without_person
from invoicing.models.locking import locked, plain

NEWS: dict[WebhookKind, Signal] = {
    WebhookKind.INVOICE_ISSUED: signals.invoice_issued,
    WebhookKind.INVOICE_SENT: signals.invoice_sent,
    WebhookKind.INVOICE_PAID: signals.invoice_paid,
    WebhookKind.INVOICE_CREDITED: signals.invoice_credited,
    WebhookKind.INVOICE_CANCELED: signals.invoice_canceled,
}


def _teller(kind: WebhookKind) -> Callable[..., None]:
    """A receiver that writes such news into the outbox."""

    def tell(sender: Any, *, invoice: Any, credit_note: Any = None, reason: str | None = None, **_kwargs: Any) -> None:  # noqa: ARG001
        write_event(kind, invoice, credit_note=credit_note, reason=reason, using=invoice.write_database())

    return tell


def erase_messages(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001  # a receiver takes what the signal sends
    """Blank names and reasons in the messages about a document, and the answers to them; what waits is sent without them."""
    using = invoice.write_database()
    about = Q(invoice_uuid=invoice.uuid) | Q(credit_note_uuid=invoice.uuid)
    for event in locked(plain(WebhookEvent, using=using).filter(about).order_by("pk"), using=using):
        event.payload = without_person(event.payload, document=str(invoice.uuid))
        event.is_erased = True
        event.save(using=using, update_fields=["payload", "is_erased"])
    plain(WebhookAttempt, using=using).filter(invoice_id=invoice.pk).update(answer="")


def connect() -> None:
    """Listen, once."""
    for kind, signal in NEWS.items():
        signal.connect(_teller(kind), weak=False, dispatch_uid=f"invoicing.api.webhooks.{kind.value}")
    signals.invoice_erased.connect(erase_messages, dispatch_uid="invoicing.api.webhooks.erase_messages")
