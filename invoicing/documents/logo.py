"""A logo as a page holds it: a data: URL, no larger than it is printed."""

from __future__ import annotations

import base64
import logging
from functools import lru_cache
from io import BytesIO
from typing import Final

from invoicing.domain.images import LARGEST, image_type

logger = logging.getLogger("invoicing.documents")

WIDEST: Final = (900, 400)
"""Pixels of the largest logo on a page: 70 mm at 300 dots an inch. A larger one only makes every document slower."""


@lru_cache(maxsize=64)
def logo_url(content: bytes) -> str:
    """The image inside a URL; blank, with a word in the log, for what is no image that a document can show."""
    kind = image_type(content)
    if not kind or len(content) > LARGEST:
        logger.warning("The logo is no PNG, JPEG or GIF of up to 5 MB: documents are drawn without it.")
        return ""
    # Here and not at the top: Pillow comes with WeasyPrint, and pages for a browser can do without it.
    try:
        from PIL import Image, ImageOps  # noqa: PLC0415
    except ImportError:
        return _url(content, kind)
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF")) as image:
            if image.width <= WIDEST[0] and image.height <= WIDEST[1] and image.mode != "CMYK":
                image.load()
                return _url(content, kind)
            image.draft("RGB", WIDEST)  # A JPEG is read no larger than it is needed.
            small = ImageOps.exif_transpose(image)
            small = small.convert("RGBA" if small.has_transparency_data else "RGB")
            small.thumbnail(WIDEST)
            out = BytesIO()
            small.save(out, "PNG")
            return _url(out.getvalue(), "image/png")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        logger.warning("The logo cannot be read (%s): documents are drawn without it.", error)
        return ""


def _url(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
