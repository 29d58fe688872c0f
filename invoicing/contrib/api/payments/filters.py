"""What a list of payments may be asked for."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db.models import F, Q
from django_filters.rest_framework import CharFilter, DateFilter

from invoicing.contrib.api.invoices.filters import KeyFilter, WordFilter
from invoicing.contrib.api.searching import SearchFilter, YesNoFilter
from invoicing.contrib.payments.choices import Direction, PaymentState
from invoicing.contrib.payments.models import Allocation

ORDERINGS: Final = ("date", "amount", "currency", "status", "direction", "recorded_at", "reversed_on")


class PaymentFilter(SearchFilter):
    """The filters of lists of payments."""

    searched: ClassVar = ("reference", "payer_name", "payer_iban", "provider_id", "note")

    invoice = KeyFilter(method="by_invoice", help_text="Payments for a document: meant for it, or allocated to it.")
    party = KeyFilter(field_name="party__uuid")
    status = WordFilter(words=dict.fromkeys(PaymentState.values), method="by_words")
    direction = WordFilter(words=dict.fromkeys(Direction.values), method="by_words")
    method = CharFilter(field_name="method__code", lookup_expr="iexact", max_length=16)
    currency = CharFilter(field_name="currency", lookup_expr="iexact", max_length=3)
    start_date = DateFilter(field_name="date", lookup_expr="gte", help_text="The first day.")
    end_date = DateFilter(field_name="date", lookup_expr="lte", help_text="The last day.")
    unallocated = YesNoFilter(method="by_unallocated", help_text="Of which something settles nothing yet, or nothing is left.")

    def by_invoice(self, rows: Any, name: str, value: Any) -> Any:  # the signature of the framework
        """Payments for a document."""
        standing = Allocation.objects.standing().filter(invoice__uuid=value, payment__isnull=False)
        return rows.filter(Q(invoice__uuid=value) | Q(pk__in=standing.values("payment")))

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        """Payments with one of the words in a column."""
        return rows.filter(**{f"{name}__in": self.filters[name].said(value)})

    def by_unallocated(self, rows: Any, name: str, value: bool) -> Any:  # noqa: FBT001
        """Payments that are there and have something left, or all the others."""
        left = Q(status=PaymentState.RECEIVED, allocated__lt=F("amount"))
        return rows.filter(left) if value else rows.exclude(left)
