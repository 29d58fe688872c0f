"""The key of a number: one text for all ways to write what people read as one number."""

from __future__ import annotations

import unicodedata

from invoicing.domain.keys import encoded, shortened


def number_key(number: str, *, company_id: int | None) -> str:
    """A key that two numbers of a company share when they differ in case or in width only, such as INV-1 and inv-1."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", number).casefold()).upper()
    return shortened(f"{company_id or 0}|{encoded(folded)}")
