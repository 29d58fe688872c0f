"""The schema: what every operation takes and answers beside its own, for OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from drf_spectacular.utils import extend_schema as extend
from rest_framework import serializers

from invoicing.contrib.api.chapters import summary_of, title_of

Described = TypeVar("Described", bound=Callable[..., Any])

REASONS: Final[Mapping[int, str]] = {
    400: "Malformed: no JSON, a wrong type, a missing or an unknown field.",
    401: "Nobody is logged in, or the token is not valid any more.",
    403: "The role in the company does not allow it.",
    404: "There is no such thing in the company, or no such company.",
    405: "The method is not known here.",
    406: "The answer is JSON; the request accepts something else.",
    409: "Not now: issued and frozen, no such step from here, locked books, or an Idempotency-Key that came with another body.",
    412: "Somebody changed it meanwhile (If-Match).",
    413: "The body is too long.",
    415: "The body is of a type that is not read here.",
    422: "Well-formed, and the values cannot stand.",
    429: "Too many requests.",
    501: "What it needs is not installed.",
}

READ = (400, 401, 403, 404, 405, 406, 422, 429)
WRITTEN = (400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429)

ORGANIZATION = OpenApiParameter(
    "organization-id",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    description="The company, for users of several; without it the active one counts, or the only one.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7E]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body has one effect and gives one answer, also when it is sent twice.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag that was read: 412 if it changed meanwhile."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag that was read: 304 if it is the same still."
)


ACTED_ON: Final = frozenset({"invoice", "payment", "webhook", "webhook_delivery"})
"""Resources whose acts compare If-Match."""


class ErrorSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """Why a request was refused."""

    error = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(help_text="For programs; it stays.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a property of the framework has this name, too
        child=serializers.ListField(child=serializers.CharField()), help_text="Sentences by field: items[1].quantity."
    )


class APISchema(AutoSchema):
    """Adds to each operation what the base view does for it: headers, refusals, tags."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        found = [ORGANIZATION]
        if self.method == "POST" and not self._writes_nothing():
            found.append(IDEMPOTENCY_KEY)
        if self.method in {"PUT", "PATCH", "DELETE"} or self._is_act():
            found.append(IF_MATCH)
        if self.method == "GET" and getattr(self.view, "action", "") == "retrieve":
            found.append(IF_NONE_MATCH)
        return found

    def get_tags(self) -> list[str]:
        return [title_of(tag) for tag in getattr(self.view, "tags", None) or [str(self.view.resource or "api")]]

    def get_summary(self) -> str | None:
        return summary_of(self.view.resource, getattr(self.view, "action", None) or "")

    def get_operation_id(self) -> str:
        """The resource and the action, under the dialect where there is one: invoice_list, crm_invoice_list."""
        action = getattr(self.view, "action", None) or self.method.lower()
        parts = [self.view.dialect.name, self.view.resource, action]
        return "_".join(part for part in parts if part)

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        statuses = READ if self.method == "GET" else WRITTEN
        statuses = (*statuses, *getattr(self.view, "further_statuses", {}).get(self.view.action, ()))
        for status in statuses:
            if str(status) not in bodies:
                response = OpenApiResponse(ErrorSerializer, description=REASONS[status])
                bodies[str(status)] = self._get_response_for_code(response, str(status), direction=direction)  # type: ignore[no-untyped-call]
        if self.method == "GET" and getattr(self.view, "action", "") == "retrieve":
            bodies["304"] = {"description": "The caller has it already (If-None-Match)."}
        return bodies

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002  # of the package
        """As the package does it, but that what only is read may be empty, and that any JSON is null only once."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if schema.get("oneOf") == [{}, {"type": "null"}]:
            del schema["oneOf"]
        if field.read_only and isinstance(field, serializers.ChoiceField) and _may_be_empty(field) and "enum" in schema:
            schema["enum"] = [*schema["enum"], ""]
        return schema

    def _is_act(self) -> bool:
        """Whether something is done to the row that the address names, rather than to a new one."""
        return self.method == "POST" and self.view.resource in ACTED_ON and self.view.action != "create" and not self._writes_nothing()

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """As the package does it, but that what only is read may be empty where an address of mail could stand."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if field.read_only and schema.get("format") in {"email", "uri"}:
            del schema["format"]

    def _writes_nothing(self) -> bool:
        return getattr(self.view, "action", "") in self.view.writes_nothing


def _may_be_empty(field: Any) -> bool:
    """Whether the column behind a field may hold an empty text."""
    model = getattr(getattr(field.parent, "Meta", None), "model", None)
    columns = {column.name: column for column in model._meta.concrete_fields} if model is not None else {}
    column = columns.get(field.source)
    return column is not None and column.blank


def extend_schema(**described: Any) -> Callable[[Described], Described]:
    """As drf-spectacular's, for a method of a view of ours: also where the host's own schemas are made by something else."""

    def decorate(method: Described) -> Described:
        method.kwargs = {**getattr(method, "kwargs", {}), "schema": APISchema}  # type: ignore[attr-defined]  # where the framework looks
        decorated: Described = extend(**described)(method)
        return decorated

    return decorate
