"""Parties as they travel."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.contrib.api.invoices.columns import ENTITY
from invoicing.contrib.api.invoices.serializers import TermField
from invoicing.models import Party


@extend_schema_field(OpenApiTypes.INT)
class TermKeyField(TermField):
    """A payment term by its number, both ways."""

    def get_attribute(self, instance: Any) -> Any:
        # Not by getattr(): that reads a row for each.
        return instance.payment_term_id


class PartySerializer(ColumnsSerializer):
    """One entry of the address book."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    payment_term = TermKeyField(required=False, allow_null=True)

    class Meta:
        model = Party
        fields = ("id", "code", *ENTITY, "is_business", "language", "currency", "payment_term", "created", "modified")
        read_only_fields = ("created", "modified")
