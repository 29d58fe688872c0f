"""Changing: rows that are made, changed and deleted by what a request says of their columns, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from invoicing.contrib.api.permissions import require_everywhere
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models.validation import check_row


def located(view: CompanyViewSet, name: str, key: str) -> str:
    """The absolute address of a row, among the addresses that the request came in by."""
    match = view.request.resolver_match
    space = f"{match.view_name.rpartition(':')[0]}:" if match and ":" in match.view_name else ""
    return reverse(f"{space}{name}", [key], request=view.request)


class ColumnsViewSet(CompanyViewSet, abstract=True):
    """Rows whose columns a request writes. Subclasses name their model; the rows belong to the company of the request."""

    def create(self, request: Request) -> Response:
        """Make a row."""
        values = self.read()
        row = self.shown_model()(**self.owned(), **values)
        row._state.db = self.database
        return self.written(self.save(row), status=201)

    def update(self, request: Request, **_key: str) -> Response:
        """Write what is sent; what is left out stays."""
        row = self.find_locked()
        for name, value in self.read(row).items():
            setattr(row, name, value)
        return self.written(self.save(row))

    def partial_update(self, request: Request, **key: str) -> Response:
        """As PUT."""
        return self.update(request, **key)

    def destroy(self, request: Request, **_key: str) -> Response:
        """Delete a row that nothing points to."""
        self.find_locked().delete(using=self.database)
        return Response(status=204)

    # Steps

    def owned(self) -> dict[str, Any]:
        """The columns that say whose a new row is."""
        return {"company": self.company}

    def read(self, row: Any = None) -> Mapping[str, Any]:
        """The values that are sent. Raises ValidationError."""
        serializer = self.get_serializer(row, data=self.given, partial=row is not None)
        serializer.is_valid(raise_exception=True)
        values: Mapping[str, Any] = serializer.validated_data
        return values

    def save(self, row: Any) -> Any:
        """Check the columns and save. Raises InvalidDataError and ValidationError."""
        check_row(row)
        row.clean()
        row.validate_unique()
        row.save(using=self.database)
        return row

    def written(self, row: Any, *, status: int = 200) -> Response:
        """The row as it is stored now."""
        stored = self.prepared([self.get_queryset().get(pk=row.pk)])[0]
        headers = {"Location": located(self, f"{self.resource}-detail", self.text_key(stored))} if status == 201 else None
        return self.answer(stored, status=status, headers=headers)

    def text_key(self, row: Any) -> str:
        """What stands for a row in addresses."""
        return self.dialect.key_of(self, row)


class SharedViewSet(ColumnsViewSet, abstract=True):
    """Rows that all companies share: everybody reads them, and whoever may do so in every company changes them."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As everywhere; and whoever changes a row must have the permission in every company."""
        super().initial(request, *args, **kwargs)
        if self.action in {"create", "update", "partial_update", "destroy"}:
            require_everywhere(self, self.permission_for(self.action))

    def owned(self) -> dict[str, Any]:
        return {}
