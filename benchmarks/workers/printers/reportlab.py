"""ReportLab: its tables and paragraphs draw the same page; fonts and styles are kept."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from printers.measuring import Act, printing
from printers.page import REGULAR, SEMIBOLD, texts

DISTRIBUTION = "reportlab"

registerFont(TTFont("Inter", str(REGULAR)))
registerFont(TTFont("Inter-SemiBold", str(SEMIBOLD)))

INK, MUTED, LINE, TINT, ACCENT = (HexColor(code) for code in ("#1b2330", "#667085", "#d5dae1", "#f4f6f9", "#23477a"))
LEFT, RIGHT, TOP, BOTTOM = 22 * mm, 18 * mm, 17 * mm, 22 * mm
WIDTH = A4[0] - LEFT - RIGHT
NARROW = (17 * mm, 15 * mm, 21 * mm, 13 * mm, 24 * mm)
COLUMNS = (8 * mm, WIDTH - 8 * mm - sum(NARROW), *NARROW)


def style(size: float, *, bold: bool = False, colour: Any = INK) -> ParagraphStyle:
    """A paragraph in our fonts."""
    return ParagraphStyle(
        f"{size} {bold}", fontName="Inter-SemiBold" if bold else "Inter", fontSize=size, leading=size * 1.45, textColor=colour
    )


BODY, FACT, TITLE, DESCRIPTION = style(8.7), style(8.7, colour=MUTED), style(8.7, bold=True), style(7.8, colour=MUTED)
NAME, CONTACT, RETURN_LINE = style(14, bold=True, colour=ACCENT), style(7.6, colour=MUTED), style(6.4, colour=MUTED)
CUSTOMER, HEADING, SMALL = style(10), style(19, bold=True), style(7.4, colour=MUTED)

CLOSE: list[tuple[Any, ...]] = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
PLAIN = [*CLOSE, ("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONT", (0, 0), (-1, -1), "Inter", 8.7), ("TEXTCOLOR", (0, 0), (-1, -1), INK)]
ITEMS = [
    *PLAIN,
    ("FONT", (0, 0), (-1, 0), "Inter-SemiBold", 7.2),
    ("LEFTPADDING", (2, 0), (-1, -1), 3 * mm),
    ("TOPPADDING", (0, 1), (-1, -1), 1.8 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8 * mm),
    ("TEXTCOLOR", (0, 1), (0, -1), MUTED),
    ("ALIGN", (2, 0), (2, -1), "RIGHT"),
    ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
    ("LINEBELOW", (0, 0), (-1, 0), 0.35 * mm, INK),
    ("LINEBELOW", (0, 1), (-1, -1), 0.2 * mm, LINE),
]
TAXES = [
    *PLAIN,
    ("FONTSIZE", (0, 0), (-1, -1), 7.6),
    ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ("TOPPADDING", (0, 0), (-1, -1), 1.2 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2 * mm),
    ("LINEBELOW", (0, 0), (-1, -1), 0.2 * mm, LINE),
]
TOTALS = [
    *PLAIN,
    ("ALIGN", (1, 0), (1, -1), "RIGHT"),
    ("TOPPADDING", (0, 0), (-1, -1), 1 * mm),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1 * mm),
    ("LEFTPADDING", (0, 0), (-1, -1), 3 * mm),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3 * mm),
    ("BACKGROUND", (0, -1), (-1, -1), ACCENT),
    ("TEXTCOLOR", (0, -1), (-1, -1), white),
    ("FONT", (0, -1), (-1, -1), "Inter-SemiBold", 11),
    ("TOPPADDING", (0, -1), (-1, -1), 2.6 * mm),
    ("BOTTOMPADDING", (0, -1), (-1, -1), 3.4 * mm),
]
PAYMENT = [
    *PLAIN,
    ("BACKGROUND", (0, 0), (-1, -1), TINT),
    *((f"{side}PADDING", (0, 0), (-1, -1), 3.4 * mm) for side in ("LEFT", "TOP", "BOTTOM")),
]


class CountingCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Draws header and footer when all pages are there and their number is known."""

    def __init__(self, *arguments: Any, told: dict[str, Any], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.told = told
        self.pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  # reportlab's name
        """Keep the page for later."""
        self.pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages."""
        for number, page in enumerate(self.pages, start=1):
            self.__dict__.update(page)
            self.frame_page(number)
            super().showPage()
        super().save()

    def frame_page(self, number: int) -> None:
        """Draw what stands on every page."""
        told = self.told
        self.setFillColor(MUTED)
        if number > 1:
            self.setFont("Inter", 7.4)
            self.drawString(LEFT, A4[1] - 10 * mm, f"{told['supplier']['name']} · {told['heading']} {told['number']}")
        self.setStrokeColor(LINE)
        self.setLineWidth(0.2 * mm)
        self.line(LEFT, 18 * mm, A4[0] - RIGHT, 18 * mm)
        self.setFont("Inter", 6.8)
        self.drawString(LEFT, 14.5 * mm, "    ".join([told["supplier"]["name"], *told["supplier"]["ids"]]))
        self.drawRightString(A4[0] - RIGHT, 14.5 * mm, f"{told['number']}   Page {number} of {len(self.pages)}")


def from_texts(invoice: Any) -> Act:
    """Draw the page of an invoice whose texts are ready."""
    told = texts(invoice)
    return lambda: _draw(told)


def _draw(told: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    document = BaseDocTemplate(file, pagesize=A4, title=f"{told['heading']} {told['number']}", author=told["supplier"]["name"])
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build([*_opening(told), _items(told), *_closing(told)], canvasmaker=partial(CountingCanvas, told=told))
    return file.getvalue()


def _opening(told: dict[str, Any]) -> list[Any]:
    halves = (WIDTH - 72 * mm, 72 * mm)
    address = [_paragraph([told["return_line"]], RETURN_LINE), Spacer(0, 3.5 * mm), _paragraph(told["customer"], CUSTOMER)]
    facts = Table([[_paragraph([name], FACT), _paragraph([value], BODY)] for name, value in told["facts"]], (31 * mm, 41 * mm), style=PLAIN)
    return [
        Table(
            [[_paragraph([told["supplier"]["name"]], NAME), _paragraph(told["supplier"]["contact"], CONTACT)], [address, facts]],
            halves,
            (28 * mm, 45 * mm),
            style=PLAIN,
        ),
        Spacer(0, 8 * mm),
        _paragraph([f"{told['heading']} {told['number']}"], HEADING),
        Spacer(0, 7 * mm),
    ]


def _items(told: dict[str, Any]) -> Table:
    rows = [
        [position, [_paragraph([title], TITLE), *([_paragraph([description], DESCRIPTION)] if description else [])], *values]
        for position, (title, description), *values in told["lines"]
    ]
    return Table([told["columns"], *rows], COLUMNS, style=ITEMS, repeatRows=1)


def _closing(told: dict[str, Any]) -> list[Any]:
    taxes = Table([told["tax_columns"], *told["taxes"]], (34 * mm, 14 * mm, 20 * mm, 20 * mm), style=TAXES)
    totals = Table([*told["totals"], told["balance"]], (30 * mm, 42 * mm), style=TOTALS)
    cells = [[_paragraph([name], SMALL), _paragraph([value], BODY), _paragraph([remark], SMALL)] for name, value, remark in told["payment"]]
    return [
        Spacer(0, 6 * mm),
        KeepTogether([Table([[taxes, totals]], (WIDTH - 72 * mm, 72 * mm), style=PLAIN)]),
        Spacer(0, 7 * mm),
        KeepTogether([Table([cells], (27 * mm, 29 * mm, 54 * mm, WIDTH - 110 * mm), style=PAYMENT)]),
    ]


def _paragraph(lines: list[str], kind: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(escape(line) for line in lines if line), kind)


WAYS: dict[str, Any] = {}
RACES: dict[str, Callable[..., dict[str, Any]]] = {"print": printing(from_texts)}
