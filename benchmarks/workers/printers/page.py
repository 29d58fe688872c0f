"""The page that others are given: as HTML with our fonts by their files, or as texts for those who draw by themselves."""

from pathlib import Path
from typing import Any

import invoicing
from invoicing.documents.composition import document_context
from invoicing.documents.html import render_html

REGULAR, SEMIBOLD = (next(Path(invoicing.__file__).parent.rglob(f"Inter-{style}.ttf")) for style in ("Regular", "SemiBold"))

FONTS = "\n".join(
    [
        *(
            f'@font-face {{ font-family: "Invoicing Sans"; font-weight: {weight}; src: url({path.as_uri()}) format("truetype"); }}'
            for path, weight in ((REGULAR, 400), (SEMIBOLD, 600))
        ),
        'html { font-family: "Invoicing Sans"; }',
    ]
)
"""The fonts that the page needs and no more: whoever writes it by hand would name no other."""


def html_with_fonts(invoice: Any) -> str:
    """The page of an invoice, which finds its fonts without our fetcher."""
    return render_html(invoice).replace("</head>", f"<style>{FONTS}</style></head>", 1)


def texts(invoice: Any) -> dict[str, Any]:
    """All that stands on the page of an invoice, as texts and lists of texts."""
    document = document_context(invoice)
    return {
        "supplier": {
            "name": document.supplier.name,
            "contact": [*document.supplier.address, document.supplier.country, document.supplier.email, document.supplier.phone],
            "ids": [
                f"Reg. no. {document.supplier.registration_id}",
                f"Tax no. {document.supplier.tax_id}",
                f"{document.tax_id_name} {document.supplier.vat_id}",
            ],
        },
        "return_line": " · ".join([document.supplier.name, *document.supplier.address]),
        "customer": [document.customer.name, *document.customer.address, document.customer.country],
        "facts": [
            ["Issue date", document.date_issue.text],
            ["Date of supply", document.date_tax_point.text],
            ["Due date", document.date_due.text],
            ["Order", document.order_reference],
            [f"Customer {document.tax_id_name}", document.customer.vat_id or "–"],
        ],
        "heading": document.heading,
        "number": document.number,
        "columns": ["#", "Description", "Quantity", "Unit", "Unit price", document.tax_name, f"Net, {document.currency}"],
        "lines": [
            [
                line.position,
                [line.title, line.description],
                line.quantity.text,
                line.unit,
                line.unit_price.figure,
                line.rate.text if line.rate else "–",
                line.net.figure,
            ]
            for line in document.lines
        ],
        "tax_columns": [f"{document.tax_name} summary", "Rate", "Net", document.tax_name],
        "taxes": [[tax.name, tax.rate.text if tax.rate else "–", tax.base.figure, tax.tax.figure] for tax in document.taxes],
        "totals": [
            ["Net total", document.net_total.figure],
            [document.tax_name, document.vat.figure if document.vat else "–"],
            ["Total", document.total.figure],
        ],
        "balance": [document.balance_name, f"{document.currency} {document.balance.figure}" if document.balance else ""],
        "payment": _payment(document),
    }


def _payment(document: Any) -> list[list[str]]:
    payment = document.payment
    return [
        ["Payment", payment.method, ""],
        ["Due date", document.date_due.text, ""],
        ["IBAN", payment.account, payment.bank],
        ["Reference", payment.reference, ""],
    ]
