"""The addresses of payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings, check_known
from invoicing.contrib.api.changing import located
from invoicing.contrib.api.invoices.acts import ReasonSerializer
from invoicing.contrib.api.invoices.parent import OfInvoiceViewSet
from invoicing.contrib.api.payments.filters import ORDERINGS, PaymentFilter
from invoicing.contrib.api.payments.rows import allocation_rows, payment_rows
from invoicing.contrib.api.payments.serializers import (
    AllocateSerializer,
    AllocationSerializer,
    ConfirmSerializer,
    InvoicePaymentSerializer,
    PaymentSerializer,
    RefundSerializer,
    allocation_id,
)
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.services import (
    allocate,
    allocate_oldest,
    confirm_payment,
    fail_payment,
    receive_payment,
    refund,
    reverse_payment,
    undo_allocation,
)
from invoicing.scoping import of_company

TEXTS = ("reference", "provider", "provider_id", "payer_name", "payer_iban", "note")
REASON = OpenApiParameter("reason", OpenApiTypes.STR, description="Why; it may stand in the body as well.")


class RecordingViewSet(CompanyViewSet, abstract=True):
    """Records payments, and shows them as they are stored."""

    def today(self) -> Any:
        """The day it is where the company is."""
        return self.company.today() if self.company else timezone.localdate()

    def recorded(self, values: Mapping[str, Any], *, invoices: Any = None) -> Response:
        """Record a payment and answer it; 200 for one that its provider reported before. Raises what `receive_payment` raises."""
        told = {name: values[name] for name in TEXTS if name in values}
        sides = {name: values[name] for name in ("party", "currency", "direction", "method", "status") if values.get(name)}
        before = self._reported(values).values_list("pk", flat=True)
        known = set(before) if values.get("provider_id") else set()
        payment = receive_payment(
            invoices,
            amount=values["amount"],
            on=values.get("date") or self.today(),
            company=self.company,
            using=self.database,
            **told,
            **sides,
        )
        return self.stored(payment, status=200 if payment.pk in known else 201)

    def _reported(self, values: Mapping[str, Any]) -> QuerySet[Any, Any]:
        """The payments of the company that a provider reported under the same id."""
        rows: QuerySet[Any, Any] = of_company(Payment._base_manager.using(self.database), self.company)
        return rows.filter(provider=values.get("provider", ""), provider_id=values.get("provider_id", ""))

    def stored(self, payment: Payment, *, status: int = 200) -> Response:
        """A payment as it is in the database now."""
        row = self.prepared([payment_rows().using(self.database).get(pk=payment.pk)])[0]
        headers = {"Location": located(self, "payment-detail", self.dialect.key_of(self, row))} if status == 201 else None
        return self.answer(row, status=status, headers=headers)

    def read(self, kind: Any) -> Any:
        """What is sent, by a serializer. Raises ValidationError."""
        serializer = kind(data=self.given, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class PaymentViewSet(RecordingViewSet):
    """Payments of the company. They are facts: reversed, never changed or deleted."""

    model: ClassVar[Any] = Payment
    resource = "payment"
    serializer_class = PaymentSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    filterset_class = PaymentFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("-date",)
    permissions: ClassVar[Mapping[str, str]] = {
        "allocations": "view",
        "refund": "add",
        **dict.fromkeys(("add_allocations", "undo", "confirm", "fail"), "change"),
    }

    def rows(self) -> QuerySet[Any, Any]:
        return payment_rows()

    def find_expected(self) -> Any:
        """The payment, as the caller expects it to be: locked then, so that of several with one ETag one goes through.

        Without an ETag it is not: whoever records locks documents first, then payments, and the other way round may have to begin anew.
        """
        return self.find_locked() if "If-Match" in self.request.headers else self.find()

    def create(self, request: Request) -> Response:
        """Record a payment. It settles `invoice` or `invoices`; what they do not need, or all of it, is the credit of its party."""
        values = self.read(PaymentSerializer)
        invoices = values["invoice"] if values.get("invoice") is not None else values.get("invoices") or None
        return self.recorded(values, invoices=invoices)

    @extend_schema(request=ReasonSerializer, responses={200: PaymentSerializer}, parameters=[REASON])
    def destroy(self, request: Request, **_key: str) -> Response:
        """Take the payment back: it stays as REVERSED, what it settled is owed again. A pending one has FAILED."""
        reason = self._reason() or _("taken back")
        payment = self.find_expected()
        if payment.status == Payment.STATUS.PENDING:
            return self.stored(fail_payment(payment, reason=reason))
        return self.stored(reverse_payment(payment, reason=reason))

    @extend_schema(responses=AllocationSerializer(many=True), filters=False)
    def allocations(self, request: Request, **_key: str) -> Response:
        """What the payment settles, undone rows included."""
        payment = self.find()
        check_known(self.asked, ())
        page = self.paginate_queryset(allocation_rows(payment)) or []
        return self.get_paginated_response(AllocationSerializer(page, many=True, context={"payment": payment}).data)

    @extend_schema(request=AllocateSerializer, responses={201: PaymentSerializer})
    def add_allocations(self, request: Request, **_key: str) -> Response:
        """Let what is left of the payment settle documents. The payment is answered."""
        values = self.read(AllocateSerializer)
        payment = self.find_expected()
        day = values.get("date") or self.today()
        if values["oldest"]:
            allocate_oldest(payment, on=day)
        else:
            allocate(payment, values["invoices"], on=day)
        return self.stored(payment, status=201)

    @extend_schema(request=ReasonSerializer, responses={200: PaymentSerializer}, parameters=[REASON])
    def undo(self, request: Request, **key: str) -> Response:
        """Take an allocation back, and what was let go with it. The payment is answered."""
        reason = self._reason() or _("taken back")
        payment = self.find_expected()
        undo_allocation(self._allocation(payment, key["allocation"]), reason=reason)
        return self.stored(payment)

    @extend_schema(request=RefundSerializer, responses={201: PaymentSerializer})
    def refund(self, request: Request, **_key: str) -> Response:
        """Pay back what is left of the payment, or a part of it. The payment that goes out is answered."""
        values = self.read(RefundSerializer)
        payment = self.find_expected()
        paid = refund(
            payment,
            on=values.get("date") or self.today(),
            amount=values.get("amount"),
            method=values.get("method") or "",
            reference=values["reference"],
        )
        return self.stored(paid, status=201)

    @extend_schema(request=ConfirmSerializer, responses=PaymentSerializer)
    def confirm(self, request: Request, **_key: str) -> Response:
        """Note that a pending payment is there; it settles the document that it was made for."""
        values = self.read(ConfirmSerializer)
        return self.stored(confirm_payment(self.find_expected(), on=values.get("date")))

    @extend_schema(request=ReasonSerializer, responses=PaymentSerializer)
    def fail(self, request: Request, **_key: str) -> Response:
        """Note that a pending payment will not come."""
        values = self.read(ReasonSerializer)
        return self.stored(fail_payment(self.find_expected(), reason=values["reason"] or _("it did not come")))

    # Steps

    def _reason(self) -> str:
        """Why something is taken back, of the body or of the query."""
        serializer = ReasonSerializer(data={**self.asked.dict(), **self.given})
        serializer.is_valid(raise_exception=True)
        return str(serializer.validated_data["reason"])

    def _allocation(self, payment: Payment, text: str) -> Allocation:
        """The allocation of a payment that stands for a text. Raises Http404."""
        rows = Allocation.objects.using(self.database).filter(Q(payment_id=payment.pk) | Q(refund_id=payment.pk))
        for key in rows.values_list("pk", flat=True):
            if allocation_id(key, payment=payment) == text.lower():
                return Allocation.objects.using(self.database).get(pk=key)
        raise Http404


class InvoicePaymentsViewSet(RecordingViewSet, OfInvoiceViewSet):
    """Payments of one document."""

    model: ClassVar[Any] = Payment
    resource = "invoice_payment"
    tags: ClassVar = ["payment"]
    serializer_class = InvoicePaymentSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("-date",)

    def rows(self) -> QuerySet[Any, Any]:
        return payment_rows()

    @extend_schema(filters=False)
    def list(self, request: Request, **_key: str) -> Response:
        """The payments that were made for the document, or settle it; those that were reversed are among them."""
        invoice = self.invoice()
        settling = Allocation.objects.filter(invoice_id=invoice.pk, payment__isnull=False)
        rows = self.get_queryset().filter(Q(invoice_id=invoice.pk) | Q(pk__in=settling.values("payment")))
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(self.get_serializer(self.prepared(list(page)), many=True).data)

    def create(self, request: Request, **_key: str) -> Response:
        """Record a payment that settles the document; what it does not need is the credit of its party."""
        invoice = self.invoice()
        return self.recorded(self.read(InvoicePaymentSerializer), invoices=invoice)
