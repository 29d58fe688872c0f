"""Setting up receivers, sending what is due, and sending again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, router
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookKind, WebhookStatus
from invoicing.contrib.api.webhooks.addresses import check_url
from invoicing.contrib.api.webhooks.exceptions import WebhookStateError
from invoicing.contrib.api.webhooks.outbox import queue, wake, write, write_event
from invoicing.contrib.api.webhooks.sending import deliver, free_silent
from invoicing.contrib.api.webhooks.signing import make_secret
from invoicing.models import Company, get_invoice_model
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically, locked, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the messages that were due. `left`: their receiver did not answer in this run."""

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0
    left: int = 0


def add_endpoint(
    *, company: Company | None, url: str, events: Iterable[str] = (), description: str = "", using: str | None = None
) -> WebhookEndpoint:
    """Set up a receiver; `secret` of what is given back is what it knows us by.

    `events`: the names of the news that it wants; all where there are none. `company`: whose documents; None: those without one.
    Raises WebhookAddressError for a URL that webhooks must not go to, and InvalidDataError for other values that cannot be.
    """
    using = using or router.db_for_write(WebhookEndpoint)
    check_url(url)
    endpoint = WebhookEndpoint(company=company, url=url, events=list(events), description=description, secret=make_secret())
    endpoint.created_by_name = current_actor_name()
    endpoint.save(using=using)
    return endpoint


