"""Serializers that take nothing in silence: an unknown field is refused by name, a computed one unless it says what it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class StrictSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """Refuses fields that are not there. Those that only are read may be sent as they are, so that an answer can be sent back.

    `follows`: computed fields that follow from what is written, such as totals. They are compared after the write, by
    `check_computed()`; the other fields that only are read are compared before.
    """

    follows: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """The values that are written. Raises ValidationError that names every bad field."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            errors = {str(name): [unknown_field(str(name), self.fields)] for name in data if name not in self.fields}
            errors |= self._changed_read_only(data)
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            if isinstance(error.detail, dict):
                raise ValidationError({**error.detail, **errors}) from error
            raise
        if errors:
            raise ValidationError(errors)
        return values

    def check_computed(self, data: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        """Raise ValidationError for computed fields that were sent and do not say what came out."""
        errors = {
            name: [ErrorDetail(_("It follows from the rest and is {value}: leave it out.").format(value=shown[name]), "computed")]
            for name in self.follows & set(data)
            if name in shown and not says_the_same(data[name], shown[name])
        }
        if errors:
            raise ValidationError(errors)

    def _changed_read_only(self, data: Mapping[str, Any]) -> dict[str, Any]:
        names = [name for name, field in self.fields.items() if field.read_only and name in data and name not in self.follows]
        if not names:
            return {}
        if self.instance is None:
            return {name: [ErrorDetail(_("It cannot be set: leave it out."), "read_only")] for name in names}
        shown = self.to_representation(self.instance)
        return {
            name: [ErrorDetail(_("It cannot be set: leave it out, or leave it as it is."), "read_only")]
            for name in names
            if not says_the_same(data[name], shown[name])
        }


def errors_of_lines(name: str, errors: Mapping[int, Any]) -> ValidationError:
    """The error that names the lines of a list by their places."""
    detail: Any = {name: dict(errors)}
    return ValidationError(detail)


def says_the_same(given: Any, shown: Any) -> bool:
    """Whether a value that was sent is the one that is answered; amounts count by their value, and a float for none."""
    if given == shown and not isinstance(given, float):
        return True
    if isinstance(shown, str) and isinstance(given, str | int) and not isinstance(given, bool):
        try:
            return Decimal(given) == Decimal(shown)
        except InvalidOperation:
            return str(given) == shown
    return False


def unknown_field(name: str, known: Mapping[str, Any]) -> ErrorDetail:
    """The refusal of a field that is not there, with the name that may have been meant."""
    near = get_close_matches(name, known, n=1)
    text = _("There is no such field. Did you mean {name}?").format(name=near[0]) if near else _("There is no such field.")
    return ErrorDetail(text, "unknown")
