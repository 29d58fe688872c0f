"""Values that fit into a code: one line of text, an amount, an IBAN; and one error for all that does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers
from stdnum import iso11649

from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError

SMALLEST = Decimal("0.01")

DIGITS = re.compile(r"[0-9]+")

INVISIBLE: Mapping[str, str] = MappingProxyType({"Cc": " ", "Cf": "", "Cs": "", "Co": "", "Cn": ""})
"""What stands for signs that nobody can see, by their Unicode category: a space for control characters, else nothing."""


def one_line(text: str, *, longest: int | None = None) -> str:
    """The text without control characters and line breaks, white space evened out, cut at `longest` characters."""
    visible = "".join(INVISIBLE.get(unicodedata.category(sign), sign) for sign in unicodedata.normalize("NFC", text))
    return " ".join(visible.split())[:longest].rstrip()


def compact(text: str) -> str:
    """The text in capitals without any white space."""
    return "".join(one_line(text).split()).upper()


def iban(account: str) -> str:
    """The IBAN in its electronic form; blank if it is none."""
    written = compact(account)
    return written if written.isascii() and written.isalnum() and iban_numbers.is_valid(written) else ""


def bic(code: str) -> str:
    """The BIC in its electronic form; blank if it is none."""
    written = compact(code)
    return written if written.isascii() and bic_numbers.is_valid(written) else ""


def creditor_reference(reference: str) -> str:
    """The RF reference of ISO 11649 in its electronic form; blank if it is none."""
    written = compact(reference)
    return written if written.isascii() and written.isalnum() and iso11649.is_valid(written) else ""


def digits(text: str, *, longest: int) -> str:
    """A number of at most `longest` digits, as it was written; blank if it is none."""
    written = compact(text)
    return written if DIGITS.fullmatch(written) and len(written) <= longest else ""


def amount_text(amount: Decimal) -> str:
    """The amount with two decimals and a point: 1949.75."""
    return f"{quantise(amount, 'EUR'):f}"


def iban_problem(account: str) -> Promise | None:
    """What is wrong with an account that has to be an IBAN."""
    return None if iban(account) else _("This is not a valid IBAN.")


def bic_problem(code: str) -> Promise | None:
    """What is wrong with a BIC that may be left out."""
    return _("This is not a valid BIC.") if compact(code) and not bic(code) else None


def name_problem(name: str) -> Promise | None:
    """What is wrong with the name of whoever gets the money."""
    return None if one_line(name) else _("The name of the creditor is missing.")


def amount_problem(amount: Decimal, *, largest: Decimal) -> str | None:
    """What is wrong with an amount between one hundredth and `largest`."""
    if amount.is_finite() and SMALLEST <= amount <= largest and quantise(amount, "EUR") == amount:
        return None
    return _("The amount must be between {smallest} and {largest}, with two decimals.").format(smallest=SMALLEST, largest=largest)


def symbol_problem(symbol: str, *, longest: int) -> str | None:
    """What is wrong with a variable, constant or specific symbol, which may be left out."""
    if not compact(symbol) or digits(symbol, longest=longest):
        return None
    return _("This must be a number of at most {longest} digits.").format(longest=longest)


def currency_problem(currency: str, *allowed: str) -> str | None:
    """What is wrong with a currency that a standard does not know."""
    return None if currency in allowed else _("The currency must be {allowed}.").format(allowed=", ".join(allowed))


def refuse(problems: dict[str, str | Promise | None]) -> None:
    """Raise one InvalidDataError for every field that has a problem; none if all is well."""
    errors = {field: [problem] for field, problem in problems.items() if problem}
    if errors:
        raise InvalidDataError(errors)
