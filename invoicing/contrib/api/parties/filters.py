"""What a list of parties may be asked for."""

from __future__ import annotations

from typing import ClassVar, Final

from django_filters.rest_framework import CharFilter

from invoicing.contrib.api.searching import SearchFilter, YesNoFilter

ORDERINGS: Final = ("name", "code", "city", "country", "created", "modified")


class PartyFilter(SearchFilter):
    """The filters of lists of parties."""

    searched: ClassVar = ("name", "code", "city", "email", "vat_id", "registration_id")

    name = CharFilter(field_name="name", lookup_expr="icontains", max_length=255, help_text="Part of the name, in any case.")
    code = CharFilter(field_name="code", lookup_expr="iexact", max_length=32)
    country = CharFilter(field_name="country", lookup_expr="iexact", max_length=2)
    vat_id = CharFilter(field_name="vat_id", lookup_expr="iexact", max_length=32)
    is_business = YesNoFilter(field_name="is_business")
