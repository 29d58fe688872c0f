"""Pages: by limit and offset with a count, or by cursor where rows are many and come and go."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from invoicing.conf import conf
from invoicing.contrib.api.keyset import BadCursorError, Keyset, Position, total_order

LARGEST_OFFSET: Final = 2**31 - 1

CURSOR: Final = "cursor"

LIMIT_TEXT: Final = gettext_lazy("Rows on a page.")
OFFSET_TEXT: Final = gettext_lazy("Rows before the page.")
CURSOR_TEXT: Final = gettext_lazy("Where a page begins, as next and previous say it; empty for the first page, without a count.")


class Pages(LimitOffsetPagination):
    """`?limit=&offset=` gives count, next, previous and results; `?cursor=` all but the count.

    A limit above INVOICING_API_MAX_PAGE_SIZE gives so many rows; what is no number is refused by name. Rows that stand alike in the order
    are ordered by their primary key, so that each is on one page.
    """

    keyset: Keyset | None = None
    position: Position | None = None
    has_more = False
    address = ""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page. Raises ValidationError (400) for a limit, an offset or a cursor that is none."""
        if CURSOR in request.query_params:
            return self._page_at_cursor(queryset, request)
        return super().paginate_queryset(total_order(queryset), request, view) or []

    def get_limit(self, request: Request) -> int:
        number = _number(request, self.limit_query_param, least=1)
        return min(number or conf.api_page_size, conf.api_max_page_size)

    def get_offset(self, request: Request) -> int:
        offset = _number(request, self.offset_query_param, least=0) or 0
        if offset > LARGEST_OFFSET:
            raise _refusal(self.offset_query_param, _("There are not so many rows: use a cursor to read many."))
        return offset

    def get_paginated_response(self, data: Any) -> Response:
        """The body of a page."""
        if self.keyset is None:
            return super().get_paginated_response(data)
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def get_next_link(self) -> str | None:
        """The absolute address of the page after this one."""
        if self.keyset is None:
            return super().get_next_link()
        is_last = not self.has_more and not (self.position and self.position.is_backward)
        return None if is_last or not self.page else self._link(self.keyset.cursor(self.page[-1], is_backward=False))

    def get_previous_link(self) -> str | None:
        """The absolute address of the page before this one."""
        if self.keyset is None:
            return super().get_previous_link()
        is_first = self.position is None or (self.position.is_backward and not self.has_more)
        return None if is_first or not self.page else self._link(self.keyset.cursor(self.page[0], is_backward=True))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What a page looks like; the count is left out by cursor."""
        link = {"type": "string", "nullable": True, "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "example": 123, "description": str(_("All rows; not on pages by cursor."))},
                "next": {**link, "example": "https://example.com/api/invoices/?limit=10&offset=20"},
                "previous": {**link, "example": "https://example.com/api/invoices/?limit=10"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:  # of the framework
        """The three parameters, with their limits."""
        limit = {"type": "integer", "minimum": 1, "default": conf.api_page_size}
        offset = {"type": "integer", "minimum": 0, "maximum": LARGEST_OFFSET, "default": 0}
        return [
            _parameter(self.limit_query_param, LIMIT_TEXT, limit),
            _parameter(self.offset_query_param, OFFSET_TEXT, offset),
            _parameter(CURSOR, CURSOR_TEXT, {"type": "string"}),
        ]

    def _page_at_cursor(self, queryset: QuerySet[Any, Any], request: Request) -> list[Any]:
        self.address = request.build_absolute_uri()
        if self.offset_query_param in request.query_params:
            raise _refusal(self.offset_query_param, _("A cursor says where a page begins: leave the offset out."))
        self.limit = self.get_limit(request)
        self.keyset = Keyset(queryset)
        cursor = request.query_params[CURSOR]
        try:
            self.position = self.keyset.position(cursor) if cursor else None
        except BadCursorError:
            raise _refusal(CURSOR, _("It is no cursor of this list in this order: begin anew with an empty one.")) from None
        rows = self.keyset.from_position(self.position) if self.position else self.keyset.ordered()
        # One more tells whether the list goes on.
        found = list(rows[: self.limit + 1])
        self.has_more = len(found) > self.limit
        self.page = found[: self.limit]
        if self.position and self.position.is_backward:
            self.page.reverse()
        return self.page

    def _link(self, cursor: str) -> str:
        return replace_query_param(self.address, CURSOR, cursor)


def _number(request: Request, name: str, *, least: int) -> int | None:
    """A whole number of the address; None where it is left out."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 18 or int(text) < least:
        raise _refusal(name, _("Use a whole number of at least {least}.").format(least=least))
    return int(text)


def _refusal(name: str, sentence: str) -> ValidationError:
    return ValidationError({name: [sentence]}, code="invalid")


def _parameter(name: str, description: Any, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "required": False, "in": "query", "description": str(description), "schema": schema}
