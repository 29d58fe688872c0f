"""What a list of products may be asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from django_filters.rest_framework import CharFilter, ChoiceFilter

from invoicing.contrib.api.searching import SearchFilter
from invoicing.domain.choices import Supply, TaxClass

ORDERINGS: Final = ("name", "sku", "unit_price", "created", "modified")


class ProductFilter(SearchFilter):
    """The filters of lists of products."""

    searched: ClassVar = ("sku", "name", "description")

    name = CharFilter(field_name="name", lookup_expr="icontains", max_length=255, help_text="Part of the name, in any case.")
    sku = CharFilter(field_name="sku", lookup_expr="iexact", max_length=64)
    supply = ChoiceFilter(field_name="supply", choices=Supply.choices)
    tax_class = ChoiceFilter(field_name="tax_class", choices=TaxClass.choices)
