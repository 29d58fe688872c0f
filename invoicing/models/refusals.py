"""Refusals of many items at once: each is named by its place, and all are said together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from invoicing.exceptions import InvalidDataError


class Refusals:
    """What was refused so far."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}
        self.kinds: set[type[InvalidDataError]] = set()

    @contextmanager
    def of(self, index: int) -> Iterator[None]:
        """Take the refusal of one item for its place: tax_rate becomes items[3].tax_rate."""
        try:
            yield
        except InvalidDataError as error:
            self.kinds.add(type(error))
            self.errors |= {f"items[{index}].{field}": texts for field, texts in error.errors.items()}


@contextmanager
def each_refusal_named() -> Iterator[Refusals]:
    """Go through all items, then raise one error that names every bad one: of their own kind, where they agree."""
    refusals = Refusals()
    yield refusals
    if refusals.errors:
        kind = refusals.kinds.pop() if len(refusals.kinds) == 1 else InvalidDataError
        raise kind(refusals.errors)
