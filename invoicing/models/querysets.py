"""Questions to invoices and items. They chain, and may be told the date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.amounts import LineAmounts
from invoicing.domain.choices import InvoiceType, Origin, PaymentStatus, Status
from invoicing.domain.lifecycle import SETTLED
from invoicing.exceptions import InvalidDataError
from invoicing.models.locking import joined_transaction, locked
from invoicing.models.refusals import each_refusal_named
from invoicing.models.validation import checked_value


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
        return self.exclude(status__in=[*SETTLED, Status.DRAFT]).filter(already_paid__lt=F("total"))

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

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete each as `Invoice.delete()` does: drafts go, numbers are given back or voided, issued documents refuse.

        All or nothing.
        """
        total: dict[str, int] = {}
        self._for_write = True
        with transaction.atomic(using=self.db):
            # All invoices before the first counter: whoever locks in another order may wait for us while we wait for them.
            list(locked(self.model._base_manager.filter(pk__in=list(self.values_list("pk", flat=True))).order_by("pk"), using=self.db))
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
        """Update items in one statement. An item cannot move to another invoice this way."""
        if "invoice" in kwargs or "invoice_id" in kwargs:
            raise InvalidDataError({"invoice": [_("Move items one by one: set item.invoice and save.")]})
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
            with self._locked_invoices():
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
        with transaction.atomic(using=self.db):
            return super().bulk_update(objs, fields, batch_size=batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete items."""
        self._for_write = True
        with self._locked_invoices():
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    @contextmanager
    def _locked_invoices(self) -> Iterator[None]:
        # A savepoint: the totals may be refused when the rows are already written.
        with transaction.atomic(using=self.db):
            invoices = self._locked(set(self.order_by().values_list("invoice_id", flat=True)))
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
    return ~Q(status__in=[*SETTLED, Status.DRAFT]) & Q(already_paid__lt=F("total")) & Q(date_due__lt=day) & ~Q(type=InvoiceType.CREDIT_NOTE)
