"""Payments and allocations as they travel."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.fields import ExactField, MomentField, MoneyField
from invoicing.contrib.api.related import CompanyRowField
from invoicing.contrib.api.strict import StrictSerializer
from invoicing.contrib.payments.choices import AllocationKind, Direction, PaymentState
from invoicing.contrib.payments.models import Allocation, Payment, PaymentMethod
from invoicing.models import Party, get_invoice_model

MOST_INVOICES = 200
"""Documents that one request lets a payment settle."""


@extend_schema_field(OpenApiTypes.STR)
class MethodField(serializers.CharField):
    """A payment method by its code."""

    def to_internal_value(self, data: Any) -> Any:
        code = super().to_internal_value(data)
        found = PaymentMethod._default_manager.using(self.context["view"].database).filter(code=code).first()
        if found is None:
            raise ValidationError(_("There is no payment method {code}.").format(code=code), code="does_not_exist")
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.code)


class WantedSerializer(StrictSerializer):
    """A document, and how much of it is settled; without an amount, as much as it needs."""

    invoice = CompanyRowField(get_invoice_model)
    amount = ExactField(required=False)


class InvoicesField(serializers.ListField):
    """Documents with amounts for all of them or for none: what `allocate()` takes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"child": WantedSerializer(), "max_length": MOST_INVOICES, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        lines = super().to_internal_value(data)
        documents = [line["invoice"] for line in lines]
        amounts = [line["amount"] for line in lines if "amount" in line]
        if amounts and len(amounts) < len(documents):
            raise ValidationError(_("Give every invoice an amount, or none of them."), code="required")
        if len(set(documents)) < len(documents):
            raise ValidationError(_("An invoice stands there twice."), code="ambiguous")
        return dict(zip(documents, amounts, strict=True)) if amounts else documents


DOCUMENT = "2f1b6f1e-6c0e-4a53-9b0e-3d6f0c1a7d55"
SEVERAL = {"amount": "300.00", "date": "2026-11-20", "invoices": [{"invoice": DOCUMENT}], "reference": "TXN12345"}
ONE = {"amount": "50.00", "date": "2026-11-20", "method": "BANK_TRANSFER", "reference": "TXN12345"}


