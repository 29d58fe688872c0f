"""The payment that a document asks for, as an order that every standard can code."""

from __future__ import annotations

from typing import Any

from invoicing.documents.payment import payment_block
from invoicing.documents.payment_codes.order import PaymentOrder, PaymentParty


def payment_order(invoice: Any) -> PaymentOrder | None:
    """What is to be transferred; None for a document without a number, with nothing to pay, or paid in another way."""
    block = payment_block(invoice)
    if block is None or not block.is_transfer or not invoice.bank_iban or not invoice.number:
        return None
    return PaymentOrder(
        creditor=_party(invoice, side="supplier"),
        account=invoice.bank_iban,
        bic=invoice.bank_swift_bic,
        amount=invoice.to_pay,
        currency=invoice.currency,
        reference=block.reference,
        message=invoice.number,
        variable_symbol=invoice.variable_symbol,
        constant_symbol=invoice.constant_symbol,
        specific_symbol=invoice.specific_symbol,
        date_due=invoice.date_due,
        debtor=_party(invoice, side="customer"),
    )


def _party(invoice: Any, *, side: str) -> PaymentParty:
    name, street, code, city, country = (
        str(getattr(invoice, f"{side}_{key}") or "") for key in ("name", "street", "zip", "city", "country")
    )
    return PaymentParty(name=name, street=street, zip=code, city=city, country=country)
