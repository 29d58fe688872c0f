"""The addresses of products."""

from __future__ import annotations

from typing import Any, ClassVar

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings
from invoicing.contrib.api.changing import ColumnsViewSet
from invoicing.contrib.api.products.filters import ORDERINGS, ProductFilter
from invoicing.contrib.api.products.serializers import ProductSerializer
from invoicing.models import Product


class ProductViewSet(ColumnsViewSet):
    """What the company sells. Items copy a product: a later change leaves them as they are."""

    model: ClassVar[Any] = Product
    resource = "product"
    serializer_class = ProductSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    filterset_class = ProductFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("name",)
