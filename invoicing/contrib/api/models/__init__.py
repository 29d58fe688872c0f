"""The tables of the API: answers that are kept, and webhooks."""

from invoicing.contrib.api.models.idempotency import IdempotencyKey
from invoicing.contrib.api.models.webhook import (
    CHOSEN,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookKind,
    WebhookStatus,
)

__all__ = [
    "CHOSEN",
    "IdempotencyKey",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookKind",
    "WebhookStatus",
]
