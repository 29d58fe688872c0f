"""Many documents at once: the rules of one document, the statements of a few."""

from __future__ import annotations

import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from itertools import groupby, islice, pairwise
from typing import Any, NamedTuple, Self, TypeVar

from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing import signals
from invoicing.conf import conf
from invoicing.domain.choices import EventKind, InvoiceType, Status
from invoicing.domain.counters import CounterScope
from invoicing.domain.lifecycle import Act
from invoicing.exceptions import InvalidDataError
from invoicing.models.amounts import store_categories
from invoicing.models.copying import Copyable
from invoicing.models.counter import Counter
from invoicing.models.event import InvoiceEvent
from invoicing.models.inserting import insert_rows
from invoicing.models.lifecycle import lock_date
from invoicing.models.locking import atomically, locked, plain
from invoicing.models.refusals import each_refusal_named
from invoicing.models.register import Register
from invoicing.models.restoring import Before
from invoicing.models.sealing import read_frozen
from invoicing.models.updating import update_rows

Thing = TypeVar("Thing")


class Bulk(Copyable):
    """Documents can be made and issued by the thousand, each as `save_with_items()` and `issue()` would do it."""

    class Meta:
        abstract = True

    @classmethod
    def create_many(cls, documents: Iterable[tuple[Self, Iterable[Any]]], *, using: str | None = None, batch_size: int = 500) -> int:
        """Save many new documents, each with its items, all or none of them; gives how many.

        `documents` yields pairs of an unsaved invoice and its items (unsaved Item, or dictionaries of their fields). It
        may be a generator: the documents of two batches are held at a time, no more. Numbers are taken in the order of
        the documents, a block for each batch, and their counters stay locked until the end. Raises what
        `save_with_items()` raises, with invoices[0] in front of each field; the instances are then as they were. No save
        signals are sent, `invoice_numbered` is.
        """
        database = using or router.db_for_write(cls)
        count = 0
        creation = _Creation(cls, using=database)
        try:
            with atomically(database):
                for batch in _batches(documents, size=batch_size):
                    creation.create(batch, first=count)
                    count += len(batch)
        except BaseException:
            creation.undo()
            raise
        return count

    @classmethod
    def issue_many(cls, documents: models.QuerySet[Any] | Iterable[Self], *, using: str | None = None, batch_size: int = 500) -> int:
        """Issue many stored documents, all or none of them; gives how many. What is passed in is not changed: read it again.

        Drafts take their numbers in the order in which they were passed. Raises what `issue()` raises, for all documents of a
        batch at once, with invoices[0] in front of each field where it is about the content.
        """
        database = using or router.db_for_write(cls)
        keys = documents.values_list("pk", flat=True) if isinstance(documents, models.QuerySet) else [row.pk for row in documents]
        wanted = list(dict.fromkeys(keys))
        if None in wanted:
            raise InvalidDataError({f"invoices[{wanted.index(None)}].invoice": [_("It is not saved: use create_many().")]})
        first = 0
        with atomically(database):
            _lock_for_issue(cls, wanted, using=database, batch_size=batch_size)
            for batch in _batches(wanted, size=batch_size):
                _Issue(cls, using=database).issue(batch, first=first)
                first += len(batch)
        return len(wanted)

    @property
    def has_own_sequence(self) -> bool:
        """Whether its sequence does not come from a block: it was given by hand, or a generator of the host gives it."""
        return self.sequence is not None or bool(conf.sequence_generator)

    @property
    def saves_alone(self) -> bool:
        """Whether its number or its status needs a save of its own: it is not made in a batch then."""
        return self.has_own_sequence or self.number_needs_pk or self.status not in {Status.DRAFT, Status.NEW}

    @property
    def issues_alone(self) -> bool:
        """Whether it is issued by itself among many: what it credits is told of it, or its sequence looks at those before."""
        is_credit = self.type == InvoiceType.CREDIT_NOTE and not self.is_received
        return is_credit or (self.counter_id is None and self.has_own_sequence)


class _New(NamedTuple):
    """A document that is to be made, its items, and its place among all."""

    invoice: Any
    lines: list[Any]
    place: int


