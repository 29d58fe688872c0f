"""A payment as the codes know it: who is to get how much, where, and under which reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentParty:
    """A party of a payment with its postal address; `country` is a code of ISO 3166."""

    name: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOrder:
    """One credit transfer, in plain values as they were entered.

    `account` is an IBAN, an account number or a UPI address, `bic` a BIC or an IFSC. `reference` is what the payer quotes (an RF
    reference, a QR reference or any text), `message` what is said where a standard has room for both.
    """

    creditor: PaymentParty
    account: str
    amount: Decimal
    currency: str
    bic: str = ""
    reference: str = ""
    message: str = ""
    variable_symbol: str = ""
    constant_symbol: str = ""
    specific_symbol: str = ""
    date_due: date | None = None
    debtor: PaymentParty = PaymentParty()

    @property
    def words(self) -> str:
        """What is said in words: a reference that is no mere number, which would have a field of its own, and the message."""
        reference = "" if self.reference.isdecimal() and self.message else self.reference
        return " ".join(dict.fromkeys(part for part in (reference, self.message) if part))

    @property
    def account_country(self) -> str:
        """The first two letters of the account, which are the country where it is an IBAN."""
        return "".join(self.account.split())[:2].upper()
