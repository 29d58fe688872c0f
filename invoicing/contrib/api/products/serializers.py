"""Products as they travel."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.models import Product

TEA = {"sku": "ASSAM-1", "name": "Assam, 1 kg", "unit": "PIECES", "unit_price": "50.00"}


@extend_schema_serializer(examples=[OpenApiExample("Tea", value=TEA, request_only=True)])
class ProductSerializer(ColumnsSerializer):
    """A thing or a service with its price."""

    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Product
        fields = ("id", "sku", "name", "description", "unit", "unit_price", "supply", "tax_class", "created", "modified")
        read_only_fields = ("created", "modified")