@extend_schema_serializer(
    examples=[
        OpenApiExample("For an invoice", value={"invoice": DOCUMENT, **ONE}, request_only=True),
        OpenApiExample("For several invoices", value=SEVERAL, request_only=True),
    ]
)
class PaymentSerializer(StrictSerializer):
    """One payment. What it settles are its allocations; what is left is the credit of its party."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    direction = serializers.ChoiceField(Direction.choices, required=False, help_text="IN where neither it nor an invoice says it.")
    status = serializers.ChoiceField(
        PaymentState.choices, required=False, help_text="PENDING or RECEIVED, which is the usual one; the others come by acts."
    )
    date = serializers.DateField(required=False, help_text="When the money was there; today where it is left out.")
    amount = ExactField()
    currency = serializers.CharField(required=False, min_length=3, max_length=3)
    method = MethodField(required=False, help_text="A code. Left out: that of the invoice, or the usual one.")
    party = CompanyRowField(Party, required=False, allow_null=True)
    invoice = CompanyRowField(get_invoice_model, required=False, allow_null=True, help_text="The one document that it is for.")
    invoices = InvoicesField(write_only=True, required=False, help_text="Several documents, settled in this order.")
    reference = serializers.CharField(required=False, allow_blank=True, max_length=140)
    provider = serializers.CharField(required=False, allow_blank=True, max_length=64, help_text="Who reports it, such as a bank.")
    provider_id = serializers.CharField(
        required=False, allow_blank=True, max_length=255, help_text="The same one again gives the payment that is there."
    )
    payer_name = serializers.CharField(required=False, allow_blank=True, max_length=255)
    payer_iban = serializers.CharField(required=False, allow_blank=True, max_length=64)
    note = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    allocated = MoneyField(read_only=True)
    unallocated = MoneyField(read_only=True)
    reversed_on = serializers.DateField(read_only=True, allow_null=True)
    reversal_reason = serializers.CharField(read_only=True)
    recorded_at = MomentField(read_only=True)
    recorded_by = serializers.CharField(source="actor_name", read_only=True)

    def validate(self, attrs: Any) -> Any:
        """One way to say what it is for."""
        if attrs.get("invoice") is not None and "invoices" in attrs:
            raise ValidationError({"invoice": [ErrorDetail(_("Write invoice or invoices, not both."), "ambiguous")]})
        return attrs

    def to_representation(self, instance: Payment) -> dict[str, Any]:
        """A stored payment, with the keys of what it points to."""
        held = instance.__dict__
        method = instance.method
        return {
            "id": str(instance.uuid),
            "direction": str(instance.direction),
            "status": str(instance.status),
            "date": instance.date.isoformat(),
            "amount": format(instance.amount, "f"),
            "currency": instance.currency,
            "method": method.code,
            "party": _text_or_none(held["party_uuid"]),
            "invoice": _text_or_none(held["invoice_uuid"]),
            **{name: held[name] for name in ("reference", "provider", "provider_id", "payer_name", "payer_iban", "note")},
            "allocated": format(instance.allocated, "f"),
            "unallocated": format(instance.unallocated.quantize(instance.amount), "f"),
            "reversed_on": None if instance.reversed_on is None else instance.reversed_on.isoformat(),
            "reversal_reason": instance.reversal_reason,
            "recorded_at": self.fields["recorded_at"].to_representation(instance.recorded_at),
            "recorded_by": instance.actor_name,
        }


@extend_schema_serializer(examples=[OpenApiExample("A part", value=ONE, request_only=True)])
class InvoicePaymentSerializer(PaymentSerializer):
    """A payment that is recorded on the document of the address."""

    invoice = serializers.UUIDField(read_only=True, allow_null=True)  # type: ignore[assignment]
    invoices = None  # type: ignore[assignment]


class AllocationSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """What settles a document since when. What is undone has a second row with the opposite sign."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(AllocationKind.choices)
    date = serializers.DateField()
    amount = MoneyField()
    currency = serializers.CharField()
    invoice = serializers.UUIDField(allow_null=True)
    invoice_number = serializers.CharField(allow_null=True)
    credit_note = serializers.UUIDField(allow_null=True)
    refund = serializers.UUIDField(allow_null=True, help_text="The payment that goes out.")
    undoes = serializers.UUIDField(allow_null=True)
    is_undone = serializers.BooleanField()
    reason = serializers.CharField()
    recorded_at = MomentField()
    recorded_by = serializers.CharField()

    def to_representation(self, instance: Allocation) -> dict[str, Any]:
        """A stored allocation, as the payment of the address has it."""
        held, payment = instance.__dict__, self.context["payment"]
        return {
            "id": allocation_id(instance.pk, payment=payment),
            "kind": str(instance.kind),
            "date": instance.date.isoformat(),
            "amount": format(instance.amount, "f"),
            "currency": instance.currency,
            "invoice": _text_or_none(held["invoice_uuid"]),
            "invoice_number": held["invoice_number"],
            "credit_note": _text_or_none(held["credit_note_uuid"]),
            "refund": _text_or_none(held["refund_uuid"]),
            "undoes": allocation_id(instance.undoes_id, payment=payment) if instance.undoes_id else None,
            "is_undone": held["undone_key"] is not None,
            "reason": instance.reason,
            "recorded_at": self.fields["recorded_at"].to_representation(instance.recorded_at),
            "recorded_by": instance.actor_name,
        }


@extend_schema_serializer(examples=[OpenApiExample("What was due first", value={"oldest": True}, request_only=True)])
class AllocateSerializer(StrictSerializer):
    """What a payment is to settle: documents, or whatever its party has open, what was due first at the front."""

    invoices = InvoicesField(required=False, allow_empty=False)
    oldest = serializers.BooleanField(required=False, default=False)
    date = serializers.DateField(required=False, help_text="From when on it counts; today where it is left out.")

    def validate(self, attrs: Any) -> Any:
        """One of both."""
        if bool(attrs["oldest"]) == ("invoices" in attrs):
            raise ValidationError({"invoices": [ErrorDetail(_("Write invoices, or oldest as true."), "required")]})
        return attrs


@extend_schema_serializer(examples=[OpenApiExample("A part", value={"amount": "10.00"}, request_only=True)])
class RefundSerializer(StrictSerializer):
    """How money goes back; without an amount, all that is left of the payment."""

    amount = ExactField(required=False)
    date = serializers.DateField(required=False)
    method = MethodField(required=False)
    reference = serializers.CharField(required=False, allow_blank=True, max_length=140, default="")


class ConfirmSerializer(StrictSerializer):
    """When a pending payment was there."""

    date = serializers.DateField(required=False, help_text="The date of the payment where it is left out.")


def allocation_id(key: Any, *, payment: Payment) -> str:
    """What stands for an allocation of a payment: it stays, and says nothing."""
    return str(uuid5(payment.uuid, str(key)))


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)