class _Locks:
    """The lock dates of the companies of a batch: each is asked for once."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.dates: dict[Any, date | None] = {}

    def check(self, invoice: Any) -> None:
        """Raise BooksLockedError for a document that is dated in locked books."""
        key = invoice.company_id
        if key not in self.dates:
            self.dates[key] = lock_date(key, using=self.using)
        invoice.check_unlocked(invoice.date_issue, locked_until=self.dates[key], using=self.using)


class _Creation:
    """New documents that are made in batches."""

    def __init__(self, model: type[Bulk], *, using: str) -> None:
        self.model = model
        self.item_model = model.item_model()
        self.using = using
        self.locks = _Locks(using)
        self.touched: dict[int, tuple[weakref.ref[Any], Before]] = {}

    def create(self, batch: Sequence[tuple[Any, Iterable[Any]]], *, first: int) -> None:
        """Make one batch: all of it is checked before the first row is written, but for those that save alone."""
        made: list[_New] = []
        with each_refusal_named("invoices") as refusals:
            for index, (invoice, items) in enumerate(batch, start=first):
                with refusals.of(index):
                    self._check_new(invoice, beside=made)
                    lines = self.model.made_items(items)
                    self._keep(invoice, *lines)
                    made.append(_New(invoice, lines, index))
                    if not invoice.saves_alone:
                        invoice.make_ready_with(lines, using=self.using)
                        if invoice.status != Status.DRAFT:
                            self.locks.check(invoice)
        for alone, group in groupby(made, key=lambda new: bool(new.invoice.saves_alone)):
            if alone:
                self._save_alone(group)
            else:
                self._insert(list(group))

    def undo(self) -> None:
        """Take back, from the instances that somebody still holds, what was not stored after all."""
        for reference, before in list(self.touched.values()):
            row = reference()
            if row is not None:
                before.restore(row)

    def _check_new(self, invoice: Any, *, beside: Iterable[_New]) -> None:
        if any(new.invoice is invoice for new in beside):
            raise InvalidDataError({"invoice": [_("It is named twice: copy it.")]})
        if not invoice.is_new(using=self.using):
            raise InvalidDataError({"invoice": [_("It is saved already: use add_items().")]})

    def _keep(self, *rows: Any) -> None:
        """Remember what instances hold, for as long as anybody holds them."""
        for row in rows:
            self.touched[id(row)] = (weakref.ref(row, partial(self._forget, id(row))), Before.of(row))

    def _forget(self, key: int, _gone: object) -> None:
        self.touched.pop(key, None)

    def _save_alone(self, documents: Iterable[_New]) -> None:
        for invoice, lines, index in documents:
            with each_refusal_named("invoices") as refusals, refusals.of(index):
                invoice.save_with_items(lines, using=self.using)

    def _insert(self, documents: Sequence[_New]) -> None:
        invoices = [new.invoice for new in documents]
        lines = [line for new in documents for line in new.lines]
        number_in_blocks((invoice for invoice in invoices if invoice.status != Status.DRAFT), using=self.using)
        with invoices[0].number_conflicts_told(using=self.using, beside=invoices), atomically(self.using):
            insert_rows(self.model, invoices, using=self.using)
        self._find_keys(invoices)
        for new in documents:
            new.invoice.adopt(new.lines)
        insert_rows(self.item_model, lines, using=self.using)
        history = InvoiceEvent.objects.using(self.using)
        events = [history.entry(invoice, EventKind.CREATED, status_to=invoice.status) for invoice in invoices]
        insert_rows(InvoiceEvent, events, using=self.using)
        for invoice in invoices:
            invoice.remember()
            if invoice.sequence is not None:
                signals.invoice_numbered.send(sender=self.model, invoice=invoice)

    def _find_keys(self, invoices: Sequence[Any]) -> None:
        """Look the keys up where the database does not tell them, which is MySQL."""
        unknown = {invoice.uuid: invoice for invoice in invoices if invoice.pk is None}
        if unknown:
            for pk, key in plain(self.model, using=self.using).filter(uuid__in=unknown).values_list("pk", "uuid"):
                unknown[key].pk = pk


def _lock_for_issue(model: type[Bulk], wanted: Sequence[Any], *, using: str, batch_size: int) -> None:
    """Lock all documents and what they take back, then all counters: each in the order of their keys, as everywhere.

    The registers come last, although each batch is sealed before the next one is numbered.
    """
    asked = set(wanted)
    everything = set(wanted)
    for chunk in _batches(wanted, size=batch_size):
        notes = plain(model.item_model(), using=using).filter(invoice__in=chunk, invoice__type=InvoiceType.CREDIT_NOTE)
        everything.update(notes.filter(credited_item__isnull=False).values_list("credited_item__invoice", flat=True))
    scopes: dict[str, CounterScope] = {}
    for chunk in _batches(sorted(everything), size=batch_size):
        rows = plain(model, using=using).filter(pk__in=chunk)
        list(locked(rows.order_by("pk"), using=using).values_list("pk"))
        unnumbered = rows.filter(pk__in=[pk for pk in chunk if pk in asked], counter=None).select_related("company")
        scopes.update((scope.key, scope) for scope in (row.counter_scope() for row in unnumbered))
    for key in sorted(scopes):
        Counter.objects.using(using).hold(scopes[key], start_from=conf.number_start_from)


class _Issue:
    """One batch of stored documents that are issued. They are locked."""

    def __init__(self, model: type[Bulk], *, using: str) -> None:
        self.model = model
        self.using = using
        self.locks = _Locks(using)
        self.categorised: defaultdict[Any, list[Any]] = defaultdict(list)

    def issue(self, keys: Sequence[Any], *, first: int) -> None:
        found = plain(self.model, using=self.using).filter(pk__in=keys).select_related("company", "party").prefetch_related("item_set")
        rows = {row.pk: row for row in found}
        invoices = [self._present(rows, key) for key in keys]
        with each_refusal_named("invoices") as refusals:
            for index, invoice in enumerate(invoices, start=first):
                with refusals.of(index):
                    self._make_ready(invoice)
        for alone, group in groupby(invoices, key=lambda invoice: bool(invoice.issues_alone)):
            if alone:
                for invoice in group:
                    invoice.issue()
            else:
                self._issue_together(list(group))

    def _present(self, rows: dict[Any, Any], key: Any) -> Any:
        if key not in rows:
            raise self.model.DoesNotExist(f"Invoice {key} does not exist any more.")
        return rows[key]

    def _make_ready(self, invoice: Any) -> None:
        if invoice.is_issued or Act.ISSUE.value not in invoice.allowed_acts:
            raise invoice.refusal(Act.ISSUE)
        if not invoice.issues_alone:
            invoice.check_step(Act.ISSUE, using=self.using)
        self.locks.check(invoice)
        invoice.fill_open_fields()
        self.categorised[invoice.pk] = invoice.derive_categories()
        invoice.check_content()
        invoice.check_values()
        lines = [invoice.line(item) for item in invoice.item_set.all()]
        invoice.check_tax_allowed(lines, field="supplier_vat_id")
        invoice.set_totals(lines)

    def _issue_together(self, invoices: Sequence[Any]) -> None:
        at = timezone.now()
        befores = [invoice.status for invoice in invoices]
        numbered = [invoice for invoice in invoices if invoice.counter_id is None]
        for invoice in invoices:
            invoice.status = Status.NEW
            invoice.issued_at = at
        number_in_blocks(numbered, using=self.using)
        self._write(invoices, at=at)
        self._seal(invoices, befores=befores)
        newly_numbered = {invoice.pk for invoice in numbered}
        for invoice in invoices:
            invoice.remember()
            if invoice.pk in newly_numbered:
                signals.invoice_numbered.send(sender=self.model, invoice=invoice)
            signals.invoice_issued.send(sender=self.model, invoice=invoice)

    def _write(self, invoices: Sequence[Any], *, at: Any) -> None:
        """Write what changed: the same for all in one statement, what differs from row to row beside it."""
        changed = sorted({name for invoice in invoices for name in invoice.changed_columns()} - {"issued_at", "modified", "status"})
        store_categories((item for invoice in invoices for item in self.categorised[invoice.pk]), using=self.using)
        queryset = plain(self.model, using=self.using)
        if changed:
            with invoices[0].number_conflicts_told(using=self.using, beside=invoices), atomically(self.using):
                update_rows(invoices, changed, using=self.using)
        queryset.filter(pk__in=[invoice.pk for invoice in invoices]).update(status=Status.NEW, issued_at=at, modified=at)

    def _seal(self, invoices: Sequence[Any], *, befores: Sequence[str]) -> None:
        """Seal each document in the chain of its company."""
        history = InvoiceEvent.objects.using(self.using)
        frozen = read_frozen(self.model, [invoice.pk for invoice in invoices], using=self.using)
        chains: defaultdict[Any, list[tuple[Any, InvoiceEvent]]] = defaultdict(list)
        for invoice, before in zip(invoices, befores, strict=True):
            event = history.entry(invoice, EventKind.ISSUED, status_from=before, status_to=Status.NEW)
            chains[invoice.company_id].append((invoice, event))
        for company_id in sorted(chains, key=lambda key: (key is not None, key)):
            entries = chains[company_id]
            register = Register.objects.using(self.using).hold(company_id)
            for invoice, _event in entries:
                invoice.check_unlocked(invoice.date_issue, locked_until=register.locked_until, using=self.using)
            history.chain(
                register, [event for _invoice, event in entries], contents=[frozen[invoice.pk].seal() for invoice, _event in entries]
            )


def number_in_blocks(invoices: Iterable[Any], *, using: str) -> None:
    """Number documents in their order, with one block of sequences a counter; counters are locked in the order of their keys."""
    scopes: defaultdict[CounterScope, list[Any]] = defaultdict(list)
    for invoice in invoices:
        scopes[invoice.counter_scope()].append(invoice)
    for scope in sorted(scopes, key=lambda scope: scope.key):
        _number_block(scope, scopes[scope], using=using)


def _number_block(scope: CounterScope, invoices: Sequence[Any], *, using: str) -> None:
    taken = Counter.objects.using(using).take(scope, start_from=conf.number_start_from, count=len(invoices))
    for sequence, invoice in enumerate(invoices, start=taken.sequence - len(invoices) + 1):
        invoice.counter_id, invoice.sequence = taken.counter_id, sequence
        invoice.write_number()
    if conf.chronological and not invoices[0].is_received:
        # The first one beside what is stored, each other one beside the one before it in the block.
        invoices[0].check_chronology(using=using)
        for before, after in pairwise(invoices):
            after.check_dated_after(before.number, before.date_issue)


def _batches(things: Iterable[Thing], *, size: int) -> Iterator[list[Thing]]:
    if size < 1:
        raise ValueError(f"batch_size is {size}: use a whole number from 1.")
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
