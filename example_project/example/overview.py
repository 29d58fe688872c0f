"""An overview of invoices as an aligned table, with the tax decision of each in a few words."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from invoicing.domain.amounts import TaxSubtotal
from invoicing.domain.choices import TaxCategory
from invoicing.models import AbstractInvoice

HEADINGS = ("number", "type", "customer", "tax", "", "net", "VAT", "total", "to pay", "status", "file")
AMOUNTS = range(5, 9)
WIDEST = 32


def overview_row(invoice: AbstractInvoice, *, file: str) -> tuple[str, ...]:
    """The cells of one document."""
    with invoice.items_at_hand():
        other_side = f"from {invoice.supplier_name}" if invoice.is_received else invoice.customer_name
        vat = "–" if invoice.vat is None else str(invoice.vat)
        amounts = (str(invoice.net_total), vat, str(invoice.total), "–" if invoice.is_void else str(invoice.to_pay))
        return (
            invoice.number or "(draft)",
            invoice.get_type_display().lower(),
            _cut(other_side),
            tax_in_words(invoice),
            invoice.currency,
            *amounts,
            invoice.get_status_display().lower(),
            file,
        )


def tax_in_words(invoice: AbstractInvoice) -> str:
    """Such as “19 % + 7 %”, “reverse charge”, or “CGST 9 % + SGST 9 %”."""
    words = [_rate_in_words(invoice, subtotal) for subtotal in invoice.tax_subtotals()]
    shop = any("One-Stop-Shop" in made.explanation and made.rate for made in invoice.kept_decisions)
    return " + ".join(dict.fromkeys(words)) + (", One-Stop-Shop" if shop and invoice.customer_country != invoice.supplier_country else "")


def _rate_in_words(invoice: AbstractInvoice, subtotal: TaxSubtotal) -> str:
    if not subtotal.rate:
        return str(TaxCategory(subtotal.category).label)
    made = invoice.decision_for(category=subtotal.category, rate=subtotal.rate)
    if made and len(made.parts) > 1:
        return " + ".join(f"{part.name} {_plain(part.rate)} %" for part in made.parts)
    return f"{_plain(subtotal.rate)} %"


def aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The rows under their headings; amounts stand to the right."""
    table = [HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS))]
    for row in table:
        cells = [
            cell.rjust(width) if column in AMOUNTS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _plain(rate: Decimal) -> str:
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
