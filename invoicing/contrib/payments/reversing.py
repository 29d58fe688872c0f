"""Reversing: what was allocated or received is taken back, and both stay to be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from invoicing.contrib.payments import signals
from invoicing.contrib.payments.allocating import offsets, payment_state, show
from invoicing.contrib.payments.books import check_books
from invoicing.contrib.payments.choices import AllocationKind, PaymentEventKind, PaymentState
from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.receiving import tell
from invoicing.contrib.payments.recording import Accounts, left_of, locked_accounts, record
from invoicing.domain.choices import InvoiceType, Status
from invoicing.exceptions import InvalidDataError, TryAgainError
from invoicing.models import get_invoice_model
from invoicing.models.locking import atomically, plain

LET_GO = frozenset({AllocationKind.DISCOUNT, AllocationKind.WRITE_OFF, AllocationKind.ROUNDING})


def undo_allocation(allocation: Allocation, *, reason: str, on: date | None = None) -> list[Allocation]:
    """Take an allocation back from `on` (today) on, and what a payment let go with it; gives the rows with the opposite sign.

    What the payment had settled is open again, the payment is the party's credit. Raises InvalidDataError without a reason or
    for an allocation that was undone before, BooksLockedError.
    """
    _check_reason(reason)
    using = allocation.write_database()
    with atomically(using):
        accounts = locked_accounts(*_ends([allocation]), using=using)
        standing = _with_what_was_let_go(allocation, using=using)
        if allocation.pk not in {row.pk for row in standing}:
            raise InvalidDataError({"allocation": [_("It was undone before, or undoes another one.")]})
        return undo(standing, accounts, on=on, reason=reason)


def reverse_payment(payment: Payment, *, reason: str, on: date | None = None) -> Payment:
    """Take a received payment back from `on` (today) on: it bounced, or was recorded by mistake. Its allocations are undone.

    Documents that it settled are owed again; those that are CREDITED are settled by what is left of their credit notes. The
    payment stays, as REVERSED. Raises PaymentStateError, InvalidDataError without a reason, BooksLockedError, TryAgainError where
    it was allocated by others at the same time.
    """
    _check_reason(reason)
    using = payment.write_database()
    with atomically(using):
        before = standing_of(payment, using=using)
        documents, payments = _ends(before)
        notes = _notes_over(documents, using=using)
        accounts = locked_accounts({*documents, *(note for note, _document in notes)}, {*payments, payment.pk}, using=using)
        row = accounts.payments[payment.pk]
        if row.status != PaymentState.RECEIVED:
            raise payment_state(row, _("only what was received is reversed; what is pending fails."))
        standing = standing_of(payment, using=using)
        if {found.pk for found in standing} != {found.pk for found in before}:
            raise TryAgainError(reason=_("the payment was allocated meanwhile"))
        day = max(on or row.today(), row.date)
        check_books(row.company_id, day, using=using)
        undo(standing, accounts, on=day, reason=reason)
        _offset_credited(notes, accounts, on=day)
        row.status, row.reversed_on, row.reversal_reason = PaymentState.REVERSED, day, reason
        columns = {"status": row.status, "reversed_on": day, "reversal_reason": reason}
        plain(Payment, using=using).filter(pk=row.pk).update(**columns)
        tell(row, PaymentEventKind.REVERSED, reason=reason, using=using)
        show(accounts, (), [payment])
        signals.payment_reversed.send(sender=Payment, payment=payment, reason=reason)
    return payment


def standing_of(payment: Payment, *, using: str) -> list[Allocation]:
    """The allocations of a payment that were not undone, refunds and what was let go included."""
    rows = Allocation.objects.using(using).standing()
    return list((rows.filter(payment_id=payment.pk) | rows.filter(refund_id=payment.pk)).order_by("pk"))


def let_go_of(document: Any, *, using: str) -> list[Allocation]:
    """What was let go of a document without money, and was not undone."""
    rows = Allocation.objects.using(using).standing().filter(kind__in=LET_GO, invoice_id=document.pk)
    return list(rows.order_by("pk"))


def undo(allocations: Sequence[Allocation], accounts: Accounts, *, on: date | None, reason: str) -> list[Allocation]:
    """Write the rows that take allocations back, whose documents and payments are locked."""
    made = []
    for allocation in allocations:
        holder = accounts.documents.get(allocation.invoice_id) or accounts.payments[allocation.payment_id]
        day = max(on or holder.today(), allocation.date)
        check_books(holder.company_id, day, using=accounts.using)
        made.append(
            Allocation(
                kind=allocation.kind,
                date=day,
                amount=-allocation.amount,
                currency=allocation.currency,
                invoice=accounts.documents.get(allocation.invoice_id),
                payment=accounts.payments.get(allocation.payment_id) or allocation.payment,
                credit_note=accounts.documents.get(allocation.credit_note_id),
                refund=accounts.payments.get(allocation.refund_id),
                undoes=allocation,
            )
        )
    if made:
        record(made, accounts=accounts, reason=reason)
    return made


def _notes_over(documents: Iterable[Any], *, using: str) -> list[tuple[Any, Any]]:
    """The credit notes that stand over documents: pairs of their keys."""
    lines = plain(get_invoice_model().item_model(), using=using).filter(
        credited_item__invoice_id__in=documents, invoice__type=InvoiceType.CREDIT_NOTE, invoice__issued_at__isnull=False
    )
    standing = lines.exclude(invoice__status=Status.CANCELED).values_list("invoice_id", "credited_item__invoice_id")
    return sorted(set(standing))


def _offset_credited(notes: Iterable[tuple[Any, Any]], accounts: Accounts, *, on: date) -> None:
    """Let credit notes settle what is owed again over the documents that they took back: nobody has a credit of what he never paid."""
    for key, credited in notes:
        note, document = accounts.documents[key], accounts.documents[credited]
        if document.status != Status.CREDITED or note.status == Status.CANCELED:
            continue
        if left_of(document, using=accounts.using) and left_of(note, using=accounts.using):
            record(offsets(note, {document: None}, accounts, on=on), accounts=accounts)


def _with_what_was_let_go(allocation: Allocation, *, using: str) -> list[Allocation]:
    rows = Allocation.objects.using(using).standing()
    found = rows.filter(pk=allocation.pk)
    if allocation.kind == AllocationKind.PAYMENT:
        found |= rows.filter(kind__in=LET_GO, invoice=allocation.invoice, payment=allocation.payment)
    return list(found.order_by("pk"))


def _ends(allocations: Iterable[Allocation]) -> tuple[set[Any], set[Any]]:
    """The keys of the documents and of the payments of allocations."""
    documents, payments = set(), set()
    for allocation in allocations:
        documents |= {allocation.invoice_id, allocation.credit_note_id}
        payments |= {allocation.payment_id, allocation.refund_id}
    return documents - {None}, payments - {None}


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidDataError({"reason": [_("Say why it is taken back.")]})
