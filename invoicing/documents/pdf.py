"""The PDF of an invoice, by WeasyPrint or whatever INVOICING_PDF_RENDERER names; nothing is loaded while it is made."""

from __future__ import annotations

import gc
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.documents.html import render_html
from invoicing.exceptions import DocumentError, InvoicingError, MissingDependencyError

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)

PIP = "pip install 'django-invoicekit[pdf]'"
LIBRARIES = (
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (Debian, Ubuntu); "
    "brew install pango (macOS, with Homebrew's Python or DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib)"
)


class PdfRenderer(Protocol):
    """What INVOICING_PDF_RENDERER names: a class without arguments that turns a self-contained page into a PDF."""

    def render(self, html: str) -> bytes:
        """The PDF; any error becomes a DocumentError."""


def render_pdf(invoice: Any) -> bytes:
    """The document as a PDF in its own language. The same document gives the same bytes.

    Raises MissingDependencyError that says what to install, or DocumentError.
    """
    html = render_html(invoice)
    renderer: PdfRenderer = import_string(conf.pdf_renderer)()
    try:
        return renderer.render(html)
    except InvoicingError:
        raise
    except Exception as error:
        # A renderer may fail in any way, also by a failed assertion, when the CSS of a template is odd.
        raise DocumentError(number=invoice.number or invoice.pk, reason=f"{type(error).__name__}: {error}") from error


class WeasyPrintRenderer:
    """Draws with WeasyPrint 70 or newer."""

    def render(self, html: str) -> bytes:
        """The PDF of a page. Raises MissingDependencyError where WeasyPrint or its libraries are not installed."""
        return _engine(os.getpid()).render(html)


class _Engine:
    """Fonts, fetcher and parsed styles, kept for the life of a process: they cost a third of a page, and new ones leak memory."""

    def __init__(self) -> None:
        # Here and not at the top: WeasyPrint is optional and slow to load, so it comes with the first PDF.
        try:
            import weasyprint  # noqa: PLC0415

            from invoicing.documents.fetcher import FONT_FACES, ClosedFetcher, OwnFonts  # noqa: PLC0415
        except ImportError as error:
            raise MissingDependencyError(feature=_("A PDF"), package="WeasyPrint", mend=PIP) from error
        except OSError as error:
            raise MissingDependencyError(feature=_("A PDF"), package="Pango", mend=LIBRARIES) from error
        self.weasyprint = weasyprint
        self.fetcher = ClosedFetcher()
        self.fonts = OwnFonts()
        self.styles: dict[str, Any] = {}
        self.font_faces = self._parsed(FONT_FACES)
        # Pango's font map is not safe to share between threads that draw at once.
        self.lock = threading.Lock()

    def render(self, html: str) -> bytes:
        with self.lock, _collector_paused():
            styles = [self._parsed(text) for text in STYLE.findall(html)]
            page = self.weasyprint.HTML(string=STYLE.sub("", html), url_fetcher=self.fetcher)
            pdf: bytes = page.write_pdf(
                font_config=self.fonts,
                stylesheets=[self.font_faces, *styles],
                presentational_hints=False,
                # Else it would be drawn by lot.
                pdf_identifier=hashlib.sha256(html.encode()).digest()[:16],
            )
        return pdf

    def _parsed(self, text: str) -> Any:
        if text not in self.styles:
            if len(self.styles) >= 16:
                # Texts that differ from page to page would pile up; the fonts are the first and stay.
                self.styles = dict(list(self.styles.items())[:1])
            self.styles[text] = self.weasyprint.CSS(string=text, url_fetcher=self.fetcher, font_config=self.fonts)
        return self.styles[text]


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


@cache
def _engine(process_id: int) -> _Engine:  # noqa: ARG001 -- a fork must not share a lock or a font map with its parent
    return _Engine()
