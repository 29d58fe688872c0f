"""Rows: payments and allocations with the keys of what they point to."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from invoicing.contrib.payments.models import Allocation, Payment


def payment_rows() -> QuerySet[Any, Any]:
    """Payments of every company."""
    return Payment._default_manager.select_related("method").annotate(party_uuid=F("party__uuid"), invoice_uuid=F("invoice__uuid"))


def allocation_rows(payment: Payment) -> QuerySet[Any, Any]:
    """What a payment settles, pays back or brought about, in the order in which it was recorded."""
    rows = Allocation.objects.using(payment._state.db).filter(Q(payment_id=payment.pk) | Q(refund_id=payment.pk))
    return rows.annotate(
        invoice_uuid=F("invoice__uuid"),
        invoice_number=F("invoice__number"),
        credit_note_uuid=F("credit_note__uuid"),
        refund_uuid=F("refund__uuid"),
        undone_key=F("undone_by__pk"),
    ).order_by("pk")
