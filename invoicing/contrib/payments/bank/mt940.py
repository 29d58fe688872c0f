"""Statements in SWIFT's MT940, read by the package mt-940 (extra `[bank]`), field by field, so that each has its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.entries import (
    Entry,
    Statement,
    StatementFile,
    StatementFormat,
    account_number,
    checked_amount,
    checked_currency,
    is_iban,
    line_place,
    one_line,
)
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError
from invoicing.exceptions import MissingDependencyError

TAG: Final = re.compile(r":(?P<tag>[0-9]{2}[A-Z]?|NS):(?P<text>.*)")
ENVELOPE: Final = re.compile(r"-?\}.*|-|\{[0-9]:.*")
"""Lines of SWIFT's blocks around a message, which say nothing of the account."""

OPENING: Final = ("60F", "60M")
CLOSING: Final = ("62F", "62M")
ENTRY: Final = "61"
DETAILS: Final = "86"
START: Final = "20"

# Banks divide the parts of field 86 by the sign that follows the code of the booking; SWIFT's own is a question mark.
DIVIDED: Final = re.compile(r"(?P<code>[0-9]{3})(?P<sign>[^\w\s/])(?=[0-9]{2})")
PART: Final = re.compile(r"\?([236][0-9])([^?]*)")
FULL_PART: Final = 27
FULL_LINE: Final = 65
"""Signs after which a part or a line of field 86 is cut."""

KEYED: Final = re.compile(r"/(?P<key>EREF|IBAN|NAME|REMI|CNTP|ORDP|BENM|TRTP|MARF|CSID|SVCL|BIC|ADDR)/")
UNSTRUCTURED: Final = re.compile(r"^(?:USTD|STRD)?/+|/+$")
NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED", "NOTAVAILABLE"})


@dataclass(slots=True)
class Field:
    """A field with its line, and the lines that go on with it."""

    tag: str
    line: int
    lines: list[str]

    @property
    def place(self) -> str:
        """Where it stands, and which field it is."""
        return f"{line_place(self.line)} (:{self.tag}:)"

    def written(self) -> str:
        """As it is in the file."""
        return "\n".join([f":{self.tag}:{self.lines[0]}", *self.lines[1:]])


def read_mt940(text: str) -> StatementFile:
    """Every statement of a file. Raises StatementRefusedError that names the line, MissingDependencyError without mt-940."""
    package = _package()
    fields = list(_fields(text))
    starts = [index for index, field in enumerate(fields) if field.tag == START]
    if not starts:
        raise StatementRefusedError(place=line_place(1), reason=_("there is no field :20:, which every statement in MT940 begins with."))
    messages = [fields[start:end] for start, end in zip(starts, [*starts[1:], len(fields)], strict=True)]
    notices: list[str] = []
    statements = tuple(_Message(package, message).statement(notices) for message in messages)
    return StatementFile(format=StatementFormat.MT940, statements=statements, notices=tuple(notices))


def _package() -> Any:
    try:
        from mt940 import models, options  # noqa: PLC0415  # optional: only who has such files needs it
    except ImportError as error:
        mend = _("pip install 'django-invoicekit[bank]'")
        raise MissingDependencyError(feature=_("Reading MT940"), package="mt-940", mend=mend) from error

    return lambda: models.Transactions(options=options.Options.all())


def _fields(text: str) -> Iterator[Field]:
    field: Field | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        found = TAG.fullmatch(line)
        if found:
            if field:
                yield field
            field = Field(found["tag"], number, [found["text"]])
        elif field and line.strip() and not ENVELOPE.fullmatch(line.strip()):
            field.lines.append(line)
    if field:
        yield field


