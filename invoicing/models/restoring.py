"""Instances as they were: what was not stored after all must not stay on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from django.db import models


class Before(NamedTuple):
    """What an instance held before it was touched."""

    values: dict[str, Any]
    adding: bool
    db: str | None

    @classmethod
    def of(cls, row: models.Model) -> Self:
        """What an instance holds now."""
        return cls(dict(row.__dict__), row._state.adding, row._state.db)

    def restore(self, row: models.Model) -> None:
        """Give an instance back what it held."""
        row.__dict__.clear()
        row.__dict__.update(self.values)
        row._state.adding, row._state.db = self.adding, self.db


@contextmanager
def restored_on_failure(*rows: models.Model) -> Iterator[None]:
    """Leave instances as they were when the block fails."""
    befores = [Before.of(row) for row in rows]
    try:
        yield
    except BaseException:
        for row, before in zip(rows, befores, strict=True):
            before.restore(row)
        raise
