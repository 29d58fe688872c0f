"""The addresses of parties."""

from __future__ import annotations

from typing import Any, ClassVar

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings
from invoicing.contrib.api.changing import ColumnsViewSet
from invoicing.contrib.api.parties.filters import ORDERINGS, PartyFilter
from invoicing.contrib.api.parties.serializers import PartySerializer
from invoicing.models import Party


class PartyViewSet(ColumnsViewSet):
    """The address book of the company. Documents copy an entry: a later change leaves them as they are."""

    model: ClassVar = Party
    resource = "party"
    serializer_class = PartySerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters, KnownOrderings]  # type: ignore[misc]  # as the base has it
    filterset_class = PartyFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("name",)
