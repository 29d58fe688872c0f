"""The documents that events speak of, and those whose data is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from invoicing.domain.choices import EventKind
from invoicing.models import InvoiceEvent, get_invoice_model
from invoicing.models.locking import plain
from invoicing.models.register import register_key
from invoicing.verifying.rows import as_uuid


@dataclass(frozen=True, slots=True)
class Document:
    """What is read of a document that an event speaks of."""

    pk: Any
    uuid: str
    number: str
    company_id: Any


class Documents:
    """The documents that a page of events points to, and those that its records name."""

    def __init__(self, page: Sequence[InvoiceEvent], records: Sequence[dict[str, Any]], *, using: str) -> None:
        self._using = using
        self._rows = plain(get_invoice_model(), using=using).order_by("pk").values_list("pk", "uuid", "number", "company_id")
        pointed = self._read(Q(pk__in={event.invoice_id for event in page if event.invoice_id is not None}))
        self.by_pk = {document.pk: document for document in pointed}
        self.by_uuid = {document.uuid: document for document in pointed}
        named = {uuid for record in records if (uuid := as_uuid(record.get("uuid"))) and str(uuid) not in self.by_uuid}
        self.by_uuid |= {document.uuid: document for document in self._read(Q(uuid__in=named))} if named else {}

    def _read(self, condition: Q) -> list[Document]:
        return [Document(pk, str(uuid), number, company_id) for pk, uuid, number, company_id in self._rows.filter(condition)]

    def has(self, event: InvoiceEvent, *, uuid: str) -> bool:
        """Whether the document is there, by the link of its event or by its name."""
        return event.invoice_id in self.by_pk or uuid in self.by_uuid

    def is_moved(self, event: InvoiceEvent, *, away_from: Any) -> bool:
        """Whether the document went to another company, and no event of that company's chain seals it there."""
        document = self.by_pk.get(event.invoice_id)
        if document is None or document.company_id == away_from:
            return False
        there = plain(InvoiceEvent, using=self._using).filter(invoice_id=document.pk, register__key=register_key(document.company_id))
        return not there.filter(position__isnull=False).exclude(content="").exists()


class Unended:
    """What events began and a later one has to end: a salt that is gone needs an erasure or a deletion, a document a deletion."""

    def __init__(self) -> None:
        self.gone: dict[str, InvoiceEvent] = {}
        self._saltless: defaultdict[str, list[InvoiceEvent]] = defaultdict(list)
        self._told: set[str] = set()

    def note(self, event: InvoiceEvent, *, uuid: str, is_gone: bool) -> None:
        """Take in the next event of the chain."""
        if event.kind in {EventKind.ERASED, EventKind.DELETED}:
            self._saltless.pop(uuid, None)
        if not event.salt:
            self._saltless[uuid].append(event)
        if is_gone and event.kind != EventKind.DELETED:
            self.gone.setdefault(uuid, event)
        elif is_gone:
            self.gone.pop(uuid, None)

    def saltless(self) -> Iterator[tuple[str, InvoiceEvent]]:
        """The events whose salt went without an erasure, each with its document."""
        yield from ((uuid, event) for uuid, events in self._saltless.items() for event in events)

    def is_news(self, uuid: str) -> bool:
        """Whether a document is told of for the first time: once is enough."""
        if uuid in self._told:
            return False
        self._told.add(uuid)
        return True


# How it is read
