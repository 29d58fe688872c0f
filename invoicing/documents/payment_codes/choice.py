"""Which standard a payment is coded by: what the payer's banking app reads follows from the currency and the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from invoicing.documents.payment_codes.epc import EEA, epc_payload
from invoicing.documents.payment_codes.order import PaymentOrder
from invoicing.documents.payment_codes.pay_by_square import pay_by_square_payload
from invoicing.documents.payment_codes.spayd import spayd_payload
from invoicing.documents.payment_codes.swiss import swiss_payload
from invoicing.documents.payment_codes.upi import upi_payload
from invoicing.documents.payment_codes.values import iban

SEPA = EEA | {"AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"}
"""Countries, by the letters of their IBANs, that SEPA credit transfers reach."""


class Standard(StrEnum):
    """The standards of payment codes."""

    EPC = "EPC"
    SWISS = "SWISS"
    SPAYD = "SPAYD"
    PAY_BY_SQUARE = "PAY_BY_SQUARE"
    UPI = "UPI"


PAYLOADS: Mapping[Standard, Callable[[PaymentOrder], str]] = MappingProxyType(
    {
        Standard.EPC: epc_payload,
        Standard.SWISS: swiss_payload,
        Standard.SPAYD: spayd_payload,
        Standard.PAY_BY_SQUARE: pay_by_square_payload,
        Standard.UPI: upi_payload,
    }
)

# A QR-bill must name a Swiss or Liechtenstein account. Czech and Slovak apps read their own code in euro as well, and not all of
# them read the European one; with the symbols it also carries more.
NATIONAL: Mapping[tuple[str, str], Standard] = MappingProxyType(
    {
        ("CH", "CHF"): Standard.SWISS,
        ("CH", "EUR"): Standard.SWISS,
        ("LI", "CHF"): Standard.SWISS,
        ("LI", "EUR"): Standard.SWISS,
        ("CZ", "CZK"): Standard.SPAYD,
        ("CZ", "EUR"): Standard.SPAYD,
        ("SK", "EUR"): Standard.PAY_BY_SQUARE,
    }
)


def standard_for(order: PaymentOrder) -> Standard | None:
    """The standard for this payment; None where none exists, such as for dollars."""
    if order.currency == "INR":
        return Standard.UPI if order.creditor.country == "IN" else None
    if not iban(order.account):
        return None
    national = NATIONAL.get((order.account_country, order.currency))
    if national is None and order.currency == "EUR" and order.account_country in SEPA:
        return Standard.EPC
    return national


def payload(order: PaymentOrder, *, standard: Standard) -> str:
    """What the code says. Raises InvalidDataError with all that is wrong."""
    return PAYLOADS[standard](order)
