"""Asking for mail, and deciding about mail that is in doubt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connections, router, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.contrib.delivery import tasks
from invoicing.contrib.delivery.addresses import BREAKS, checked_recipients, checked_subject, cleaned_message
from invoicing.contrib.delivery.exceptions import DeliveryStateError, NotDeliverableError, RequestKeyReusedError
from invoicing.contrib.delivery.invoices import TEMPLATE, invoice_context, invoice_subject
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt, DeliveryStatus, Outcome, Purpose
from invoicing.contrib.delivery.models.delivery import LONGEST_REQUEST_KEY, key_of
from invoicing.contrib.delivery.sending import note_arrival
from invoicing.documents.languages import document_language
from invoicing.documents.storing import pdf_of
from invoicing.domain.choices import Status
from invoicing.exceptions import DocumentError, InvalidDataError, InvoicingError, TryAgainError
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically, locked

DECIDABLE = frozenset({DeliveryStatus.IN_DOUBT, DeliveryStatus.FAILED})
"""Statuses from which a mail is sent again only because a person says so."""

BLANK_PAGE: Final = '<!DOCTYPE html><html lang="en"><title>-</title></html>'


def send_invoice(
    invoice: Any,
    *,
    recipients: Iterable[str] = (),
    subject: str = "",
    message: str = "",
    request_key: str = "",
    using: str | None = None,
) -> Delivery:
    """Send a document to its customer, with its PDF and every other file that is stored of it.

    A document that is not issued is issued. It becomes SENT once the mail is handed over, where the lifecycle allows it.
    `recipients`: by default the customer's e-mail address. `message` replaces the words of the template, as plain text.
    A `request_key` that came before gives back the delivery of then, and sends nothing.

    Raises NotDeliverableError for a received or canceled document, InvalidDataError for addresses or a subject that cannot be,
    RequestKeyReusedError, ContentMissingError where the document cannot be issued, MissingDependencyError or DocumentError where
    its PDF cannot be made. Nothing is queued then. In an open transaction nothing is drawn: a page that cannot be drawn shows as a
    delivery that FAILED.
    """
    using = using or invoice.write_database()
    given = [recipients] if isinstance(recipients, str) else list(recipients)
    asked = {"purpose": Purpose.INVOICE, "invoice": invoice.uuid, "recipients": given, "subject": subject, "message": message}

    def delivery() -> Delivery:
        return Delivery(
            purpose=Purpose.INVOICE,
            recipients=checked_recipients(given or [invoice.customer_email]),
            subject=checked_subject(subject or invoice_subject(invoice)),
            message=cleaned_message(message),
            template=TEMPLATE,
            context=invoice_context(invoice),
        )

    return _requested(invoice, delivery, asked=asked, request_key=request_key, using=using)


def request_delivery(
    invoice: Any,
    *,
    purpose: str,
    recipients: Iterable[str],
    subject: str,
    message: str = "",
    template: str,
    context: Mapping[str, Any],
    request_key: str = "",
    attach: bool = True,
    using: str | None = None,
) -> Delivery:
    """Queue one mail about a document; it is sent once the open transaction is committed.

    `template`: such as invoicing/delivery/reminder, of which there is a .txt and a .html. `context`: values that JSON has; they
    are data, and nothing in them is interpreted. `attach`: with the PDF and every other file that is stored of the document.
    Raises what `send_invoice` raises.
    """
    using = using or invoice.write_database()
    given = [recipients] if isinstance(recipients, str) else list(recipients)
    values = json.loads(json.dumps(dict(context), cls=DjangoJSONEncoder))
    wanted = {"subject": subject, "message": message, "template": template, "context": values}

    def delivery() -> Delivery:
        columns = {**wanted, "subject": checked_subject(subject), "message": cleaned_message(message)}
        return Delivery(purpose=purpose, recipients=checked_recipients(given), has_attachments=attach, **columns)

    asked = {"purpose": purpose, "invoice": invoice.uuid, "recipients": given, "attach": attach, **wanted}
    return _requested(invoice, delivery, asked=asked, request_key=request_key, using=using)


def confirm_arrival(delivery: Delivery) -> Delivery:
    """Settle a doubt: a person found out that the mail arrived. Raises DeliveryStateError for one that is not in doubt."""
    using = delivery._state.db or router.db_for_write(Delivery, instance=delivery)
    with atomically(using):
        row = _decided(delivery, allowed=frozenset({DeliveryStatus.IN_DOUBT}), outcome=Outcome.ARRIVED, using=using)
        note_arrival(row, at=timezone.now(), using=using)
    return _as_stored(delivery, using=using)


def send_again(delivery: Delivery) -> Delivery:
    """Queue a mail anew that is in doubt or failed, because a person says so.

    Raises DeliveryStateError for any other, and NotDeliverableError for one whose recipients were erased.
    """
    using = delivery._state.db or router.db_for_write(Delivery, instance=delivery)
    with atomically(using):
        row = _decided(delivery, allowed=DECIDABLE, outcome=Outcome.AGAIN, using=using)
        if row.is_erased:
            raise NotDeliverableError(number=row.subject, reason=_("its recipients were erased with the personal data of the document."))
        row.status, row.tries, row.next_attempt_at, row.error, row.claim = DeliveryStatus.QUEUED, 0, None, "", None
        row.save(using=using, update_fields=["status", "tries", "next_attempt_at", "error", "claim"])
        transaction.on_commit(partial(tasks.enqueue, row.pk, using=using), using=using)
    return _as_stored(delivery, using=using)


def _requested(invoice: Any, make: Callable[[], Delivery], *, asked: Mapping[str, Any], request_key: str, using: str) -> Delivery:
    fingerprint = _fingerprint(asked)
    _check_key(request_key)
    found = _found(invoice, request_key, fingerprint=fingerprint, using=using)
    if found is not None:
        return found
    _check_deliverable(invoice)
    if asked.get("attach", True):
        _check_drawable(invoice, using=using)
    key = key_of(request_key, company_id=invoice.company_id)
    try:
        with atomically(using):
            if not invoice.is_issued:
                invoice.issue()
            delivery = make()
            delivery.invoice, delivery.company, delivery.language = invoice, invoice.company, document_language(invoice.language)
            delivery.request_key, delivery.key, delivery.fingerprint = request_key, key, fingerprint
            delivery.actor_name = current_actor_name()
            delivery.save(using=using)
            transaction.on_commit(partial(tasks.enqueue, delivery.pk, using=using), using=using)
    except IntegrityError:
        # Somebody else asked under the same key at the same moment.
        found = _found(invoice, request_key, fingerprint=fingerprint, using=using)
        if found is None and request_key and connections[using].in_atomic_block:
            # Whoever reads from an old snapshot does not see the row that stands in the way.
            raise TryAgainError(reason=_("the same mail was asked for meanwhile")) from None
        if found is None:
            raise
        return found
    _catch_up(invoice, using=using)
    return _as_stored(delivery, using=using)


def _check_key(request_key: str) -> None:
    if len(request_key) > LONGEST_REQUEST_KEY:
        raise InvalidDataError({"request_key": [_("It is too long: use up to {count} characters.").format(count=LONGEST_REQUEST_KEY)]})
    if BREAKS.search(request_key):
        raise InvalidDataError({"request_key": [_("It has a line break or a control character in it.")]})


def _found(invoice: Any, request_key: str, *, fingerprint: str, using: str) -> Delivery | None:
    found = Delivery.objects.using(using).requested_by(request_key, company_id=invoice.company_id)
    if found is not None and found.fingerprint != fingerprint:
        raise RequestKeyReusedError(request_key=request_key)
    return found


def _check_deliverable(invoice: Any) -> None:
    number = invoice.number or _("The draft")
    if invoice.is_received:
        raise NotDeliverableError(number=number, reason=_("it was received, not issued by us."))
    if invoice.status == Status.CANCELED:
        raise NotDeliverableError(number=number, reason=_("it is canceled."))


def _check_drawable(invoice: Any, *, using: str) -> None:
    """See that its PDF can be made: what cannot be drawn is not queued.

    In an open transaction only that there is a renderer, by a page with nothing on it: drawing takes its time, and whoever holds
    a lock, such as that of a counter, would keep everybody else waiting.
    """
    if connections[using].in_atomic_block:
        _check_renderer(invoice)
    else:
        pdf_of(invoice)


def _check_renderer(invoice: Any) -> None:
    try:
        import_string(conf.pdf_renderer)().render(BLANK_PAGE)
    except InvoicingError:
        raise
    except Exception as error:
        # A renderer may fail in any way.
        raise DocumentError(number=invoice.number or invoice.pk, reason=f"{type(error).__name__}: {error}") from error


def _decided(delivery: Delivery, *, allowed: frozenset[DeliveryStatus], outcome: Outcome, using: str) -> Delivery:
    """The row of a delivery, locked, with the decision in its log."""
    row: Delivery = locked(Delivery.objects.all(), using=using).get(pk=delivery.pk)
    if row.status not in allowed:
        names = ", ".join(str(status.label) for status in sorted(allowed))
        wanted = _("that can be decided of one that is {names}.").format(names=names)
        raise DeliveryStateError(status=row.get_status_display(), wanted=wanted)
    DeliveryAttempt.objects.using(using).create(
        delivery=row,
        invoice_id=row.invoice_id,
        number=row.attempts,
        outcome=outcome,
        recipients=row.recipients,
        actor_name=current_actor_name(),
    )
    return row


def _catch_up(invoice: Any, *, using: str) -> None:
    """Let the instance of the caller show what an immediate sending made of the document."""
    if not connections[using].in_atomic_block:
        invoice.refresh_from_db(using=using, fields=["status", "date_sent", "modified"])


def _as_stored(delivery: Delivery, *, using: str) -> Delivery:
    delivery.refresh_from_db(using=using)
    return delivery


def _fingerprint(asked: Mapping[str, Any]) -> str:
    text = json.dumps(asked, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()
