"""Parties as they travel."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
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


CUSTOMER = {
    "name": "Buchhandlung Sommer KG",
    "street": "Hauptstraße 21",
    "zip": "01067",
    "city": "Dresden",
    "country": "DE",
    "email": "rechnung@sommer.example.com",
}


@extend_schema_serializer(examples=[OpenApiExample("A customer", value=CUSTOMER, request_only=True)])
class PartySerializer(ColumnsSerializer):
    """One entry of the address book."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    payment_term = TermKeyField(required=False, allow_null=True)

    class Meta:
        model = Party
        fields = ("id", "code", *ENTITY, "is_business", "language", "currency", "payment_term", "created", "modified")
        read_only_fields = ("created", "modified")
