"""The OpenAPI document: our own routes and nothing of the host's, in OpenAPI 3.1, a document for each dialect."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

import invoicing
from invoicing.contrib.api.dialect import CANONICAL, Dialect
from invoicing.contrib.api.views import CompanyViewSet

SETTINGS: dict[str, Any] = {
    "TITLE": "invoicing",
    "DESCRIPTION": (
        "Invoices, payments and what goes with them, of one company at a time. Money travels as text; every refusal has one body; "
        "a POST with an Idempotency-Key has one effect."
    ),
    "VERSION": invoicing.__version__,
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": True,
    "SCHEMA_PATH_PREFIX": "",
    "ENUM_NAME_OVERRIDES": {},
    "POSTPROCESSING_HOOKS": [],
    "SORT_OPERATIONS": True,
    "SERVERS": [],
    "TAGS": [],
}
"""What the document says, whatever the host says of its own."""


class OurRoutes(SchemaGenerator):
    """Collects the views of the API in one dialect, wherever the host has mounted them."""

    dialect: ClassVar[Dialect] = CANONICAL

    def _initialise_endpoints(self) -> None:
        super()._initialise_endpoints()  # type: ignore[no-untyped-call]
        self.endpoints = [endpoint for endpoint in self.endpoints or () if self._is_ours(endpoint[-1])]

    def _is_ours(self, callback: Any) -> bool:
        view = getattr(callback, "cls", None)
        is_ours = isinstance(view, type) and issubclass(view, CompanyViewSet)
        return is_ours and callback.initkwargs.get("dialect", CANONICAL).name == self.dialect.name


class SchemaView(SpectacularAPIView):
    """The document, as YAML or JSON. It tells nothing of anybody's data, so that everybody may read it."""

    generator_class = OurRoutes
    permission_classes = [AllowAny]
    custom_settings = SETTINGS
    api_version = ""


def schema_of(dialect: Dialect) -> type[SchemaView]:
    """The view of the document of one dialect."""
    routes = type(f"{dialect.name.title()}Routes", (OurRoutes,), {"dialect": dialect})
    titled = {**SETTINGS, "TITLE": f"invoicing, {dialect.name} dialect"}
    return type(f"{dialect.name.title()}Schema", (SchemaView,), {"generator_class": routes, "custom_settings": titled})
