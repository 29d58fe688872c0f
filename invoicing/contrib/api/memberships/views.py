"""The addresses of memberships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.contrib.access.models import Membership
from invoicing.contrib.api.companies.serializers import OwnCompanySerializer
from invoicing.contrib.api.companies.views import with_roles
from invoicing.contrib.api.invoices.acts import NothingSerializer
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Company


class MembershipView(CompanyViewSet):
    """The memberships of the user himself: each is one of a company, and not of the one that a request is for."""

    model: ClassVar[Any] = Membership
    resource = "company"
    permissions: ClassVar[Mapping[str, str]] = {"activate": ""}

    def company_asked(self, request: Request) -> Company | None:  # the signature of the base
        return None

    @extend_schema(request=NothingSerializer, responses=OwnCompanySerializer)
    def activate(self, request: Request, **key: str) -> Response:
        """Make a company the one that requests of the user are for where they name none."""
        NothingSerializer(data=self.given).is_valid(raise_exception=True)
        wanted = {f"company__{name}": value for name, value in self.key(key["id"]).items()}
        rows = Membership.objects.using(self.database).of(request.user).select_related("company")
        membership = get_object_or_404(rows, **wanted)
        membership.activate()
        return Response(OwnCompanySerializer(with_roles([membership.company], request.user)[0]).data)
