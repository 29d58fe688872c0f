"""What the mail that brings a document says: its subject, and the plain values of its template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.translation import pgettext, pgettext_lazy

from invoicing.contrib.delivery.addresses import LONGEST_SUBJECT, one_line
from invoicing.documents.formats import Notation
from invoicing.documents.languages import document_language
from invoicing.domain.choices import InvoiceType, Status

TEMPLATE: Final = "invoicing/delivery/invoice"

SUBJECTS: Final = {
    InvoiceType.INVOICE: pgettext_lazy("mail", "Invoice {number} from {supplier}"),
    InvoiceType.ADVANCE: pgettext_lazy("mail", "Advance invoice {number} from {supplier}"),
    InvoiceType.PROFORMA: pgettext_lazy("mail", "Proforma invoice {number} from {supplier}"),
    InvoiceType.CREDIT_NOTE: pgettext_lazy("mail", "Credit note {number} from {supplier}"),
}

ASKS_FOR_MONEY: Final = frozenset({InvoiceType.INVOICE, InvoiceType.ADVANCE})

PAYABLE: Final = frozenset({Status.NEW, Status.SENT, Status.RETURNED, Status.IN_COLLECTION})


def invoice_subject(invoice: Any) -> str:
    """The usual subject, in the document's language."""
    with translation.override(document_language(invoice.language)):
        pattern = str(SUBJECTS[InvoiceType(invoice.type)])
        return pattern.format(number=one_line(invoice.number), supplier=one_line(invoice.supplier_name))[:LONGEST_SUBJECT].strip()


def invoice_context(invoice: Any) -> Mapping[str, Any]:
    """What the template `invoicing/delivery/invoice` may read beside `mail`; texts are in the document's language."""
    language = document_language(invoice.language)
    with translation.override(language):
        notation = Notation(language=language, currency=invoice.currency)
        asks = invoice.type in ASKS_FOR_MONEY and invoice.status in PAYABLE
        return {
            "type": str(invoice.type),
            "number": one_line(invoice.number),
            "title": one_line(invoice.title),
            "date_issue": notation.day(invoice.date_issue).text,
            "date_due": notation.day(invoice.date_due).text,
            "total": notation.money(invoice.total).text,
            "to_pay": notation.money(invoice.to_pay).text if asks and invoice.to_pay > 0 else "",
            "is_paid": invoice.type in ASKS_FOR_MONEY and (invoice.status == Status.PAID or (asks and invoice.to_pay <= 0)),
            "total_name": _total_name(invoice),
        }


def _total_name(invoice: Any) -> str:
    return pgettext("document", "Amount credited") if invoice.type == InvoiceType.CREDIT_NOTE else pgettext("document", "Total")
