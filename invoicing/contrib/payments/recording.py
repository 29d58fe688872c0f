"""Recording: allocations are written, and payments, settlements and documents follow in the same transaction.

Whoever records has locked the documents first and then the payments, each by their keys (`locked_accounts`); counters and
registers, which are locked while a document follows, come last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from invoicing.contrib.payments.accounts import CLOSED
from invoicing.contrib.payments.choices import MONEY_KINDS, AllocationKind
from invoicing.contrib.payments.exceptions import ClosedInvoiceError, OverAllocationError
from invoicing.contrib.payments.letting_go import correct_tax
from invoicing.contrib.payments.models import Allocation, Payment, Settlement
from invoicing.contrib.payments.signals import payment_allocated
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType
from invoicing.models import get_invoice_model
from invoicing.models.event import current_actor_name
from invoicing.models.locking import locked, plain

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Documents and payments that are locked, by their keys, in the database `using`."""

    documents: Mapping[Any, Any]
    payments: Mapping[Any, Payment]
    using: str


def locked_accounts(documents: Iterable[Any] = (), payments: Iterable[Any] = (), *, using: str) -> Accounts:
    """Lock documents, then payments, by their primary keys; documents that are not issued yet are issued."""
    held = _locked(get_invoice_model(), set(documents), using=using)
    accounts = Accounts(documents=held, payments=_locked(Payment, set(payments), using=using), using=using)
    for document in accounts.documents.values():
        if not document.is_issued and document.status not in CLOSED:
            document.issue()
    return accounts


def left_of(document: Any, *, using: str) -> Decimal:
    """What of a document that is locked is not settled yet."""
    settlement = plain(Settlement, using=using).filter(pk=document.pk).first()
    left = settlement.left if settlement else add_up((document.total, -document.already_paid), currency=document.currency)
    return max(add_up((left,), currency=document.currency), ZERO)


def check_not_closed(document: Any) -> None:
    """Raise ClosedInvoiceError for a document over which nothing is owed any more."""
    if document.status in CLOSED:
        raise ClosedInvoiceError(number=document.number or document.pk, status=document.get_status_display())


def record(allocations: Sequence[Allocation], *, accounts: Accounts, reason: str = "") -> None:
    """Write allocations. Raises OverAllocationError where a payment has less, or a document needs less."""
    using = accounts.using
    for allocation in allocations:
        allocation.actor_name = current_actor_name()
        allocation.reason = allocation.reason or reason
    settlements = {key: _settlement(accounts.documents[key], using=using) for key in _keys_of_documents(allocations)}
    _check_documents(allocations, settlements, accounts.documents)
    _check_payments(allocations, accounts.payments)
    for allocation in allocations:
        allocation.save(using=using)
    correct_tax(allocations, using=using)
    _use_up(allocations, accounts)
    _settle(allocations, settlements, accounts, reason=reason)
    paying = next((allocation.payment for allocation in allocations if allocation.payment_id), None)
    payment_allocated.send(sender=Payment, payment=paying, allocations=list(allocations))


def settled_amount(document: Any) -> Decimal | None:
    """What the allocations of a document come to; None where there are none. `refresh_outstanding()` asks it."""
    using = document.write_database()
    settlement = plain(Settlement, using=using).filter(pk=document.pk).first()
    if settlement is None:
        return None
    rows = plain(Allocation, using=using).filter(invoice_id=document.pk) | plain(Allocation, using=using).filter(credit_note_id=document.pk)
    settled = add_up(rows.values_list("amount", flat=True), currency=document.currency)
    if settled != settlement.settled:
        settlement.settled = settled
        settlement.settled_on = _last_day(document.pk, using=using) if settled == settlement.due else None
        settlement.save(using=using)
    return settled


def _locked(model: Any, keys: Collection[Any], *, using: str) -> dict[Any, Any]:
    if not keys:
        return {}
    rows = plain(model, using=using).filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in locked(rows, using=using)}
    for key in keys - found.keys():
        raise model.DoesNotExist(f"{model._meta.object_name} {key} does not exist.")
    return found


def _keys_of_documents(allocations: Iterable[Allocation]) -> list[Any]:
    keys = {key for allocation in allocations for key in (allocation.invoice_id, allocation.credit_note_id) if key}
    return sorted(keys)


