"""Asking: filters and orderings of lists. What a list does not know is refused, so that a typing error does not find everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.filters import BaseFilterBackend

BESIDE = frozenset({"limit", "offset", "cursor", "ordering", "format"})
"""What the query of an address may say beside filters."""

UNTOLD = frozenset({"format"})
"""Of the framework: taken, and of no use where everything is JSON."""


class KnownFilters(DjangoFilterBackend):  # type: ignore[misc]  # published without types
    """The filters of the view, in canonical words; anything else in the query is refused by name."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        known = self.get_filterset_class(view, queryset)
        check_known(view.asked, known.base_filters if known else ())
        return super().filter_queryset(request, queryset, view)

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        """The query in canonical words, and the company that it is asked for."""
        return {"data": view.asked, "queryset": queryset, "request": request, "company": view.company}


class KnownOrderings(BaseFilterBackend):
    """The orderings of the view: `ordering=-date_issue,number`; the key comes last, so that pages do not overlap."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        asked = view.asked.get("ordering", "")
        wanted = [part.strip() for part in asked.split(",") if part.strip()] or list(view.usual_ordering)
        unknown = [part for part in wanted if part.removeprefix("-") not in view.orderings]
        if unknown:
            text = _("“{name}” is no ordering: use one of {known}.").format(name=unknown[0], known=", ".join(view.orderings))
            raise ValidationError({"ordering": [ErrorDetail(text, "unknown")]})
        last = "-pk" if wanted and wanted[0].startswith("-") else "pk"
        return queryset.order_by(*wanted, last)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """For the schema."""
        names = [f"{sign}{name}" for name in view.orderings for sign in ("", "-")]
        text = f"Columns with commas between, - for the greatest first: {', '.join(names)}."
        return [{"name": "ordering", "in": "query", "required": False, "description": text, "schema": {"type": "string"}}]


def check_known(asked: Any, known: Iterable[str], *, beside: Iterable[str] = BESIDE) -> None:
    """Raise ValidationError for what is asked for and not known."""
    names = {*known, *beside}
    told = ", ".join(sorted(names - UNTOLD))
    errors = {
        name: [ErrorDetail(_("There is no such filter: use one of {known}.").format(known=told), "unknown")]
        for name in asked
        if name not in names
    }
    if errors:
        raise ValidationError(errors)
