"""The addresses of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.api.asking import KnownFilters
from invoicing.contrib.api.changing import located
from invoicing.contrib.api.hooks.serializers import RotateSerializer, SecretSerializer, WebhookDeliverySerializer, WebhookSerializer
from invoicing.contrib.api.invoices.acts import NothingSerializer
from invoicing.contrib.api.models import WebhookDelivery, WebhookEndpoint
from invoicing.contrib.api.models.webhook import WebhookAttempt
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.contrib.api.webhooks.services import add_endpoint, change_endpoint, replay, rotate_secret, send_ping
from invoicing.scoping import of_company


class WebhookViewSet(CompanyViewSet):
    """Receivers of the company's news."""

    model: ClassVar[Any] = WebhookEndpoint
    resource = "webhook"
    serializer_class = WebhookSerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it
    permissions: ClassVar[Mapping[str, str]] = {"rotate_secret": "change", "ping": "change"}
    sends: ClassVar = frozenset({"ping"})

    def rows(self) -> QuerySet[Any, Any]:
        return WebhookEndpoint.objects.order_by("pk")

    @extend_schema(request=WebhookSerializer, responses={201: SecretSerializer})
    def create(self, request: Request) -> Response:
        """Set a receiver up. Its secret is in the answer, and in no other one."""
        values = self._read(WebhookSerializer)
        is_active = values.pop("is_active", True)
        endpoint = add_endpoint(company=self.company, using=self.database, **values)
        if not is_active:
            change_endpoint(endpoint, is_active=False)
        return self._told(endpoint, status=201)

    def update(self, request: Request, **_key: str) -> Response:
        """Write what is sent; what is left out stays. Whoever is made active again gets what waits for it."""
        endpoint = self.find_locked()
        serializer = self.get_serializer(endpoint, data=self.given, partial=True)
        serializer.is_valid(raise_exception=True)
        return self.answer(change_endpoint(endpoint, **serializer.validated_data))

    def partial_update(self, request: Request, **key: str) -> Response:
        """As PUT."""
        return self.update(request, **key)

    def destroy(self, request: Request, **_key: str) -> Response:
        """Delete a receiver to which nothing was sent; others are made inactive, so that their log stays."""
        self.find_locked().delete(using=self.database)
        return Response(status=204)

    @extend_schema(request=RotateSerializer, responses=SecretSerializer)
    def rotate_secret(self, request: Request, **_key: str) -> Response:
        """Give the receiver a new secret, which is in the answer; the one before signs, too, for a time."""
        values = self._read(RotateSerializer)
        return self._told(rotate_secret(self.find_locked(), keep_hours=values["keep_hours"]))

    @extend_schema(request=NothingSerializer, responses={202: WebhookDeliverySerializer})
    def ping(self, request: Request, **_key: str) -> Response:
        """Send the receiver a message that only says that it is there."""
        self._read(NothingSerializer)
        delivery = send_ping(self.find_locked())
        return Response(WebhookDeliverySerializer(delivery).data, status=202)

    # Steps

    def _read(self, kind: Any) -> Any:
        serializer = kind(data=self.given, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def _told(self, endpoint: WebhookEndpoint, *, status: int = 200) -> Response:
        """The receiver with its secret, as only whoever made it gets to see it."""
        headers = {"Location": located(self, "webhook-detail", self.dialect.key_of(self, endpoint))} if status == 201 else {}
        return Response(SecretSerializer(endpoint, context=self.get_serializer_context()).data, status=status, headers=headers)


class WebhookDeliveryViewSet(CompanyViewSet):
    """Messages to one receiver."""

    model: ClassVar[Any] = WebhookDelivery
    resource = "webhook_delivery"
    tags: ClassVar = ["webhook"]
    lookup_url_kwarg = "delivery"
    serializer_class = WebhookDeliverySerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it
    permissions: ClassVar[Mapping[str, str]] = {"replay": "change"}
    sends: ClassVar = frozenset({"replay"})

    def rows(self) -> QuerySet[Any, Any]:
        last = WebhookAttempt.objects.filter(delivery=OuterRef("pk")).order_by("-pk").values("status_code")[:1]
        rows = WebhookDelivery.objects.select_related("event").annotate(last_code=Subquery(last)).order_by("-pk")
        return rows.filter(endpoint_id=self.endpoint().pk) if "id" in self.kwargs else rows

    def endpoint(self) -> Any:
        """The receiver that the address names. Raises Http404 where the company has none."""
        rows = of_company(WebhookEndpoint.objects.all(), self.company)
        return get_object_or_404(rows, **self.dialect.key(self, str(self.kwargs["id"])))

    def list(self, request: Request, **_key: str) -> Response:
        """What was sent to the receiver, or waits to be, the newest first."""
        return super().list(request)

    @extend_schema(request=NothingSerializer, responses={202: WebhookDeliverySerializer})
    def replay(self, request: Request, **_key: str) -> Response:
        """Send a message again, whatever became of it. It keeps its id, so that receivers know it."""
        NothingSerializer(data=self.given).is_valid(raise_exception=True)
        again = replay(self.find_locked())
        return Response(self.shown(self.get_queryset().get(pk=again.pk)), status=202)
