"""Payment terms as they travel."""

from __future__ import annotations

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.models import PaymentTerm


class PaymentTermSerializer(ColumnsSerializer):
    """How long a customer may take to pay, and what he saves when he is quick."""

    class Meta:
        model = PaymentTerm
        fields = (
            *("id", "name", "days", "months", "end_of_month", "day_of_month"),
            *("early_discount_percent", "early_discount_days"),
        )
        read_only_fields = ("id",)
