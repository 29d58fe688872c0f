"""History: what happened to a document, as it is answered."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from rest_framework import serializers

from invoicing.contrib.api.fields import MomentField
from invoicing.contrib.api.related import user_column
from invoicing.models import InvoiceEvent


class EventSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]  # generic for type checkers only
    """One entry: what happened, from which status to which, who did it, when and why."""

    id = serializers.UUIDField(source="uuid")
    actor = serializers.CharField(source="actor_key", allow_null=True, help_text="The id of the user.")
    at = MomentField()

    class Meta:
        model = InvoiceEvent
        fields = ("id", "kind", "status_from", "status_to", "reason", "data", "actor", "actor_name", "at")


def events_of(invoice: Any) -> Any:
    """The entries of a document, in their order."""
    rows = InvoiceEvent.objects.using(invoice._state.db).filter(invoice_id=invoice.pk)
    return rows.annotate(actor_key=F(f"actor__{user_column()}")).order_by("pk")
