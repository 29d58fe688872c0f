"""Files that travel inside a PDF, as e-invoices do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Relationship: TypeAlias = Literal["Alternative", "Data", "Source", "Supplement", "Unspecified"]
"""What the file is to the page (AFRelationship, ISO 32000-2, 7.11.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to embed. `modified` is aware; it is written into the PDF, so give a fixed moment to get the same bytes each time."""

    name: str
    content: bytes
    media_type: str
    modified: datetime
    relationship: Relationship = "Unspecified"
    description: str = ""
