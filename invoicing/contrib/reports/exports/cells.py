"""Cells: values as plain text, the same in every file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Protocol


class Sink(Protocol):
    """Where text goes: a file, or whatever takes it as one does."""

    def write(self, text: str, /) -> Any:
        """Take a piece of the text."""


def plain(value: Any) -> str:
    """A value as programs read it: a decimal point, no grouping, ISO dates; nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def started(rows: Iterator[Any]) -> Iterator[Any] | None:
    """The rows, or None if there is not one."""
    try:
        first = next(rows)
    except StopIteration:
        return None
    return chain([first], rows)
