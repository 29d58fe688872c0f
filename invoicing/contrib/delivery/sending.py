"""Sending: claim a mail, commit that it is being sent, hand it over, write down what became of it.

Whoever dies between the claim and the record leaves a mail that nobody sends a second time: it is in doubt, and a person decides.
"""

from __future__ import annotations

import logging
import os
import socket
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connections, transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext

from invoicing.actor import acting, current_actor
from invoicing.conf import conf
from invoicing.contrib.delivery import signals
from invoicing.contrib.delivery.handover import Handover, hand_over
from invoicing.contrib.delivery.mail import Mail, compose
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt, DeliveryStatus, Outcome, Purpose
from invoicing.domain.choices import Status
from invoicing.domain.lifecycle import SETTLED
from invoicing.exceptions import InvoicingError, TryAgainError
from invoicing.models import get_invoice_model
from invoicing.models.locking import atomically, locked
from invoicing.retrying import retry

logger = logging.getLogger("invoicing.delivery")

LONGEST_PAUSE: Final = timedelta(days=1)

NEWS: Final[dict[str, Signal]] = {
    DeliveryStatus.SENT: signals.delivery_sent,
    DeliveryStatus.FAILED: signals.delivery_failed,
    DeliveryStatus.IN_DOUBT: signals.delivery_in_doubt,
}

BECOMES_SENT: Final = frozenset({Status.NEW, Status.RETURNED})
"""Statuses of a document that its delivery makes SENT."""


def deliver(key: Any, *, using: str) -> Delivery | None:
    """Try once to send the mail with a primary key, if it is due; give back how it stands then, or None where it is not there.

    Call it outside of transactions: that it is being sent has to be committed before the first byte leaves.
    """
    found = Delivery.objects.using(using).due(at=timezone.now()).filter(pk=key).select_related("company").first()
    if found is not None:
        _attempt(found, using=using)
    return Delivery.objects.using(using).filter(pk=key).first()


def doubt_silent(*, using: str) -> list[Delivery]:
    """Put in doubt what workers were sending that have not been heard of for INVOICING_DELIVERY_PATIENCE; give it back."""
    silent = Delivery.objects.using(using).silent_since(timezone.now() - timedelta(seconds=conf.delivery_patience))
    doubted = [_doubt(delivery, using=using) for delivery in silent]
    return [delivery for delivery in doubted if delivery is not None]


def note_arrival(delivery: Delivery, *, at: datetime, using: str) -> None:
    """Write down that a locked delivery is out, mark its document as sent, and tell whoever listens."""
    delivery.status, delivery.sent_at, delivery.next_attempt_at, delivery.error = DeliveryStatus.SENT, at, None, ""
    delivery.save(using=using, update_fields=["status", "sent_at", "next_attempt_at", "error", "refused"])
    if delivery.purpose == Purpose.INVOICE:
        _mark_sent(delivery, using=using)
    _tell(delivery)


def _attempt(delivery: Delivery, *, using: str) -> None:
    made = _composed(delivery, using=using)
    if not _claimed(delivery, mail=made if isinstance(made, Mail) else None, using=using):
        return
    handover = hand_over(made) if isinstance(made, Mail) else made
    ended = timezone.now()
    try:
        _in_transaction(lambda: _record(delivery, handover, at=ended, using=using), using=using)
    except Exception:
        # It stays claimed, and becomes in doubt: whatever happened to the database, nobody sends it a second time.
        logger.exception("Delivery %s: what became of it (%s) could not be written down.", delivery.uuid, handover.outcome)
        raise


def _composed(delivery: Delivery, *, using: str) -> Mail | Handover:
    """The mail, or what stands in its way; nothing was sent then."""
    try:
        invoice = get_invoice_model()._base_manager.using(using).filter(pk=delivery.invoice_id).first()
        if invoice is None or invoice.status == Status.CANCELED:
            return Handover(outcome=Outcome.FAILED, error=gettext("The document was canceled or deleted meanwhile."))
        if delivery.purpose == Purpose.REMINDER and (invoice.status in SETTLED or invoice.to_pay <= 0):
            return Handover(outcome=Outcome.FAILED, error=gettext("Nothing is left to pay: there is nothing to remind of."))
        return compose(delivery, invoice=invoice)
    except TryAgainError as error:
        return Handover(outcome=Outcome.POSTPONED, error=str(error))
    except Exception as error:
        # A template, a storage or a hook of the host may fail in any way.
        logger.exception("Delivery %s cannot be composed.", delivery.uuid)
        return Handover(outcome=Outcome.FAILED, error=f"{type(error).__name__}: {error}")


