"""What draws with WeasyPrint: a part of it lives as long as the process, because it costs a third of a page and leaks when made anew."""

from __future__ import annotations

import gc
import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import pydyf
import weasyprint
from weasyprint.css import ColorProfile

from invoicing.documents.attachments import Attachment
from invoicing.documents.fetcher import ClosedFetcher, OwnFonts, font_faces
from invoicing.documents.metadata import PDF_UA, XmpSchema, merged

STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)

VARIANT: Final = "pdf/a-3u"
"""For the archive, every letter with its meaning, other files inside (ISO 19005-3, level U)."""

SRGB: Final = "srgb"


class Engine:
    """Fonts, fetcher and parsed styles of one process."""

    def __init__(self) -> None:
        self.fetcher = ClosedFetcher()
        self.fonts = OwnFonts()
        self.styles: dict[str, Any] = {}
        self.faces = self._parse(font_faces())
        self.colours = _Srgb()
        # Pango's font map is not safe to share between threads that draw at once.
        self.lock = threading.Lock()

    def render(self, html: str, *, attachments: Sequence[Attachment], schemas: Sequence[XmpSchema]) -> bytes:
        """The PDF of a page: PDF/A-3u, tagged as PDF/UA-1 wants it."""
        with self.lock, _collector_paused():
            styles = [self._kept(text) for text in STYLE.findall(html)]
            page = weasyprint.HTML(string=STYLE.sub("", html), url_fetcher=self.fetcher)
            document = page.render(
                font_config=self.fonts,
                stylesheets=[self.faces, *styles],
                presentational_hints=False,
                color_profiles={SRGB: self.colours},
                output_intent=SRGB,
            )
            _add_metadata(document.metadata, schemas=(PDF_UA, *schemas))
            pdf: bytes = document.write_pdf(
                pdf_variant=VARIANT,
                pdf_tags=True,
                output_intent="document",  # The one above. By its own name it would be opened again for each page, and left open.
                # Else it would be drawn by lot.
                pdf_identifier=_identifier(html, attachments),
                attachments=[_embedded(file) for file in attachments],
                finisher=lambda _document, file: _finish(file, attachments=attachments),
            )
        return pdf

    def _kept(self, text: str) -> Any:
        """Styles parsed before, or from now on."""
        if text not in self.styles:
            if len(self.styles) >= 16:
                # Texts that differ from page to page would pile up.
                self.styles.clear()
            self.styles[text] = self._parse(text)
        return self.styles[text]

    def _parse(self, text: str) -> Any:
        return weasyprint.CSS(string=text, url_fetcher=self.fetcher, font_config=self.fonts)


class _Srgb(ColorProfile):  # type: ignore[misc]  # weasyprint has no types
    """The colours that the page means (an output intent is required by ISO 19005-3, 6.2.3)."""

    content = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()
    """The file as it is: the inherited property writes it anew, and differently once its name was asked for."""

    def __init__(self) -> None:
        super().__init__(BytesIO(self.content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def _add_metadata(metadata: Any, *, schemas: Sequence[XmpSchema]) -> None:
    """Put more facts into the block of XMP that WeasyPrint writes; its own way would make a second block, which readers skip."""
    write = metadata.generate_rdf_metadata
    metadata.generate_rdf_metadata = lambda *details, **more: merged(write(*details, **more), schemas=schemas)


def _identifier(html: str, attachments: Sequence[Attachment]) -> bytes:
    digest = hashlib.sha256(html.encode())
    for file in attachments:
        digest.update(file.content)
    return digest.digest()[:16]


def _embedded(file: Attachment) -> Any:
    moment = file.modified.astimezone(UTC)
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        relationship=file.relationship,
        created=moment,
        modified=moment,
    )


def _finish(pdf: Any, *, attachments: Sequence[Attachment]) -> None:
    """Say of each file what it is, by what was given and not by the tables of the machine, and name it once; smooth no image."""
    kinds = {f"<{hashlib.md5(file.content, usedforsecurity=False).hexdigest()}>": file.media_type for file in attachments}
    for thing in pdf.objects:
        details = thing.extra if isinstance(thing, pydyf.Stream) else {}
        if details.get("Type") == "/EmbeddedFile":
            details["Subtype"] = "/" + kinds[details["Params"]["CheckSum"]].replace("/", "#2f")
        if details.get("Subtype") == "/Image":
            # A reader may not smoothe them (ISO 19005-3, 6.2.8). Styles reach some images only.
            details["Interpolate"] = "false"
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    pdf.objects[:] = [thing if thing.free == "f" else _Settled(thing) for thing in pdf.objects]


class _Settled(pydyf.Object):  # type: ignore[misc]  # pydyf has no types
    """An object that is compressed once: pydyf asks for its bytes twice, the second time for the identifier of the file."""

    # Values in place of properties.
    data = b""
    compressible = False

    def __init__(self, thing: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = thing.number, thing.generation, thing.free
        self.data, self.compressible = thing.data, thing.compressible


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Let no garbage be looked for while a tree of boxes grows: it takes up to half the time of a document of many pages."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
