"""Erasing: the account of whoever paid is forgotten with the personal data of the document; amounts and dates stay."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from invoicing.contrib.payments.choices import PaymentEventKind
from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent
from invoicing.contrib.payments.receiving import tell
from invoicing.models.locking import locked, plain


def erase_payers(invoice: Any) -> int:
    """Blank names, accounts and texts of the payments over a document, and of what was paid back of them; gives how many."""
    using = invoice.write_database()
    payments = plain(Payment, using=using)
    settling = Q(allocations__invoice_id=invoice.pk) | Q(allocations__credit_note_id=invoice.pk) | Q(invoice_id=invoice.pk)
    keys = set(payments.filter(settling).values_list("pk", flat=True))
    # What was paid back went to the same account.
    keys |= set(payments.filter(refund_allocations__payment_id__in=keys).values_list("pk", flat=True))
    rows = locked(payments.filter(pk__in=keys).order_by("pk"), using=using)
    found = {payment.pk: payment for payment in rows}
    plain(Payment, using=using).filter(pk__in=found).update(payer_name="", payer_iban="", reference="", note="")
    # Who acted, and why, may tell of a person, too.
    plain(Payment, using=using).filter(pk__in=found).update(reversal_reason="", actor_name="")
    plain(PaymentEvent, using=using).filter(payment_id__in=found).update(reason="", actor_name="")
    ends = Q(invoice_id=invoice.pk) | Q(credit_note_id=invoice.pk) | Q(payment_id__in=found)
    plain(Allocation, using=using).filter(ends).update(reason="", actor_name="")
    for payment in found.values():
        tell(payment, PaymentEventKind.ERASED, using=using)
    return len(found)
