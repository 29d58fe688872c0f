"""What a list of payment terms may be asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from invoicing.contrib.api.searching import SearchFilter

ORDERINGS: Final = ("days", "months", "name")


class PaymentTermFilter(SearchFilter):
    """The filters of lists of payment terms."""

    searched: ClassVar = ("name",)
