"""Payment methods as they travel."""

from __future__ import annotations

from rest_framework import serializers

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.contrib.payments.models import PaymentMethod


class PaymentMethodSerializer(ColumnsSerializer):
    """One way to pay, known by its code."""

    id = serializers.CharField(source="code", read_only=True, help_text="The code.")

    class Meta:
        model = PaymentMethod
        fields = ("id", "code", "name", "means_code", "is_cash", "is_active")
