"""Colours as #rrggbb, and what can be read on them."""

from __future__ import annotations

import re
from typing import Final

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")

WHITE: Final = "#ffffff"
INK: Final = "#1b2330"
"""The colour of text."""

BRIGHT: Final = 150
"""From this brightness on, of 255, white cannot be read on a colour and dark text can."""


def is_colour(text: str) -> bool:
    """Whether a text is a colour such as #23477a."""
    return COLOUR.fullmatch(text) is not None


def brightness(colour: str) -> int:
    """How bright a colour looks, from 0 to 255, with the weights of ITU-R BT.601."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return (299 * red + 587 * green + 114 * blue) // 1000


def readable_on(colour: str) -> str:
    """The colour of text that can be read on `colour`."""
    return INK if brightness(colour) >= BRIGHT else WHITE


def readable_as_text(colour: str) -> str:
    """`colour` itself where it can be read as text on white, else the colour of text."""
    return INK if brightness(colour) >= BRIGHT else colour
