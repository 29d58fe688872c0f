"""How far a long run is, on one line of a terminal."""

from __future__ import annotations

import time
from typing import Self

from django.core.management.base import OutputWrapper

REFRESH = 0.2
"""Seconds between two states of the progress line."""


class Progress:
    """One line on a terminal that says how far it is."""

    def __init__(self, out: OutputWrapper | None, *, total: int) -> None:
        self.out = out
        self.total = total

    def __enter__(self) -> Self:
        self.started = self.shown = time.monotonic()
        self.width = 0
        return self

    def __exit__(self, *error: object) -> None:
        self._write("")

    def show(self, done: int) -> None:
        now = time.monotonic()
        if self.out and now - self.shown >= REFRESH:
            self.shown = now
            self._write(progress_text(done, total=self.total, seconds=now - self.started))

    def _write(self, text: str) -> None:
        if self.out and (text or self.width):
            # Over the line before; red, as Django has standard error, would look like trouble.
            self.out.write(f"\r{text:<{self.width}}" + ("" if text else "\r"), style_func=str, ending="")
            self.out.flush()
            self.width = len(text)


def progress_text(done: int, *, total: int, seconds: float) -> str:
    """Such as "123 of 500, 12.3/s, about 31 s left"."""
    left = seconds / done * (total - done)
    units = f"{left:.0f} s" if left < 100 else f"{left / 60:.0f} min" if left < 6000 else f"{left / 3600:.1f} h"
    return f"{done} of {total}, {done / seconds:.1f}/s, about {units} left"
