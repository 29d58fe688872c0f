"""Dialects: other words for the same resources. A view asks its dialect what a request means, and how to say the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404, QueryDict

if TYPE_CHECKING:
    from rest_framework.response import Response


class Dialect:
    """The canonical one, which says everything in the words of the models. The others change what differs."""

    name = ""

    def key(self, view: Any, key: str) -> dict[str, Any]:
        """The lookup of the row that an address names: its UUID. Raises Http404 for what can be none."""
        try:
            return {"uuid": UUID(key)}
        except ValueError:
            raise Http404 from None

    def key_of(self, view: Any, row: Any) -> str:
        """What stands for a row in addresses."""
        return str(row.uuid)

    def query(self, view: Any, asked: QueryDict) -> QueryDict:
        """What is asked for in the query of an address, in canonical words."""
        return asked

    def given(self, view: Any, data: Any) -> Any:
        """A body in canonical words."""
        return data

    def said(self, view: Any, data: Any, *, status: int) -> Any:
        """A canonical answer in the words of the dialect."""
        return data

    def refused(self, view: Any, data: Any) -> Any:
        """An error in the words of the dialect: its fields under the names that were sent."""
        return data

    def found(self, view: Any, rows: Any) -> Any:
        """The rows of a list that filters left, narrowed by what only the dialect knows."""
        return rows

    def answered(self, view: Any, response: Response) -> None:
        """Say an answer in the words of the dialect; it may also get other headers and another status."""
        if response.data is not None:
            say = self.refused(view, response.data) if response.exception else self.said(view, response.data, status=response.status_code)
            response.data = say


CANONICAL = Dialect()
