"""The payment part of a document: where the money goes, and under which reference."""

from __future__ import annotations

import re
from typing import Any

from django.utils.text import capfirst

from invoicing.documents.context import EarlyDiscount, PaymentBlock
from invoicing.documents.formats import Notation
from invoicing.domain.choices import InvoiceType, PaymentMethod, Status

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def payment_block(invoice: Any) -> PaymentBlock | None:
    """How to pay what is left; None where nothing is to be paid to the supplier."""
    if invoice.type == InvoiceType.CREDIT_NOTE or invoice.status in {Status.CANCELED, Status.CREDITED} or invoice.to_pay <= 0:
        return None
    is_transfer = invoice.payment_method == PaymentMethod.BANK_TRANSFER
    account = grouped_iban(invoice.bank_iban)
    return PaymentBlock(
        method=capfirst(invoice.get_payment_method_display()),
        is_transfer=is_transfer,
        account=account or invoice.bank_iban,
        is_iban=bool(account),
        bic=invoice.bank_swift_bic,
        bank=", ".join(part for part in (invoice.bank_name, invoice.bank_city) if part),
        reference=invoice.reference or invoice.variable_symbol or invoice.number,
        constant_symbol=invoice.constant_symbol,
        specific_symbol=invoice.specific_symbol,
    )


def early_discount(invoice: Any, *, notation: Notation) -> EarlyDiscount | None:
    """What is saved by paying soon; None where nothing is promised, or nothing would be left to pay."""
    if invoice.early_discount_percent is None or invoice.early_discount <= 0 or invoice.to_pay_early <= 0 or not payment_block(invoice):
        return None
    return EarlyDiscount(
        percent=notation.percentage(invoice.early_discount_percent),
        amount=notation.money(invoice.early_discount),
        until=notation.day(invoice.early_discount_until),
        to_pay=notation.money(invoice.to_pay_early),
    )


def grouped_iban(account: str) -> str:
    """An IBAN in groups of four, as ISO 13616 has it on paper; blank for anything that is no IBAN."""
    compact = "".join(account.split()).upper()
    if not IBAN.fullmatch(compact):
        return ""
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))
