"""How much room a footer takes at the foot of a page."""

from __future__ import annotations

from typing import Final

LETTERS_A_LINE: Final = 100
"""Letters that fit beside the page number."""

MOST_LINES: Final = 10


def footer_lines(text: str) -> int:
    """The lines of a text at the foot of a page, long ones folded."""
    return sum(max(1, -(-len(line) // LETTERS_A_LINE)) for line in text.strip().splitlines())


def foot_height(text: str) -> int:
    """Millimetres at the foot of a page whose footer says `text`, beside the supplier's ids."""
    return 22 + -(-footer_lines(text) * 34 // 10)
