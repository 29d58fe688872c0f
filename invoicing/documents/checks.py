"""The system checks of documents: fonts that cannot be read, a look that cannot be followed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from invoicing.conf import conf
from invoicing.documents.look import faults
from invoicing.domain.images import LARGEST, image_type
from invoicing.templating import template_named

TAG = "invoicing"

TRUE_TYPE = (b"\x00\x01\x00\x00", b"true", b"OTTO")
"""How files of TrueType and OpenType begin."""


@checks.register(TAG)
def check_fonts(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E008: a file of INVOICING_FONTS is not there, or is no font."""
    try:
        paths = [Path(path) for path in conf.fonts]
    except ImproperlyConfigured:
        return []  # E001 says it.
    hint = "Name files that end in .ttf or .otf, by their full path."
    return [
        checks.Error(f"INVOICING_FONTS names {str(path)!r}: {fault}.", hint=hint, id="invoicing.E008")
        for path in paths
        if (fault := _font_fault(path))
    ]


@checks.register(TAG)
def check_look(**_kwargs: Any) -> list[checks.CheckMessage]:
    """E009: INVOICING_LOOK says what cannot be followed; W006: it names a logo that cannot be shown."""
    try:
        look = conf.look
    except ImproperlyConfigured:
        return []  # E001 says it.
    wrong = [*faults(look), *_template_faults(str(look.get("template", "")))]
    messages: list[checks.CheckMessage] = [checks.Error(f"INVOICING_LOOK: {text}", id="invoicing.E009") for text in wrong]
    path = str(look.get("logo", ""))
    if path and (fault := _logo_fault(Path(path))):
        hint = "Name a PNG, JPEG or GIF of up to 5 MB by its full path. Until then documents have no logo."
        messages.append(checks.Warning(f"INVOICING_LOOK names the logo {path!r}: {fault}.", hint=hint, id="invoicing.W006"))
    return messages


def _font_fault(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return "" if file.read(4) in TRUE_TYPE else "it is no font"
    except OSError as error:
        return f"{error.strerror}"


def _logo_fault(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if not image_type(file.read(16)):
                return "it is no PNG, JPEG or GIF"
        return "it is too large" if path.stat().st_size > LARGEST else ""
    except OSError as error:
        return f"{error.strerror}"


def _template_faults(name: str) -> Iterator[str]:
    try:
        if name:
            template_named(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        yield f"the template {name} cannot be used ({type(error).__name__}: {error})."
