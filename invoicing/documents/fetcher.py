"""What a PDF may be made of: the package's own fonts and raster images inside the page. Nothing is loaded from anywhere else."""

from __future__ import annotations

import base64
import binascii
import logging
import os
from collections.abc import Callable
from importlib.resources import files
from typing import NoReturn
from urllib.parse import unquote_to_bytes

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

logger = logging.getLogger("invoicing.documents")

SCHEME = "invoicing-font:"

FONTS = {"regular": "Inter-Regular.ttf", "semibold": "Inter-SemiBold.ttf"}
"""The fonts by the name that follows the scheme. A name that is not here is refused, so no path is ever built of one."""

FONT_FACES = "\n".join(
    f'@font-face {{ font-family: "Invoicing Sans"; font-weight: {weight}; src: url({SCHEME}{name}) format("truetype"); }}'
    for name, weight in (("regular", 400), ("semibold", 600))
)

RASTER_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
"""The first bytes of the images that are let in. What a URL says of its type is not believed: SVG can load more."""

LARGEST_IMAGE = 5 * 1024 * 1024


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # weasyprint has no types
    """Knows `invoicing-font:` and `data:`; every other URL is refused, and the page is drawn without what it names."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        # Its openers for http, ftp and file: without them nothing is left that could open a connection or a path.
        for registry in (self.handlers, self.handle_open, self.handle_error, self.process_request, self.process_response):
            registry.clear()

    def fetch(self, url: str, _headers: object = None) -> URLFetcherResponse:
        """The font or the image that the URL stands for. Raises ValueError for any other URL."""
        if url.startswith(SCHEME):
            return self._font(url)
        if url[:5].lower() == "data:":
            return self._image(url)
        return _refuse(url)

    def open(self, url: object, _data: object = None, _timeout: object = None) -> NoReturn:
        """Refuse: nothing is opened by urllib."""
        _refuse(str(url))

    def _font(self, url: str) -> URLFetcherResponse:
        name = FONTS.get(url.removeprefix(SCHEME))
        if name is None:
            _refuse(url)
        body = files("invoicing.documents").joinpath("fonts", name).read_bytes()
        return URLFetcherResponse(url, body=body, headers={"Content-Type": "font/ttf"})

    def _image(self, url: str) -> URLFetcherResponse:
        header, _comma, text = url[5:].partition(",")
        if len(text) > 2 * LARGEST_IMAGE:
            _refuse(url)
        body = unquote_to_bytes(text)
        if header.lower().endswith(";base64"):
            try:
                body = base64.b64decode(body, validate=True)
            except binascii.Error:
                _refuse(url)
        kind = next((kind for signature, kind in RASTER_SIGNATURES.items() if body.startswith(signature)), None)
        if kind is None or len(body) > LARGEST_IMAGE:
            _refuse(url)
        return URLFetcherResponse("data:", body=body, headers={"Content-Type": kind})


class OwnFonts(FontConfiguration):  # type: ignore[misc]  # weasyprint has no types
    """A font configuration whose files only the process that made it deletes: a fork must not take them from its parent."""

    def __init__(self) -> None:
        self.process_id = os.getpid()
        super().__init__()

    def __del__(self, getpid: Callable[[], int] = os.getpid) -> None:
        # A default, because the module's own names may be gone when the interpreter ends.
        if self.process_id == getpid():
            super().__del__()


def _refuse(url: str) -> NoReturn:
    shown = url if len(url) <= 100 else f"{url[:100]}…"
    logger.warning("A document asked for %r: refused, documents load nothing.", shown)
    raise ValueError(f"refused: {shown}")
