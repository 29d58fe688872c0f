"""The addresses of payment methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings
from invoicing.contrib.api.changing import SharedViewSet
from invoicing.contrib.api.exceptions import InUseError
from invoicing.contrib.api.methods.filters import ORDERINGS, PaymentMethodFilter
from invoicing.contrib.api.methods.serializers import PaymentMethodSerializer
from invoicing.contrib.payments.models import Payment, PaymentMethod


class PaymentMethodViewSet(SharedViewSet):
    """Payment methods, which all companies share."""

    model: ClassVar[Any] = PaymentMethod
    resource = "payment_method"
    serializer_class = PaymentMethodSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    filterset_class = PaymentMethodFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("name", "code")

    def key(self, text: str) -> dict[str, Any]:
        """A method is known by its code."""
        return self.dialect.key(self, text) if self.dialect.name else {"code": text}

    def text_key(self, row: Any) -> str:
        return self.dialect.key_of(self, row) if self.dialect.name else str(row.code)

    def read(self, row: Any = None) -> Mapping[str, Any]:
        """The values that are sent; the code of a method that payments have stays."""
        values = super().read(row)
        is_renamed = row is not None and values.get("code", row.code) != row.code
        if is_renamed and Payment._base_manager.using(self.database).filter(method=row).exists():
            raise InUseError(what=_("Payments were made by it: its code stays."))
        return values
