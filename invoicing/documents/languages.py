"""The languages that documents can be written in: those whose words are known, the package's and the host's."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.utils.translation import check_for_language, to_locale

FALLBACK: Final = "en"

SAMPLE: Final = ("document", "To pay")
"""Words that every catalogue of documents has."""


def document_language(code: str) -> str:
    """The language itself where its words are known; else English, and not whatever language the host's pages are in."""
    if not code or not check_for_language(code):
        return FALLBACK
    is_source = code.partition("-")[0] == FALLBACK
    return code if is_source or any(_has_words(folder, code) for folder in _folders()) else FALLBACK


def _folders() -> Iterator[str]:
    """Where catalogues may be."""
    yield from (str(path) for path in settings.LOCALE_PATHS)
    yield from (str(Path(app.path) / "locale") for app in apps.get_app_configs())


@cache
def _has_words(folder: str, code: str) -> bool:
    """Whether a folder has a catalogue of documents in a language, or in that which it is a variety of."""
    names = [to_locale(code), to_locale(code.partition("-")[0])]
    catalogues = (gettext.translation("django", folder, [name], fallback=True) for name in names)
    return any(catalogue.pgettext(*SAMPLE) != SAMPLE[1] for catalogue in catalogues)
