"""The addresses of what is sent of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.api.asking import KnownFilters
from invoicing.contrib.api.delivery.serializers import DeliverySerializer, SendSerializer
from invoicing.contrib.api.idempotency import check_key
from invoicing.contrib.api.invoices.parent import OfInvoiceViewSet
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.delivery.models import Delivery
from invoicing.contrib.delivery.services import send_invoice
from invoicing.domain.keys import shortened
from invoicing.models import get_invoice_model

PREFIX: Final = "api"
"""What request keys of the API begin with, so that they are no keys of others."""

OPTIONS = get_invoice_model()._meta
CHANGE: Final = f"{OPTIONS.app_label}.change_{OPTIONS.model_name}"


class DeliveryViewSet(OfInvoiceViewSet):
    """Mails that take a document to its customer. Each leaves at most once."""

    model: ClassVar[Any] = Delivery
    resource = "delivery"
    serializer_class = DeliverySerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it
    permissions: ClassVar[Mapping[str, str]] = {"send": CHANGE}
    sends: ClassVar = frozenset({"send"})
    further_statuses: ClassVar[Mapping[str, tuple[int, ...]]] = {"send": (501,)}

    def rows(self) -> QuerySet[Any, Any]:
        return Delivery.objects.order_by("-pk")

    def list(self, request: Request, **_key: str) -> Response:
        """What was sent of the document, reminders included, the newest first."""
        invoice = self.invoice()
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset().filter(invoice_id=invoice.pk)))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=SendSerializer, responses={202: DeliverySerializer})
    def send(self, request: Request, **_key: str) -> Response:
        """Send the document with its files, and issue it where it is not. The mail is queued: ask the deliveries what became of it."""
        serializer = SendSerializer(data=self.given)
        serializer.is_valid(raise_exception=True)
        delivery = send_invoice(self.invoice(), request_key=self._request_key(), using=self.database, **serializer.validated_data)
        return self.answer(delivery, status=202)

    def _request_key(self) -> str:
        """The Idempotency-Key of the user, which then stands for one mail for ever."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None:
            return ""
        check_key(key)
        return shortened(f"{PREFIX}:{self.request.user.pk}:{self.kwargs['id']}:{key}")
