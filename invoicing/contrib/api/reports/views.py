"""The addresses of reports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, ClassVar, Final

from django.db import connections, transaction
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.utils.urls import remove_query_param, replace_query_param

from invoicing.contrib.api.asking import check_known
from invoicing.contrib.api.downloads import DownloadViewSet
from invoicing.contrib.api.reports.questions import arguments_of, fields_of
from invoicing.contrib.api.reports.serializers import ReportSerializer, RowsSerializer, added_up, cell, described, said
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.reports.exports import FORMATS, csv, json, xlsx
from invoicing.contrib.reports.models import Report as ReportModel
from invoicing.contrib.reports.tables import REPORTS, Report

ALIASES: Final[Mapping[str, str]] = {"aging": "ageing"}
"""Other names of reports."""

FILES: Final = ("csv", "xlsx", "json")

BESIDE: Final = ("limit", "offset", "format")
"""What the query of an address may say beside what the report is asked."""

SCOPES: Final = ("company", "using")
"""Arguments that nobody asks for."""

ASKED: Final = [
    OpenApiParameter("period", OpenApiTypes.STR, description="2026-10, 2026-Q3, 2026 or FY2026; this year where nothing is said."),
    OpenApiParameter("start_date", OpenApiTypes.DATE, description="The first day, with end_date in the place of a period."),
    OpenApiParameter("end_date", OpenApiTypes.DATE, description="The last day."),
    OpenApiParameter("on", OpenApiTypes.DATE, description="The day at whose end something was open; today where it is left out."),
    OpenApiParameter("party", OpenApiTypes.UUID, description="Of this party alone."),
    OpenApiParameter("currency", OpenApiTypes.STR, description="In this currency alone."),
    OpenApiParameter("origin", OpenApiTypes.STR, enum=["ISSUED", "RECEIVED"], description="What we issued, or what we received."),
    OpenApiParameter("by", OpenApiTypes.STR, description="How it is cut: month, quarter, year, whole, all, party, product."),
    OpenApiParameter("direction", OpenApiTypes.STR, enum=["IN", "OUT"], description="Which way the money went."),
]
PAGED: Final = [
    OpenApiParameter("limit", OpenApiTypes.INT, description="Rows on a page."),
    OpenApiParameter("offset", OpenApiTypes.INT, description="Rows before the page."),
]
NAME: Final = OpenApiParameter("name", OpenApiTypes.STR, OpenApiParameter.PATH, enum=[*REPORTS, *ALIASES])
FORM: Final = OpenApiParameter("form", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(FILES))
WRITTEN_AS: Final[Any] = {
    **{(200, FORMATS[form].content_type.partition(";")[0]): OpenApiTypes.BINARY for form in FILES},
    (200, "application/json"): OpenApiTypes.ANY,
    204: None,
}


class ReportViewSet(DownloadViewSet):
    """Reports on the company of the request."""

    model: ClassVar[Any] = ReportModel
    resource = "report"
    serializer_class = RowsSerializer
    lookup_url_kwarg = "name"
    permissions: ClassVar[Mapping[str, str]] = {"file": "view"}
    downloads = frozenset({"file"})
    further_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = {"retrieve": (422,), "file": (422, 501)}

    @extend_schema(responses=ReportSerializer(many=True), parameters=[])
    def list(self, request: Request) -> Response:
        """What there is to report, and what each report is asked."""
        check_known(self.asked, ())
        rows = [self._listed(report) for report in REPORTS.values()]
        page = islice(rows, self._number("offset"), self._number("offset") + self._number("limit"))
        return Response({"count": len(rows), **self._links(has_more=self._last() < len(rows)), "results": [*page]})

    @extend_schema(responses=RowsSerializer, parameters=[NAME, *ASKED, *PAGED])
    def retrieve(self, request: Request, **key: str) -> Response:
        """A report: a page of its rows, what its columns are, and what all rows come to."""
        report = self._report(key["name"])
        arguments = arguments_of(report, self._question(), view=self)
        table = report.table(**arguments)
        offset, limit = self._number("offset"), self._number("limit")
        if report.is_list:
            # There may be many: no more is read than the page, and a row that tells whether there are others.
            rows = [*islice(table.rows, offset, offset + limit + 1)]
            _close(table.rows)
            page, has_more, count = rows[:limit], len(rows) > limit, {}
            summed = report.sums(**arguments) if report.sums else []
        else:
            rows = summed = [*table.rows]
            page, has_more, count = rows[offset : offset + limit], len(rows) > offset + limit, {"count": len(rows)}
        return Response(
            {
                "name": report.name,
                "title": str(report.title),
                "columns": described(table.columns),
                "asked": {name: _asked(value) for name, value in arguments.items() if name not in SCOPES},
                **count,
                **self._links(has_more=has_more),
                "results": [said(table.columns, row) for row in page],
                "sums": added_up(report, table.columns, summed),
            }
        )

    @extend_schema(responses=WRITTEN_AS, parameters=[NAME, FORM, *ASKED])
    def file(self, request: Request, **key: str) -> Any:
        """A report as a file, all its rows; 204 where there are none."""
        report, form = self._report(key["name"]), key["form"]
        if form not in FILES:
            raise Http404
        arguments = arguments_of(report, self.asked.dict(), view=self)
        table, kind = report.table(**arguments), FORMATS[form]
        days = [value.isoformat() for value in arguments.values() if isinstance(value, date)]
        name = "-".join([report.name.replace("_", "-"), *days])
        headers = {"Content-Disposition": f'attachment; filename="{name}.{kind.suffix}"', "X-Content-Type-Options": "nosniff"}
        if form == "xlsx":
            # Until the last row is there, nothing of a workbook can be sent.
            file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
            if xlsx.write_xlsx(table, file):
                file.seek(0)
                return FileResponse(file, content_type=kind.content_type, headers=headers)
            file.close()
            return HttpResponse(status=204)
        rows = iter(table.rows)
        first = next(rows, None)
        if first is None:
            return HttpResponse(status=204)
        rows = _before(first, rows)
        parts: Iterator[str] = csv.lines(table.columns, rows) if form == "csv" else json.parts(table, rows)
        return StreamingHttpResponse(parts, content_type=kind.content_type, headers=headers)

    # Steps

    def _listed(self, report: Report) -> dict[str, Any]:
        match = self.request.resolver_match
        space = f"{match.view_name.rpartition(':')[0]}:" if match and ":" in match.view_name else ""
        return {
            "name": report.name,
            "title": str(report.title),
            "description": str(report.description),
            "asks": [*fields_of(report)],
            "url": reverse(f"{space}report-detail", [report.name], request=self.request),
        }

    def _report(self, name: str) -> Report:
        found = REPORTS.get(ALIASES.get(name, name))
        if found is None:
            raise Http404
        return found

    def _question(self) -> dict[str, Any]:
        return {name: value for name, value in self.asked.dict().items() if name not in BESIDE}

    def _number(self, name: str) -> int:
        pages: Any = self.paginator
        number: int = pages.get_limit(self.request) if name == "limit" else pages.get_offset(self.request)
        return number

    def _last(self) -> int:
        return self._number("offset") + self._number("limit")

    def _links(self, *, has_more: bool) -> dict[str, str | None]:
        """The addresses of the pages before and after this one."""
        here, offset, limit = self.request.build_absolute_uri(), self._number("offset"), self._number("limit")
        before = max(offset - limit, 0)
        earlier = replace_query_param(here, "offset", before) if before else remove_query_param(here, "offset")
        later = replace_query_param(here, "offset", offset + limit)
        return {"next": later if has_more else None, "previous": earlier if offset else None}


def file_view() -> Any:
    """The view of files: their rows are read while they are sent, when a transaction of the request would be over."""
    view = ReportViewSet.as_view({"get": "file"})
    for alias in connections:
        transaction.non_atomic_requests(alias)(view)
    return view


def _before(first: Any, rows: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rows


def _asked(value: Any) -> Any:
    return str(value.uuid) if hasattr(value, "uuid") else cell(value)


def _close(rows: Any) -> None:
    if hasattr(rows, "close"):
        rows.close()
