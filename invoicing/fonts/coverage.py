"""Which characters can be drawn, known before anything is drawn and without the library that draws."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Final

from invoicing.fonts.catalogue import added_fonts
from invoicing.fonts.characters import characters_of

UNSEEN: Final = frozenset(
    chain(
        "\t\n\r\u00ad\u034f\u061c\u180e\ufeff",
        map(chr, range(0x200B, 0x2010)),  # zero-width joiners and spaces, marks of direction
        map(chr, range(0x2028, 0x202F)),  # separators of lines, embeddings of direction
        map(chr, range(0x2060, 0x2070)),  # word joiner, invisible signs, isolates of direction
        map(chr, range(0xFE00, 0xFE10)),  # variation selectors
    )
)
"""Characters that direct how others are drawn, and are not drawn themselves (Default_Ignorable_Code_Point, Unicode)."""


def undrawable(text: str) -> list[str]:
    """The characters of a text that no font has, each once, in the order in which they come."""
    if text.isascii() and text.isprintable():
        return []
    missing = (character for character in dict.fromkeys(text) if character not in UNSEEN and not _is_own(ord(character)))
    left = list(missing)
    if not left:
        return left
    added = _added(tuple(str(font.file) for font in added_fonts()))
    return [character for character in left if ord(character) not in added]


def _is_own(code: int) -> bool:
    """Whether one of the package's own fonts has the character: an odd place among the edges of ranges is inside of one."""
    return bisect_right(_own_edges(), code) % 2 == 1


@cache
def _own_edges() -> tuple[int, ...]:
    """Where the ranges of `coverage.txt` begin and, one after their last, end."""
    lines = files("invoicing.fonts").joinpath("coverage.txt").read_text("ascii").splitlines()
    ranges = (line.split("-") for line in lines if line and not line.startswith("#"))
    return tuple(chain.from_iterable((int(first, 16), int(last, 16) + 1) for first, last in ranges))


@cache
def _added(paths: Iterable[str]) -> frozenset[int]:
    return frozenset(chain.from_iterable(characters_of(path) for path in paths))
