"""The key of a number: one text for all ways to write what people read as one number."""

from __future__ import annotations

import hashlib
import unicodedata

LONGEST_KEY = 191
"""Characters: what an index of four-byte characters holds on every MySQL and MariaDB."""


def number_key(number: str, *, company_id: int | None) -> str:
    """A key that two numbers of a company share when they differ in case or in width only, such as INV-1 and inv-1.

    It is plain ASCII without capital letters that matter, so that databases which compare without case or accents
    compare it like all others. A key that gets too long is a digest.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", number).casefold())
    key = f"{company_id or 0}:{_in_ascii(folded)}"
    return (
        key
        if len(key) <= LONGEST_KEY
        else f"{company_id or 0}:sha256:{hashlib.sha256(folded.encode('utf-8', 'surrogatepass')).hexdigest()}"
    )


def _in_ascii(text: str) -> str:
    return "".join(character if character.isascii() and character != "%" else f"%{ord(character):x}%" for character in text)
