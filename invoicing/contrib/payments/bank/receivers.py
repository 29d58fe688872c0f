"""What bank entries listen to: payments that are reversed, and personal data that is erased."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from invoicing.contrib.payments.bank.confirming import release
from invoicing.contrib.payments.models import BankEntry, Payment
from invoicing.contrib.payments.signals import payment_reversed
from invoicing.models.locking import plain
from invoicing.signals import invoice_erased


def open_entry(sender: Any, *, payment: Any, **_kwargs: Any) -> None:  # noqa: ARG001  # a receiver takes what the signal sends
    """The entry of a reversed payment waits for a decision again."""
    release(payment)


def forget_counterparty(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001
    """Forget who paid a document whose personal data is erased; amounts, dates and the fingerprint stay."""
    using = invoice.write_database()
    payments = plain(Payment, using=using)
    settling = Q(allocations__invoice_id=invoice.pk) | Q(allocations__credit_note_id=invoice.pk) | Q(invoice_id=invoice.pk)
    keys = set(payments.filter(settling).values_list("pk", flat=True))
    # What was paid back went to the same account.
    keys |= set(payments.filter(refund_allocations__payment_id__in=keys).values_list("pk", flat=True))
    blank = dict.fromkeys(("counterparty", "iban", "text", "end_to_end_id", "creditor_reference"), "")
    plain(BankEntry, using=using).filter(payment_id__in=keys).update(**blank)


def connect() -> None:
    """Listen, once."""
    payment_reversed.connect(open_entry, dispatch_uid="invoicing.payments.bank.open_entry")
    invoice_erased.connect(forget_counterparty, dispatch_uid="invoicing.payments.bank.forget_counterparty")
