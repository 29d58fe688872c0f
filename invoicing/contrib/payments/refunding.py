"""Refunding: money that is the party's goes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from invoicing.contrib.payments import signals
from invoicing.contrib.payments.allocating import check_received, positive, show
from invoicing.contrib.payments.books import check_books
from invoicing.contrib.payments.choices import AllocationKind, Direction, PaymentEventKind
from invoicing.contrib.payments.exceptions import OverAllocationError, PaymentMismatchError
from invoicing.contrib.payments.models import Allocation, Payment, PaymentMethod
from invoicing.contrib.payments.receiving import method_of, receive_payment, tell
from invoicing.contrib.payments.recording import left_of, locked_accounts, record
from invoicing.domain.choices import InvoiceType
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically


def refund(source: Any, *, on: date, amount: Decimal | str | None = None, method: PaymentMethod | str = "", reference: str = "") -> Payment:
    """Pay back what is left of a payment, or pay a credit note out; `amount` where it is not all. Gives the payment that goes out.

    Raises OverAllocationError for more than is left, PaymentMismatchError for a document that is no credit note, PaymentStateError,
    BooksLockedError.
    """
    refunded = _refund_payment if isinstance(source, Payment) else _pay_out
    with atomically(source.write_database()):
        paid = refunded(source, on=on, amount=amount, method=method, reference=reference)
        signals.payment_refunded.send(sender=Payment, payment=paid)
    return paid


def _pay_out(note: Any, *, on: date, amount: Any, method: PaymentMethod | str, reference: str) -> Payment:
    if note.type != InvoiceType.CREDIT_NOTE:
        raise PaymentMismatchError(number=note.number, reason=_("it is no credit note: refund the payment, or credit the invoice."))
    using = note.write_database()
    locked = locked_accounts([note.pk], using=using).documents[note.pk]
    left = left_of(locked, using=using)
    value = left if amount is None else positive(amount, currency=note.currency)
    if not left or value > left:
        raise OverAllocationError(wanted=value, currency=note.currency, what=note.number, left=left)
    return receive_payment(note, amount=value, on=on, method=method, reference=reference, using=using)


def _refund_payment(source: Payment, *, on: date, amount: Any, method: PaymentMethod | str, reference: str) -> Payment:
    using = source.write_database()
    with atomically(using):
        accounts = locked_accounts(payments=[source.pk], using=using)
        row = accounts.payments[source.pk]
        check_received(row)
        left = row.unallocated
        value = left if amount is None else positive(amount, currency=row.currency)
        if not left or value > left:
            raise OverAllocationError(wanted=value, currency=row.currency, what=str(row), left=left)
        day = max(on, row.date)
        check_books(row.company_id, day, using=using)
        paid = Payment(
            company=row.company,
            party=row.party,
            direction=Direction.OUT if row.direction == Direction.IN else Direction.IN,
            date=day,
            amount=value,
            currency=row.currency,
            method=method_of(method or row.method, using=using),
            reference=reference or row.reference,
            payer_name=row.payer_name,
            payer_iban=row.payer_iban,
            actor_name=current_actor_name(),
        )
        paid.save(using=using)
        tell(paid, PaymentEventKind.RECORDED, using=using)
        both = locked_accounts(payments=[row.pk, paid.pk], using=using)
        made = Allocation(
            kind=AllocationKind.REFUND,
            date=day,
            amount=value,
            currency=row.currency,
            payment=both.payments[row.pk],
            refund=both.payments[paid.pk],
        )
        record([made], accounts=both)
        show(both, (), [source, paid])
        signals.payment_received.send(sender=Payment, payment=paid)
    return paid
