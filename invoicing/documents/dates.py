"""A day with its month in words, as a careful writer of each language has it: Django's formats, and where they are not that yet, ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Final

from django.utils import dateformat, formats

PATTERNS: Final[Mapping[str, str]] = MappingProxyType({"it": "j F Y"})
"""Without a leading zero."""

LOWER_CASE: Final = frozenset({"it", "pt", "ro"})
"""Where the names of months are no proper names, and Django has them with a capital."""

GENITIVES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sk": (
            "januára",
            "februára",
            "marca",
            "apríla",
            "mája",
            "júna",
            "júla",
            "augusta",
            "septembra",
            "októbra",
            "novembra",
            "decembra",
        ),
    }
)
"""The names of months after a day, where Django has only those that stand alone."""


def day_text(day: date, *, language: str) -> str:
    """The day in `language`, which must be the active one; as a host's FORMAT_MODULE_PATH says where it says something."""
    pattern = formats.get_format("DATE_FORMAT", language)
    if pattern != _pattern_of_django(language):
        return str(dateformat.format(day, pattern))
    if language in GENITIVES:
        return f"{day.day}. {GENITIVES[language][day.month - 1]} {day.year}"
    text = str(dateformat.format(day, PATTERNS.get(language, pattern)))
    return text.lower() if language in LOWER_CASE else text


@cache
def _pattern_of_django(language: str) -> str:
    """What Django itself has for a language that we know better; blank for every other one."""
    if language not in {*PATTERNS, *LOWER_CASE, *GENITIVES}:
        return ""
    return str(import_module(f"django.conf.locale.{language}.formats").DATE_FORMAT)
