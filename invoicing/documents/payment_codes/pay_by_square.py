"""The Slovak PAY by square: a payment order, compressed by LZMA and written in base32hex."""

from __future__ import annotations

import base64
import lzma
import zlib
from decimal import Decimal

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

LARGEST = Decimal("999999999999.99")
LONGEST_SYMBOL = 10
LONGEST_CONSTANT_SYMBOL = 4
LONGEST_NOTE = 140
LONGEST_NAME = 70

PAYMENT_ORDER = "1"

HEADER = bytes(2)
"""Type, version, kind of document and reserved bits: zero for PAY by square 1.0, which every banking app reads."""

COMPRESSION = ({"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 2, "dict_size": 128 * 1024},)


def pay_by_square_payload(order: PaymentOrder) -> str:
    """The text of the code, in digits and the letters A to V.

    A reference of digits is the variable symbol where the order has none. Raises InvalidDataError with all that is wrong.
    """
    refuse(
        {
            "account": iban_problem(order.account),
            "bic": bic_problem(order.bic),
            "amount": amount_problem(order.amount, largest=LARGEST),
            "currency": currency_problem(order.currency, "EUR"),
            "variable_symbol": symbol_problem(order.variable_symbol, longest=LONGEST_SYMBOL),
            "constant_symbol": symbol_problem(order.constant_symbol, longest=LONGEST_CONSTANT_SYMBOL),
            "specific_symbol": symbol_problem(order.specific_symbol, longest=LONGEST_SYMBOL),
        }
    )
    return packed("\t".join(_fields(order)))


def packed(text: str) -> str:
    """Fields that are separated by tabs, with their checksum in front, compressed and in base32hex without padding."""
    content = text.encode()
    summed = zlib.crc32(content).to_bytes(4, "little") + content
    squeezed = lzma.compress(summed, format=lzma.FORMAT_RAW, filters=COMPRESSION)
    written = base64.b32hexencode(HEADER + len(summed).to_bytes(2, "little") + squeezed)
    return written.decode().rstrip("=")


def _fields(order: PaymentOrder) -> list[str]:
    """The fields in the order of the standard. They hold no tab: one_line leaves no white space but spaces."""
    party = order.creditor
    invoice_id = originators_reference = ""
    one_payment = one_account = "1"
    no_standing_order = no_direct_debit = "0"
    return [
        invoice_id,
        one_payment,
        PAYMENT_ORDER,
        amount_text(order.amount),
        order.currency,
        f"{order.date_due:%Y%m%d}" if order.date_due else "",
        digits(order.variable_symbol or order.reference, longest=LONGEST_SYMBOL),
        digits(order.constant_symbol, longest=LONGEST_CONSTANT_SYMBOL),
        digits(order.specific_symbol, longest=LONGEST_SYMBOL),
        originators_reference,
        one_line(order.words, longest=LONGEST_NOTE),
        one_account,
        iban(order.account),
        bic(order.bic),
        no_standing_order,
        no_direct_debit,
        one_line(party.name, longest=LONGEST_NAME),
        one_line(party.street, longest=LONGEST_NAME),
        one_line(f"{party.zip} {party.city}", longest=LONGEST_NAME),
    ]
