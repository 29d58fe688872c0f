"""The Indian UPI code: a link of the UPI linking specification that every UPI app opens."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.documents.payment_codes.order import PaymentOrder
from invoicing.documents.payment_codes.values import (
    amount_problem,
    amount_text,
    compact,
    currency_problem,
    digits,
    name_problem,
    one_line,
    refuse,
)

LARGEST = Decimal("999999999.99")
LONGEST_NAME = 99
LONGEST_REFERENCE = 35
LONGEST_NOTE = 50
LONGEST_ACCOUNT = 18

ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9.-]{1,63}")
IFSC = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}")


def upi_payload(order: PaymentOrder) -> str:
    """The link, such as upi://pay?pa=name@bank&pn=…&am=…&cu=INR. Raises InvalidDataError with all that is wrong."""
    refuse(
        {
            "account": _account_problem(order),
            "creditor": name_problem(order.creditor.name),
            "amount": amount_problem(order.amount, largest=LARGEST),
            "currency": currency_problem(order.currency, "INR"),
        }
    )
    fields = {
        "pa": payee_address(order),
        "pn": one_line(order.creditor.name, longest=LONGEST_NAME),
        "tr": one_line(order.reference, longest=LONGEST_REFERENCE),
        "tn": one_line(order.message or order.reference, longest=LONGEST_NOTE),
        "am": amount_text(order.amount),
        "cu": order.currency,
    }
    return "upi://pay?" + "&".join(f"{key}={quote(value, safe='@')}" for key, value in fields.items() if value)


def payee_address(order: PaymentOrder) -> str:
    """A UPI address as it was entered, or one made of account number and IFSC; blank if there is neither."""
    entered = "".join(order.account.split())
    if ADDRESS.fullmatch(entered):
        return entered
    account, ifsc = digits(order.account, longest=LONGEST_ACCOUNT), compact(order.bic)
    return f"{account}@{ifsc}.ifsc.npci" if account and IFSC.fullmatch(ifsc) else ""


def _account_problem(order: PaymentOrder) -> Promise | None:
    if payee_address(order):
        return None
    return _("A UPI address such as name@bank is needed, or an account number with the IFSC of the bank in place of the BIC.")
