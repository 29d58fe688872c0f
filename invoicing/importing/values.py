"""One value of a file as its column holds it, or a sentence on why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django_countries.fields import CountryField

from invoicing.domain.codes import units
from invoicing.domain.money import minor_units, to_decimal
from invoicing.exceptions import InvalidDataError
from invoicing.importing.shapes import Kind, closest
from invoicing.models.validation import CONTROL_CHARACTERS, checked_country, checked_value

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
WIDEST_EXPONENT: Final = 30


class UnfitValueError(ValueError):
    """A value that its place cannot hold; the argument is the sentence that says so."""


def column_value(column: models.Field[Any, Any], value: Any, *, row: models.Model) -> Any:
    """The value as the column holds it. Raises UnfitValueError."""
    try:
        read = next((reader for kind, reader in READERS if isinstance(column, kind)), None)
        typed = read(value) if read else _chosen(column, _text(value))
        return checked_value(column, _coded(column, typed), row)
    except ValidationError as error:
        raise UnfitValueError(" ".join(error.messages)) from error
    except InvalidDataError as error:
        raise UnfitValueError(" ".join(text for texts in error.errors.values() for text in texts)) from error


def extra_value(kind: Kind, value: Any) -> Any:
    """The value of a key that is no column. Raises UnfitValueError."""
    match kind:
        case Kind.TEXT | Kind.TEXT_OR_NULL:
            return _text(value)
        case Kind.TEXTS:
            if isinstance(value, list):
                return [_text(entry) for entry in value]
            raise UnfitValueError(_("Write a list of texts in square brackets."))
        case Kind.TEXT_OR_NUMBER:
            return value if isinstance(value, int) and not isinstance(value, bool) else _text(value)
        case Kind.WHOLE_NUMBER:
            return _whole_number(value)
        case Kind.AMOUNT:
            return _number(value)
        case Kind.RECORDS:
            if isinstance(value, list):
                return value
            raise UnfitValueError(_("Write a list of objects in square brackets."))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitValueError(_("Write a text in double quotes."))
    if CONTROL_CHARACTERS.search(value):
        raise UnfitValueError(_("Remove the control characters."))
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[\d.]*,\d*\s*", value):
        raise UnfitValueError(_("“{value}” has a comma: write digits and a decimal point, such as 12.50.").format(value=value.strip()[:40]))
    try:
        number = to_decimal(value, field="number")
    except InvalidDataError as error:
        raise UnfitValueError(error.errors["number"][0]) from error
    if abs(number.adjusted()) > WIDEST_EXPONENT:
        raise UnfitValueError(_("The number is too large or too fine."))
    # Written without exponent: a column counts the digits that it is given.
    return Decimal(format(number, "f"))


def _whole_number(value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise UnfitValueError(_("Write a whole number."))
    return int(number)


def _day(value: Any) -> str:
    text = _text(value).strip()
    if not DAY.fullmatch(text):
        raise UnfitValueError(_("“{value}” is no day: write it as 2026-11-21.").format(value=text[:40]))
    return text


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().casefold() in TRUTHS:
        return TRUTHS[value.strip().casefold()]
    raise UnfitValueError(_("Write true or false."))


def _json(value: Any) -> Any:
    """A JSON value as it is. A fraction has no exact place in a JSON column, so it must be a text."""
    if isinstance(value, Decimal):
        raise UnfitValueError(_("Write {value} as a text in double quotes: here only whole numbers are kept exactly.").format(value=value))
    if isinstance(value, str):
        return _text(value)
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _json(entry)
    return value


def _chosen(column: models.Field[Any, Any], text: str) -> str:
    """A word of a column's choices in its own spelling, whatever the case."""
    choices = [str(value) for value, label in column.flatchoices if value]
    if not choices or not text:
        return text
    by_case = {choice.casefold(): choice for choice in choices}
    word = text.strip().casefold()
    if word in by_case:
        return by_case[word]
    near = closest(word, by_case)
    hint = _("Did you mean {name}?").format(name=by_case[near]) if near else _("Use one of {words}.").format(words=", ".join(choices))
    raise UnfitValueError(_("“{value}” is none of the choices. {hint}").format(value=text[:40], hint=hint))


def _coded(column: models.Field[Any, Any], value: Any) -> Any:
    """Codes that are lists of their own, currencies, payment methods and units, in their own spelling. Raises InvalidDataError."""
    if column.name == "currency" and value:
        minor_units(value.strip().upper())
        return value.strip().upper()
    if column.name == "payment_method":
        return value.strip().upper()
    return units.normalise_unit(value) if column.name == "unit" else value


def _country(value: Any) -> Any:
    return checked_country(_text(value))


READERS: Final[tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...]] = (
    (CountryField, _country),
    (models.JSONField, _json),
    (models.DecimalField, _number),
    (models.DateField, _day),
    (models.BooleanField, _truth),
    (models.IntegerField, _whole_number),
)
"""How each type of column reads a value; any other holds text. A text may stand for any type, a number for no text."""
