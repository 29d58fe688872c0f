"""Values are checked before they reach the database, so that bad input names its field and its mend."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField

from invoicing.domain.money import LARGEST
from invoicing.exceptions import InvalidDataError

# Tab, line feed and carriage return are text; every other control character breaks databases, PDF and XML.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

ESCAPED_CONTROL_CHARACTERS = re.compile(r"(?<!\\)(?:\\\\)*\\(?:u00[01]|b|f)")

CheckedColumn: TypeAlias = "tuple[str, models.Field[Any, Any], Callable[[Any], bool]]"

SIGNIFICANT_DIGITS = 15
"""What every supported database stores without loss; SQLite keeps decimals as floats."""


def check_row(row: models.Model, *, exclude: Iterable[str] = ()) -> None:
    """Clean every column of a row but its relations. Raises InvalidDataError that names all bad fields at once."""
    errors: dict[str, list[object]] = {}
    values = row.__dict__
    for name, field, is_plainly_good in checked_columns(type(row)):
        # A deferred column is not there, and was good when it was stored.
        if name not in values or is_plainly_good(values[name]) or name in exclude or hasattr(values[name], "resolve_expression"):
            continue
        try:
            setattr(row, name, checked_value(field, getattr(row, name), row))
        except ValidationError as error:
            errors[name] = list(error.messages)
    if errors:
        raise InvalidDataError(errors)


def checked_value(field: models.Field[Any, Any], value: Any, row: models.Model) -> Any:
    """The value as the column wants it. Raises ValidationError."""
    is_text = isinstance(field, models.CharField | models.TextField)
    if (value is None and field.null) or (value == "" and field.null and not is_text):
        return None
    if isinstance(field, CountryField):
        return checked_country(value)
    if isinstance(field, models.JSONField):
        check_json(value)
    if isinstance(value, str) and CONTROL_CHARACTERS.search(value):
        raise ValidationError(_("Remove the control characters."))
    if isinstance(value, float):
        raise ValidationError(_("Use a Decimal or a text, not a float: a float is not exact."))
    if value == "" and field.blank and is_text:
        return value
    cleaned = field.clean(value, row)
    # Django asks only fields that people edit whether a value is among the choices.
    if field.choices and cleaned not in {word for word, _label in field.flatchoices}:
        known = ", ".join(str(word) for word, _label in field.flatchoices)
        raise ValidationError(_("“%(value)s” is not among the choices: %(known)s."), params={"value": cleaned, "known": known})
    return cleaned


def check_json(value: Any) -> None:
    """Raise ValidationError for JSON that a database refuses: control characters in texts, numbers that are none."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, cls=DjangoJSONEncoder)
    except (TypeError, ValueError) as error:
        raise ValidationError(_("Use plain JSON: texts, numbers, lists and objects.")) from error
    # JSON escapes what is below a space.
    if ESCAPED_CONTROL_CHARACTERS.search(text) or CONTROL_CHARACTERS.search(text):
        raise ValidationError(_("Remove the control characters."))


def checked_country(value: Any) -> Any:
    """A country of ISO 3166, as the two letters that stand for it."""
    code = str(getattr(value, "code", value) or "").strip().upper()
    if code and code not in countries.countries:
        raise ValidationError(_("“%(code)s” is no country: use an ISO 3166 code of two letters, such as DE."), params={"code": code})
    return code


def check_amount(amount: Decimal, *, field: str) -> None:
    """Raise InvalidDataError for an amount wider than its column."""
    if abs(amount) > LARGEST:
        raise InvalidDataError({field: [_("The amount is too large: at most {largest}.").format(largest=LARGEST)]})


def check_significant_digits(amount: Decimal, *, field: str) -> None:
    """Raise InvalidDataError for an amount of more digits than every database keeps."""
    if len(amount.as_tuple().digits) > SIGNIFICANT_DIGITS < len(amount.normalize().as_tuple().digits):
        raise InvalidDataError({field: [_("Use at most {digits} significant digits.").format(digits=SIGNIFICANT_DIGITS)]})


@cache
def checked_fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns of a model that people fill: neither keys nor relations nor stamps."""
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.is_relation
        and not getattr(field, "auto_now", False)
        and not getattr(field, "auto_now_add", False)
    )


@cache
def checked_columns(model: type[models.Model]) -> tuple[CheckedColumn, ...]:
    """The checked fields, each with its column's name and its quick test."""
    return tuple((field.attname, field, _quick_test(field)) for field in checked_fields(model))


def _quick_test(field: models.Field[Any, Any]) -> Callable[[Any], bool]:
    """A test that good values of the usual type pass at once; whatever fails it is looked at by the field itself.

    Checking by the fields alone costs as much as inserting the row.
    """
    if isinstance(field, models.DecimalField):
        return _quick_decimal_test(field)
    if type(field) in (models.CharField, models.TextField):
        return _quick_text_test(field)
    if isinstance(field, CountryField):
        codes = frozenset(countries.countries)
        return lambda value: (value in codes or (not value and field.blank)) if isinstance(value, str) else value is None and field.null
    exact: type | None = {models.DateField: date, models.DateTimeField: datetime, models.UUIDField: UUID}.get(type(field))
    if exact is not None:
        return lambda value: type(value) is exact or (value is None and field.null)
    empty: tuple[Any, ...] = ({}, [], None) if isinstance(field, models.JSONField) else ("",)
    return lambda value: field.blank and value in empty if value is not None else field.null


def _quick_decimal_test(field: models.DecimalField[Any, Any]) -> Callable[[Any], bool]:
    limits = {type(validator): validator.limit_value for validator in field.validators if isinstance(validator, BaseValidator)}
    low, high = limits.get(MinValueValidator), limits.get(MaxValueValidator)
    places, whole = field.decimal_places, field.max_digits - field.decimal_places

    def is_good(value: Any) -> bool:
        if type(value) is not Decimal:
            return value is None and field.null
        _sign, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or -exponent > places or len(digits) + exponent > whole:
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    return is_good


def _quick_text_test(field: models.Field[Any, Any]) -> Callable[[Any], bool]:
    words = frozenset(value for value, _label in field.flatchoices)
    longest = field.max_length or sys.maxsize

    def is_good(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        if not value:
            return field.blank
        return value in words if words else len(value) <= longest and not CONTROL_CHARACTERS.search(value)

    return is_good
