"""Triggers: what a dialect makes of rules, and what is found in a database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from invoicing.protection.rules import Event

LONGEST_NAME = 60
_OURS = re.compile(rf"invoicing_\w+_({'|'.join(Event)})_[0-9a-f]{{8}}")
_LONGEST_TABLE = LONGEST_NAME - len("invoicing__truncate_12345678")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Columns that no two rows have in common, in rows of which a condition is true."""

    columns: tuple[str, ...]
    condition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as the database has it. Columns that it computes itself stand apart."""

    name: str
    columns: Mapping[str, str]
    generated: tuple[str, ...] = ()
    keys: tuple[Key, ...] = field(default=())
    schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One event of one table, with all reasons to refuse it. The name ends with a fingerprint of what it does."""

    name: str
    table: str
    event: Event
    body: str
    create: tuple[str, ...]
    drop: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A trigger of ours that is in a database. The body is None where only those who may change triggers are shown it."""

    name: str
    table: str
    body: str | None
    drop: tuple[str, ...]
    is_enabled: bool = True

    def does(self, body: str) -> bool:
        """Whether it does this. One that is not shown is known by its name, which ends with a fingerprint."""
        return self.body is None or same_text(self.body, body)


def trigger_name(table: str, event: Event, statements: tuple[str, ...]) -> str:
    """The name of a trigger: its table, its event, and a fingerprint of its statements."""
    stem = table.removeprefix("invoicing_")
    if len(stem) > _LONGEST_TABLE:
        stem = f"{stem[: _LONGEST_TABLE - 9]}_{_digest(stem)}"
    stem = re.sub(r"\W", "_", stem)
    return f"invoicing_{stem}_{event.value}_{_digest(table, *statements)}"


def is_ours(name: str) -> bool:
    """Whether a trigger has a name as we give it."""
    return bool(_OURS.fullmatch(name))


def same_text(left: str, right: str) -> bool:
    """Whether two bodies are the same but for spaces and line ends."""
    return left.split() == right.split()


def _digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:8]
