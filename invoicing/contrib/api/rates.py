"""Rates as settings write them: 600/min."""

from __future__ import annotations

import re
from typing import Final

SECONDS: Final = {
    **dict.fromkeys(("s", "sec", "second"), 1),
    **dict.fromkeys(("m", "min", "minute"), 60),
    **dict.fromkeys(("h", "hour"), 3600),
    **dict.fromkeys(("d", "day"), 86_400),
}

KINDS: Final = ("read", "write", "send")
"""What is counted by itself."""

_RATE: Final = re.compile(r"([0-9]{1,9})/([a-z]+)")


def parsed_rate(text: object) -> tuple[int, int]:
    """Requests and the seconds in which so many may come. Raises ValueError for what is no rate."""
    found = _RATE.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[2] not in SECONDS or not int(found[1]):
        raise ValueError(f"{text!r} is no rate: write a number from 1 on and a period, such as 600/min.")
    return int(found[1]), SECONDS[found[2]]
