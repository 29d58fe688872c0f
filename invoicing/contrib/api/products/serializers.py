"""Products as they travel."""

from __future__ import annotations

from rest_framework import serializers

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.models import Product


class ProductSerializer(ColumnsSerializer):
    """A thing or a service with its price."""

    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Product
        fields = ("id", "sku", "name", "description", "unit", "unit_price", "supply", "tax_class", "created", "modified")
        read_only_fields = ("created", "modified")
