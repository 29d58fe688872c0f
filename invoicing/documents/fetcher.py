"""What a PDF may be made of: the package's own fonts and raster images inside the page. Nothing is loaded from anywhere else."""

from __future__ import annotations

import base64
import binascii
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import NoReturn
from urllib.parse import unquote_to_bytes
from weakref import finalize

from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, URLFetchingError

from invoicing.documents.pictures import drawable
from invoicing.domain.images import LARGEST, image_type
from invoicing.fonts.catalogue import FIGURES, OWN, SANS, Font, all_fonts

logger = logging.getLogger("invoicing.documents")

SCHEME = "invoicing-font:"


def font_faces() -> str:
    """The styles that make every font known by its family, and write a page with the main one.

    A letter that it lacks is found in whichever other family has it, without being named: no more fonts are known. A URL
    names a font of the catalogue, so no path is ever built of one.
    """
    faces = [_face(font, family=font.family) for font in all_fonts().values()]
    figures = [_face(font, family=FIGURES, more='; font-feature-settings: "tnum"') for font in OWN if font.family == SANS]
    return "\n".join((*faces, *figures, f':root {{ font-family: "{SANS}"; --figures: "{FIGURES}" }}'))


def _face(font: Font, *, family: str, more: str = "") -> str:
    return f'@font-face {{ font-family: "{family}"; font-weight: {font.weight}; src: url({SCHEME}{font.name}){more} }}'


class DrawnOnly(URLFetcherResponse):  # type: ignore[misc]  # weasyprint has no types
    """A font or an image for the page: it can be drawn, but neither attached to the PDF nor read as a style sheet."""

    @property
    def charset(self) -> NoReturn:
        # WeasyPrint asks for it before it attaches what it was given or parses it as text, and never for what it draws.
        raise URLFetchingError(f"refused: {self.url} may be drawn only")


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
        font = all_fonts().get(url.removeprefix(SCHEME))
        if font is None:
            _refuse(url)
        return DrawnOnly(url, body=font.content(), headers={"Content-Type": "font/ttf"})

    def _image(self, url: str) -> URLFetcherResponse:
        header, _comma, text = url[5:].partition(",")
        if len(text) > 2 * LARGEST:
            _refuse(url)
        body = unquote_to_bytes(text)
        if header.lower().endswith(";base64"):
            try:
                body = base64.b64decode(body, validate=True)
            except binascii.Error:
                _refuse(url)
        kind = image_type(body)
        if not kind or len(body) > LARGEST:
            _refuse(url)
        try:
            body = drawable(body)
        except Exception as error:  # noqa: BLE001 -- bytes that are made for it may break a decoder in any way
            _refuse(url, reason=f"it cannot be drawn ({type(error).__name__}: {error})")
        return DrawnOnly("data:", body=body, headers={"Content-Type": kind})


class OwnFonts(FontConfiguration):  # type: ignore[misc]  # weasyprint has no types
    """The package's fonts and those that a host adds, and none of the system, so that every machine draws the same.

    Only the process that made the files deletes them: a fork must not take them from its parent.
    """

    def __init__(self) -> None:
        # Fontconfig takes the place of its configuration from nowhere else.
        with as_file(files("invoicing.fonts").joinpath("fonts.conf")) as path, _environment("FONTCONFIG_FILE", str(path)):
            super().__init__()
        self._folder = Path(mkdtemp(prefix="invoicing-fonts-"))
        finalize(self, _remove, self._folder, process_id=os.getpid())

    def __del__(self) -> None:
        # Instead of WeasyPrint's: when the interpreter ends, the names that it uses are gone, and the files stayed behind.
        pass


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Have a variable of the environment for a moment."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


def _remove(folder: Path, *, process_id: int) -> None:
    if os.getpid() == process_id:
        rmtree(folder, ignore_errors=True)


def _refuse(url: str, *, reason: str = "documents load nothing") -> NoReturn:
    shown = url if len(url) <= 100 else f"{url[:100]}…"
    logger.warning("A document asked for %r: refused, %s.", shown, reason)
    raise ValueError(f"refused: {shown}")
