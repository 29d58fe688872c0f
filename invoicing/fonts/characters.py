"""What a font file has, read by fontTools, which comes with WeasyPrint."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError, MissingDependencyError


def characters_of(path: str) -> frozenset[int]:
    """The code points that a TrueType or OpenType file has glyphs for.

    Raises InvalidDataError on INVOICING_FONTS for a file that is none, MissingDependencyError where fontTools is not installed.
    """
    # Here and not at the top: the core works without it, and a host without fonts of its own never needs it.
    try:
        from fontTools.ttLib import TTFont, TTLibError  # noqa: PLC0415
    except ImportError as error:
        mend = "pip install 'django-invoicekit[pdf]'"
        raise MissingDependencyError(feature=_("A font of INVOICING_FONTS"), package="fontTools", mend=mend) from error
    try:
        with Path(path).open("rb") as file, TTFont(file, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError) as error:
        text = _("{path} is no font that can be read: name a TrueType or OpenType file. ({reason})")
        raise InvalidDataError({"INVOICING_FONTS": [text.format(path=path, reason=error)]}) from error
