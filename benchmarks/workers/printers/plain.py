"""WeasyPrint as its first example has it: a string in, a PDF out, nothing kept from one page to the next."""

from collections.abc import Callable
from typing import Any

import weasyprint

from printers.measuring import Act, growing, printing
from printers.page import html_with_fonts

DISTRIBUTION = "weasyprint"


def from_page(invoice: Any) -> Act:
    """Draw the same page."""
    html = html_with_fonts(invoice)
    return lambda: weasyprint.HTML(string=html).write_pdf()


def archived(invoice: Any) -> Act:
    """Draw it as the PDF that ours is: for the archive, and tagged."""
    html = html_with_fonts(invoice)
    return lambda: weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-3u", pdf_tags=True)


WAYS: dict[str, Any] = {}
RACES: dict[str, Callable[..., dict[str, Any]]] = {
    "print": printing(from_page),
    "print archived": printing(archived),
    "grow": growing(from_page),
}
