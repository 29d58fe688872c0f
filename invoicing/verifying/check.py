"""One chain, verified: its links, what its events say, and the documents that it seals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain as joined
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q

from invoicing.chain import GENESIS, Entry, check_links
from invoicing.domain.choices import EventKind, Status
from invoicing.models import InvoiceEvent, Register, get_invoice_model
from invoicing.models.locking import plain
from invoicing.models.register import register_key
from invoicing.models.sealing import read_frozen
from invoicing.verifying.documents import Documents, Unended
from invoicing.verifying.findings import Finding, Problem
from invoicing.verifying.renderings import wrong_renderings
from invoicing.verifying.rows import (
    ALWAYS_CHAINED,
    READ,
    by_key,
    company_name,
    document_named,
    entries_of,
    event_named,
    paged,
    pages,
    record_of,
    wrong_columns,
)


class ChainCheck:
    """The check of one chain: iterated once, it gives the problems, and knows then how much there was to check."""

    def __init__(self, company_id: Any, register: Register | None, *, is_for_all: bool, using: str) -> None:
        self.chain = register.key if register else register_key(company_id)
        self.company = company_name(register, company_id, using=using)
        self.head = register.head if register else GENESIS
        self.events = self.documents = self.found = 0
        self._company_id = company_id
        self._register = register
        self._is_for_all = is_for_all
        self._using = using
        self._locked_until: str | None = None

    def __iter__(self) -> Iterator[Problem]:
        for problem in joined(self._links(), self._told(), self._registered(), self._unchained(), self._sealed()):
            self.found += 1
            yield problem

    def summary(self) -> dict[str, Any]:
        """What was checked, as plain values."""
        return {name: getattr(self, name) for name in ("chain", "company", "events", "documents", "head")}

    def _problem(self, finding: Finding, what: str, **place: Any) -> Problem:
        return Problem(finding=finding, chain=self.chain, company=self.company, what=what, **place)

    def _problem_at(self, event: InvoiceEvent, finding: Finding, what: str, *, uuid: str, columns: Sequence[str] = ()) -> Problem:
        what = f"{event_named(event.position, event.number)} {what}"
        return self._problem(finding, what, position=event.position, uuid=uuid, number=event.number, columns=tuple(columns))

    # The links, as everybody can check them in an export

    def _links(self) -> Iterator[Problem]:
        register = self._register
        if register is None:
            return
        entries = self._counted(entries_of(register, using=self._using))
        for found in check_links(entries, head=register.head, length=register.length, chain=register.key):
            what = f"{event_named(found.position, found.number)} {found.what}"
            yield self._problem(Finding.LINK, what, position=found.position, uuid=found.uuid, number=found.number)

    def _counted(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            self.events += 1
            yield entry

    # What the events say in their columns, and which documents they point to

    def _told(self) -> Iterator[Problem]:
        if self._register is None:
            return
        unended = Unended()
        for page in pages(self._register, using=self._using):
            records = [record_of(event) for event in page]
            documents = Documents(page, records, using=self._using)
            for event, record in zip(page, records, strict=True):
                uuid = str(record.get("uuid") or "")
                yield from self._columns(event, record, uuid=uuid)
                yield from self._pointer(event, documents, uuid=uuid)
                if documents.is_moved(event, away_from=self._company_id) and unended.is_news(uuid):
                    what = "tells of a document that is now in the chain of another company, and no repair moved it there."
                    yield self._problem_at(event, Finding.DOCUMENT, what, uuid=uuid, columns=["company_id"])
                unended.note(event, uuid=uuid, is_gone=bool(uuid) and not documents.has(event, uuid=uuid))
            for event, column, what in wrong_renderings(page, using=self._using):
                yield self._problem_at(event, Finding.RENDERING, what, uuid=str(record_of(event).get("uuid") or ""), columns=[column])
        for uuid, event in unended.saltless():
            what = "has lost the salt of its personal data, and neither an erasure nor a deletion of its document is on record."
            yield self._problem_at(event, Finding.SALT, what, uuid=uuid, columns=["salt"])
        for uuid, event in unended.gone.items():
            what = "tells of a document that is not there any more, and no deletion is on record."
            yield self._problem_at(event, Finding.REMOVED, what, uuid=uuid)

    def _columns(self, event: InvoiceEvent, record: dict[str, Any], *, uuid: str) -> Iterator[Problem]:
        if columns := wrong_columns(event, record):
            what = f"does not say what its record says: {', '.join(columns)}."
            yield self._problem_at(event, Finding.EVENT, what, uuid=uuid, columns=columns)
        if event.kind == EventKind.LOCKED and isinstance(record.get("data"), dict):
            self._locked_until = record["data"].get("to")

    def _pointer(self, event: InvoiceEvent, documents: Documents, *, uuid: str) -> Iterator[Problem]:
        """Compare the document that an event points to with the one that its record names."""
        pointed = documents.by_pk.get(event.invoice_id)
        if pointed is not None and pointed.uuid != uuid:
            what = f"points to another document than its record names, to {pointed.number or pointed.uuid}."
            yield self._problem_at(event, Finding.WRONG_DOCUMENT, what, uuid=uuid, columns=["invoice_id"])
        elif pointed is None and uuid in documents.by_uuid:
            what = "points to no document any more, and the one that its record names is still there."
            yield self._problem_at(event, Finding.WRONG_DOCUMENT, what, uuid=uuid, columns=["invoice_id"])
        elif pointed is not None and event.kind == EventKind.DELETED:
            yield self._problem_at(event, Finding.INSERTED, "tells of a deletion, and the document is there again.", uuid=uuid)

    # The register

    def _registered(self) -> Iterator[Problem]:
        register = self._register
        if register is None:
            return
        if register.key != register_key(register.company_id):
            what = f"The register of the chain {register.key} names another company, {register_key(register.company_id)}."
            yield self._problem(Finding.REGISTER, what, columns=("company_id",))
        dates = {"register": register.locked_until, "company": register.company.locked_until if register.company else register.locked_until}
        for name, day in dates.items():
            if (day and day.isoformat()) != self._locked_until:
                what = f"The {name} says that the books are locked until {day}, and the last event about it says {self._locked_until}."
                yield self._problem(Finding.REGISTER, what, columns=("locked_until",))

    # Events beside the chain

    def _unchained(self) -> Iterator[Problem]:
        """Events of issued documents that are in no chain, or in none at a place."""
        company = Q(invoice__isnull=False, invoice__company_id=self._company_id)
        if self._company_id is None:
            company = Q(invoice__isnull=False, invoice__company__isnull=True)
            if self._is_for_all:
                company |= Q(invoice__isnull=True)
        named_new = Q(status_from=Status.DRAFT, status_to=Status.NEW)
        should_be = Q(kind__in=ALWAYS_CHAINED) | (Q(kind=EventKind.STATUS_CHANGED) & ~named_new) | ~Q(hash="")
        loose = Q(register__isnull=True) & company & should_be
        if self._register is not None:
            loose |= Q(register=self._register, position__isnull=True)
        rows = plain(InvoiceEvent, using=self._using).filter(loose)
        for event in by_key(rows.only(*READ).select_related(None)):
            uuid = str(record_of(event).get("uuid") or "")
            what = f"An event of {event.at:%Y-%m-%d %H:%M} ({event.kind}{f', {event.number}' if event.number else ''}) is in no chain."
            yield self._problem(Finding.UNCHAINED, what, uuid=uuid, number=event.number, columns=("register_id", "position"))

    # The documents, beside what was sealed of them

    def _sealed(self) -> Iterator[Problem]:
        model: Any = get_invoice_model()
        chained = plain(InvoiceEvent, using=self._using).filter(invoice_id=OuterRef("pk"), register__isnull=False)
        of_company = Q(company_id__isnull=True) if self._company_id is None else Q(company_id=self._company_id)
        documents = plain(model, using=self._using).filter(of_company).filter(Q(issued_at__isnull=False) | Exists(chained))
        for page in paged(documents):
            pks = [document.pk for document in page]
            frozen = read_frozen(model, pks, using=self._using)
            seals, steps = self._seals(pks), self._steps(pks)
            for document in page:
                self.documents += 1
                seal = seals.get(document.pk)
                yield from self._beside_seal(document, frozen[document.pk], seal)
                step = steps.get(document.pk)
                if step is not None and step[1] != document.status:
                    position, status = step
                    name = document_named(document)
                    what = f"Document {name} is {document.status}, and its last step, event {position:,}, made it {status}."
                    place = {"position": position, "uuid": str(document.uuid), "number": document.number}
                    yield self._problem(Finding.STATUS, what, columns=("status",), **place)

    def _beside_seal(self, document: Any, frozen: Any, seal: InvoiceEvent | None) -> Iterator[Problem]:
        place: dict[str, Any] = {"uuid": str(document.uuid), "number": document.number}
        if seal is None:
            what = f"Document {document_named(document)} is issued, and no event of the chain tells of it."
            yield self._problem(Finding.INSERTED, what, **place)
            return
        place["position"] = seal.position
        where = event_named(seal.position, seal.number)
        if cast("Any", seal).register.key != self.chain:
            what = f"Document {document_named(document)} was sealed in another chain, by {where} of {cast('Any', seal).register.key}."
            yield self._problem(Finding.DOCUMENT, what, columns=("company_id",), **place)
            return
        try:
            columns = frozen.differences(seal)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
            what = f"Document {document_named(document)} cannot be compared: what {where} sealed cannot be read."
            yield self._problem(Finding.DOCUMENT, what, columns=("content",), **place)
            return
        if columns:
            what = f"Document {document_named(document)} is not what {where} sealed: {', '.join(columns)}."
            yield self._problem(Finding.DOCUMENT, what, columns=tuple(columns), **place)

    def _seals(self, pks: Sequence[Any]) -> dict[Any, InvoiceEvent]:
        """The last event that sealed each document: of this chain, or of another where this one has none."""
        sealing = plain(InvoiceEvent, using=self._using).filter(invoice_id__in=pks, position__isnull=False).exclude(content="")
        rows = list(sealing.select_related("register").order_by("position"))
        here = [row for row in rows if row.register_id == (self._register and self._register.pk)]
        return {row.invoice_id: row for row in (*rows, *here)}

    def _steps(self, pks: Sequence[Any]) -> dict[Any, tuple[int, str]]:
        """The last chained step of each document: where it stands, and the status that it led to."""
        steps = plain(InvoiceEvent, using=self._using).filter(invoice_id__in=pks, register=self._register, position__isnull=False)
        rows = steps.exclude(status_to="").order_by("position").values_list("invoice_id", "position", "status_to")
        return {pk: (position, status) for pk, position, status in rows} if self._register is not None else {}
