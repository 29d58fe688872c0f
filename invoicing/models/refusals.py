"""Refusals of many items at once: each is named by its place, and all are said together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from invoicing.exceptions import InvalidDataError


class Refusals:
    """What was refused so far."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.index = 0
        self.errors: dict[str, list[str]] = {}
        self.kinds: set[type[InvalidDataError]] = set()

    def of(self, index: int) -> Refusals:
        """A block whose refusal is taken for its place: tax_rate becomes items[3].tax_rate."""
        self.index = index
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, InvalidDataError):
            return False
        self.kinds.add(type(error))
        self.errors |= {f"{self.place}[{self.index}].{field}": texts for field, texts in error.errors.items()}
        return True


@contextmanager
def each_refusal_named(place: str = "items") -> Iterator[Refusals]:
    """Go through all of them, then raise one error that names every bad one: of their own kind, where they agree."""
    refusals = Refusals(place)
    yield refusals
    if refusals.errors:
        kind = refusals.kinds.pop() if len(refusals.kinds) == 1 else InvalidDataError
        raise kind(refusals.errors)
