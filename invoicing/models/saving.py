"""Saving: the one place where a row is written, a number is taken, and the freeze is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from copy import copy
from typing import Any, Self

from django.db import IntegrityError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing import signals
from invoicing.conf import conf
from invoicing.domain.choices import EventKind, Status
from invoicing.domain.lifecycle import WRITABLE, Act
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models.batch import open_batch
from invoicing.models.columns import all_columns, columns_of
from invoicing.models.counter import VoidedNumber
from invoicing.models.event import InvoiceEvent
from invoicing.models.locking import atomically, joined_transaction, locked, plain
from invoicing.models.memory import Remembered
from invoicing.models.restoring import restored_on_failure
from invoicing.models.sealing import Frozen
from invoicing.models.validation import check_row

TOTALS_COLUMNS = frozenset({"currency", "credit", "rounding_policy", "supplier_vat_id"})
"""The columns that the totals depend on."""

STEP_COLUMNS = frozenset({"issued_at", "date_sent", "date_paid", "already_paid", "sequence", "number", "number_key", "counter"})
"""The columns that a step of the lifecycle may change beside the status."""


class Saved(Remembered):
    """A document is saved by its rules, alone or with its items, and deleted by its rules."""

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Save; a new document that is no draft takes its sequence and number, and keeps them ever after.

        Totals are brought up to date first. A changed status obeys the lifecycle and brings its dates. Columns that were
        not changed since they were read keep what others stored meanwhile. Raises InvalidDataError, NumberTakenError,
        TransitionNotAllowedError, or InvoiceFrozenError for an issued document.
        """
        database = using or self.write_database()
        if update_fields is not None:
            update_fields = frozenset(update_fields)
            if not update_fields:
                return
        if not force_update and (force_insert or self.is_new(using=database)):
            self._insert(using=database)
            return
        # A step may be refused by whoever is told of it: then the row must be as it was.
        takes_step = self.status != self.__dict__.get("_read", {}).get("status")
        with atomically(database) if takes_step else joined_transaction(database):
            self._update(self.stored_row(using=database), using=database, update_fields=update_fields)

    def save_step(self, act: Act, *, stored: Mapping[str, Any] | None, reason: str, using: str) -> None:
        """Save with an act that was asked for by name, and tell it with its reason; `stored` is the locked row, if there is one."""
        if stored is None:
            self._insert(using=using, act=act, reason=reason)
        else:
            self._update(stored, using=using, act=act, reason=reason)

    def save_with_items(
        self, items: Iterable[Any], *, using: str | None = None, related: Sequence[models.Model] = (), batch_size: int = 1000
    ) -> None:
        """Save a new document and all its items at once; the number is taken last, so that its counter is locked briefly.

        Each item is an unsaved Item or a dictionary of its fields. Raises InvalidDataError that names every bad item as
        items[0].field; nothing is saved then.
        """
        database = using or self.write_database()
        if not self.is_new(using=database):
            raise InvalidDataError({"invoice": [_("It is saved already: use add_items().")]})
        made = self.made_items(items)
        with restored_on_failure(self, *made):
            step = self.make_ready_with(made, using=database)
            self._check_books(step, using=database)
            self.stamp_step(step, before=Status.NEW, at=timezone.now())
            with self.number_conflicts_told(using=database), atomically(database):
                # Issued only when its items are there: from then on the database may refuse them.
                issued_at, self.issued_at = self.issued_at, None
                super().save(force_insert=True, using=database)
                self.issued_at = issued_at
                self.adopt(made)
                # The document is new: nothing needs to be locked and no stored item to be added up.
                plain(self.item_model(), using=database).bulk_create(made, batch_size=batch_size)
                self._relate(related, using=database)
                # Read before the counter is locked: whoever waits for it waits for the number alone.
                frozen = self.read_frozen(using=database) if step else None
                if self._wants_number():
                    self.take_number(using=database)
                elif self.counter_id:
                    self.write_number()
                if self.counter_id or step:
                    stored = self._store_number(using=database)
                    frozen = frozen and frozen.with_columns(stored)
                self._tell_creation(step, related=related, frozen=frozen, using=database)
            self.remember()

    def make_ready_with(self, items: Iterable[Any], *, using: str) -> Act | None:
        """Fill, check and add up a new document and its unsaved items, writing nothing; gives the step that its status implies."""
        step = self._make_ready(using=using)
        self.item_model().objects.check_lines(items)
        self.set_totals(self.place_all(items))
        return step

    def delete(
        self,
        using: str | None = None,
        keep_parents: bool = False,  # noqa: FBT001, FBT002  # Django's signature
        *,
        reason: str = "",
    ) -> tuple[int, dict[str, int]]:
        """Delete a draft, or the last document of its counter, whose number is then free again.

        A numbered document that is not the last is voided instead: it becomes CANCELED, and its number stays in the
        register with the reason. Raises InvoiceFrozenError for an issued document, BooksLockedError for a number of
        locked books.
        """
        if self._state.adding:
            raise InvalidDataError({"invoice": [_("It is not saved: there is nothing to delete.")]})
        database = using or self.write_database()
        with joined_transaction(database):
            row = type(self).lock_row(self.pk, using=database)
            if row.is_issued:
                if not row.is_under_repair:
                    raise InvoiceFrozenError(number=row.number or row.pk, fields=_("the document"))
                return self._delete_issued(row, reason=reason, using=database)
            if row.counter_id:
                row.check_books(row.date_issue, using=database)
            if row.counter_id and not row.is_last_of_counter(using=database):
                row.status = Status.CANCELED
                row.save_step(Act.CANCEL, stored=row.stored_row(using=database), reason=reason or str(_("deleted")), using=database)
                self.refresh_from_db(using=database)
                return 0, {}
            deleted = super().delete(using=database, keep_parents=keep_parents)
            if row.counter_id:
                row.give_number_back(using=database)
            data = {"uuid": str(row.uuid)}
            InvoiceEvent.objects.using(database).record(self, EventKind.DELETED, status_from=row.status, reason=reason, data=data)
        return deleted

    def _delete_issued(self, row: Self, *, reason: str, using: str) -> tuple[int, dict[str, int]]:
        """Delete a document under repair; its number stays in the register, and its end in the chain."""
        reason = reason or str(_("deleted"))
        # Nobody can erase what the history says of persons once the document is gone.
        plain(InvoiceEvent, using=using).filter(invoice_id=row.pk).update(salt="", reason="", actor_name="")
        if not VoidedNumber.objects.using(using).filter(counter_id=row.counter_id or 0, sequence=row.sequence or 0).exists():
            row.void_number(reason=reason, using=using)
        row.note_event(EventKind.DELETED, status_from=row.status, reason=reason, using=using)
        return super().delete(using=using)

    # The parts of saving

    def is_new(self, *, using: str) -> bool:
        """Whether it is not stored yet, also not by another instance with its key."""
        if not self._state.adding or self.pk is None:
            return self._state.adding
        # A fresh instance with the key of a stored row would overwrite it: it is an update, with all its rules.
        return not plain(type(self), using=using).filter(pk=self.pk).exists()

    def _insert(self, *, using: str, act: Act | None = None, reason: str = "") -> None:
        with restored_on_failure(self):
            assigned = self._make_ready(using=using)
            step = act or assigned
            self._check_books(step, using=using)
            self.set_totals(())
            self.stamp_step(step, before=Status.NEW, at=timezone.now())
            # A savepoint, so that a refused number leaves its counter as it was, also inside an open transaction.
            with self.number_conflicts_told(using=using), atomically(using):
                if self._wants_number():
                    self.take_number(using=using)
                # A format that shows the key of the row cannot be written before there is one.
                is_late = bool(self.counter_id and not self.is_received and not self.number)
                issued_at, self.issued_at = self.issued_at, None if is_late else self.issued_at
                super().save(force_insert=True, using=using)
                self.issued_at = issued_at
                if is_late:
                    self.number = self._get_number()
                    self._store_number(using=using)
                self._tell_creation(step, reason=reason, using=using)
            self.remember()

    def _update(
        self,
        stored: Mapping[str, Any],
        *,
        using: str,
        update_fields: Iterable[str] | None = None,
        act: Act | None = None,
        reason: str = "",
    ) -> None:
        """Write a row that is locked; `stored` are its columns."""
        with restored_on_failure(self):
            self.catch_up(stored)
            written = self._written_fields(update_fields)
            writes_status = any(field.attname == "status" for field in written)
            step = act or (self.step_from(stored["status"]) if writes_status else None)
            is_open = stored["issued_at"] is None or self.is_under_repair
            was_open = stored["issued_at"] is None
            if is_open:
                self._prepare_stored(stored, update_fields=update_fields, using=using)
                if act is None and step not in {None, Act.CANCEL}:
                    self.resolve_categories(using=using)
            else:
                self.read_dates()
                check_row(self)
                self.check_frozen(stored, fields=written)
            if step:
                self.check_step(step, using=using)
            self._keep_dates(stored)
            self.stamp_step(step, before=stored["status"], at=timezone.now())
            called_new = writes_status and act is None and self.is_called_new(stored["status"])
            takes_number = (called_new or step not in {None, Act.CANCEL}) and self._wants_number()
            if (was_open and (takes_number or step or stored["sequence"] is not None)) or step == Act.CANCEL:
                # The day of a draft is nobody's number yet: it may be dated out of the locked books.
                days = (self.date_issue, *([stored["date_issue"]] if stored["sequence"] is not None else []))
                self.check_books(*days, using=using)
            columns = (
                None if update_fields is None else {*update_fields, *self._columns_beside(step, is_open=is_open, takes_number=takes_number)}
            )
            self._write_row(stored, columns=columns, takes_number=takes_number, using=using)
            if called_new:
                kind = EventKind.STATUS_CHANGED
                InvoiceEvent.objects.using(using).record(self, kind, status_from=stored["status"], status_to=self.status)
            if takes_number:
                signals.invoice_numbered.send(sender=type(self), invoice=self)
            if step:
                self.tell_step(step, before=stored["status"], was_open=was_open, reason=reason, using=using)
            batched = open_batch(self.pk, using=using)
            if batched is not None:
                # The batch goes on with what is stored now.
                for name in self.LOCKED_COLUMNS:
                    setattr(batched, name, getattr(self, name))
            self.remember(only=columns)

    def _write_row(self, stored: Mapping[str, Any], *, columns: Iterable[str] | None, takes_number: bool, using: str) -> None:
        """Update the row; a number is taken as the last thing before."""
        renumbered = takes_number or self.number_key != stored["number_key"]
        # A refused number must leave its counter, and whatever transaction is open, as they were.
        with self.number_conflicts_told(using=using), atomically(using) if renumbered else nullcontext():
            if takes_number:
                self.take_number(using=using)
            super().save(force_update=True, using=using, update_fields=columns)

    @contextmanager
    def number_conflicts_told(self, *, using: str, beside: Iterable[Self] = ()) -> Iterator[None]:
        """Say which number is in use, this one or one written beside it, where the database only says that a row is not unique."""
        try:
            yield
        except IntegrityError as error:
            explanations = (row.explain_number_conflict(using=using) for row in (self, *beside))
            raise next(filter(None, explanations), None) or error from error

    def _make_ready(self, *, using: str) -> Act | None:
        """Fill what is empty and check the rest; nothing is written yet. The step is the one that a later status implies."""
        self._state.db = using
        step = self.step_from(self.status if self.status in WRITABLE else Status.NEW)
        self.fill_open_fields()
        self.check_values()
        return step

    def _prepare_stored(self, stored: Mapping[str, Any], *, update_fields: Iterable[str] | None, using: str) -> None:
        """As `_make_ready`, for a row that exists: the number stays, and the totals follow the items."""
        self._state.db = using
        self.fill_open_fields()
        self.check_values()
        self._check_number_kept(stored, using=using)
        basis = self
        if update_fields is not None:
            basis = copy(self)
            for name in TOTALS_COLUMNS - set(update_fields):
                setattr(basis, name, stored[name])
        same_money = all(getattr(basis, name) == stored[name] for name in ("currency", "rounding_policy"))
        lines = list(basis.stored_lines(using=using).values()) if same_money else basis.fresh_lines(using=using)
        basis.check_tax_allowed(lines, field="supplier_vat_id")
        basis.set_totals(lines)
        self.total, self.vat = basis.total, basis.vat

    def _check_number_kept(self, stored: Mapping[str, Any], *, using: str) -> None:
        """Refuse to move a numbered document out of the series that its number was taken from."""
        if stored["sequence"] is None:
            return
        kept = _("Its number was taken from another series: delete the document and make a new one.")
        errors = {name: [kept] for name in ("company_id", "origin") if getattr(self, name) != stored[name]}
        if conf.counter_per_type and self.type != stored["type"]:
            errors["type"] = [kept]
        if self.sequence != stored["sequence"]:
            errors["sequence"] = [_("A sequence is taken once and kept.")]
        if stored["number"] and not self.number:
            errors["number"] = [_("A number is taken once and kept.")]
        if errors:
            raise InvalidDataError(errors)
        self.counter_id = stored["counter_id"]
        self.number_key = self.get_number_key()
        if conf.chronological and self.date_issue != stored["date_issue"]:
            self.lock_counter(using=using)
            self.check_chronology(using=using)

    def _keep_dates(self, stored: Mapping[str, Any]) -> None:
        """Keep the moments that are stored: a save that changes no status leaves them as they are."""
        for name in ("date_sent", "date_paid"):
            setattr(self, name, stored[name] or getattr(self, name))
            # MonitorField compares with the status that this instance was loaded with, which may be an old one.
            setattr(self, f"_monitor_{name}", self.status)

    def _wants_number(self) -> bool:
        """Whether it has no place in a series yet, and should: drafts take theirs when they are issued."""
        return self.counter_id is None and self.status != Status.DRAFT

    def _store_number(self, *, using: str) -> dict[str, Any]:
        """Write the number to a row that is inserted, and when it was issued; gives these columns."""
        self.number_key = self.get_number_key()
        columns = {name: getattr(self, name) for name in ("sequence", "number", "number_key", "counter_id", "issued_at")}
        plain(type(self), using=using).filter(pk=self.pk).update(**columns)
        return columns

    def _relate(self, related: Sequence[models.Model], *, using: str) -> None:
        """Relate the new document to others, both ways, in one statement."""
        field: Any = type(self)._meta.get_field("related_invoices")
        through, here, there = field.remote_field.through, f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        pairs = [(self.pk, other.pk) for other in related] + [(other.pk, self.pk) for other in related]
        through._base_manager.using(using).bulk_create(through(**{here: left, there: right}) for left, right in pairs)

    def _tell_creation(
        self, step: Act | None, *, related: Sequence[models.Model] = (), reason: str = "", frozen: Frozen | None = None, using: str
    ) -> None:
        """Write the new document into the history, and tell of its number and of the step that it was made with."""
        data = {"copied_from": [str(getattr(other, "uuid", "")) for other in related]} if related else {}
        kind = EventKind.COPIED if related else EventKind.CREATED
        InvoiceEvent.objects.using(using).record(self, kind, status_to=self.status, data=data)
        if self.sequence is not None:
            signals.invoice_numbered.send(sender=type(self), invoice=self)
        if step:
            self.tell_step(step, before=Status.NEW, was_open=True, reason=reason, frozen=frozen, using=using)

    def stored_row(self, *, using: str) -> dict[str, Any]:
        """The columns of the stored row, locked. Raises DoesNotExist."""
        columns = columns_of(type(self), all_columns(type(self)))
        row: dict[str, Any] | None = locked(columns, using=using).filter(pk=self.pk).first()
        if row is None:
            raise self.DoesNotExist(f"Invoice {self.pk} does not exist any more.")
        return row

    def _written_fields(self, update_fields: Iterable[str] | None) -> list[models.Field[Any, Any]]:
        deferred = self.get_deferred_fields()
        wanted = None if update_fields is None else set(update_fields)
        return [
            field
            for field in self._meta.concrete_fields
            if field.attname not in deferred and (wanted is None or field.name in wanted or field.attname in wanted)
        ]

    def _columns_beside(self, step: Act | None, *, is_open: bool, takes_number: bool) -> frozenset[str]:
        """The columns that are written although the caller did not name them."""
        columns = STEP_COLUMNS if step or takes_number else frozenset()
        if is_open:
            return columns | {"total", "vat", "number_key", "modified"}
        return columns & self.CHANGEABLE_AFTER_ISSUE | {"modified"}

    def _check_books(self, step: Act | None, *, using: str) -> None:
        """Refuse a new document that takes a number, or is issued, in locked books."""
        if step or self._wants_number():
            self.check_books(self.date_issue, using=using)
