"""The words that the law wants on an invoice, by language (Directive 2006/112/EC, Art. 226 points 11 and 11a)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

FALLBACK: Final = "en"


@cache
def _notes() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("notes.json").read_text(encoding="utf-8"))
    return texts


def note(name: str, *, language: str) -> str:
    """Return the note `name` in `language` ("de", "de-AT", "pt_BR"); English where that language has no text of its own."""
    texts = _notes()[name]
    return texts.get(language.replace("_", "-").partition("-")[0].lower(), texts[FALLBACK])


def note_languages(name: str) -> frozenset[str]:
    """Return the languages that have a text of their own for `name`."""
    return frozenset(_notes()[name])
