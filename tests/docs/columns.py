"""How the docs call the kinds of columns: text(255), decimal(14, 3), → Party."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_countries.fields import CountryField

_NAMES: tuple[tuple[type[Any], str], ...] = (
    (models.UUIDField, "UUID"),
    (models.JSONField, "JSON"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.BooleanField, "yes or no"),
    (models.TextField, "text"),
    (models.FileField, "file"),
    (models.BinaryField, "bytes"),
    (models.IntegerField, "integer"),
)


def kind(field: Any) -> str:
    """The kind of a column in the words of the docs; a question mark says that it may be empty."""
    optional = "?" if field.null and not field.many_to_many else ""
    return f"{_plain(field)}{optional}"


def _plain(field: Any) -> str:
    if field.is_relation:
        return f"→ {field.related_model.__name__}" + (", many" if field.many_to_many else "")
    if isinstance(field, CountryField):
        return "country"
    if isinstance(field, models.DecimalField):
        return f"decimal({field.max_digits}, {field.decimal_places})"
    if isinstance(field, models.CharField):
        return f"text({field.max_length})"
    return next(name for kind_of_field, name in _NAMES if isinstance(field, kind_of_field))
