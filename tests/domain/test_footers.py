"""The room at the foot of a page."""

import pytest

from invoicing.domain.footers import foot_height, footer_lines


@pytest.mark.parametrize(
    ("text", "lines", "millimetres"),
    [
        ("", 0, 22),
        ("One line", 1, 26),
        ("x" * 100, 1, 26),
        ("x" * 101, 2, 29),
        ("One\nTwo\n\nFour\n", 4, 36),
        ("line\n" * 10, 10, 56),
    ],
)
def test_lines_and_millimetres(text, lines, millimetres):
    # 22 mm, and 3.4 mm for each line, rounded up.
    assert (footer_lines(text), foot_height(text)) == (lines, millimetres)
