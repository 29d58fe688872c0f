"""A logo as a page holds it: a data: URL, no larger than it is printed."""

from __future__ import annotations

import base64
import logging
from functools import lru_cache
from typing import Final

from invoicing.domain.images import LARGEST, image_type

logger = logging.getLogger("invoicing.documents")

WIDEST: Final = (900, 400)
"""Pixels of the largest logo on a page: 70 mm at 300 dots an inch. A larger one only makes every document slower."""


@lru_cache(maxsize=64)
def logo_url(content: bytes) -> str:
    """The image inside a URL; blank, with a word in the log, for what is no image that a document can show."""
    if not image_type(content) or len(content) > LARGEST:
        logger.warning("The logo is no PNG, JPEG or GIF of up to 5 MB: documents are drawn without it.")
        return ""
    # Here and not at the top: Pillow comes with WeasyPrint, and pages for a browser can do without it.
    try:
        from invoicing.documents.pictures import drawable  # noqa: PLC0415
    except ImportError:
        return _url(content)
    try:
        return _url(drawable(content, within=WIDEST))
    except Exception as error:  # noqa: BLE001 -- bytes that are made for it may break a decoder in any way
        logger.warning("The logo cannot be read (%s): documents are drawn without it.", error)
        return ""


def _url(content: bytes) -> str:
    return f"data:{image_type(content)};base64,{base64.b64encode(content).decode()}"
