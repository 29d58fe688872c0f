"""Fields: how money, moments, countries and rows of the company travel."""

from __future__ import annotations

from datetime import UTC
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoicing.models.validation import checked_country


class ExactField(serializers.DecimalField):
    """A decimal, written as a text: "19.99". Whole numbers are taken, too; a float is refused, because it is not exact."""

    default_error_messages = {"float": _("Write it as a text, such as “{text}”: a float is not exact.")}

    def __init__(self, *, at_least: int = 2, **kwargs: Any) -> None:
        self.at_least = at_least
        super().__init__(**{"max_digits": None, "decimal_places": None, **kwargs})

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, float):
            self.fail("float", text=data)
        # Python reads digits of every script, and 1_000.
        if isinstance(data, str) and (data.strip() != data or not data.isascii() or "_" in data):
            self.fail("invalid")
        value: Decimal = super().to_internal_value(data)
        return value

    def to_representation(self, value: Any) -> str:
        """At least two digits after the point, more only where they say something."""
        return exact_text(value, at_least=self.at_least)


def exact_text(value: Decimal, *, at_least: int = 2) -> str:
    """A decimal as text with no more zeros at its end than `at_least` digits ask for: 80.000000 becomes 80.00."""
    text = format(value, "f")
    whole, point, digits = text.partition(".")
    if not point:
        return f"{whole}.{'0' * at_least}" if at_least else whole
    kept = digits.rstrip("0").ljust(at_least, "0")
    return f"{whole}.{kept}" if kept else whole


class MoneyField(ExactField):
    """An amount in the currency of its document, with the digits of that currency: "952.00", "95200" in JPY."""

    def to_representation(self, value: Any) -> str:
        return format(value, "f")


class MomentField(serializers.DateTimeField):
    """A moment, in UTC wherever the project is: "2026-11-20T12:00:00Z"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"default_timezone": UTC, **kwargs})


@extend_schema_field(OpenApiTypes.STR)
class CountryField(serializers.Field):  # type: ignore[type-arg]  # generic for type checkers only
    """A country by its two letters (ISO 3166)."""

    def get_attribute(self, instance: Any) -> Any:
        # Not by getattr(): that makes an object of every country.
        return instance.__dict__[self.source]

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "code", value) or "")

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(_("Write two letters, such as DE."), code="invalid")
        try:
            code: str = checked_country(data)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.messages, code="invalid_choice") from error
        return code