def change_endpoint(
    endpoint: WebhookEndpoint,
    *,
    url: str | None = None,
    events: Iterable[str] | None = None,
    description: str | None = None,
    is_active: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given. Whoever is made active again gets what waits for it, and has a clean slate.

    Raises what `add_endpoint` raises.
    """
    using = _database(endpoint)
    if url is not None:
        check_url(url)
    with atomically(using):
        row: WebhookEndpoint = locked(WebhookEndpoint.objects.all(), using=using).get(pk=endpoint.pk)
        row.url = row.url if url is None else url
        row.events = row.events if events is None else list(events)
        row.description = row.description if description is None else description
        if is_active is True and not row.is_active:
            row.given_up, row.disabled_at, row.disabled_reason = 0, None, ""
        if is_active is False and row.is_active:
            row.disabled_at, row.disabled_reason = timezone.now(), _("Disabled by hand.")
        row.is_active = row.is_active if is_active is None else is_active
        row.save(using=using)
    return _as_stored(endpoint, using=using)


def rotate_secret(endpoint: WebhookEndpoint, *, keep_hours: int = 24) -> WebhookEndpoint:
    """Give an endpoint a new secret. For `keep_hours` the one before signs, too; 0 where it became known to others."""
    using = _database(endpoint)
    with atomically(using):
        row: WebhookEndpoint = locked(WebhookEndpoint.objects.all(), using=using).get(pk=endpoint.pk)
        row.previous_secret, row.secret = (row.secret if keep_hours > 0 else ""), make_secret()
        row.previous_secret_until = timezone.now() + timedelta(hours=keep_hours) if keep_hours > 0 else None
        row.save(using=using)
    return _as_stored(endpoint, using=using)


def send_ping(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a message that only says that it is there. Raises WebhookStateError for an endpoint that is disabled."""
    using = _database(endpoint)
    _check_active(endpoint)
    event = WebhookEvent(company=endpoint.company, kind=WebhookKind.PING)
    write(event, {}, endpoints=[endpoint], using=using)
    return WebhookDelivery.objects.using(using).get(event=event, endpoint=endpoint)


def replay(delivery: WebhookDelivery) -> WebhookDelivery:
    """Queue a message again, whatever became of it; its log is kept, and its id stays.

    Raises WebhookStateError while it is being sent, and for an endpoint that is disabled.
    """
    using = _database(delivery)
    with atomically(using):
        row: WebhookDelivery = locked(WebhookDelivery.objects.all(), using=using).get(pk=delivery.pk)
        _check_active(row.endpoint)
        if row.status == WebhookStatus.SENDING:
            raise WebhookStateError(reason=_("it is being sent."))
        row.status, row.tries, row.next_attempt_at, row.error, row.claim = WebhookStatus.QUEUED, 0, None, "", None
        row.save(using=using, update_fields=["status", "tries", "next_attempt_at", "error", "claim"])
        wake(row, using=using)
    return WebhookDelivery.objects.using(using).get(pk=delivery.pk)


def replay_event(event: WebhookEvent, endpoint: WebhookEndpoint | None = None) -> list[WebhookDelivery]:
    """Queue an event again: for one endpoint, also one that never got it, or for all active ones of its company that want it.

    Raises WebhookStateError for an endpoint of another company, or one that is disabled.
    """
    using = _database(event)
    if endpoint is not None and endpoint.company_id != event.company_id:
        raise WebhookStateError(reason=_("the endpoint belongs to another company."))
    if endpoint is not None:
        return [_replayed_to(event, endpoint, using=using)]
    wanting = WebhookEndpoint.objects.using(using).wanting(event.kind, company_id=event.company_id)
    return [_replayed_to(event, found, using=using) for found in wanting]


def send_due(*, now: datetime, using: str | None = None) -> Counts:
    """Send what is due at a moment, each message once. Call it outside of transactions; it may run in several places at once.

    Of a receiver that did not answer, the other messages are left for the next run, so that one does not keep all others waiting.
    """
    using = using or router.db_for_write(WebhookDelivery)
    free_silent(using=using)
    counts = {WebhookStatus.DELIVERED: 0, WebhookStatus.QUEUED: 0, WebhookStatus.FAILED: 0}
    silent: set[int] = set()
    left = 0
    for key, endpoint in list(WebhookDelivery.objects.using(using).due(at=now).values_list("pk", "endpoint_id")):
        if endpoint in silent:
            left += 1
            continue
        delivery = deliver(key, at=now, using=using)
        status = WebhookStatus(delivery.status) if delivery is not None else None
        if delivery is None or status not in counts:
            continue
        counts[status] += 1
        last = delivery.log.using(using).last()
        if last is not None and last.status_code is None:
            silent.add(endpoint)
    return Counts(
        delivered=counts[WebhookStatus.DELIVERED], postponed=counts[WebhookStatus.QUEUED], given_up=counts[WebhookStatus.FAILED], left=left
    )


def note_overdue(*, on: date | None = None, using: str | None = None) -> int:
    """Write the event of every document that is overdue on a day (today, where each company is) and was not told of; gives how many.

    Each due date of a document is told once. What was overdue before its company had an endpoint is no news.
    """
    using = using or router.db_for_write(WebhookEvent)
    return sum(
        _noted(key, on=day, using=using) for company, day in _companies(on, using=using) for key in _news(company, on=day, using=using)
    )


def _companies(on: date | None, *, using: str) -> Iterator[tuple[Company | None, date]]:
    """The companies with endpoints that want to know what is overdue, each with its day."""
    active = WebhookEndpoint.objects.using(using).filter(is_active=True).select_related("company").order_by("pk")
    found = {endpoint.company_id: endpoint.company for endpoint in active if endpoint.wants(WebhookKind.INVOICE_OVERDUE)}
    for company in found.values():
        yield company, on or (company.today() if company else timezone.localdate())


def _news(company: Company | None, *, on: date, using: str) -> list[Any]:
    """The keys of the documents of a company that became overdue since it has an endpoint that wants to know."""
    key = company.pk if company else None
    endpoints = WebhookEndpoint.objects.using(using).wanting(WebhookKind.INVOICE_OVERDUE, company_id=key)
    since = min(endpoint.created for endpoint in endpoints)
    told = WebhookEvent.objects.using(using).filter(invoice_uuid=OuterRef("uuid"), due_on=OuterRef("date_due"))
    documents: QuerySet[Any] = get_invoice_model().objects.using(using).overdue(on=on).filter(company_id=key, issued_at__isnull=False)
    # Overdue is what was due the day before, or was issued late.
    recent = Q(date_due__gte=timezone.localdate(since) - timedelta(days=1)) | Q(issued_at__gte=since)
    return list(documents.filter(recent, ~Exists(told)).order_by("pk").values_list("pk", flat=True))


def _noted(key: Any, *, on: date, using: str) -> bool:
    """Whether this run wrote the event: another one may have been faster, and the document may be paid by now."""
    try:
        with atomically(using):
            invoice = locked(plain(get_invoice_model(), using=using).filter(pk=key), using=using).first()
            if invoice is None or not invoice.is_overdue_on(on):
                return False
            return write_event(WebhookKind.INVOICE_OVERDUE, invoice, due_on=invoice.date_due, using=using) is not None
    except IntegrityError:
        return False


def _replayed_to(event: WebhookEvent, endpoint: WebhookEndpoint, *, using: str) -> WebhookDelivery:
    _check_active(endpoint)
    found = WebhookDelivery.objects.using(using).filter(event=event, endpoint=endpoint).first()
    if found is not None:
        return replay(found)
    with atomically(using):
        return queue(event, endpoint, using=using)


def _check_active(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_active:
        raise WebhookStateError(reason=_("the endpoint is disabled."))


def _as_stored(endpoint: WebhookEndpoint, *, using: str) -> WebhookEndpoint:
    """The same instance, with what is in the database now."""
    endpoint.refresh_from_db(using=using)
    return endpoint


def _database(row: Any) -> str:
    return row._state.db or router.db_for_write(type(row), instance=row)
