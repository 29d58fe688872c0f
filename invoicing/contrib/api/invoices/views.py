"""The addresses of documents: lists, one document, and what can be done to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.api.asking import KnownFilters, KnownOrderings
from invoicing.contrib.api.changing import located
from invoicing.contrib.api.downloads import DownloadViewSet
from invoicing.contrib.api.invoices import examples
from invoicing.contrib.api.invoices.acts import (
    CancelSerializer,
    CopySerializer,
    CreditSerializer,
    NothingSerializer,
    ReasonSerializer,
    StatusSerializer,
    act_towards,
    credit_lines,
    permission_of,
    take,
)
from invoicing.contrib.api.invoices.examples import exemplified
from invoicing.contrib.api.invoices.filters import ORDERINGS, InvoiceFilter
from invoicing.contrib.api.invoices.history import EventSerializer, events_of
from invoicing.contrib.api.invoices.items import ItemSerializer, made_item
from invoicing.contrib.api.invoices.rows import invoice_rows
from invoicing.contrib.api.invoices.serializers import InvoiceSerializer
from invoicing.contrib.api.invoices.shown import HAS_COLLABORATION, numbered, shown_invoice, shown_item
from invoicing.contrib.api.invoices.writing import create_invoice, update_invoice
from invoicing.contrib.api.permissions import require
from invoicing.contrib.api.schema import extend_schema
from invoicing.documents.filenames import document_filename
from invoicing.documents.preview import as_json, preview
from invoicing.documents.storing import pdf_of
from invoicing.domain.choices import InvoiceType, Status
from invoicing.domain.lifecycle import Act
from invoicing.explaining import explain
from invoicing.models import get_invoice_model

if HAS_COLLABORATION:
    from invoicing.contrib.collaboration.services import assign

VOID = f"{get_invoice_model()._meta.app_label}.void_invoice"


class InvoiceViewSet(DownloadViewSet):
    """Documents of the company."""

    model: ClassVar = staticmethod(get_invoice_model)
    resource = "invoice"
    serializer_class = InvoiceSerializer
    filter_backends = (KnownFilters, KnownOrderings)
    filterset_class = InvoiceFilter
    orderings: ClassVar = ORDERINGS
    usual_ordering: ClassVar = ("-date_issue",)
    permissions: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("outstanding", "preview", "pdf", "download", "explain", "history", "items"), "view"),
        **dict.fromkeys(("issue", "add_items", "set_status"), "change"),
        "copy": "add",
        **dict.fromkeys(("cancel", "credit", "write_off"), VOID),
    }
    writes_nothing: ClassVar = frozenset({"download"})
    downloads = frozenset({"pdf", "download"})
    further_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = dict.fromkeys(("preview", "pdf"), (422, 501)) | {"download": (501,)}

    def rows(self) -> QuerySet[Any, Any]:
        return invoice_rows()

    def shown(self, row: Any) -> Any:
        return shown_invoice(row)

    def written(self, invoice: Any, *, status: int = 200) -> Response:
        """The document as it is stored now."""
        row = self.prepared([self.get_queryset().get(pk=invoice.pk)])[0]
        headers = {"Location": located(self, "invoice-detail", self.dialect.key_of(self, row))} if status == 201 else None
        return self.answer(row, status=status, headers=headers)

    # The usual actions

    @extend_schema(examples=exemplified(examples.CREATE), responses={201: InvoiceSerializer})
    def create(self, request: Request) -> Response:
        """Make a document with its items. It is NEW and numbered, unless `status` says DRAFT."""
        given = self.given
        serializer: Any = self.get_serializer(data=given)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        self._check_kind(values.get("type"))
        invoice = create_invoice(values, company=self.company, using=self.database)
        self._assign(invoice, values)
        if "status" in values and values["status"] not in {Status.DRAFT, Status.NEW}:
            self._bring_to(invoice, values["status"])
        response = self.written(invoice, status=201)
        serializer.check_computed(given, response.data)
        return response

    @extend_schema(examples=exemplified(examples.UPDATE))
    def update(self, request: Request, **_key: str) -> Response:
        """Write what is sent; what is left out stays. Items that are sent are all the items that the document has then."""
        invoice, given = self.find_locked(), self.given
        serializer: Any = self.get_serializer(invoice, data=given, partial=True)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        if values.get("type", invoice.type) != invoice.type:
            self._check_kind(values["type"])
        self._assign(invoice, values)
        update_invoice(invoice, values, using=self.database)
        if "status" in values:
            self._bring_to(invoice, values["status"])
        response = self.written(invoice)
        serializer.check_computed(given, response.data)
        return response

    @extend_schema(examples=exemplified(examples.UPDATE))
    def partial_update(self, request: Request, **key: str) -> Response:
        """As PUT."""
        return self.update(request, **key)

    @extend_schema(responses={200: InvoiceSerializer, 204: None})
    def destroy(self, request: Request, **_key: str) -> Response:
        """Delete a draft, or the last of its series; a number that is not the last is voided instead, and answered."""
        invoice = self.find_locked()
        count, _kinds = invoice.delete(using=self.database)
        return Response(status=204) if count else self.written(invoice)

    @extend_schema(responses=InvoiceSerializer(many=True))
    def outstanding(self, request: Request) -> Response:
        """Issued documents that wait for money, as the filters say, the newest first."""
        rows = self.filter_queryset(self.get_queryset().filter(issued_at__isnull=False).unpaid().collectible())
        return self.page_of(rows)

    # Acts

    @extend_schema(request=NothingSerializer, responses=InvoiceSerializer)
    def issue(self, request: Request, **_key: str) -> Response:
        """Issue the document: from now on it is frozen."""
        self._read(NothingSerializer)
        invoice = self.find_locked()
        invoice.issue()
        return self.written(invoice)

    @extend_schema(request=CancelSerializer, responses=InvoiceSerializer, examples=exemplified(examples.CANCEL))
    def cancel(self, request: Request, **_key: str) -> Response:
        """Void the document; its number stays in the register with the reason."""
        values = self._read(CancelSerializer)
        invoice = self.find_locked()
        invoice.cancel(values["reason"])
        return self.written(invoice)

    @extend_schema(request=CreditSerializer, responses={201: InvoiceSerializer}, examples=exemplified(examples.CREDIT))
    def credit(self, request: Request, **_key: str) -> Response:
        """Make and issue a credit note over the document, or over some of its items. The credit note is answered."""
        values = self._read(CreditSerializer)
        invoice = self.find_locked()
        lines = credit_lines(invoice, values["lines"]) if "lines" in values else None
        return self.written(invoice.create_credit_note(lines, reason=values["reason"]), status=201)

    @extend_schema(request=CopySerializer, responses={201: InvoiceSerializer}, examples=exemplified(examples.COPY))
    def copy(self, request: Request, **_key: str) -> Response:
        """Copy the document with its items; the copy is answered."""
        values = self._read(CopySerializer)
        invoice = self.find_locked()
        self._check_kind(values.get("type", invoice.type))
        day = values.get("date_issue") or invoice.today()
        usual = {"date_issue": day, "date_tax_point": day, "date_due": None}
        return self.written(invoice.create_copy(**{**usual, **values}), status=201)

    @extend_schema(request=ReasonSerializer, responses=InvoiceSerializer, examples=exemplified(examples.WRITE_OFF))
    def write_off(self, request: Request, **_key: str) -> Response:
        """Give the money up as a bad debt."""
        values = self._read(ReasonSerializer)
        invoice = self.find_locked()
        invoice.write_off(values["reason"])
        return self.written(invoice)

    @extend_schema(request=StatusSerializer, responses=InvoiceSerializer, examples=exemplified(examples.STATUS))
    def set_status(self, request: Request, **_key: str) -> Response:
        """Bring the document to a state by the act that leads there; nothing happens where it is there already."""
        values = self._read(StatusSerializer)
        invoice = self.find_locked()
        self._bring_to(invoice, values["status"], reason=values["reason"])
        return self.written(invoice)

    # Items

    @extend_schema(responses=ItemSerializer(many=True), filters=False)
    def items(self, request: Request, **_key: str) -> Response:
        """The items of the document, all of them."""
        listed = [shown_item(item) for item in numbered(list(self.find().item_set.all()))]
        return Response({"count": len(listed), "next": None, "previous": None, "results": listed})

    @extend_schema(request=ItemSerializer, responses={201: InvoiceSerializer}, examples=exemplified(examples.ITEM))
    def add_items(self, request: Request, **_key: str) -> Response:
        """Add an item at the end of a document that is not issued. The document is answered."""
        serializer = ItemSerializer(data=self.given, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        invoice = self.find_locked()
        invoice.check_open()
        invoice.add_items([made_item(invoice, serializer.validated_data)])
        return self.written(invoice, status=201)

    # What is to be read

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="`html`, and the `context` that it was made from.")})
    def preview(self, request: Request, **_key: str) -> Response:
        """The document as a page, and the values that it was made from."""
        shown = preview(self.find())
        return Response({"context": shown.context, "html": shown.html})

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request: Request, **_key: str) -> HttpResponse:
        """The document as PDF."""
        invoice = self.find()
        disposition = content_disposition_header(as_attachment=True, filename=document_filename(invoice)) or "attachment"
        return HttpResponse(pdf_of(invoice), content_type="application/pdf", headers={"Content-Disposition": disposition})

    def download(self, request: Request, **key: str) -> HttpResponse:
        """As `pdf`, for clients that ask by POST."""
        self._read(NothingSerializer)
        return self.pdf(request, **key)

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="Lines, tax, totals, decisions and facts.")})
    def explain(self, request: Request, **_key: str) -> Response:
        """How the totals and the tax came about, step by step."""
        return Response(as_json(explain(self.find())))

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    def history(self, request: Request, **_key: str) -> Response:
        """What happened to the document, from its beginning."""
        page = self.paginate_queryset(events_of(self.find()))
        return self.get_paginated_response(EventSerializer(page, many=True).data)

    # Steps

    def _read(self, kind: Any) -> Any:
        serializer = kind(data=self.given, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _check_kind(self, kind: Any) -> None:
        """Whoever makes a credit note credits, whichever way it comes about. Raises PermissionDenied."""
        if kind == InvoiceType.CREDIT_NOTE:
            require(self, VOID)

    def _bring_to(self, invoice: Any, word: str, *, reason: str = "") -> None:
        act = act_towards(invoice, word)
        if act is None:
            return
        require(self, permission_of(act))
        if invoice.status == Status.DRAFT and word == Status.NEW and act == Act.ISSUE:
            # A draft that is called NEW takes its number and stays open.
            invoice.status = Status.NEW
            invoice.save(using=self.database)
            return
        take(invoice, act, reason=reason)

    def _assign(self, invoice: Any, values: Mapping[str, Any]) -> None:
        given = {name: values[name] for name in ("assigned_to", "teams", "authorized_by") if name in values}
        if not given or not apps.is_installed("invoicing.contrib.collaboration"):
            return
        require(self, "invoicing_collaboration.change_assignment")
        names = {"assigned_to": "users", "teams": "groups", "authorized_by": "authorized_by"}
        assign(invoice, **{names[name]: value for name, value in given.items()})
