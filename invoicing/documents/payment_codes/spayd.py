"""The Czech QR Platba: a Short Payment Descriptor (SPAYD) of version 1.0."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import quote

from invoicing.documents.payment_codes.order import PaymentOrder
from invoicing.documents.payment_codes.values import (
    amount_problem,
    amount_text,
    bic,
    bic_problem,
    currency_problem,
    digits,
    iban,
    iban_problem,
    one_line,
    refuse,
    symbol_problem,
)

LARGEST = Decimal("9999999.99")
LONGEST_MESSAGE = 60
LONGEST_NAME = 35
LONGEST_REFERENCE = 16
LONGEST_SYMBOL = 10


def spayd_payload(order: PaymentOrder) -> str:
    """The descriptor, such as SPD*1.0*ACC:CZ…*AM:480.50*CC:CZK*X-VS:20260007.

    A reference of digits is the variable symbol where the order has none. Raises InvalidDataError with all that is wrong.
    """
    refuse(
        {
            "account": iban_problem(order.account),
            "bic": bic_problem(order.bic),
            "amount": amount_problem(order.amount, largest=LARGEST),
            "currency": currency_problem(order.currency, "CZK", "EUR"),
            "variable_symbol": symbol_problem(order.variable_symbol, longest=LONGEST_SYMBOL),
            "constant_symbol": symbol_problem(order.constant_symbol, longest=LONGEST_SYMBOL),
            "specific_symbol": symbol_problem(order.specific_symbol, longest=LONGEST_SYMBOL),
        }
    )
    fields = ((key, value) for key, value in _fields(order).items() if value)
    return "*".join(["SPD", "1.0", *(f"{key}:{value}" for key, value in fields)])


def escaped(text: str) -> str:
    """The text with everything percent-encoded that could end a field or is no plain letter; spaces stay."""
    return quote(text, safe=" /:.-_")


def _fields(order: PaymentOrder) -> dict[str, str]:
    variable_symbol = digits(order.variable_symbol or order.reference, longest=LONGEST_SYMBOL)
    reference = digits(order.reference, longest=LONGEST_REFERENCE)
    return {
        "ACC": "+".join(part for part in (iban(order.account), bic(order.bic)) if part),
        "AM": amount_text(order.amount),
        "CC": order.currency,
        "RF": "" if reference == variable_symbol else reference,
        "RN": escaped(one_line(order.creditor.name, longest=LONGEST_NAME)),
        "DT": f"{order.date_due:%Y%m%d}" if order.date_due else "",
        "MSG": escaped(one_line(order.words, longest=LONGEST_MESSAGE)),
        "X-VS": variable_symbol,
        "X-KS": digits(order.constant_symbol, longest=LONGEST_SYMBOL),
        "X-SS": digits(order.specific_symbol, longest=LONGEST_SYMBOL),
    }