class _Message:
    """One message, from :20: to its closing balance."""

    def __init__(self, package: Any, fields: Sequence[Field]) -> None:
        self.package = package
        self.fields = fields

    def statement(self, notices: list[str]) -> Statement:
        account, opening, closing = self._field("25", "25P"), self._field(*OPENING), self._field(*CLOSING)
        opens, closes = self._balance(opening), self._balance(closing)
        currency = checked_currency(opens.amount.currency, place=opening.place)
        if closes.amount.currency != currency:
            reason = _("the statement opens in {opening} and closes in {closing}.").format(
                opening=currency, closing=one_line(closes.amount.currency)
            )
            raise StatementRefusedError(place=closing.place, reason=reason)
        number = next((field for field in self.fields if field.tag in {"28", "28C"}), None)
        statement = Statement(
            account=account_number(_account(account.lines[0]))[:64],
            currency=currency,
            entries=tuple(self._entries(opens, currency=currency, notices=notices)),
            number=one_line(number.lines[0] if number else "")[:35],
            identifier=one_line(self.fields[0].lines[0])[:64],
            date_from=_day(opens.date),
            date_to=_day(closes.date),
            opening_balance=checked_amount(Decimal(opens.amount.amount), place=opening.place),
            closing_balance=checked_amount(Decimal(closes.amount.amount), place=closing.place),
            place=self.fields[0].place,
        )
        statement.check_balances()
        return statement

    def _field(self, *tags: str) -> Field:
        for field in self.fields:
            if field.tag in tags:
                return field
        last = self.fields[-1]
        reason = _("the statement that begins in {start} has no field :{tag}:. Is the file cut off? Get it from the bank again.")
        place = line_place(last.line + len(last.lines) - 1)
        raise StatementRefusedError(place=place, reason=reason.format(start=line_place(self.fields[0].line), tag=tags[0]))

    def _balance(self, field: Field) -> Any:
        return next(iter(self._read([field]).data.values()))

    def _entries(self, opens: Any, *, currency: str, notices: list[str]) -> Iterator[Entry]:
        for group in _groups(self.fields):
            place = group[0].place
            data = self._transaction(group, opens)
            amount = checked_amount(Decimal(data["amount"].amount), place=place)
            if amount:
                yield _entry(data, amount=amount, currency=currency, place=place)
            else:
                notices.append(_("{place}: an entry over nothing was left out.").format(place=place))

    def _transaction(self, group: Sequence[Field], opens: Any) -> dict[str, Any]:
        """What the package makes of a field 61 and the fields 86 behind it. The opening balance says the currency."""
        transactions = self._read(group, final_opening_balance=opens).transactions
        if len(transactions) != 1:
            reason = _("this line cannot be read as one entry: “{line}”.").format(line=group[0].lines[0][:80])
            raise StatementRefusedError(place=group[0].place, reason=reason)
        data: dict[str, Any] = transactions[0].data
        return data

    def _read(self, fields: Sequence[Field], **known: Any) -> Any:
        transactions = self.package()
        transactions.data.update(known)
        try:
            # Not mt940.parse(): a text that happens to be the name of a file would be opened.
            transactions.parse("\n".join(_in_one_line(field).written() for field in fields))
        except Exception as error:
            # The package lets through whatever its parts raise: RuntimeError, ValueError, decimal's and more.
            reason = _("this line cannot be read: “{line}”.").format(line=one_line(fields[0].lines[0])[:80])
            raise StatementRefusedError(place=fields[0].place, reason=reason) from error
        return transactions


def _groups(fields: Sequence[Field]) -> Iterator[list[Field]]:
    """Each field 61 with the fields 86 and NS that follow it."""
    group: list[Field] = []
    for field in fields:
        if field.tag == ENTRY:
            if group:
                yield group
            group = [field]
        elif group and field.tag in {DETAILS, "NS"}:
            group.append(field)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _in_one_line(field: Field) -> Field:
    """A field 86 as one line, with its parts divided by question marks; any other field as it is.

    Banks cut after a number of signs, in the middle of words: what is full goes on without a space, what is shorter ended there.
    """
    if field.tag != DETAILS:
        return field
    found = DIVIDED.match(field.lines[0])
    if found is None:
        lines = [line if len(line) >= FULL_LINE else f"{line} " for line in field.lines]
        return Field(field.tag, field.line, ["".join(lines)])
    details = re.sub(rf"{re.escape(found['sign'])}(?=[0-9]{{2}})", "?", "".join(field.lines))
    return Field(field.tag, field.line, [PART.sub(lambda part: part[0] if len(part[2]) >= FULL_PART else f"{part[0]} ", details)])


def _entry(data: dict[str, Any], *, amount: Decimal, currency: str, place: str) -> Entry:
    keyed = _keyed(one_line(data.get("transaction_details") or ""))
    name = data.get("applicant_name") or keyed.get("NAME", "")
    account = data.get("gvc_applicant_iban") or data.get("applicant_iban") or keyed.get("IBAN", "")
    end_to_end = data.get("end_to_end_reference") or keyed.get("EREF", "") or data.get("customer_reference")
    text = data.get("purpose") or keyed.get("REMI") or data.get("transaction_details") or data.get("extra_details")
    return Entry(
        date=_day(data["date"]),
        booked_on=_day(data["entry_date"]) if isinstance(data.get("entry_date"), date) else None,
        amount=amount,
        currency=currency,
        counterparty=one_line(name)[:255],
        iban=account_number(account)[:64],
        text=one_line([text, data.get("additional_purpose")]),
        end_to_end_id=_reference(end_to_end),
        bank_reference=_reference(data.get("bank_reference")),
        is_reversal=str(data.get("status") or "").upper().startswith("R"),
        place=place,
    )


def _keyed(details: str) -> dict[str, str]:
    """The parts of a field 86 in the form /EREF/…/REMI/…; empty where it has another form."""
    found = list(KEYED.finditer(details))
    parts: dict[str, str] = {}
    for match, following in zip_longest(found, found[1:]):
        part = UNSTRUCTURED.sub("", details[match.end() : following.start() if following else None])
        parts.setdefault(match["key"], part.strip("/ "))
    if counterparty := parts.get("CNTP"):
        account, _bic, name = (*counterparty.split("/"), "", "", "")[:3]
        parts.setdefault("IBAN", account)
        parts.setdefault("NAME", name)
    return parts


def _account(text: str) -> str:
    """The account of field 25; a currency behind an IBAN is taken off."""
    found = re.search(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text.replace(" ", ""))
    if found is None:
        return text
    for end in (None, -3):
        if is_iban(found[0][:end]):
            return found[0][:end]
    return text


def _reference(text: Any) -> str:
    reference = one_line(str(text or ""))[:140]
    return "" if reference.upper() in NO_REFERENCE else reference


def _day(value: Any) -> date:
    """A plain day: the package has a class of its own."""
    moment = value.date() if isinstance(value, datetime) else value
    return date(moment.year, moment.month, moment.day)
