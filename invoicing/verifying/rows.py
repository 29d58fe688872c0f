"""The rows that a verification reads, a page at a time, and what a record says beside its columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

from django.db import models

from invoicing import chain
from invoicing.chain import Entry, canonical, digest
from invoicing.domain.choices import EventKind
from invoicing.models import Company, InvoiceEvent, Register
from invoicing.models.locking import plain

PAGE = 500
"""Events, or documents, that are in memory at once."""

ALWAYS_CHAINED = (EventKind.ISSUED, EventKind.CREDITED, EventKind.REPAIRED, EventKind.ERASED, EventKind.LOCKED, EventKind.EXEMPTED)
COLUMNS = {"actor": "actor_name"}
"""What a record calls otherwise than the table of events."""

READ = (
    *("pk", "register_id", "position", "invoice_id", "number", "kind", "status_from", "status_to"),
    *("reason", "data", "actor_name", "at", "record", "salt", "hash"),
)
"""The columns of an event, without the content that it seals."""


def pages(register: Register, *, using: str) -> Iterator[list[InvoiceEvent]]:
    """The events of a chain in its order, a page at a time, without their contents."""
    rows = plain(InvoiceEvent, using=using).filter(register=register, position__isnull=False).order_by("position").only(*READ)
    page = list(rows[:PAGE])
    while page:
        yield page
        page = list(rows.filter(position__gt=page[-1].position)[:PAGE])


def entries_of(register: Register | None, *, using: str) -> Iterator[Entry]:
    """The events of a chain as an export has them, in the order of the chain."""
    if register is None:
        return
    rows = plain(InvoiceEvent, using=using).filter(register=register, position__isnull=False).order_by("position")
    page = list(rows.values_list("position", "record", "content", "hash")[:PAGE])
    while page:
        yield from (entry_of(record, content, stored) for _position, record, content, stored in page)
        page = list(rows.filter(position__gt=page[-1][0]).values_list("position", "record", "content", "hash")[:PAGE])


def entry_of(record_text: str, content_text: str, stored: str) -> Entry:
    """The entry of an event, from what is stored of it."""
    record = parsed(record_text, expected=stored)
    named = record.get("content") if isinstance(record, dict) else ""
    content = parsed(content_text, expected=named) if content_text else None
    return cast("Entry", {"record": record, "content": content, "hash": stored})


def parsed(text: str, *, expected: object) -> Any:
    """A text as the JSON that it is; as the text itself where it is not what was hashed, so that whoever checks it sees that."""
    try:
        value = json.loads(text)
        return value if digest(text) == expected or canonical(value) == text else text
    except (TypeError, ValueError, RecursionError):
        return text


def exportable(entry: Entry) -> Entry:
    """An entry that can be written: one that was changed into something without a canonical form goes out as texts."""
    try:
        canonical(entry)
    except (TypeError, ValueError, RecursionError):
        return cast("Entry", {name: part if isinstance(part, str) else json.dumps(part) for name, part in entry.items()})
    return entry


def paged(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """Documents by their keys, a page at a time."""
    ordered = rows.order_by("pk").values_list("pk", "uuid", "number", "status", named=True)
    page = list(ordered[:PAGE])
    while page:
        yield page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:PAGE])


def by_key(rows: models.QuerySet[InvoiceEvent]) -> Iterator[InvoiceEvent]:
    """The events in the order of their keys, a page at a time."""
    ordered = rows.order_by("pk")
    page = list(ordered[:PAGE])
    while page:
        yield from page
        page = list(ordered.filter(pk__gt=page[-1].pk)[:PAGE])


# What an event says


def record_of(event: InvoiceEvent) -> dict[str, Any]:
    """The record of an event; nothing where it cannot be read, which its link tells."""
    try:
        record = json.loads(event.record)
    except (ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def wrong_columns(event: InvoiceEvent, record: dict[str, Any]) -> list[str]:
    """The columns of an event that say something else than its record."""
    if not record:
        return ["record"]
    event.document_uuid = cast("UUID", record.get("uuid"))
    try:
        told = {"position": event.position, **event.told()}
    except (TypeError, ValueError):
        # A commitment needs a whole salt, a number in JSON an end.
        return ["data"] if is_salt(event.salt) else ["salt"]
    if not event.salt:
        # Erased, or said to be: nothing is left that a text could be compared with, so none may stand there.
        told |= {name: record.get(name) for name in ("reason", "actor")}
        return [*(differing(told, record)), *(name for name in ("reason", "actor_name") if getattr(event, name))]
    wrong = differing(told, record)
    # Both texts at once: rather the salt that they are committed with.
    return [*wrong, "salt"] if {"reason", "actor_name"} <= set(wrong) else wrong


def differing(told: dict[str, Any], record: dict[str, Any]) -> list[str]:
    """The columns in which an event says something else than its record."""
    return [COLUMNS.get(name, name) for name, value in told.items() if record.get(name) != value]


def is_salt(text: str) -> bool:
    """Whether a text is a salt, or that of one that was erased."""
    return not text or (len(text) == 2 * chain.SALT_BYTES and set(text) <= set("0123456789abcdef"))


def as_uuid(text: object) -> UUID | None:
    """The UUID that a text names; None where it names none."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def event_named(position: int | None, number: str) -> str:
    """How a sentence begins that tells of an event."""
    where = "The chain" if position is None else f"Event {position:,}"
    return f"{where} ({number})" if number else where


def document_named(document: Any) -> str:
    """What a document is called: its number, else its UUID."""
    return str(document.number or document.uuid)


def company_name(register: Register | None, company_id: Any, *, using: str) -> str:
    """What people call the company of a chain."""
    company = register.company if register and register.company else Company.objects.using(using).filter(pk=company_id).first()
    return (company.code or company.name) if company else ""
