"""Settling: a document follows what is paid of it, forth and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing import signals
from invoicing.domain.choices import EventKind, InvoiceType, Status
from invoicing.domain.lifecycle import PAYABLE, Act, outcome
from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError
from invoicing.models.acts import Acting
from invoicing.models.event import InvoiceEvent
from invoicing.models.locking import atomically, plain
from invoicing.models.restoring import restored_on_failure

Recorder = Callable[[Any], "Decimal | None"]
"""Says what is paid of a document that is locked, or None where nothing is recorded of it."""

_recorders: list[Recorder] = []


def record_payments_by(recorder: Recorder) -> None:
    """Let `refresh_outstanding()` ask an app that records payments."""
    if recorder not in _recorders:
        _recorders.append(recorder)


class Settled(Acting):
    """`already_paid` and the status follow the money."""

    class Meta:
        abstract = True

    def settle(self, paid: Decimal, *, reason: str = "", data: Mapping[str, Any] | None = None) -> None:
        """Note that so much is paid in all; the status becomes PAID where that is everything, and goes back where it no longer is.

        A document that is not issued yet is issued first. `data` is kept in the history. Raises InvalidDataError for an amount
        that is negative or finer than the currency, TransitionNotAllowedError for more over a canceled document.
        """
        with restored_on_failure(self), atomically(self.write_database()):
            self.offset(paid, reason=reason, data=data)
            if self._is_paid_whole() and outcome(self.status, Act.MARK_PAID):
                self.mark_paid()

    def offset(self, paid: Decimal, *, reason: str = "", data: Mapping[str, Any] | None = None) -> None:
        """As `settle()`, where no money moved: what is offset in full is not called PAID, and can still be sent, or canceled."""
        using = self.write_database()
        with restored_on_failure(self), atomically(using):
            self.catch_up(self.stored_row(using=using))
            if self.status == Status.CANCELED and paid > self.already_paid:
                raise self.refusal(Act.MARK_PAID)
            if not self.is_issued:
                self.issue()
            self._check_paid(paid)
            changed, self.already_paid = paid != self.already_paid, paid
            if changed:
                self.save(using=using, update_fields=["already_paid"])
                told = {**(data or {}), "already_paid": str(paid)}
                self.note_event(EventKind.PAYMENT, reason=reason, data=told, using=using)
            if self.status == Status.PAID and not self._is_paid_whole():
                self._reopen(reason=reason, using=using)

    def refresh_outstanding(self) -> None:
        """Compute afresh what is paid from the payments that are recorded, and let the status follow.

        Where no app records payments, or none is recorded of this document, everything stays as it is.
        """
        using = self.write_database()
        with atomically(using):
            self.catch_up(self.stored_row(using=using))
            amounts = [amount for recorder in _recorders if (amount := recorder(self)) is not None]
            if amounts:
                is_offset = self.type == InvoiceType.CREDIT_NOTE and self.status != Status.PAID
                (self.offset if is_offset else self.settle)(sum(amounts, start=Decimal(0)))

    def _is_paid_whole(self) -> bool:
        return bool(self.total) and self.already_paid >= self.total

    def _check_paid(self, paid: Decimal) -> None:
        if paid < 0:
            raise InvalidDataError({"already_paid": [_("Less than nothing cannot be paid: use 0 or more.")]})
        if quantise(paid, self.currency) != paid:
            text = _("{amount} is finer than {currency} can be: round it.").format(amount=paid, currency=self.currency)
            raise InvalidDataError({"already_paid": [text]})

    def _reopen(self, *, reason: str, using: str) -> None:
        """Take a document that is owed again back to the status before it was paid: a step beside the table of acts."""
        steps = InvoiceEvent.objects.using(using).filter(invoice_id=self.pk, status_to=Status.PAID, status_from__in=PAYABLE)
        step = steps.last()
        before = Status(step.status_from) if step else Status.NEW
        plain(type(self), using=using).filter(pk=self.pk).update(status=before, date_paid=None, modified=timezone.now())
        self.refresh_from_db(using=using, fields=["status", "date_paid", "modified"])
        self.note_event(EventKind.STATUS_CHANGED, status_from=Status.PAID, status_to=before, reason=reason, using=using)
        signals.invoice_reopened.send(sender=type(self), invoice=self, reason=reason)
