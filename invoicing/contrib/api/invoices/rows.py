"""Rows: documents with all that is shown of them, at a number of queries that does not grow with the page."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from invoicing.contrib.api.related import user_column
from invoicing.domain.choices import EventKind
from invoicing.models import InvoiceEvent, get_invoice_model


def invoice_rows() -> QuerySet[Any, Any]:
    """Documents of every company, with their items, relations, and who made them and is in charge."""
    model: Any = get_invoice_model()
    making = InvoiceEvent.objects.filter(invoice_id=OuterRef("pk"), kind__in=[EventKind.CREATED, EventKind.COPIED]).order_by("pk")
    items = model.item_model()._default_manager.select_related("product")
    related = model._base_manager.only("uuid")
    rows: QuerySet[Any, Any] = model._default_manager.annotate(
        party_uuid=F("party__uuid"),
        created_by_key=Subquery(making.values(f"actor__{user_column()}")[:1]),
        created_by_name=Subquery(making.values("actor_name")[:1]),
    ).prefetch_related(Prefetch("item_set", queryset=items), Prefetch("related_invoices", queryset=related))
    if apps.is_installed("invoicing.contrib.collaboration"):
        rows = rows.select_related("assignment", "assignment__authorized_by").prefetch_related("assignment__users", "assignment__groups")
    return rows
