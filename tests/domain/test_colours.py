"""Colours, and what can be read on them."""

import pytest

from invoicing.domain.colours import INK, WHITE, brightness, is_colour, readable_as_text, readable_on


@pytest.mark.parametrize("text", ["#23477a", "#FFFFFF", "#f2C230"])
def test_a_colour(text):
    assert is_colour(text)


@pytest.mark.parametrize("text", ["", "#fff", "23477a", "#23477g", "red", "#23477a; } * { color: red", "#23477a\n", " #23477a"])
def test_no_colour(text):
    assert not is_colour(text)


@pytest.mark.parametrize(
    ("colour", "bright", "on_it", "on_white"),
    [
        ("#000000", 0, WHITE, "#000000"),
        ("#ffffff", 255, INK, INK),
        # 0.299 × 35 + 0.587 × 71 + 0.114 × 122 = 66.05
        ("#23477a", 66, WHITE, "#23477a"),
        # 0.299 × 242 + 0.587 × 194 + 0.114 × 48 = 191.71
        ("#f2c230", 191, INK, INK),
    ],
)
def test_text_on_a_colour_can_be_read(colour, bright, on_it, on_white):
    assert (brightness(colour), readable_on(colour), readable_as_text(colour)) == (bright, on_it, on_white)
