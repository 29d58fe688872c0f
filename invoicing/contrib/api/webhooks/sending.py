"""Sending: claim a message, commit that it is being sent, post it, write down what became of it.

Whoever dies between the claim and the record leaves a message that is sent once more: receivers know it again by its id.
"""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

import invoicing
from invoicing.conf import conf
from invoicing.contrib.api.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookStatus
from invoicing.contrib.api.webhooks.payloads import body_of
from invoicing.contrib.api.webhooks.signing import ID, SIGNATURE, TIMESTAMP, sign
from invoicing.contrib.api.webhooks.transport import Answer, post
from invoicing.models.locking import atomically, locked
from invoicing.retrying import retry

logger = logging.getLogger("invoicing.webhooks")

LONGEST_PAUSE: Final = timedelta(days=1)

MOST_GIVEN_UP: Final = 20
"""Messages in a row that are given up until their endpoint is disabled."""

PATIENCE: Final = 300
"""The least seconds after which a worker that was not heard of is taken for dead."""


def deliver(key: Any, *, at: datetime | None = None, using: str) -> WebhookDelivery | None:
    """Try once to send the message with a primary key, if it is due at a moment (now); give back how it stands then.

    None where it is not there, or somebody else has it. Call it outside of transactions: that it is being sent has to be
    committed before the first byte leaves.
    """
    claimed = _claimed(key, at=at or timezone.now(), using=using)
    if claimed is None:
        return None
    answer = _post(claimed)
    ended = timezone.now()
    _in_transaction(lambda: _record(claimed, answer, at=ended, using=using), using=using)
    return WebhookDelivery.objects.using(using).get(pk=key)


def free_silent(*, using: str) -> int:
    """Let others send what workers claimed that have not been heard of for long; gives how many messages."""
    patience = timedelta(seconds=max(PATIENCE, 10 * conf.webhook_timeout))
    silent = list(WebhookDelivery.objects.using(using).silent_since(timezone.now() - patience))
    freed = [_freed(delivery, using=using) for delivery in silent]
    return freed.count(True)


def pause_after(tries: int, *, retry_after: str = "", at: datetime) -> timedelta:
    """How long to wait after so many tries: each pause twice the one before, and what the receiver asks for, up to a day."""
    doubled = timedelta(seconds=conf.webhook_pause * 2 ** min(tries - 1, 20))
    return min(max(doubled, _asked_for(retry_after, at=at)), LONGEST_PAUSE)


def _claimed(key: Any, *, at: datetime, using: str) -> WebhookDelivery | None:
    """The message, if this worker is the one who sends it; that is committed then."""
    found = WebhookDelivery.objects.using(using).due(at=at).filter(pk=key).first()
    if found is None:
        return None
    claim = {"status": WebhookStatus.SENDING, "claim": uuid.uuid4(), "claimed_at": timezone.now(), "next_attempt_at": None}
    rows = WebhookDelivery.objects.using(using).filter(pk=key, status=WebhookStatus.QUEUED, attempts=found.attempts)
    with transaction.atomic(using=using, durable=True):
        if rows.update(attempts=F("attempts") + 1, tries=F("tries") + 1, **claim) != 1:
            return None
    # Read after the claim: whoever erased personal data before it is heard.
    return WebhookDelivery.objects.using(using).select_related("event", "endpoint").get(pk=key)


def _post(delivery: WebhookDelivery) -> Answer:
    event, endpoint, moment = delivery.event, delivery.endpoint, timezone.now()
    body, timestamp, key = body_of(event), int(moment.timestamp()), str(event.uuid)
    signatures = [sign(secret, id=key, timestamp=timestamp, body=body) for secret in endpoint.secrets_at(moment)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"django-invoicekit/{invoicing.__version__}",
        ID: key,
        TIMESTAMP: str(timestamp),
        SIGNATURE: " ".join(signatures),
    }
    return post(endpoint.url, body=body, headers=headers, timeout=conf.webhook_timeout)


