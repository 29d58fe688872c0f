"""Questions to invoices and items. They chain, and may be told the date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, models
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.amounts import LineAmounts
from invoicing.domain.choices import InvoiceType, Origin, PaymentStatus, Status
from invoicing.domain.lifecycle import SETTLED
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models.locking import atomically, joined_transaction, locked, plain
from invoicing.models.refusals import each_refusal_named
from invoicing.models.validation import checked_value

NOT_WAITING = [status.value for status in sorted({*SETTLED, Status.DRAFT})]
"""Statuses in which no money is waited for. Always in one order: an index of open documents says the same in the database."""

BY_SAVE_ONLY = frozenset(
    {
        *("status", "issued_at", "date_sent", "date_paid"),
        *("origin", "type", "company", "date_issue", "sequence", "number", "number_key", "counter"),
        *("currency", "rounding_policy", "credit", "supplier_vat_id", "total", "vat", "tax_decisions"),
    }
)
"""The columns that history, numbers or totals follow from, so that they are written by `save()` alone."""


class InvoiceQuerySet(models.QuerySet[Any]):
    """What people ask of invoices."""

    # Origin and kind

    def issued(self) -> Any:
        """Documents that we issue to customers."""
        return self.filter(origin=Origin.ISSUED)

    def received(self) -> Any:
        """Documents that we received from suppliers."""
        return self.filter(origin=Origin.RECEIVED)

    def accountable(self) -> Any:
        """What counts in the books: neither proforma nor advance invoices, nor drafts."""
        return self.exclude(type__in=[InvoiceType.PROFORMA, InvoiceType.ADVANCE]).exclude(status=Status.DRAFT)

    def valid(self) -> Any:
        """What still stands: not returned, canceled, credited or uncollectible."""
        return self.exclude(status__in=[Status.RETURNED, Status.CANCELED, Status.CREDITED, Status.UNCOLLECTIBLE])

    # Payment

    def paid(self) -> Any:
        """What is settled by payment."""
        return self.filter(status=Status.PAID)

    def unpaid(self) -> Any:
        """What waits for money: not settled, not a draft, and not paid in full or free of charge."""
        return self.exclude(status__in=NOT_WAITING).filter(already_paid__lt=F("total"))

    def payment_status(self, *wanted: PaymentStatus | str) -> Any:
        """Documents whose `payment_status` is one of those wanted. Raises InvalidDataError for a word that is none."""
        unknown = [word for word in wanted if str(word).upper() not in PaymentStatus.values]
        if unknown:
            text = _("{word} is no payment status: use one of {known}.").format(word=unknown[0], known=", ".join(PaymentStatus.values))
            raise InvalidDataError({"payment_status": [text]})
        asked = Q(pk__in=[])
        for word in wanted:
            asked |= _PAYMENT_STATUS[PaymentStatus(str(word).upper())]
        return self.filter(asked)

    def overdue(self, *, on: date | None = None) -> Any:
        """Unpaid, and due before `on` (today). Credit notes are never overdue."""
        return self.filter(_is_overdue(on or timezone.localdate()))

    def not_overdue(self, *, on: date | None = None) -> Any:
        """All that is not overdue: the complement."""
        return self.exclude(_is_overdue(on or timezone.localdate()))

    def collectible(self) -> Any:
        """What was not given up as a bad debt."""
        return self.exclude(status=Status.UNCOLLECTIBLE)

    def uncollectible(self) -> Any:
        """Bad debts."""
        return self.filter(status=Status.UNCOLLECTIBLE)

    def in_collection(self) -> Any:
        """What was handed to debt collection."""
        return self.filter(status=Status.IN_COLLECTION)

    def not_in_collection(self) -> Any:
        """What was not handed to debt collection."""
        return self.exclude(status=Status.IN_COLLECTION)

    # Relations and numbers

    def having_related_invoices(self) -> Any:
        """Documents that others are related to."""
        return self.filter(pk__in=self._related_pks())

    def not_having_related_invoices(self) -> Any:
        """Documents that stand alone."""
        return self.exclude(pk__in=self._related_pks())

    def duplicate_numbers(self) -> list[str]:
        """Numbers that one supplier used more than once, such as a received invoice that was entered twice."""
        repeated = (
            self.exclude(number="")
            .order_by()
            .values("company", "origin", "supplier_name", "number")
            .annotate(count=Count("pk"))
            .filter(count__gt=1)
        )
        return sorted(set(repeated.values_list("number", flat=True)))

    # Many at a time

    def update(self, **kwargs: Any) -> int:
        """Update documents in one statement: open ones in what is theirs alone, issued ones in what may change after issue.

        Raises InvoiceFrozenError when one that is issued would change, and InvalidDataError for columns that numbers,
        totals or the history follow from: those are set on each document and saved.
        """
        self._for_write = True
        names = [self._column(name) for name in kwargs]
        frozen = [name for name in names if self._is_frozen(name)]
        by_save = [name for name in names if name in BY_SAVE_ONLY]
        if not (frozen or by_save) or self.query.is_sliced:
            return super().update(**kwargs)
        with atomically(self.db):
            rows = plain(self.model, using=self.db).filter(pk__in=self.order_by().values("pk")).order_by("pk")
            read = rows.only("number", "issued_at", "sequence", "date_issue", "company_id")
            checked = list(locked(read, using=self.db))
            for row in checked:
                if not row.is_under_repair:
                    self._check_update(row, frozen=frozen, by_save=by_save)
            # The rows that were checked, and none that matches only now; on SQLite nobody else writes meanwhile.
            rows_checked = self if connections[self.db].vendor == "sqlite" else self.filter(pk__in=[row.pk for row in checked])
            return super(InvoiceQuerySet, rows_checked).update(**kwargs)

    def _check_update(self, row: Any, *, frozen: Sequence[str], by_save: Sequence[str]) -> None:
        if frozen and row.is_issued:
            raise InvoiceFrozenError(number=row.number or row.pk, fields=", ".join(frozen))
        if by_save:
            text = _("Set it on each invoice and save: numbers, totals and history follow from it.")
            raise InvalidDataError({name: [text] for name in by_save})
        if frozen and row.sequence is not None:
            row.check_books(row.date_issue, using=self.db)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update many documents, as `update()` does."""
        # Django's own transaction in there sets no savepoint: a refusal would break the one that is open.
        self._for_write = True
        with atomically(self.db):
            return super().bulk_update(objs, fields, batch_size=batch_size)

    def bulk_create(  # noqa: PLR0917  # Django's signature
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        """Save many new documents by the rules of `save()`, numbers taken as one block."""
        if ignore_conflicts or update_conflicts or update_fields or unique_fields:
            raise InvalidDataError({"invoices": [_("Invoices can be made, not merged into others: leave the conflict options out.")]})
        made = list(objs)
        self.create_many(((invoice, ()) for invoice in made), batch_size=batch_size or 500)
        return made

    def create_many(self, documents: Iterable[tuple[Any, Iterable[Any]]], *, batch_size: int = 500) -> int:
        """Save many new documents with their items; gives how many. See `AbstractInvoice.create_many()`."""
        self._for_write = True
        made: int = self.model.create_many(documents, using=self.db, batch_size=batch_size)
        return made

    def issue_many(self, *, batch_size: int = 500) -> int:
        """Issue every document of the queryset, or none of them; gives how many. See `AbstractInvoice.issue_many()`."""
        self._for_write = True
        issued: int = self.model.issue_many(self, using=self.db, batch_size=batch_size)
        return issued

    def _column(self, name: str) -> str:
        field: Any = self.model._meta.pk if name == "pk" else self.model._meta.get_field(name)
        column: str = field.name
        return column

    def _is_frozen(self, name: str) -> bool:
        frozen: bool = self.model.is_frozen(self.model._meta.get_field(name))
        return frozen

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete each as `Invoice.delete()` does: drafts go, numbers are given back or voided, issued documents refuse.

        All or nothing.
        """
        total: dict[str, int] = {}
        self._for_write = True
        with atomically(self.db):
            # All invoices before the first counter: whoever locks in another order may wait for us while we wait for them.
            rows = plain(self.model, using=self.db).filter(pk__in=list(self.values_list("pk", flat=True)))
            list(locked(rows.order_by("pk"), using=self.db))
            # The highest sequence first, so that the tail of a series can be given back number by number.
            for invoice in self.order_by(F("sequence").desc(nulls_last=True), "-pk"):
                for label, count in invoice.delete(using=self.db)[1].items():
                    total[label] = total.get(label, 0) + count
        return sum(total.values()), total

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _related_pks(self) -> Any:
        field: Any = self.model._meta.get_field("related_invoices")
        return field.remote_field.through._base_manager.values(field.m2m_field_name())


class ItemQuerySet(models.QuerySet[Any]):
    """Items many at a time. Whatever changes them here locks their invoices first and brings the totals up to date."""

    def with_tag(self, tag: str) -> Any:
        """Items that carry the tag."""
        return self.filter(tag=tag)

    def bulk_create(  # noqa: PLR0917  # Django's signature
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_conflicts: bool = False,  # noqa: FBT001, FBT002
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        """Insert many items, of one invoice or of several; all are checked first.

        Raises InvalidDataError that names every bad item as items[0].field. No save signals are sent.
        """
        if ignore_conflicts or update_conflicts or update_fields or unique_fields:
            raise InvalidDataError({"items": [_("Items can be inserted, not merged into others: leave the conflict options out.")]})
        items = list(objs)
        if unsaved := {
            f"items[{index}].invoice": [_("Save the invoice before its items.")]
            for index, item in enumerate(items)
            if item.invoice_id is None
        }:
            raise InvalidDataError(unsaved)
        self.check_lines(items)
        self._for_write = True
        with joined_transaction(self.db):
            invoices = self._locked({item.invoice_id for item in items})
            lines = self._placed(items, invoices)
            for pk, invoice in invoices.items():
                invoice.set_totals([*invoice.stored_lines(using=self.db).values(), *lines[pk]])
            super().bulk_create(items, batch_size=batch_size)
            for invoice in invoices.values():
                invoice.write_totals(using=self.db)
        for item in items:
            item.show_totals(invoices[item.invoice_id])
        return items

    def _locked(self, pks: Collection[Any]) -> dict[Any, Any]:
        """The invoices that items are written to, locked in the order of their keys."""
        model = self.model._meta.get_field("invoice").related_model
        return {pk: model.lock_open(pk, using=self.db) for pk in sorted(pks)}

    def _placed(self, items: Sequence[Any], invoices: Mapping[Any, Any]) -> dict[Any, list[LineAmounts]]:
        """The amounts of the items, by invoice. Raises InvalidDataError that names every bad item."""
        lines: dict[Any, list[LineAmounts]] = {pk: [] for pk in invoices}
        with each_refusal_named() as refusals:
            for index, item in enumerate(items):
                with refusals.of(index):
                    lines[item.invoice_id].append(invoices[item.invoice_id].place(item))
                    item.bring_decisions(invoices[item.invoice_id])
        return lines

    def update(self, **kwargs: Any) -> int:
        """Update items in one statement; the totals of their invoices follow, also where items move to another one.

        Raises InvoiceFrozenError when an invoice that they are in, or move to, is issued.
        """
        self._for_write = True
        errors: dict[str, list[str]] = {}
        for name, value in kwargs.items():
            field: Any = self.model._meta.get_field(name)
            if not field.is_relation and not hasattr(value, "resolve_expression"):
                try:
                    kwargs[name] = checked_value(field, value, self.model())
                except ValidationError as error:
                    errors[name] = error.messages
        if errors:
            raise InvalidDataError(errors)
        try:
            with self._locked_invoices(beside=self._target(kwargs)):
                return super().update(**kwargs)
        except IntegrityError as error:
            raise InvalidDataError(
                {name: [_("The database refuses the outcome: {error}").format(error=error)] for name in kwargs}
            ) from error

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update many items; the totals of their invoices follow."""
        # Django's own transaction in there sets no savepoint: a refusal would break the one that is open.
        self._for_write = True
        objs = list(objs)
        self.check_lines(objs)
        with atomically(self.db):
            return super().bulk_update(objs, fields, batch_size=batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete items."""
        self._for_write = True
        with self._locked_invoices():
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _target(self, values: Mapping[str, Any]) -> set[Any]:
        """The key of the invoice that items move to, if they do."""
        targets = [values[name] for name in ("invoice", "invoice_id") if name in values]
        if any(target is None for target in targets):
            raise InvalidDataError({"invoice": [_("An item belongs to an invoice: delete it, or name another one.")]})
        if any(hasattr(target, "resolve_expression") for target in targets):
            raise InvalidDataError({"invoice": [_("Name the invoice that the items move to: no expression.")]})
        return {getattr(target, "pk", target) for target in targets}

    @contextmanager
    def _locked_invoices(self, *, beside: Collection[Any] = ()) -> Iterator[None]:
        # A savepoint: the totals may be refused when the rows are already written.
        with atomically(self.db):
            invoices = self._locked({*self.order_by().values_list("invoice_id", flat=True), *beside})
            yield
            for invoice in invoices.values():
                invoice.store_totals(using=self.db)

    def check_lines(self, items: Sequence[Any]) -> None:
        """Raise InvalidDataError that names every bad field of every item as items[0].field."""
        with each_refusal_named() as refusals:
            for index, item in enumerate(items):
                with refusals.of(index):
                    item.check_line()


InvoiceManager = models.Manager.from_queryset(InvoiceQuerySet)

ItemManager = models.Manager.from_queryset(ItemQuerySet)

_PAYMENT_STATUS = {
    PaymentStatus.OVERPAID: Q(already_paid__gt=F("total")),
    PaymentStatus.PAID: Q(status=Status.PAID, already_paid__lte=F("total")) | Q(already_paid=F("total")) & ~Q(total=0),
    PaymentStatus.PARTIALLY_PAID: ~Q(status=Status.PAID) & Q(already_paid__lt=F("total")) & ~Q(already_paid=0),
    PaymentStatus.UNPAID: ~Q(status=Status.PAID) & Q(already_paid=0) & (Q(total=0) | Q(total__gt=0)),
}


def _is_overdue(day: date) -> Q:
    return ~Q(status__in=NOT_WAITING) & Q(already_paid__lt=F("total")) & Q(date_due__lt=day) & ~Q(type=InvoiceType.CREDIT_NOTE)
