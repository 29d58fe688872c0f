"""Which files may be attached, by the ending of their name, and how the content of each begins. Data, and pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
RTF = (b"{\\rtf",)
JPEG = (b"\xff\xd8\xff",)
TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a file is served as, and how it must begin: with one of `signatures`, where there are any."""

    media_type: str
    signatures: tuple[bytes, ...] = ()


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

MEDIA_TYPES: dict[str, MediaType] = {
    "bmp": MediaType("image/bmp", (b"BM",)),
    "csv": MediaType("text/csv"),
    "doc": MediaType("application/msword", (*OLE, *RTF)),
    "docx": MediaType(f"{_OFFICE}.wordprocessingml.document", ZIP),
    "eml": MediaType("message/rfc822"),
    "gif": MediaType("image/gif", (b"GIF87a", b"GIF89a")),
    "gz": MediaType("application/gzip", (b"\x1f\x8b",)),
    "heic": MediaType("image/heic"),
    "jpeg": MediaType("image/jpeg", JPEG),
    "jpg": MediaType("image/jpeg", JPEG),
    "json": MediaType("application/json"),
    "msg": MediaType("application/vnd.ms-outlook", OLE),
    "odp": MediaType(f"{_OPEN}.presentation", ZIP),
    "ods": MediaType(f"{_OPEN}.spreadsheet", ZIP),
    "odt": MediaType(f"{_OPEN}.text", ZIP),
    "pdf": MediaType("application/pdf", (b"%PDF-",)),
    "png": MediaType("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "ppt": MediaType("application/vnd.ms-powerpoint", OLE),
    "pptx": MediaType(f"{_OFFICE}.presentationml.presentation", ZIP),
    "rtf": MediaType("application/rtf", RTF),
    "tif": MediaType("image/tiff", TIFF),
    "tiff": MediaType("image/tiff", TIFF),
    "txt": MediaType("text/plain"),
    "webp": MediaType("image/webp", (b"RIFF",)),
    "xls": MediaType("application/vnd.ms-excel", OLE),
    "xlsx": MediaType(f"{_OFFICE}.spreadsheetml.sheet", ZIP),
    "xml": MediaType("application/xml"),
    "zip": MediaType("application/zip", ZIP),
}
"""The usual files of an office, by the ending of their name."""

NEVER = frozenset(
    {
        *("htm", "html", "hta", "mht", "mhtml", "shtml", "svg", "svgz", "xht", "xhtml", "xsl", "xslt", "js", "mjs", "swf", "wasm"),
        *("app", "bat", "cmd", "com", "cpl", "dll", "exe", "jar", "lnk", "msi", "pif", "ps1", "reg", "scr", "sh", "url", "vbs", "wsf"),
        *("asp", "aspx", "cgi", "jsp", "php", "phtml", "pl", "py"),
    }
)
"""Endings of what browsers, desktops or servers run: no setting allows them."""


def media_types(changes: Mapping[str, Any]) -> dict[str, MediaType]:
    """The usual files with a host's changes: an ending with its media type is added, one with None is taken away."""
    types = dict(MEDIA_TYPES)
    for ending, media_type in changes.items():
        key = ending.lower().lstrip(".")
        if media_type is None:
            types.pop(key, None)
        elif key not in NEVER:
            types[key] = MediaType(media_type, types[key].signatures if key in types else ())
    return types
