"""The places in texts that people type, such as {number}: filled with plain values, never run as a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

PLACE: Final = re.compile(r"\{\s*(\w*)\s*\}")

NAMES: Final = ("number", "date_issue", "date_due", "to_pay", "days_overdue", "customer_name", "supplier_name")
"""What a text of a dunning level may ask for; each is written in the language of the invoice."""


def unknown_places(text: str) -> list[str]:
    """The places of a text that nothing would be put into, as they are written."""
    return [found[0] for found in PLACE.finditer(text) if found[1] not in NAMES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled; what is put in is not looked at again, and an unknown place stays as it is."""
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)
