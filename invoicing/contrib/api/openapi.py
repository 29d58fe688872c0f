"""The OpenAPI document: our own routes and nothing of the host's, in OpenAPI 3.1, a document for each dialect."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

import invoicing
from invoicing.contrib.api.chapters import described
from invoicing.contrib.api.dialect import CANONICAL, Dialect
from invoicing.contrib.api.views import CompanyViewSet

SETTINGS: dict[str, Any] = {
    "TITLE": "invoicing",
    "DESCRIPTION": """\
Invoices, payments and what goes with them, of one company at a time.

- **Company**: whoever works for several names one in the header `organization-id`.
- **Amounts** travel as text, `"119.00"`: a float is refused. Moments are in UTC.
- **Twice is once**: a POST with an `Idempotency-Key` has one effect, and the same answer each time.
- **Nobody is overwritten**: send the `ETag` of what you read as `If-Match`.
- **Lists** are pages, by `limit` and `offset`, or by `cursor`; what a list does not know is refused by name.
- **Refusals** have one body, `{"error", "code", "errors"}`: a sentence for people, a code for programs, sentences by field.
""",
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

    def get_schema(self, request: Any = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002  # of the package
        """The document; its chapters are those that it has operations of."""
        document = super().get_schema(request, public)  # type: ignore[no-untyped-call]
        operations = [one for item in document["paths"].values() for one in item.values() if isinstance(one, dict)]
        document["tags"] = described({tag for one in operations for tag in one.get("tags", ())})
        return document

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
