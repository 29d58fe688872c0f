"""Reports in the admin: an index, a page each, and files to take away. Nothing has to be added to the host's URLs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from django.forms import Media
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from invoicing.admin.scoped import ScopedAdmin
from invoicing.conf import conf
from invoicing.contrib.reports.exports import FORMATS, csv, json, xlsx
from invoicing.contrib.reports.exports.cells import started
from invoicing.contrib.reports.forms import ReportForm
from invoicing.contrib.reports.models import Report as ReportModel
from invoicing.contrib.reports.shown import MOST, page_of
from invoicing.contrib.reports.tables import REPORTS, Report
from invoicing.models import Company, Party
from invoicing.scoping import is_narrowed, visible

FILES = ("csv", "xlsx", "json")

LONGEST_KEY = 18
"""Digits of a key that every database can be asked for."""


class ReportAdmin(ScopedAdmin):
    """The pages of reports, for staff with the permission `invoicing_reports.view_report`."""

    index_template = "admin/invoicing_reports/report/index.html"
    report_template = "admin/invoicing_reports/report/report.html"

    @property
    def media(self) -> Media:
        return super().media + Media(css={"all": ["invoicing/reports.css"]})

    def companies(self, request: HttpRequest) -> Any:
        """The companies whose figures the reader may see; None: all, and documents without a company. Hosts override it."""
        if not is_narrowed(request.user):
            return None
        own = visible(Company.objects.all(), user=request.user)
        return [company for company in own if self.has_own_permission(request, "view", company)]

    # Who may

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  # Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    # Where

    def get_urls(self) -> list[URLPattern]:
        """The index, a page and a file of each report."""
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        file = view(self.file_view)
        for alias in connections:
            # Its rows are read while it is sent: a transaction of the request would be over by then, and its cursor gone.
            transaction.non_atomic_requests(alias)(file)
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("<slug:report>/", view(self.report_view), name=f"{name}_report"),
            path("<slug:report>/<slug:form>/", file, name=f"{name}_file"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """What there is to report."""
        self._check(request)
        listed = [
            {"report": report, "address": reverse(f"{self.admin_site.name}:invoicing_reports_report_report", args=[report.name])}
            for report in REPORTS.values()
        ]
        return self._page(request, self.index_template, title=_("Reports"), reports=listed, **(extra_context or {}))

    def report_view(self, request: HttpRequest, report: str) -> HttpResponse:
        """A report, once it has all that it asks for."""
        self._check(request)
        asked = _report(report)
        form = self._form(request, asked)
        # A report over a party waits until one is chosen: that is no mistake.
        is_waiting = asked.needs_party and not request.GET.get("party")
        page = None
        if not is_waiting and form.is_valid():
            arguments = form.arguments()
            page = page_of(asked, asked.table(**arguments), arguments)
        context = {
            "report": asked,
            "form": form if request.GET or not is_waiting else _without_errors(form),
            "page": page,
            "most": MOST,
            "period": form.cleaned_data if page else None,
            "files": [(name.upper(), self._address("file", report, name, query=request.GET.urlencode())) for name in self._files()],
            "index": self._address("changelist"),
            "form_media": form.media,
        }
        return self._page(request, self.report_template, title=str(asked.title), **context)

    def file_view(self, request: HttpRequest, report: str, form: str) -> Any:
        """A report as a file; nothing to report is said on its page."""
        self._check(request)
        asked = _report(report)
        if form not in self._files():
            raise Http404
        filled = self._form(request, asked)
        page = self._address("report", report, query=request.GET.urlencode())
        if not filled.is_valid():
            return HttpResponseRedirect(page)
        table = asked.table(**filled.arguments())
        kind = FORMATS[form]
        headers = {"Content-Disposition": f'attachment; filename="{_file_name(asked, filled.cleaned_data)}.{kind.suffix}"'}
        if form == "xlsx":
            # Until the last row is there, nothing of a workbook can be sent.
            file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
            if xlsx.write_xlsx(table, file):
                file.seek(0)
                return FileResponse(file, content_type=kind.content_type, headers=headers)
            file.close()
        else:
            rows = started(iter(table.rows))
            if rows is not None:
                parts: Iterator[str] = csv.lines(table.columns, rows) if form == "csv" else json.parts(table, rows)
                return StreamingHttpResponse(parts, content_type=kind.content_type, headers=headers)
        self.message_user(request, _("Nothing to report, so there is no file."), messages.WARNING)
        return HttpResponseRedirect(page)

    # Helpers

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _form(self, request: HttpRequest, report: Report) -> ReportForm:
        allowed = self.companies(request)
        companies = list(Company.objects.all() if allowed is None else allowed)
        today = companies[0].today() if len(companies) == 1 else timezone.localdate()
        data: dict[str, Any] = request.GET.dict()
        party = data.get("party", "")
        if party and not (party.isdecimal() and len(party) <= LONGEST_KEY):
            # The field to search in would ask the database for it.
            raise Http404
        parties = visible(Party.objects.all(), user=request.user)
        form = ReportForm(
            data, report=report, companies=companies, is_narrowed=allowed is not None, parties=parties, today=today, site=self.admin_site
        )
        form.usual_fiscal_year_start = conf.fiscal_year_start
        return form

    def _files(self) -> list[str]:
        return [name for name in FILES if name != "xlsx" or xlsx.is_available()]

    def _address(self, page: str, *args: str, query: str = "") -> str:
        address = reverse(f"{self.admin_site.name}:invoicing_reports_report_{page}", args=args)
        return f"{address}?{query}" if query else address

    def _page(self, request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, template, whole)


def _report(name: str) -> Report:
    if name not in REPORTS:
        raise Http404
    return REPORTS[name]


def _without_errors(form: ReportForm) -> ReportForm:
    """The form as it is before anything was chosen."""
    form.errors.clear()
    return form


def _file_name(report: Report, cleaned: dict[str, Any]) -> str:
    days = [cleaned[name] for name in ("first", "last", "on") if isinstance(cleaned.get(name), date)]
    return "-".join([report.name.replace("_", "-"), *(day.isoformat() for day in days)])


if conf.admin and not admin.site.is_registered(ReportModel):
    admin.site.register(ReportModel, ReportAdmin)