def _record(delivery: WebhookDelivery, answer: Answer, *, at: datetime, using: str) -> None:
    with atomically(using):
        row: WebhookDelivery = locked(WebhookDelivery.objects.all(), using=using).get(pk=delivery.pk)
        _log(delivery, answer, at=at, using=using)
        # Whoever took too long was taken for dead: another one sends it, and decides.
        if row.claim != delivery.claim or row.status != WebhookStatus.SENDING:
            return
        row.error = "" if answer.is_accepted else _error(answer)
        if answer.is_accepted:
            row.status, row.delivered_at = WebhookStatus.DELIVERED, at
        elif answer.is_gone or row.tries >= conf.webhook_attempts:
            row.status = WebhookStatus.FAILED
        else:
            row.status = WebhookStatus.QUEUED
            row.next_attempt_at = at + pause_after(row.tries, retry_after=answer.retry_after, at=at)
        row.save(using=using, update_fields=["status", "delivered_at", "next_attempt_at", "error"])
        _judge(row, is_gone=answer.is_gone, at=at, using=using)


def _judge(delivery: WebhookDelivery, *, is_gone: bool, at: datetime, using: str) -> None:
    """Note on the endpoint what became of a message: one that takes none for long is disabled."""
    endpoints = WebhookEndpoint.objects.using(using).filter(pk=delivery.endpoint_id)
    if delivery.status == WebhookStatus.DELIVERED:
        endpoints.filter(given_up__gt=0).update(given_up=0)
    if delivery.status != WebhookStatus.FAILED:
        return
    endpoint = locked(endpoints, using=using).get()
    count = endpoint.given_up + 1
    values: dict[str, Any] = {"given_up": count}
    if endpoint.is_active and (is_gone or count >= MOST_GIVEN_UP):
        told = gettext("The receiver says that it is gone (410).")
        if not is_gone:
            told = gettext("{count} messages in a row were given up.").format(count=count)
        values |= {"is_active": False, "disabled_at": at, "disabled_reason": told}
        logger.warning("The webhook endpoint %s is disabled: %s", endpoint.uuid, told)
    endpoints.update(**values)


def _freed(delivery: WebhookDelivery, *, using: str) -> bool:
    with atomically(using):
        row: WebhookDelivery = locked(WebhookDelivery.objects.all(), using=using).get(pk=delivery.pk)
        if row.status != WebhookStatus.SENDING or row.claim != delivery.claim:
            return False
        answer = Answer(error=gettext("The worker was not heard of again: the message may have arrived, or not."))
        at = timezone.now()
        _log(row, answer, at=at, using=using)
        row.error, row.claim = answer.error, None
        row.status = WebhookStatus.FAILED if row.tries >= conf.webhook_attempts else WebhookStatus.QUEUED
        row.save(using=using, update_fields=["status", "error", "claim"])
        _judge(row, is_gone=False, at=at, using=using)
    return True


def _log(delivery: WebhookDelivery, answer: Answer, *, at: datetime, using: str) -> None:
    event = type(delivery.event)._base_manager.using(using).get(pk=delivery.event_id)
    WebhookAttempt.objects.using(using).create(
        delivery_id=delivery.pk,
        invoice_id=event.invoice_id,
        number=delivery.attempts,
        at=at,
        status_code=answer.status_code,
        error=answer.error,
        # Receivers like to repeat what they were sent: erased while it was under way, it stays erased.
        answer="" if event.is_erased else answer.text,
        duration=answer.duration,
    )


def _error(answer: Answer) -> str:
    if answer.error:
        return answer.error
    if answer.status_code is not None and 300 <= answer.status_code < 400:
        return gettext("It answered {code}: redirects are not followed.").format(code=answer.status_code)
    return gettext("It answered {code}.").format(code=answer.status_code)


def _asked_for(retry_after: str, *, at: datetime) -> timedelta:
    """What Retry-After asks for: seconds, or a moment; nothing where it is neither."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return timedelta()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at


def _in_transaction(work: Any, *, using: str) -> None:
    """Run work that is safe to run again; inside of a transaction, as in a test, only once."""
    if connections[using].in_atomic_block:
        work()
    else:
        retry(work, using=using)
