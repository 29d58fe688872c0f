"""Errors: every refusal as one body, {"error", "code", "errors"}, with the status that says whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from invoicing.exceptions import InvalidDataError, InvoicingError

MALFORMED: Final = frozenset(
    {
        *("required", "null", "invalid", "not_a_list", "not_a_dict", "parse_error", "unknown", "float", "date", "datetime", "empty"),
        *("make_aware", "overflow", "incorrect_type", "null_characters_not_allowed", "surrogate_characters_not_allowed"),
    }
)
"""Codes of fields that are no values at all, or missing: 400. A value that only cannot stand is 422."""

STATUSES: Final[Mapping[str, int]] = {
    # Well-formed, and not possible.
    "invalid_data": 422,
    "tax_without_vat_id": 422,
    "content_missing": 422,
    "number_taken": 422,
    "number_unusable": 422,
    "out_of_order": 422,
    "over_credit": 422,
    "over_allocation": 422,
    "payment_mismatch": 422,
    "document_failed": 422,
    "attachment_refused": 422,
    "attachment_too_large": 413,
    "webhook_address": 422,
    # Possible at another time, or for another document.
    "books_locked": 409,
    "invoice_frozen": 409,
    "transition_not_allowed": 409,
    "not_creditable": 409,
    "credited_in_part": 409,
    "append_only": 409,
    "closed_invoice": 409,
    "settled_invoice": 409,
    "payment_state": 409,
    "payment_frozen": 409,
    "duplicate_payment": 409,
    "not_deliverable": 409,
    "delivery_state": 409,
    "request_key_reused": 409,
    "idempotency_key_reused": 409,
    "in_use": 409,
    "webhook_state": 409,
    "try_again": 409,
    # Whose company it is.
    "company_required": 400,
    "no_company": 403,
    "company_not_found": 404,
    "attachment_missing": 404,
    # What is not there.
    "missing_dependency": 501,
    "vat_id_unverified": 503,
}
"""The status of each code of the library; a code that is not listed is a conflict."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it is answered."""

    status: int
    sentence: str
    code: str
    errors: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """What the answer holds."""
        return {"error": self.sentence, "code": self.code, "errors": self.errors}


def refused(error: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001  # the signature of exception handlers
    """The answer to an error that was raised on purpose; None for one that was not."""
    refusal = refusal_of(error)
    if refusal is None:
        return None
    set_rollback()
    return Response(refusal.body(), status=refusal.status, headers=refusal.headers)


def refusal_of(error: Exception) -> Refusal | None:
    """The refusal that an error stands for, if it is one."""
    if isinstance(error, InvoicingError):
        return _of_the_library(error)
    if isinstance(error, ProtectedError):
        return Refusal(409, _("Others point to it: it cannot be deleted."), "in_use")
    if isinstance(error, DjangoValidationError):
        return _invalid(exceptions.ValidationError(exceptions._get_error_details(_messages(error), "invalid_value")))  # noqa: SLF001
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    return None


def _of_the_library(error: InvoicingError) -> Refusal:
    errors = error.errors if isinstance(error, InvalidDataError) else {}
    headers = {"Retry-After": "1"} if error.code == "try_again" else {}
    return Refusal(STATUSES.get(error.code, 409), str(error), error.code, dict(errors), headers)


def _of_the_framework(error: exceptions.APIException) -> Refusal:
    headers = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    detail: Any = error.detail
    # Some packages raise with an object: its sentence is what people read.
    sentence = str(detail.get("detail", detail)) if isinstance(detail, dict) else str(detail)
    code = getattr(detail, "code", None) or error.default_code
    return Refusal(error.status_code, sentence, str(code), {}, headers)


def _invalid(error: exceptions.ValidationError) -> Refusal:
    found = list(_flat(error.detail))
    errors: dict[str, list[str]] = {}
    for name, detail in found:
        errors.setdefault(name or "non_field_errors", []).append(str(detail))
    is_malformed = any(detail.code in MALFORMED for _name, detail in found)
    sentence = " ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items())
    return Refusal(400 if is_malformed else 422, sentence, "malformed" if is_malformed else "invalid_data", errors)


def _flat(detail: Any, name: str = "") -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Errors of nested fields by their full names: items[1].quantity."""
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            if key == "non_field_errors":
                yield from _flat(inner, name)
            else:
                yield from _flat(inner, f"{name}[{key}]" if isinstance(key, int) else f"{name}.{key}" if name else str(key))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for place, inner in enumerate(detail):
            yield from _flat(inner, name if isinstance(inner, str) else f"{name}[{place}]")
    else:
        yield name, detail


def _messages(error: DjangoValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages
