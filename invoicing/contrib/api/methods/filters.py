"""What a list of payment methods may be asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from invoicing.contrib.api.searching import SearchFilter, YesNoFilter

ORDERINGS: Final = ("name", "code")


class PaymentMethodFilter(SearchFilter):
    """The filters of lists of payment methods."""

    searched: ClassVar = ("name", "code")

    is_active = YesNoFilter(field_name="is_active")
    is_cash = YesNoFilter(field_name="is_cash")
