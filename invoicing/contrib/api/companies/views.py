"""The addresses of companies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from invoicing.conf import conf
from invoicing.contrib.access.companies import companies_of
from invoicing.contrib.access.installation import is_installed, is_superuser, membership_model
from invoicing.contrib.access.roles import ADMIN
from invoicing.contrib.api.asking import KnownFilters
from invoicing.contrib.api.companies.serializers import CompanySerializer, OwnCompanySerializer, company_of_settings
from invoicing.contrib.api.schema import extend_schema
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Company


class CompanyView(CompanyViewSet):
    """The company of the request."""

    model: ClassVar[Any] = Company
    resource = "company"
    serializer_class = CompanySerializer
    permissions: ClassVar[Mapping[str, str]] = {"current": "view"}

    @extend_schema(responses=CompanySerializer)
    def current(self, request: Request) -> Response:
        """The company that the request is for; where there are none, the one that the settings describe."""
        return self.answer(self.company or company_of_settings(conf.supplier))


class OwnCompaniesView(CompanyViewSet):
    """The companies that the user works for. He may be asked which one before there is an answer, so that none is asked for here."""

    model: ClassVar[Any] = Company
    resource = "company"
    serializer_class = OwnCompanySerializer
    filter_backends: ClassVar[list[Any]] = [KnownFilters]  # type: ignore[misc]  # as the base has it
    permissions: ClassVar[Mapping[str, str]] = {"list": ""}

    def company_asked(self, request: Request) -> Company | None:  # the signature of the base
        return None

    @extend_schema(parameters=[])
    def list(self, request: Request) -> Response:
        """The companies that the user works for, with his role in each."""
        found: QuerySet[Company] = self.filter_queryset(companies_of(request.user).order_by("name", "pk"))
        rows = self.paginate_queryset(found) or []
        return self.get_paginated_response(OwnCompanySerializer(with_roles(rows, request.user), many=True).data)


def with_roles(companies: Any, user: Any) -> Any:
    """Companies that know what a user is in them."""
    known: dict[Any, tuple[str, bool]] = {}
    if is_installed():
        rows = membership_model().objects.filter(user_id=user.pk, company_id__in=[company.pk for company in companies])
        known = {key: (role, bool(active)) for key, role, active in rows.values_list("company_id", "role", "is_active")}
    for company in companies:
        role, is_active = known.get(company.pk, ("", False))
        company.role, company.is_active = ADMIN.name if is_superuser(user) else role, is_active
    return companies
