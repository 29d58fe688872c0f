"""The narrow door: issued documents can be repaired for once, and their history says by whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import EventKind
from invoicing.exceptions import InvalidDataError
from invoicing.models.event import InvoiceEvent, current_actor_name
from invoicing.models.locking import atomically, locked, plain
from invoicing.models.repair import EVERY_DOCUMENT, Repair, close_on_connection, open_on_connection
from invoicing.models.sealing import broken_seals
from invoicing.models.swapping import get_invoice_model


@contextmanager
def unprotected(*invoices: Any, reason: str, using: str | None = None) -> Iterator[None]:
    """Let issued documents be changed inside of the block, which is one transaction: those named, or all of them.

    Guards and triggers let pass what happens on this connection. At the end each document is sealed anew, by an event
    REPAIRED with the reason; where none were named, all issued documents are compared with their seals before and after,
    which takes its time. Raises InvalidDataError without a reason.
    """
    if not reason.strip():
        raise InvalidDataError({"reason": [_("Say why issued invoices must be changed.")]})
    database = using or (invoices[0].write_database() if invoices else router.db_for_write(get_invoice_model()))
    keys = sorted(invoice.pk for invoice in invoices) or [EVERY_DOCUMENT]
    with _opened(keys, reason=reason, using=database):
        yield


@contextmanager
def repaired(invoice: Any, *, kind: EventKind, reason: str, using: str, data: dict[str, Any]) -> Iterator[None]:
    """Change one issued document for a purpose that has an event of its own."""
    with _opened([invoice.pk], reason=reason, using=using, kind=kind, data=data):
        yield


@contextmanager
def _opened(
    keys: list[Any], *, reason: str, using: str, kind: EventKind = EventKind.REPAIRED, data: dict[str, Any] | None = None
) -> Iterator[None]:
    model = get_invoice_model()
    with atomically(using):
        every = keys == [EVERY_DOCUMENT]
        broken_before = {pk for pk, _found in broken_seals(model, using=using)} if every else set()
        # In the order of their keys, and before anything else, as everywhere.
        list(locked(plain(model, using=using).filter(pk__in=() if every else keys).order_by("pk"), using=using).values_list("pk"))
        name = current_actor_name()
        doors = [Repair.objects.using(using).create(invoice_id=key, reason=reason, actor_name=name) for key in keys]
        open_on_connection(keys, using=using)
        try:
            yield
        finally:
            close_on_connection(keys, using=using)
        Repair.objects.using(using).filter(pk__in=[door.pk for door in doors]).update(closed_at=timezone.now())
        # What was broken before nobody repaired knowingly: it stays broken, and is told of.
        changed = [pk for pk, _found in broken_seals(model, using=using) if pk not in broken_before] if every else keys
        for row in plain(model, using=using).filter(pk__in=changed).order_by("pk"):
            last = InvoiceEvent.objects.using(using).last_status(row)
            if row.issued_at is None:
                if last:
                    raise InvalidDataError({"issued_at": [_("What was issued stays issued: delete it, or credit it.")]})
                continue
            # A status that no step led to is told by the event of the repair.
            step = {} if last in {"", row.status} else {"status_from": last, "status_to": row.status}
            row.note_event(kind, using=using, seals=True, reason=reason, data=data or {}, **step)
