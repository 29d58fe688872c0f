"""The addresses of comments and files of documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from invoicing.contrib.api.asking import KnownFilters
from invoicing.contrib.api.collaboration.serializers import AttachmentSerializer, CommentSerializer, UploadSerializer
from invoicing.contrib.api.downloads import DownloadViewSet
from invoicing.contrib.api.invoices.parent import OfInvoiceViewSet
from invoicing.contrib.api.parsers import LimitedMultiPartParser
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.collaboration.downloads import download_response
from invoicing.contrib.collaboration.exceptions import AttachmentRefusedError
from invoicing.contrib.collaboration.models import Attachment, Comment
from invoicing.contrib.collaboration.services import attach, comment, detach


class CommentViewSet(OfInvoiceViewSet):
    """What people write about a document: a log that is added to."""

    model: ClassVar[Any] = Comment
    resource = "comment"
    serializer_class = CommentSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it

    def rows(self) -> QuerySet[Any, Any]:
        return Comment.objects.select_related("author").order_by("pk")

    def list(self, request: Request, **_key: str) -> Response:
        """The comments on the document, the first one first."""
        invoice = self.invoice()
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().filter(invoice_id=invoice.pk)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request, **_key: str) -> Response:
        """Write a comment, on documents that are issued as well."""
        serializer = self.get_serializer(data=self.given)
        serializer.is_valid(raise_exception=True)
        added = comment(self.invoice(), serializer.validated_data["text"], author=request.user)
        return self.answer(self.get_queryset().get(pk=added.pk), status=201)


class AttachmentViewSet(OfInvoiceViewSet, DownloadViewSet):
    """Files of a document. They are only ever given out to be saved."""

    model: ClassVar[Any] = Attachment
    resource = "attachment"
    lookup_url_kwarg = "attachment"
    serializer_class = AttachmentSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it
    permissions: ClassVar[Mapping[str, str]] = {"download": "view"}
    downloads = frozenset({"download"})

    def get_parsers(self) -> list[Any]:
        """Files come as forms; the other requests have no body, or JSON."""
        # The framework asks for them before it says which action it is.
        action = getattr(self, "action", None) or self.action_map.get(str(self.request.method).lower())
        return [LimitedMultiPartParser()] if action == "create" else super().get_parsers()

    def rows(self) -> QuerySet[Any, Any]:
        rows = Attachment._default_manager.select_related("uploader").order_by("pk")
        return rows.filter(invoice_id=self.invoice().pk) if "id" in self.kwargs else rows

    def list(self, request: Request, **_key: str) -> Response:
        """The files of the document, the first one first."""
        return super().list(request)

    @extend_schema(request={"multipart/form-data": UploadSerializer}, responses={201: AttachmentSerializer})
    def create(self, request: Request, **_key: str) -> Response:
        """Attach a file, to documents that are issued as well."""
        serializer = UploadSerializer(data=self.given)
        serializer.is_valid(raise_exception=True)
        values = serializer.validated_data
        try:
            added = attach(self.invoice(), values["attachment"], uploader=request.user, is_public=values["is_public"])
        except AttachmentRefusedError as error:
            # The field of the form has another name than the column.
            raise type(error)({"attachment" if name == "file" else name: texts for name, texts in error.errors.items()}) from error
        row = self.get_queryset().get(pk=added.pk)
        match = request.resolver_match
        space = f"{match.view_name.rpartition(':')[0]}:" if match and ":" in match.view_name else ""
        keys = [str(self.kwargs["id"]), self.dialect.key_of(self, row)]
        return self.answer(row, status=201, headers={"Location": reverse(f"{space}attachment-detail", keys, request=request)})

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def download(self, request: Request, **_key: str) -> FileResponse:
        """The file, to be saved under its name."""
        return download_response(self.find())

    def destroy(self, request: Request, **_key: str) -> Response:
        """Remove a file for good."""
        detach(self.find_locked())
        return Response(status=204)
