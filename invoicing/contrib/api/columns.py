"""Columns: the fields that a serializer makes of the columns of a model."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django_countries.fields import CountryField as CountryColumn
from rest_framework import serializers

from invoicing.contrib.api.fields import CountryField, ExactField, MomentField
from invoicing.contrib.api.strict import StrictSerializer
from invoicing.domain.codes.currencies import is_currency


class ColumnsSerializer(StrictSerializer, serializers.ModelSerializer):  # type: ignore[type-arg]
    """The columns of a row; what may stand in them is the model's own to say."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DecimalField: ExactField,
        models.DateTimeField: MomentField,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """The field of a column. A country has choices, and would be one of them as an object."""
        if isinstance(model_field, CountryColumn):
            return CountryField, {"required": False}
        return super().build_standard_field(field_name, model_field)

    def get_fields(self) -> dict[str, Any]:
        """The fields. Rules over several rows are asked by the model, on the database that is written to."""
        fields = super().get_fields()
        for field in fields.values():
            field.validators = [check for check in field.validators if type(check).__module__.startswith("django.core")]
        return fields

    def validate_currency(self, value: str) -> str:
        """An ISO 4217 code, or none."""
        if value and not is_currency(value):
            raise serializers.ValidationError(_("Use an ISO 4217 code in capital letters, such as EUR."), code="invalid_choice")
        return value
