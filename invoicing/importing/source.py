"""A file as nested values that remember where they stood, so that whatever is wrong can be found again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from invoicing.exceptions import ImportRefusedError

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value: ("invoices", 3, "items", 0, "quantity")."""

STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A line, and in a table also a column; both count from 1, a column of 0 is none. `label` is the column's heading."""

    line: int
    column: int = 0
    label: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a file holds: `data` as {"invoices": [{…}], …}, and the place of every value. In a table, `is_table` is True."""

    data: dict[str, Any]
    places: Mapping[Path, Place]
    is_table: bool = False

    def place_of(self, path: Path) -> Place:
        """Where a value stands, or what it would have stood in."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1))

    def field_of(self, path: Path) -> str:
        """How people call a value: by its path, or in a table by the heading of its column."""
        if not self.is_table:
            return written(path)
        exact = self.places.get(path)
        if exact and exact.label:
            return exact.label
        names = [step for step in path if isinstance(step, str) and step not in {"invoices", "items"}]
        return ".".join(names)


@dataclass(slots=True)
class Problems:
    """All that is wrong with a file. Collected first and told together, in the order of the lines."""

    source: Source
    rows: list[tuple[int, str, str, str]] = field(default_factory=list)

    def add(self, path: Path, text: object) -> None:
        """Note one problem at a place."""
        place = self.source.place_of(path)
        row = (place.line, str(place), self.source.field_of(path), str(text))
        if row not in self.rows:
            self.rows.append(row)

    def add_errors(self, path: Path, errors: Mapping[str, Iterable[object]]) -> None:
        """Note the errors of a record at `path`; a field is named as items[0].quantity."""
        for name, texts in errors.items():
            for text in texts:
                self.add((*path, *steps(name)), text)

    def sorted_rows(self) -> Sequence[tuple[str, str, str]]:
        """Each as (place, field, sentence)."""
        return [row[1:] for row in sorted(self.rows, key=lambda row: row[0])]

    def raise_any(self) -> None:
        """Raise ImportRefusedError if anything is wrong."""
        if self.rows:
            raise ImportRefusedError(self.sorted_rows())


def written(path: Path) -> str:
    """A path as people write it: invoices[3].items[0].quantity."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def steps(name: str) -> Path:
    """The path that is written in the name of a field: items[0].quantity."""
    return tuple(int(index) if index else key for index, key in STEP.findall(name)) or (name,)
