"""The name of a file, made safe for every system that it may be saved on. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 200
"""Bytes in UTF-8: file systems stop at 255, and programs add to a name."""

JOINERS = frozenset("\u200c\u200d")
"""Without them, some words of Persian and Indic languages are spelled wrongly."""

SEPARATORS = re.compile(r"[/\\]")
SIGNS = re.compile(r'[<>:"|?*]')
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?= *(?:\.|$))", re.IGNORECASE)
"""Names that Windows keeps for devices, with any ending."""


def safe_name(name: str) -> str:
    """The last part of a path as a name that shows what it is and leads nowhere; empty where nothing is left of it.

    Control characters and characters that turn the direction of writing are removed, signs that a system keeps for itself become _.
    """
    last = next((part for part in reversed(SEPARATORS.split(name)) if part.strip(" .")), "")
    text = unicodedata.normalize("NFC", "".join(filter(_is_shown, _spaced(last))))
    text = SIGNS.sub("_", " ".join(text.split())).lstrip(". ").rstrip(". ")
    if DEVICES.match(text):
        text = f"_{text}"
    return _shortened(text)


def ending_of(name: str) -> str:
    """What stands after the last dot of a name, in small letters; empty where it has no ending."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if stem and dot else ""


def _spaced(text: str) -> str:
    return re.sub(r"[\t\r\n]", " ", text)


def _is_shown(character: str) -> bool:
    return character in JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _shortened(name: str) -> str:
    """The name with its stem cut, and its ending kept."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > LONGEST_NAME // 2:
        stem, dot, ending = name, "", ""
    room = LONGEST_NAME - len(f"{dot}{ending}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').rstrip('. ')}{dot}{ending}"
