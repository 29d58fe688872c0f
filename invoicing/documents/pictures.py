"""Raster images as a PDF can hold them, by Pillow, which comes with WeasyPrint."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

from invoicing.domain.images import MOST_PIXELS


def drawable(content: bytes, *, within: tuple[int, int] | None = None) -> bytes:
    """A PNG, JPEG or GIF as it can be drawn: as it is, or in the colours of the screen; no larger than `within` pixels.

    The size is read before a pixel is unpacked. Raises ValueError when there are too many, and what Pillow raises.
    """
    with Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF")) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(f"{image.width} × {image.height} pixels are too many")
        if within and (image.width > within[0] or image.height > within[1]):
            return _smaller(image, within=within)
        if image.mode == "CMYK":
            # PDF/A allows it only where the document has a profile for it (ISO 19005-3, 6.2.4.3).
            return _encoded(ImageOps.exif_transpose(image).convert("RGB"), "JPEG", quality=95, subsampling=0)
        if image.mode.startswith("I;16"):
            return _encoded(_of_eight_bits(image), "PNG")
        image.load()
    return content


def _smaller(image: Image.Image, *, within: tuple[int, int]) -> bytes:
    image.draft("RGB", within)  # A JPEG is read no larger than it is needed.
    small = _of_eight_bits(image) if image.mode.startswith("I;16") else ImageOps.exif_transpose(image)
    small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.thumbnail(within)
    return _encoded(small, "PNG")


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8: WeasyPrint, and a plain conversion, would take the lower half for the whole."""
    return image.convert("I").point(lambda level: level / 256).convert("L")


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
