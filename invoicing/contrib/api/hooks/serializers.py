"""Webhooks as they travel. A secret is told when it is made, and never again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from invoicing.contrib.api.fields import MomentField
from invoicing.contrib.api.models import WebhookEndpoint
from invoicing.contrib.api.models.webhook import CHOSEN, WebhookKind, WebhookStatus
from invoicing.contrib.api.strict import StrictSerializer
from invoicing.contrib.api.webhooks.addresses import LONGEST_URL

SHOP = {"url": "https://hooks.example.com/invoices", "events": ["invoice.issued", "invoice.paid"], "description": "the shop"}


@extend_schema_serializer(examples=[OpenApiExample("A shop", value=SHOP, request_only=True)])
class WebhookSerializer(StrictSerializer, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A receiver of news."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: MomentField}

    id = serializers.UUIDField(source="uuid", read_only=True)
    url = serializers.CharField(max_length=LONGEST_URL, help_text="By https, to a public host.")
    events = serializers.ListField(
        child=serializers.ChoiceField([(kind.value, kind.label) for kind in CHOSEN]),
        required=False,
        max_length=len(CHOSEN),
        help_text="What it wants to know; empty: all.",
    )
    created_by = serializers.CharField(source="created_by_name", read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields = (
            *("id", "url", "description", "events", "is_active", "disabled_at", "disabled_reason", "given_up"),
            *("previous_secret_until", "created", "modified", "created_by"),
        )
        read_only_fields = ("disabled_at", "disabled_reason", "given_up", "previous_secret_until", "created", "modified")
        extra_kwargs: ClassVar = {"description": {"required": False, "allow_blank": True}}


class SecretSerializer(WebhookSerializer):
    """A receiver with its secret: what its messages are signed with."""

    secret = serializers.CharField(read_only=True, help_text="Keep it: it is not shown again.")

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")  # type: ignore[assignment]  # one more


class RotateSerializer(StrictSerializer):
    """How long the secret of before signs, too; 0 where it became known to others."""

    keep_hours = serializers.IntegerField(required=False, min_value=0, max_value=24 * 30, default=24)


class WebhookDeliverySerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """A message on its way to a receiver."""

    id = serializers.UUIDField(source="uuid")
    event = serializers.UUIDField(source="event.uuid", help_text="What happened; the same for all receivers.")
    kind = serializers.ChoiceField(WebhookKind.choices, source="event.kind")
    invoice = serializers.UUIDField(source="event.invoice_uuid", allow_null=True)
    status = serializers.ChoiceField(WebhookStatus.choices)
    attempts = serializers.IntegerField()
    next_attempt_at = MomentField(allow_null=True)
    delivered_at = MomentField(allow_null=True)
    error = serializers.CharField()
    created = MomentField()
    status_code = serializers.SerializerMethodField(help_text="What the receiver answered last.")

    def get_status_code(self, row: Any) -> int | None:
        """What the receiver answered last."""
        code: int | None = row.__dict__.get("last_code")
        return code
