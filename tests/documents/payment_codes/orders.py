"""Orders that the tests of all standards start from."""

from decimal import Decimal

from invoicing.documents.payment_codes import PaymentOrder, PaymentParty

MUSTER = PaymentParty(name="Max Muster & Söhne", street="Musterstrasse 123", zip="8000", city="Seldwyla", country="CH")
"""The creditor of the examples of the Swiss guidelines."""

SIMON = PaymentParty(name="Simon Muster", street="Musterstrasse 1", zip="8000", city="Seldwyla", country="CH")
"""Their debtor."""

INJECTIONS = [
    "A\nEUR0.01",
    "A\r\nB",
    "A\tB",
    "A*AM:0.01",
    "A&am=0.01",
    "A%2AAM:0.01",
    "A%26am=0.01",
    "A#B?c=d+e",
    "A\x00B\x1bC",
    "A\u2028B\u2029C\x85D",
]
"""Texts that try to begin a field of their own."""


def order(**fields):
    """1949.75 euro to a German account; each test changes what it is about."""
    defaults = {
        "creditor": PaymentParty(name="Lindner & Vogt Medien GmbH", street="Kastanienallee 12", zip="10435", city="Berlin", country="DE"),
        "account": "DE89 3704 0044 0532 0130 00",
        "amount": Decimal("1949.75"),
        "currency": "EUR",
        "reference": "2026/7",
    }
    return PaymentOrder(**{**defaults, **fields})


def swiss_order(**fields):
    """The first example of the Swiss guidelines: a QR-IBAN with a QR reference."""
    defaults = {
        "creditor": MUSTER,
        "account": "CH44 3199 9123 0008 8901 2",
        "currency": "CHF",
        "reference": "21 00000 00003 13947 14300 09017",
        "message": "Bestellung vom 15.10.2020",
        "debtor": SIMON,
    }
    return order(**{**defaults, **fields})


def czech_order(**fields):
    return order(**{"account": "CZ5855000000001265098001", "currency": "CZK", **fields})


def slovak_order(**fields):
    return order(**{"account": "SK9611000000002918599669", **fields})


def indian_order(**fields):
    creditor = PaymentParty(name="nadeem chinna", country="IN")
    return order(**{"creditor": creditor, "account": "nadeem@npci", "currency": "INR", **fields})
