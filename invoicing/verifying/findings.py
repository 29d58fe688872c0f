"""What a verification finds: plain values, each kind with a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """What may be wrong."""

    LINK = "link"
    EVENT = "event"
    SALT = "salt"
    UNCHAINED = "unchained"
    WRONG_DOCUMENT = "wrong_document"
    DOCUMENT = "document"
    RENDERING = "rendering"
    STATUS = "status"
    INSERTED = "inserted"
    REMOVED = "removed"
    REGISTER = "register"
    NOTED_HEAD = "noted_head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that an untouched chain does not have. `position` is the event where it shows, `columns` name what differs."""

    finding: Finding
    chain: str
    company: str
    position: int | None = None
    uuid: str = ""
    number: str = ""
    columns: tuple[str, ...] = ()
    what: str

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedHead:
    """A head that was noted, and the event that it is the hash of: 0 for that of an empty chain, None where it does not occur."""

    head: str
    chain: str
    position: int | None

    @property
    def is_found(self) -> bool:
        """Whether the chain still holds what it held when the head was noted."""
        return self.position is not None
