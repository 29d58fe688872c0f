"""What a list of payment methods may be asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from django_filters.rest_framework import BooleanFilter

from invoicing.contrib.api.searching import SearchFilter

ORDERINGS: Final = ("name", "code")


class PaymentMethodFilter(SearchFilter):
    """The filters of lists of payment methods."""

    searched: ClassVar = ("name", "code")

    is_active = BooleanFilter(field_name="is_active")
    is_cash = BooleanFilter(field_name="is_cash")
