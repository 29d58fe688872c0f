"""What the framework does by itself: ModelViewSets over all columns, with nested items, that know no company, no totals and no rules.

`models` are the library's own, whose rows come with what they remember and whose save() numbers and adds up; `tables` are plain
models on the same tables, which do nothing at all.
"""

from typing import Any

from django.db import models, transaction
from django_countries.serializers import CountryFieldMixin
from rest_framework import pagination, serializers, viewsets

from invoicing.models import Invoice, Item


def plain_model(model: Any, name: str, **foreign: Any) -> Any:
    """A model with the columns of another one, on its table, and nothing of what that one does."""
    columns: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            target = foreign.get(field.name)
            column = (
                models.ForeignKey(target, models.DO_NOTHING, null=field.null, db_constraint=False, related_name="lines" if target else "+")
                if target
                else None
            )
            columns[field.name if target else field.attname] = column or models.BigIntegerField(null=field.null, blank=True)
            continue
        columns[field.name] = field.clone()
    meta = type(
        "Meta",
        (),
        {"managed": False, "db_table": model._meta.db_table, "app_label": "rest", "ordering": ["-pk"] if not foreign else ["pk"]},
    )
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **columns})


PlainInvoice = plain_model(Invoice, "PlainInvoice")
PlainItem = plain_model(Item, "PlainItem", invoice=PlainInvoice)


class Pages(pagination.LimitOffsetPagination):
    """As the API has them."""

    default_limit = 10


def viewset_of(invoice: Any, item: Any, lines: str) -> Any:
    """A ModelViewSet with nested items, as the framework's guide writes it."""

    class ItemSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
        class Meta:
            model = item
            exclude = ("invoice",)

    class InvoiceSerializer(CountryFieldMixin, serializers.ModelSerializer):  # type: ignore[type-arg]
        items = ItemSerializer(many=True, source=lines)

        class Meta:
            model = invoice
            exclude = ("related_invoices",) if hasattr(invoice, "related_invoices") else ()
            if not exclude:
                fields = "__all__"
                del exclude

        @transaction.atomic
        def create(self, validated_data: Any) -> Any:
            rows = validated_data.pop(lines)
            made = invoice.objects.create(**validated_data)
            for row in rows:
                item.objects.create(invoice=made, **row)
            return made

    class InvoiceViewSet(viewsets.ModelViewSet):  # type: ignore[type-arg]
        queryset = invoice.objects.order_by("-date_issue", "-pk").prefetch_related(lines)
        serializer_class = InvoiceSerializer
        pagination_class = Pages

    return InvoiceViewSet


Models = viewset_of(Invoice, Item, "item_set")
Tables = viewset_of(PlainInvoice, PlainItem, "lines")
