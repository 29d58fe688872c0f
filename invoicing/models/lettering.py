"""Lettering: whether every text of a document can be drawn, asked before it is issued and its texts are frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError
from invoicing.fonts.coverage import undrawable

NOT_DRAWN = frozenset({"internal_note"})
"""Texts that no document shows."""


def check_lettering(invoice: Any, *, items: Iterable[Any]) -> None:
    """Raise InvalidDataError that names every text with a letter that no font has, and the letters.

    Silent for documents that others made, and where INVOICING_CHECK_GLYPHS is off.
    """
    if invoice.is_received or not conf.check_glyphs:
        return
    errors: dict[str, list[object]] = {}
    for place, text in _texts(invoice, items=items):
        letters = undrawable(text or "")
        if letters:
            errors[place] = [
                _("No font has {letters}: leave them out, or name a font that has them in INVOICING_FONTS.").format(
                    letters=", ".join(f"“{letter}” (U+{ord(letter):04X})" for letter in letters[:10])
                )
            ]
    if errors:
        raise InvalidDataError(errors)


def _texts(invoice: Any, *, items: Iterable[Any]) -> Iterator[tuple[str, str | None]]:
    """Every text that may be drawn, with the name of its place."""
    for name in _drawn_columns(invoice._meta.model):
        yield name, getattr(invoice, name)
    for side in ("supplier", "customer"):
        yield f"{side}_additional_info", " ".join(_strings(getattr(invoice, f"{side}_additional_info")))
    for position, item in enumerate(items):
        for name in _drawn_columns(item._meta.model):
            yield f"items[{position}].{name}", getattr(item, name)


@cache
def _drawn_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Columns whose text people enter and a document shows."""
    fields = (field for field in model._meta.concrete_fields if isinstance(field, models.CharField | models.TextField))
    return tuple(field.attname for field in fields if not field.choices and field.name not in NOT_DRAWN)


def _strings(value: object) -> Iterator[str]:
    """Every text inside a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings([*value, *value.values()])
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
