"""Neutral texts: what somebody typed must not run as a formula in a spreadsheet.

A spreadsheet takes a cell of a CSV file for a formula if it begins with one of a few signs, some also in their full-width form
or behind characters that are not seen. An apostrophe in front makes it a text.
"""

from __future__ import annotations

import unicodedata
from typing import Final

STARTS: Final = frozenset("=+-@\t\r\n|%")
"""What a formula, or a call of another program, may begin with, after NFKC has made full-width signs plain."""

INVISIBLE: Final = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"})
"""Categories of characters that may stand in front unseen."""


def neutral(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet could run it."""
    return f"'{text}" if _may_run(text) else text


def _may_run(text: str) -> bool:
    for character in text:
        plain = unicodedata.normalize("NFKC", character)[:1]
        if plain in STARTS:
            return True
        if unicodedata.category(character) not in INVISIBLE:
            return False
    return False


def without_controls(text: str) -> str:
    """The text without control characters, which no cell of a workbook can hold; line breaks and tabs stay."""
    return "".join(character for character in text if character in "\t\n" or unicodedata.category(character) not in {"Cc", "Cs"})
