"""Files that travel inside a PDF, as e-invoices do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from django.utils.translation import gettext as _

from invoicing.exceptions import InvalidDataError

Relationship: TypeAlias = Literal["Alternative", "Data", "Source", "Supplement", "Unspecified"]
"""What the file is to the page (AFRelationship, ISO 32000-2, 7.11.3)."""


MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to embed. `modified` is aware; it is written into the PDF, so give a fixed moment to get the same bytes each time."""

    name: str
    content: bytes
    media_type: str
    modified: datetime
    relationship: Relationship = "Unspecified"
    description: str = ""

    def __post_init__(self) -> None:
        """Raise InvalidDataError for a media type with parameters, or none: a PDF has no place for them."""
        if not MEDIA_TYPE.fullmatch(self.media_type):
            text = _("“{value}” is no media type: write it as text/csv, without parameters.")
            raise InvalidDataError({"media_type": [text.format(value=self.media_type)]})
