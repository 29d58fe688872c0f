"""The pictures of payment codes, drawn by segno: PNG of two colours, the same bytes for the same payload."""

from __future__ import annotations

import base64
import zlib
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError, MissingDependencyError

if TYPE_CHECKING:
    import segno

ErrorLevel = Literal["L", "M", "Q", "H"]

PIP = "pip install 'django-invoicekit[qr]'"

QUIET_ZONE = 4
"""Modules of white around a symbol (ISO/IEC 18004)."""

SCALE = 8
"""Pixels of a module: enough for a viewer that smoothes what it enlarges, and few bytes."""

SWISS_SCALE = 16
SWISS_SYMBOL = 46
"""Millimetres of the Swiss symbol, without its quiet zone; all measures of the cross are told against it."""

SWISS_CROSS = tuple(
    (Decimal(width), Decimal(height), colour)
    for width, height, colour in (("7", "7", 0), ("6", "6", 1), ("1.1667", "3.8889", 0), ("3.8889", "1.1667", 0))
)
"""Rectangles around the middle, in millimetres: a white frame, a black field, and the two bars of the cross."""

HALF = Decimal("0.5")

Rows = list[bytearray]
"""A picture, one byte a pixel: 1 for black, 0 for white."""


def qr_png(payload: str, *, error_level: ErrorLevel = "M") -> bytes:
    """The symbol with its quiet zone as PNG.

    Raises InvalidDataError where the payload is too long for a symbol, MissingDependencyError where segno is not installed.
    """
    return _png(_pixels(_symbol(payload, error_level=error_level), scale=SCALE, border=QUIET_ZONE))


def swiss_qr_png(payload: str) -> bytes:
    """The symbol of a QR-bill as PNG, with the Swiss cross in its middle and no quiet zone: to be shown 46 mm wide.

    Raises as `qr_png` does.
    """
    pixels = _pixels(_symbol(payload, error_level="M"), scale=SWISS_SCALE, border=0)
    _draw_cross(pixels)
    return _png(pixels)


def data_url(png: bytes) -> str:
    """The picture as a URL that holds it, for the `src` of an image."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _symbol(payload: str, *, error_level: ErrorLevel) -> segno.QRCode:
    # Here and not at the top: segno is optional.
    try:
        import segno  # noqa: PLC0415
    except ImportError as error:
        raise MissingDependencyError(feature=_("A payment code"), package="segno", mend=PIP) from error
    try:
        # Not boosted: the standards name the level, and a larger symbol is no easier to read.
        return segno.make_qr(payload, error=error_level, encoding=None if payload.isascii() else "utf-8", boost_error=False)
    except segno.DataOverflowError as error:
        raise InvalidDataError({"payload": [_("This is too long for a QR code.")]}) from error


def _pixels(symbol: segno.QRCode, *, scale: int, border: int) -> Rows:
    pixels: Rows = []
    for modules in symbol.matrix_iter(border=border):
        row = bytearray(pixel for module in modules for pixel in (int(module),) * scale)
        pixels.extend(bytearray(row) for _line in range(scale))
    return pixels


def _draw_cross(pixels: Rows) -> None:
    """Draw each rectangle around the middle, of an even number of pixels as the symbol has."""
    side = len(pixels)
    for width, height, colour in SWISS_CROSS:
        across, down = (_even(length, side=side) for length in (width, height))
        left, top = (side - across) // 2, (side - down) // 2
        for row in pixels[top : top + down]:
            row[left : left + across] = bytes((colour,)) * across


def _even(millimetres: Decimal, *, side: int) -> int:
    return int(millimetres * side / SWISS_SYMBOL / 2 + HALF) * 2


def _png(pixels: Rows) -> bytes:
    """A picture of one bit a pixel (PNG, colour type 0), in which 0 is black."""
    size = len(pixels).to_bytes(4, "big")
    header = size + size + bytes((1, 0, 0, 0, 0))
    # A module is many rows that are the same: each is packed once.
    lines = b"".join((b"\x00" + _packed(row)) * sum(1 for _row in same) for row, same in groupby(pixels))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _packed(row: bytearray) -> bytes:
    """Eight pixels a byte, the last one filled up."""
    width = -(-len(row) // 8) * 8
    bits = row.translate(_WRITTEN).ljust(width, b"0")
    return int(bits, 2).to_bytes(width // 8, "big")


def _chunk(name: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


_WRITTEN = bytes.maketrans(b"\x00\x01", b"10")
