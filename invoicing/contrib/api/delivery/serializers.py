"""Deliveries as they travel."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from invoicing.contrib.api.fields import MomentField
from invoicing.contrib.api.strict import StrictSerializer
from invoicing.contrib.delivery.addresses import LONGEST_SUBJECT
from invoicing.contrib.delivery.models import DeliveryStatus, Purpose

MAIL = {"recipients": ["rechnung@sommer.example.com"], "subject": "Your invoice", "message": "Thank you for your order."}


@extend_schema_serializer(
    examples=[
        OpenApiExample("To the customer", value={}, request_only=True),
        OpenApiExample("In words of one's own", value=MAIL, request_only=True),
    ]
)
class SendSerializer(StrictSerializer):
    """To whom a document goes, and under which words; what is left out is the usual."""

    recipients = serializers.ListField(
        child=serializers.CharField(max_length=320),
        required=False,
        max_length=100,
        help_text="Plain addresses; by default that of the customer.",
    )
    subject = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_SUBJECT, default="")
    message = serializers.CharField(
        required=False, allow_blank=True, max_length=10_000, default="", help_text="Plain text, in the place of the words of the template."
    )


class DeliverySerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """One mail, and where it stands. IN_DOUBT: it may have arrived, and only a person can find out."""

    id = serializers.UUIDField(source="uuid")
    purpose = serializers.ChoiceField(Purpose.choices)
    status = serializers.ChoiceField(DeliveryStatus.choices)
    recipients = serializers.ListField(child=serializers.CharField())
    refused = serializers.DictField(help_text="Recipients that the server refused, with its words.")
    subject = serializers.CharField()
    message = serializers.CharField()
    attempts = serializers.IntegerField()
    next_attempt_at = MomentField(allow_null=True)
    sent_at = MomentField(allow_null=True)
    error = serializers.CharField()
    created = MomentField(source="created_at")
    requested_by = serializers.CharField(source="actor_name")
