"""Keys that every database compares alike: plain ASCII, no small letters, short enough for a unique index."""

from __future__ import annotations

import hashlib
import string

LONGEST_KEY = 191
"""Characters of a key: what an index of four-byte characters holds on every MySQL and MariaDB."""

_READABLE = frozenset(string.ascii_uppercase + string.digits + "-_")


def encoded(part: str) -> str:
    """A text in which everything but capital letters, digits, - and _ is percent-encoded.

    Two texts stay apart, also in databases that compare without case or accents.
    """
    return "".join(
        character if character in _READABLE else "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
        for character in part
    )


def shortened(key: str) -> str:
    """The key, or where it gets too long its beginning and the SHA-256 of the whole, after a # that no other key has."""
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode("ascii")).hexdigest()
    return f"{key[: LONGEST_KEY - len(digest) - 1]}#{digest}"
