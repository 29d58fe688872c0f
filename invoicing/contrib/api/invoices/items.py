"""Items: the lines of a document as they travel, and how those that are sent become those that are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.fields import ExactField, MoneyField
from invoicing.contrib.api.invoices.shown import item_id, shown_item
from invoicing.contrib.api.related import CompanyRowField
from invoicing.contrib.api.strict import StrictSerializer, errors_of_lines
from invoicing.domain.choices import TaxCategory
from invoicing.models import AbstractInvoice, Product


def items_by_id(invoice: AbstractInvoice) -> dict[str, Any]:
    """The stored lines of a document by what stands for them."""
    return {item_id(item, invoice=invoice): item for item in invoice._items()}  # noqa: SLF001  # the lines, prefetched or read


class ItemsSerializer(serializers.ListSerializer):  # type: ignore[type-arg]  # generic for type checkers only
    """Lines of one document; their products are read at once."""

    def to_internal_value(self, data: Any) -> Any:
        """The lines. Raises ValidationError by their places."""
        child: Any = self.child
        most: int | None = self.max_length  # type: ignore[attr-defined]  # of the framework, and not in its stubs
        if isinstance(data, list) and (most is None or len(data) <= most):
            child.fields["product"].look_up(line.get("product") for line in data if isinstance(line, Mapping))
        return super().to_internal_value(data)


class ItemSerializer(StrictSerializer):
    """One line. Without `tax_rate` and `tax_category` the tax policy decides; `tax_rate: null` says that there is none."""

    follows: ClassVar = frozenset({"sku", "subtotal", "vat", "total", "position"})

    id = serializers.UUIDField(required=False, help_text="Names a line that is there; without it, the line is new.")
    position = serializers.IntegerField(read_only=True, help_text="Its place on the document, from 1.")
    product = CompanyRowField(Product, required=False, allow_null=True)
    sku = serializers.CharField(read_only=True)
    title = serializers.CharField(required=False, help_text="May be left out with a product.")
    description = serializers.CharField(required=False, allow_blank=True)
    quantity = ExactField(required=False, help_text="1 where it is left out.")
    unit = serializers.CharField(
        required=False, max_length=8, help_text="EMPTY, PIECES, HOURS or a code of UN/ECE Recommendation 20, such as KGM."
    )
    unit_price = ExactField(required=False, help_text="Before discount and tax. May be left out with a product.")
    discount = ExactField(required=False, help_text="In percent.")
    tax_rate = ExactField(required=False, allow_null=True, help_text="In percent.")
    tax_category = serializers.ChoiceField(TaxCategory.choices, required=False, allow_blank=True)
    tag = serializers.CharField(required=False, allow_blank=True, max_length=128)
    weight = serializers.IntegerField(required=False, min_value=-(2**31), max_value=2**31 - 1)
    subtotal = MoneyField(read_only=True)
    vat = MoneyField(read_only=True)
    total = MoneyField(read_only=True)

    class Meta:
        list_serializer_class = ItemsSerializer

    def validate(self, attrs: Any) -> Any:
        """A new line says what is sold and for how much."""
        if "id" not in attrs and attrs.get("product") is None:
            missing = [name for name in ("title", "unit_price") if name not in attrs]
            if missing:
                raise ValidationError({name: [ErrorDetail(_("This field is required."), "required")] for name in missing})
        return attrs

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return shown_item(instance)


def made_item(invoice: AbstractInvoice, given: Mapping[str, Any]) -> Any:
    """A new line of a document, its tax decided on where nothing is said of it. Raises InvalidDataError."""
    item = invoice.item_model()(**{name: value for name, value in given.items() if name != "id"})
    item.invoice = invoice
    decide(item, given)
    return item


def changed_item(item: Any, given: Mapping[str, Any]) -> Any:
    """A stored line with new values. What is left out stays; a line whose tax is left out keeps its tax."""
    for name, value in given.items():
        if name != "id":
            setattr(item, name, value)
    return item


def decide(item: Any, given: Mapping[str, Any]) -> None:
    """Let the tax policy decide on a line that says nothing of its tax."""
    if "tax_rate" not in given and not given.get("tax_category"):
        item.calculate_tax()


def matched(invoice: AbstractInvoice, given: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Mapping[str, Any]]]:
    """Each line that was sent with the stored one that it names, or None for a new one. Raises ValidationError."""
    stored = items_by_id(invoice)
    errors: dict[int, Any] = {}
    seen: set[UUID] = set()
    found = []
    for place, line in enumerate(given):
        key = line.get("id")
        if key is not None and (str(key) not in stored or key in seen):
            text = _("It stands there twice.") if key in seen else _("The document has no such item: leave the id out for a new one.")
            errors[place] = {"id": [ErrorDetail(text, "does_not_exist")]}
        if key is not None:
            seen.add(key)
        found.append((stored.get(str(key)) if key is not None else None, line))
    if errors:
        raise errors_of_lines("items", errors)
    return found
