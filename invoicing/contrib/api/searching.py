"""Searching: rows that have all the words of a request somewhere in them, or of which something is so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import BooleanFilter, CharFilter, FilterSet

MOST_WORDS = 10
TRUTHS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}


class YesNoField(forms.Field):
    """True or false; anything else is refused, so that a typing error does not find everything."""

    def to_python(self, value: Any) -> bool | None:
        """The truth of a text; None where nothing is asked."""
        text = str(value or "").lower()
        if text and text not in TRUTHS:
            raise ValidationError(_("Write true or false."), code="invalid")
        return TRUTHS.get(text)


class YesNoFilter(BooleanFilter):  # type: ignore[misc]  # published without types
    """Rows of which something is so, or is not."""

    field_class = YesNoField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"widget": forms.TextInput, **kwargs})


def with_words(rows: Any, text: str, *, columns: Iterable[str]) -> Any:
    """The rows in which each of the first words is a part of one of the columns, in any case."""
    names = tuple(columns)
    for word in text.split()[:MOST_WORDS]:
        found = Q(pk__in=[])
        for name in names:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows


class SearchFilter(FilterSet):  # type: ignore[misc]  # published without types
    """Filters of a list that can be searched in; `searched` are its columns."""

    searched: ClassVar[tuple[str, ...]] = ()

    search = CharFilter(method="by_search", max_length=200, help_text="All the words, each somewhere in the row.")

    class Meta:
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, company: Any = None, **kwargs: Any) -> None:
        self.company = company
        super().__init__(*args, **kwargs)

    def by_search(self, rows: Any, name: str, value: str) -> Any:  # the signature of the framework
        """Rows with all the words."""
        return with_words(rows, value, columns=self.searched)
