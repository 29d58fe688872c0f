"""The SEPA QR code of the European Payments Council: EPC069-12, version 002, in UTF-8."""

from __future__ import annotations

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.documents.payment_codes.order import PaymentOrder
from invoicing.documents.payment_codes.values import (
    amount_problem,
    amount_text,
    bic,
    bic_problem,
    compact,
    creditor_reference,
    currency_problem,
    iban,
    iban_problem,
    name_problem,
    one_line,
    refuse,
)

LARGEST = Decimal("999999999.99")
LONGEST_NAME = 70
LONGEST_TEXT = 140
LONGEST_PAYLOAD = 331
"""Bytes, which is what a symbol of version 13 with error correction M holds."""

EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT",
    "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Countries, by the letters of their IBANs, to which a payment needs no BIC."""


def epc_payload(order: PaymentOrder) -> str:
    """The lines of the code, at most 331 bytes. A valid RF reference goes where banks match it, any other is a text.

    Raises InvalidDataError with all that is wrong.
    """
    refuse(
        {
            "account": iban_problem(order.account),
            "bic": _bic_problem(order),
            "creditor": name_problem(order.creditor.name),
            "amount": amount_problem(order.amount, largest=LARGEST),
            "currency": currency_problem(order.currency, "EUR"),
        }
    )
    structured = creditor_reference(order.reference)
    text = "" if structured else one_line(order.reference or order.message, longest=LONGEST_TEXT)
    name = one_line(order.creditor.name, longest=LONGEST_NAME)
    return _fitting(order, name=name, structured=structured, text=text)


def _bic_problem(order: PaymentOrder) -> Promise | None:
    if not compact(order.bic) and order.account_country not in EEA:
        return _("An account outside the European Economic Area needs a BIC.")
    return bic_problem(order.bic)


def _fitting(order: PaymentOrder, *, name: str, structured: str, text: str) -> str:
    """The payload with as much of text and name as its bytes allow: letters of some scripts take three bytes each."""
    while len((payload := _lines(order, name=name, structured=structured, text=text)).encode()) > LONGEST_PAYLOAD:
        if len(text) > len(name):
            text = text[:-1].rstrip()
        else:
            name = name[:-1].rstrip()
    return payload


def _lines(order: PaymentOrder, *, name: str, structured: str, text: str) -> str:
    amount = f"EUR{amount_text(order.amount)}"
    lines = ["BCD", "002", "1", "SCT", bic(order.bic), name, iban(order.account), amount, "", structured, text]
    # Empty elements at the end may be left out.
    return "\n".join(lines).rstrip("\n")
