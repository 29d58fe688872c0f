"""The PDF of an invoice, by WeasyPrint or whatever INVOICING_PDF_RENDERER names; nothing is loaded while it is made."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.documents.attachments import Attachment
from invoicing.documents.html import render_html
from invoicing.documents.metadata import XmpSchema
from invoicing.exceptions import DocumentError, InvoicingError, MissingDependencyError

if TYPE_CHECKING:
    from invoicing.documents.engine import Engine

PIP = "pip install 'django-invoicekit[pdf]'"
LIBRARIES = (
    "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 (Debian, Ubuntu); "
    "brew install pango (macOS, with Homebrew's Python or DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib)"
)


class PdfRenderer(Protocol):
    """What INVOICING_PDF_RENDERER names: a class without arguments that turns a self-contained page into a PDF.

    Files and metadata are passed only where there are some.
    """

    def render(self, html: str, *, attachments: Sequence[Attachment] = (), schemas: Sequence[XmpSchema] = ()) -> bytes:
        """The PDF, with the files inside and the facts in its metadata; any error becomes a DocumentError."""


def render_pdf(invoice: Any, *, attachments: Sequence[Attachment] = (), schemas: Sequence[XmpSchema] = ()) -> bytes:
    """The document as a PDF in its own language, with files inside and facts in its metadata where they are given.

    The same document and files give the same bytes. Raises MissingDependencyError that says what to install, or DocumentError.
    """
    html = render_html(invoice)
    renderer: PdfRenderer = import_string(conf.pdf_renderer)()
    extras: dict[str, Any] = {"attachments": attachments, "schemas": schemas}
    try:
        return renderer.render(html, **{name: value for name, value in extras.items() if value})
    except InvoicingError:
        raise
    except Exception as error:
        # A renderer may fail in any way, also by a failed assertion, when the CSS of a template is odd.
        raise DocumentError(number=invoice.number or invoice.pk, reason=f"{type(error).__name__}: {error}") from error


class WeasyPrintRenderer:
    """Draws with WeasyPrint 70 or newer: PDF/A-3u, tagged as PDF/UA-1 wants it."""

    def render(self, html: str, *, attachments: Sequence[Attachment] = (), schemas: Sequence[XmpSchema] = ()) -> bytes:
        """The PDF of a page. Raises MissingDependencyError where WeasyPrint or its libraries are not installed."""
        return _own_engine().render(html, attachments=attachments, schemas=schemas)


class _Making:
    """Held by whoever makes the engine of a process: two would not know of each other's lock."""

    lock = threading.Lock()

    @classmethod
    def renew(cls) -> None:
        """In a fork, where whoever held it is not."""
        cls.lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_Making.renew)


def _own_engine() -> Engine:
    """The engine of this process, made once."""
    with _Making.lock:
        return _engine(os.getpid())


@cache
def _engine(process_id: int) -> Engine:  # noqa: ARG001 -- a fork must not share a lock or a font map with its parent
    # Here and not at the top: WeasyPrint is optional and slow to load, so it comes with the first PDF.
    try:
        with warnings.catch_warnings():
            # That the system has no fonts, which is all right: it is not asked for any.
            warnings.filterwarnings("ignore", "(No fonts configured in FontConfig|FontConfig cannot load)", UserWarning)
            from invoicing.documents.engine import Engine  # noqa: PLC0415
    except ImportError as error:
        raise MissingDependencyError(feature=_("A PDF"), package="WeasyPrint", mend=PIP) from error
    except OSError as error:
        raise MissingDependencyError(feature=_("A PDF"), package="Pango", mend=LIBRARIES) from error
    return Engine()
