"""What the file of a document is called."""

from __future__ import annotations

import re
from typing import Any

UNSAFE = re.compile(r"[^\w.+-]+")


def document_filename(invoice: Any, *, extension: str = "pdf") -> str:
    """Such as invoice-2026-0001.pdf; a draft is named after its uuid."""
    kind = invoice.type.lower().replace("_", "-")
    number = UNSAFE.sub("-", invoice.number).strip("-.")
    return f"{kind}-{number or f'draft-{invoice.uuid}'}.{extension}"
