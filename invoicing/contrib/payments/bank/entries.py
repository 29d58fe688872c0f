"""What a bank tells of an account: statements, and the entries that lead from one balance to the next."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from stdnum import iban as iban_numbers

from invoicing.contrib.payments.bank.exceptions import StatementRefusedError, StatementUnbalancedError
from invoicing.domain.codes.currencies import is_currency
from invoicing.domain.money import LARGEST

THOUSANDTH = Decimal("0.001")

INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that nobody can see, and databases or pages may stumble over."""


class StatementFormat(StrEnum):
    """The kinds of file that can be read."""

    CAMT053 = "CAMT053"
    MT940 = "MT940"
    CSV = "CSV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booking on an account. `amount` is what the balance changed by: positive came in, negative went out.

    `date` is the value date, `booked_on` the booking date where the file has one of its own. `place` says where it stands in the file.
    """

    date: dt.date
    amount: Decimal
    currency: str
    booked_on: dt.date | None = None
    counterparty: str = ""
    iban: str = ""
    text: str = ""
    end_to_end_id: str = ""
    creditor_reference: str = ""
    variable_symbol: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The entries of one account, in the order of the file. Balances are None where the format has none."""

    account: str
    currency: str
    entries: tuple[Entry, ...]
    number: str = ""
    identifier: str = ""
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    opening_balance: Decimal | None = None
    closing_balance: Decimal | None = None
    place: str = ""

    def check_balances(self) -> None:
        """Raise StatementUnbalancedError, with the figures, where the entries do not make the closing balance."""
        if self.opening_balance is None or self.closing_balance is None:
            return
        booked = sum((entry.amount for entry in self.entries), Decimal(0))
        expected = self.opening_balance + booked
        if expected != self.closing_balance:
            text = _(
                "statement {number} of {account} does not add up: it opens with {opening}, its entries come to {booked}, which makes "
                "{expected}, and it closes with {closing} {currency}. Get the file from the bank again."
            )
            reason = text.format(
                number=self.number or self.identifier or "?",
                account=self.account or "?",
                opening=self.opening_balance,
                booked=booked,
                expected=expected,
                closing=self.closing_balance,
                currency=self.currency,
            )
            raise StatementUnbalancedError(place=self.place, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFile:
    """What a file holds, and what was left out of it on purpose (`notices`, in sentences)."""

    format: StatementFormat
    statements: tuple[Statement, ...]
    notices: tuple[str, ...] = ()


def fingerprints(statement: Statement, *, owner: str, seen: Counter[str] | None = None) -> Iterator[str]:
    """A key for each entry that is the same in every file that tells of it, and differs for two entries that only look alike.

    Entries that are equal in everything are counted: the second of two has a key of its own, in every file that has both. `seen`
    carries the count on from one statement of a file to the next.
    """
    seen = Counter() if seen is None else seen
    for entry in statement.entries:
        told = json.dumps(
            [
                owner,
                statement.account,
                entry.date.isoformat(),
                entry.booked_on.isoformat() if entry.booked_on else "",
                f"{entry.amount.normalize():f}",
                entry.currency,
                entry.iban,
                "".join(entry.counterparty.split()).casefold(),
                "".join(entry.text.split()).casefold(),
                entry.end_to_end_id,
                entry.creditor_reference,
                entry.variable_symbol,
                entry.bank_reference,
            ],
            ensure_ascii=False,
        )
        seen[told] += 1
        yield hashlib.sha256(f"{told}#{seen[told]}".encode()).hexdigest()


def one_line(texts: Iterable[str | None] | str | None) -> str:
    """Texts in one line, without signs that nobody can see."""
    parts = [texts] if isinstance(texts, str) else [part for part in texts or () if part]
    signs = unicodedata.normalize("NFC", " ".join(parts))
    return " ".join("".join(" " if unicodedata.category(sign) in INVISIBLE else sign for sign in signs).split())


def account_number(text: str | None) -> str:
    """An account without white space: an IBAN in capitals, anything else as it is written."""
    compact = "".join(one_line(text).split())
    return compact.upper() if is_iban(compact) else compact


def is_iban(text: str) -> bool:
    """Whether it is a valid IBAN."""
    return text.isascii() and text.isalnum() and bool(iban_numbers.is_valid(text))


def checked_amount(amount: Decimal, *, place: str) -> Decimal:
    """The amount, if a column can hold it. Raises StatementRefusedError."""
    if not amount.is_finite() or abs(amount) > LARGEST or amount.quantize(THOUSANDTH) != amount:
        reason = _("{amount} is too large or too fine for an amount of money.").format(amount=str(amount)[:40])
        raise StatementRefusedError(place=place, reason=reason)
    return amount


def checked_currency(code: str | None, *, place: str) -> str:
    """The code of a currency. Raises StatementRefusedError."""
    written = (code or "").strip().upper()
    if not is_currency(written):
        raise StatementRefusedError(place=place, reason=_("“{code}” is no currency of ISO 4217.").format(code=one_line(code)[:40]))
    return written


def line_place(number: int) -> str:
    """How a line of a file is named."""
    return _("line {number}").format(number=number)
