"""The code of an invoice: its payload and its picture, for a host and for the document."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext
from stdnum import iban, iso11649
from stdnum.ch import esr

from invoicing.conf import conf
from invoicing.documents.context import PaymentCode, SwissBill
from invoicing.documents.payment_codes.choice import Standard, payload, standard_for
from invoicing.documents.payment_codes.headings import swiss_headings
from invoicing.documents.payment_codes.invoices import payment_order
from invoicing.documents.payment_codes.order import PaymentOrder
from invoicing.documents.payment_codes.swiss import ReferenceType, SwissCode, swiss_code
from invoicing.documents.payment_qr import data_url, qr_png, swiss_qr_png
from invoicing.exceptions import InvalidDataError, MissingDependencyError

logger = logging.getLogger("invoicing.documents")

NAMES = {
    Standard.EPC: "SEPA QR",
    Standard.SWISS: "QR-bill",
    Standard.SPAYD: "QR Platba",
    Standard.PAY_BY_SQUARE: "PAY by square",
    Standard.UPI: "UPI",
}


def payment_code(invoice: Any) -> PaymentCode | None:
    """The code to pay an invoice by; None where nothing is to be transferred or no standard fits.

    Raises InvalidDataError with all that the standard lacks, or MissingDependencyError that says what to install.
    """
    order = payment_order(invoice)
    standard = standard_for(order) if order else None
    if order is None or standard is None:
        return None
    text = payload(order, standard=standard)
    image = swiss_qr_png(text) if standard == Standard.SWISS else qr_png(text)
    label = pgettext("document", "Scan to pay")
    return PaymentCode(kind=standard.value, name=NAMES[standard], label=label, payload=text, image=data_url(image))


def swiss_bill(order: PaymentOrder, *, language: str) -> SwissBill:
    """Receipt and payment part of a QR-bill. Raises as `payment_code` does."""
    code = swiss_code(order)
    headings = swiss_headings(language)
    return SwissBill(
        receipt_heading=headings.receipt,
        payment_part_heading=headings.payment_part,
        account_heading=headings.account,
        reference_heading=headings.reference,
        additional_information_heading=headings.additional_information,
        payable_by_heading=headings.payable_by if code.debtor else headings.payable_by_blank,
        currency_heading=headings.currency,
        amount_heading=headings.amount,
        acceptance_point=headings.acceptance_point,
        separate=headings.separate,
        account=iban.format(code.account),
        creditor=code.creditor.lines,
        reference=_printed_reference(code),
        additional_information=code.message,
        debtor=code.debtor.lines if code.debtor else (),
        currency=code.currency,
        amount=_printed_amount(code.amount),
        payload=code.payload,
        image=data_url(swiss_qr_png(code.payload)),
    )


def codes_on_paper(invoice: Any, *, language: str) -> tuple[PaymentCode | None, SwissBill | None]:
    """What a document carries: a code, a QR-bill in its place, or neither where none is wanted or none can be made."""
    order = payment_order(invoice) if conf.payment_codes else None
    standard = standard_for(order) if order else None
    if order is None or standard is None:
        return None, None
    try:
        if standard == Standard.SWISS:
            return None, swiss_bill(order, language=language)
        return payment_code(invoice), None
    except InvalidDataError as error:
        logger.info("The document of %s has no payment code (%s): %s", invoice.number, standard, error)
    except MissingDependencyError as error:
        logger.debug("The document of %s has no payment code: %s", invoice.number, error)
    return None, None


def _printed_reference(code: SwissCode) -> str:
    """The reference in the groups that the guidelines want."""
    if code.reference_type == ReferenceType.QRR:
        return esr.format(code.reference)
    return iso11649.format(code.reference) if code.reference else ""


def _printed_amount(amount: str) -> str:
    """An amount with a space for thousands and a point, in every language."""
    return f"{Decimal(amount):,}".replace(",", " ")