def _claimed(delivery: Delivery, *, mail: Mail | None, using: str) -> bool:
    """Whether this worker is the one who sends it; it is committed then, with the Message-ID and the digest of the mail."""
    delivery.claim, delivery.claimed_at, delivery.worker = uuid.uuid4(), timezone.now(), _worker()
    delivery.message_id, delivery.digest = (mail.message_id, mail.digest) if mail is not None else ("", "")
    claim = {name: getattr(delivery, name) for name in ("claim", "claimed_at", "worker", "message_id", "digest")}
    with transaction.atomic(using=using, durable=True):
        count = (
            Delivery.objects.using(using)
            .filter(pk=delivery.pk, status=DeliveryStatus.QUEUED, attempts=delivery.attempts)
            .update(status=DeliveryStatus.SENDING, attempts=F("attempts") + 1, tries=F("tries") + 1, next_attempt_at=None, **claim)
        )
    delivery.attempts, delivery.tries = delivery.attempts + 1, delivery.tries + 1
    return count == 1


def _record(delivery: Delivery, handover: Handover, *, at: datetime, using: str) -> None:
    with atomically(using):
        row: Delivery = locked(Delivery.objects.all(), using=using).get(pk=delivery.pk)
        if row.is_erased:
            # While it was handed over: what is written down now names nobody again.
            handover = Handover(outcome=handover.outcome)
        outcome = handover.outcome
        if outcome == Outcome.POSTPONED and (delivery.tries >= conf.delivery_attempts or row.is_erased):
            outcome = Outcome.FAILED
        delivery.recipients, delivery.actor_name = row.recipients, row.actor_name
        _log(delivery, outcome, at=at, error=handover.error, refused=handover.refused, provider_id=handover.provider_id, using=using)
        # Somebody who waited too long may have put it in doubt; a person may have decided since, and then it stays so.
        if row.claim != delivery.claim or row.status not in {DeliveryStatus.SENDING, DeliveryStatus.IN_DOUBT}:
            return
        row.refused = dict(handover.refused)
        if outcome == Outcome.SENT:
            note_arrival(row, at=at, using=using)
            return
        row.error = handover.error
        if outcome == Outcome.POSTPONED:
            row.status, row.next_attempt_at = DeliveryStatus.QUEUED, at + _pause(delivery.tries)
        else:
            row.status = DeliveryStatus(outcome.value)
        row.save(using=using, update_fields=["status", "next_attempt_at", "error", "refused"])
        _tell(row)


def _doubt(delivery: Delivery, *, using: str) -> Delivery | None:
    with atomically(using):
        row: Delivery = locked(Delivery.objects.all(), using=using).get(pk=delivery.pk)
        if row.status != DeliveryStatus.SENDING or row.claim != delivery.claim:
            return None
        if not row.digest:
            # It died before there was a mail that could have left.
            row.status = DeliveryStatus.QUEUED
            row.save(using=using, update_fields=["status"])
            return None
        row.error = gettext("The worker was not heard of again: the mail may have left, or not.")
        row.status = DeliveryStatus.IN_DOUBT
        row.save(using=using, update_fields=["status", "error"])
        _log(row, Outcome.IN_DOUBT, at=timezone.now(), error=row.error, using=using)
        _tell(row)
    return row


def _log(delivery: Delivery, outcome: Outcome, *, at: datetime, using: str, **told: Any) -> None:
    DeliveryAttempt.objects.using(using).create(
        delivery_id=delivery.pk,
        invoice_id=delivery.invoice_id,
        number=delivery.attempts,
        outcome=outcome,
        started_at=delivery.claimed_at,
        ended_at=at,
        recipients=delivery.recipients,
        message_id=delivery.message_id,
        digest=delivery.digest,
        worker=delivery.worker,
        actor_name=delivery.actor_name,
        **told,
    )


def _mark_sent(delivery: Delivery, *, using: str) -> None:
    """Mark the document as sent. That it cannot be changes nothing about the mail, which is out."""
    invoice = get_invoice_model()._base_manager.using(using).filter(pk=delivery.invoice_id).first()
    if invoice is None or invoice.status not in BECOMES_SENT:
        return
    try:
        with acting(current_actor() or delivery.actor_name or None), atomically(using):
            invoice.mark_sent()
    except TryAgainError:
        raise
    except InvoicingError as error:
        logger.warning("Delivery %s is out, and its document cannot be marked as sent: %s", delivery.uuid, error)


def _tell(delivery: Delivery) -> None:
    if signal := NEWS.get(delivery.status):
        for receiver, answer in signal.send_robust(sender=Delivery, delivery=delivery):
            if isinstance(answer, Exception):
                logger.error("%r failed on delivery %s: %s", receiver, delivery.uuid, answer)


def _in_transaction(work: Any, *, using: str) -> None:
    """Run work that is safe to run again; inside of a transaction, as in a test, only once."""
    if connections[using].in_atomic_block:
        work()
    else:
        retry(work, using=using)


def _pause(tries: int) -> timedelta:
    seconds = conf.delivery_pause * 2 ** min(tries - 1, 20)
    return min(timedelta(seconds=seconds), LONGEST_PAUSE)


def _worker() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:255]
