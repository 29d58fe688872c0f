"""The Swiss QR code by the implementation guidelines for the QR-bill, version 2.3: structured addresses, no combined ones."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.ch import esr

from invoicing.documents.payment_codes.order import PaymentOrder, PaymentParty
from invoicing.documents.payment_codes.values import (
    amount_problem,
    amount_text,
    compact,
    creditor_reference,
    currency_problem,
    digits,
    iban,
    one_line,
    refuse,
)

LARGEST = Decimal("999999999.99")
LONGEST_NAME = 70
LONGEST_BUILDING_NUMBER = 16
LONGEST_ZIP = 16
LONGEST_CITY = 35
LONGEST_MESSAGE = 140
LONGEST_PAYLOAD = 997
"""Bytes, which is what a symbol of version 25 with error correction M holds."""

QR_REFERENCE_DIGITS = 27
QR_INSTITUTIONS = range(30000, 32000)
"""The numbers of institutions that make an IBAN a QR-IBAN."""

ACCOUNT_COUNTRIES = frozenset({"CH", "LI"})

STREET_WITH_NUMBER = re.compile(r"(?P<street>.*[^\W\d].*?),? (?P<number>[0-9]{1,5} ?[A-Za-z]?(?:[/-][0-9]{1,5}[A-Za-z]?)?)")

# Written alike, and in the character set of the guidelines.
REPLACEMENTS = str.maketrans(
    {"‘": "'", "’": "'", "\N{SINGLE LOW-9 QUOTATION MARK}": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "…": "..."}
)
UNWRITABLE = "?"


class ReferenceType(StrEnum):
    """What the reference of a QR-bill is: a QR reference, a creditor reference of ISO 11649, or none."""

    QRR = "QRR"
    SCOR = "SCOR"
    NON = "NON"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissAddress:
    """A structured address, as it is both coded and printed."""

    name: str
    street: str
    building_number: str
    zip: str
    city: str
    country: str

    @property
    def is_complete(self) -> bool:
        """Whether all is there that a structured address must have."""
        # A name in another script is nothing but question marks.
        is_named = any(sign.isalnum() for sign in self.name)
        return bool(is_named and self.zip and self.city and re.fullmatch("[A-Z]{2}", self.country))

    @property
    def elements(self) -> tuple[str, ...]:
        """The seven lines of the code."""
        return ("S", self.name, self.street, self.building_number, self.zip, self.city, self.country)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that are printed; places abroad are told by their country."""
        street = f"{self.street} {self.building_number}".strip()
        abroad = "" if self.country == "CH" else f"{self.country}-"
        return tuple(line for line in (self.name, street, f"{abroad}{self.zip} {self.city}") if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwissCode:
    """All that a Swiss QR code says; `debtor` is None where the payer writes his address himself."""

    account: str
    creditor: SwissAddress
    amount: str
    currency: str
    debtor: SwissAddress | None
    reference_type: ReferenceType
    reference: str
    message: str

    @property
    def payload(self) -> str:
        """The lines of the code; those of the ultimate creditor are reserved and stay empty."""
        nobody = ("",) * 7
        debtor = nobody if self.debtor is None else self.debtor.elements
        elements = (
            *("SPC", "0200", "1", self.account),
            *self.creditor.elements,
            *nobody,
            *(self.amount, self.currency),
            *debtor,
            *(self.reference_type.value, self.reference, self.message, "EPD"),
        )
        return "\n".join(elements)


def swiss_payload(order: PaymentOrder) -> str:
    """The lines of the code. Raises InvalidDataError with all that is wrong."""
    return swiss_code(order).payload


def swiss_code(order: PaymentOrder) -> SwissCode:
    """What is coded and printed for a payment. A debtor without a full address is left out.

    Raises InvalidDataError with all that is wrong.
    """
    creditor, debtor = swiss_address(order.creditor), swiss_address(order.debtor)
    kind = reference_type(order)
    code = SwissCode(
        account=iban(order.account),
        creditor=creditor,
        amount=amount_text(order.amount) if order.amount.is_finite() else "",
        currency=order.currency,
        debtor=debtor if debtor.is_complete else None,
        reference_type=kind,
        reference={ReferenceType.QRR: compact(order.reference), ReferenceType.SCOR: creditor_reference(order.reference)}.get(kind, ""),
        message=swiss_text(order.reference or order.message if kind == ReferenceType.NON else order.message, longest=LONGEST_MESSAGE),
    )
    refuse(
        {
            "account": _account_problem(code.account),
            "creditor": None if creditor.is_complete else _("The creditor needs a name, a postal code, a city and a country."),
            "amount": amount_problem(order.amount, largest=LARGEST),
            "currency": currency_problem(order.currency, "CHF", "EUR"),
            "reference": _reference_problem(code),
            "payload": None if len(code.payload.encode()) <= LONGEST_PAYLOAD else _("The names and addresses are too long together."),
        }
    )
    return code


def swiss_address(party: PaymentParty) -> SwissAddress:
    """A structured address; the number of the building is told apart where it stands at the end of the street."""
    street, building_number = swiss_text(party.street), ""
    if found := STREET_WITH_NUMBER.fullmatch(street):
        street, building_number = found["street"], found["number"]
    return SwissAddress(
        name=swiss_text(party.name, longest=LONGEST_NAME),
        street=street[:LONGEST_NAME].rstrip(),
        building_number=building_number[:LONGEST_BUILDING_NUMBER].rstrip(),
        zip=swiss_text(party.zip, longest=LONGEST_ZIP),
        city=swiss_text(party.city, longest=LONGEST_CITY),
        country=party.country,
    )


def swiss_text(text: str, *, longest: int | None = None) -> str:
    """One line in the permitted characters: Latin with its accents; a sign of any other script becomes a question mark."""
    line = one_line(text).translate(REPLACEMENTS)
    return one_line("".join(_permitted(sign) for sign in line), longest=longest)


def reference_type(order: PaymentOrder) -> ReferenceType:
    """QRR for 27 digits, SCOR for a valid RF reference, NON for anything else."""
    if len(digits(order.reference, longest=QR_REFERENCE_DIGITS)) == QR_REFERENCE_DIGITS:
        return ReferenceType.QRR
    return ReferenceType.SCOR if creditor_reference(order.reference) else ReferenceType.NON


def is_qr_iban(account: str) -> bool:
    """Whether a valid Swiss IBAN belongs to the procedure with QR references."""
    return account[:2] in ACCOUNT_COUNTRIES and account[4:9].isdigit() and int(account[4:9]) in QR_INSTITUTIONS


def _permitted(sign: str) -> str:
    """The sign itself, without its accents if need be."""
    if _is_permitted(sign):
        return sign
    plain = "".join(part for part in unicodedata.normalize("NFKD", sign) if _is_permitted(part))
    return plain or ("" if unicodedata.combining(sign) else UNWRITABLE)


def _is_permitted(sign: str) -> bool:
    return " " <= sign <= "~" or "\u00a1" <= sign <= "\u017f" or sign in "ȘșȚț€"


def _account_problem(account: str) -> Promise | None:
    return None if account[:2] in ACCOUNT_COUNTRIES else _("This is not a valid IBAN of Switzerland or Liechtenstein.")


def _reference_problem(code: SwissCode) -> Promise | None:
    is_qr_reference = code.reference_type == ReferenceType.QRR
    if is_qr_reference and not esr.is_valid(code.reference):
        return _("The check digit of the QR reference is wrong.")
    if is_qr_reference and not is_qr_iban(code.account):
        return _("A QR reference needs a QR-IBAN.")
    if is_qr_iban(code.account) and not is_qr_reference:
        return _("A QR-IBAN needs a QR reference of 27 digits.")
    return None