def _settlement(document: Any, *, using: str) -> Settlement:
    """The row that counts, made with what `already_paid` said before the first allocation."""
    found: Settlement | None = plain(Settlement, using=using).filter(pk=document.pk).first()
    if found is not None:
        return found
    opening = document.already_paid
    settlement = Settlement(invoice_id=document.pk, due=max(document.total, opening), settled=opening)
    settlement.settled_on = document.date_issue if opening and opening >= document.total else None
    settlement.save(using=using, force_insert=True)
    if opening:
        row = Allocation(
            kind=AllocationKind.OPENING,
            date=document.date_issue,
            amount=opening,
            currency=document.currency,
            invoice_id=document.pk,
            actor_name=current_actor_name(),
        )
        row.save(using=using)
    return settlement


def _check_documents(allocations: Iterable[Allocation], settlements: Mapping[Any, Settlement], documents: Mapping[Any, Any]) -> None:
    for key, amount in _by_document(allocations).items():
        document, settlement = documents[key], settlements[key]
        left = left_in(settlement, document)
        if amount > left or settlement.settled + amount < ZERO:
            what = document.number or str(key)
            raise OverAllocationError(wanted=amount, currency=document.currency, what=what, left=left)


def left_in(settlement: Settlement, document: Any) -> Decimal:
    """What a settlement leaves of its document, with the digits of the currency."""
    return add_up((settlement.due, -settlement.settled), currency=document.currency)


def _check_payments(allocations: Iterable[Allocation], payments: Mapping[Any, Payment]) -> None:
    for key, amount in _by_payment(allocations).items():
        payment = payments[key]
        left = add_up((payment.amount, -payment.allocated), currency=payment.currency)
        if amount > left:
            raise OverAllocationError(wanted=amount, currency=payment.currency, what=str(payment), left=left)


def _by_document(allocations: Iterable[Allocation]) -> dict[Any, Decimal]:
    sums: defaultdict[Any, Decimal] = defaultdict(Decimal)
    for allocation in allocations:
        for key in (allocation.invoice_id, allocation.credit_note_id):
            if key:
                sums[key] = add_up((sums[key], allocation.amount), currency=allocation.currency)
    return dict(sums)


def _by_payment(allocations: Iterable[Allocation]) -> dict[Any, Decimal]:
    sums: defaultdict[Any, Decimal] = defaultdict(Decimal)
    for allocation in allocations:
        if allocation.kind in MONEY_KINDS:
            for key in (allocation.payment_id, allocation.refund_id):
                if key:
                    sums[key] = add_up((sums[key], allocation.amount), currency=allocation.currency)
    return dict(sums)


def _use_up(allocations: Iterable[Allocation], accounts: Accounts) -> None:
    for key, amount in _by_payment(allocations).items():
        payment = accounts.payments[key]
        payment.allocated = add_up((payment.allocated, amount), currency=payment.currency)
        plain(Payment, using=accounts.using).filter(pk=key).update(allocated=payment.allocated)


def _settle(allocations: Sequence[Allocation], settlements: Mapping[Any, Settlement], accounts: Accounts, *, reason: str) -> None:
    for key, amount in _by_document(allocations).items():
        document, settlement = accounts.documents[key], settlements[key]
        own = [allocation for allocation in allocations if key in {allocation.invoice_id, allocation.credit_note_id}]
        settlement.settled = add_up((settlement.settled, amount), currency=document.currency)
        is_whole = settlement.settled == settlement.due
        settlement.settled_on = _last_day(key, using=accounts.using) if is_whole else None
        settlement.save(using=accounts.using, update_fields=["settled", "settled_on"])
        is_offset = document.type == InvoiceType.CREDIT_NOTE and all(row.kind == AllocationKind.CREDIT_NOTE for row in own)
        follow = document.offset if is_offset else document.settle
        follow(settlement.settled, reason=reason, data={"allocations": [_told(allocation) for allocation in own]})


def _last_day(key: Any, *, using: str) -> date | None:
    """The last day on which something changed of what settles a document: what was recorded last may be of an earlier day."""
    day: date | None = Allocation.objects.using(using).of_document(key).aggregate(day=Max("date"))["day"]
    return day


def _told(allocation: Allocation) -> dict[str, str]:
    """What the history of a document tells of an allocation: names and texts stay in the payment."""
    told = {"kind": str(allocation.kind), "amount": str(allocation.amount), "date": allocation.date.isoformat()}
    if allocation.payment:
        told["payment"] = str(allocation.payment.uuid)
    if allocation.credit_note:
        told["credit_note"] = str(allocation.credit_note.uuid)
    return told
