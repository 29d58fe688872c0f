"""Raster images, told by their first bytes: what a name or a header says of a file is not believed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SIGNATURES: Final[Mapping[bytes, str]] = MappingProxyType(
    {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
    }
)

LARGEST: Final = 5 * 1024 * 1024
"""Bytes of the largest image that a document takes."""


MOST_PIXELS: Final = 25_000_000
"""A sheet of A3 at 300 dpi has 17 million. A few hundred kilobytes can unpack to more than there is memory."""


def image_type(content: bytes) -> str:
    """The media type of a PNG, JPEG or GIF; blank for anything else, SVG too: it can load more."""
    return next((kind for signature, kind in SIGNATURES.items() if content.startswith(signature)), "")
