"""Statements in XML: camt.053 of ISO 20022, in versions 02 to 08 and later ones that keep its names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.entries import (
    Entry,
    Statement,
    StatementFile,
    StatementFormat,
    account_number,
    checked_amount,
    checked_currency,
    one_line,
)
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError
from invoicing.contrib.payments.bank.xml_tree import Element, read_xml

STATEMENTS: Final = "BkToCstmrStmt"
OTHER_MESSAGES: Final = {"BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
BOOKED: Final = "BOOK"
OPENING: Final = ("OPBD", "PRCD")
CLOSING: Final = ("CLBD",)
INTERIM: Final = "ITBD"
"""The balance at the break between two pages of a statement: it ends one and opens the next."""

NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[TZ+-].*)?", re.DOTALL)
NO_REFERENCE: Final = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NONREF"})


def read_camt(content: bytes) -> StatementFile:
    """Every statement of a file. Raises StatementRefusedError that names the line."""
    root = read_xml(content)
    messages = [root] if root.name == STATEMENTS else list(root.descendants(STATEMENTS))
    found = [statement for message in messages for statement in message.all("Stmt")]
    if not found:
        raise StatementRefusedError(place=root.place, reason=_no_statement(root))
    notices: list[str] = []
    statements = tuple(_statement(element, notices=notices) for element in found)
    return StatementFile(format=StatementFormat.CAMT053, statements=statements, notices=tuple(notices))


def _no_statement(root: Element) -> str:
    for name, message in OTHER_MESSAGES.items():
        if root.name == name or any(True for _found in root.descendants(name)):
            text = _("this is a {message}, which has no final balances: ask the bank for statements (camt.053).")
            return text.format(message=message)
    return _("there is no statement (BkToCstmrStmt/Stmt) in this XML: ask the bank for camt.053.")


def _statement(element: Element, *, notices: list[str]) -> Statement:
    account = element.first("Acct")
    if account is None:
        raise _missing(element, "Acct")
    balances = _balances(element)
    written = account.says("Ccy") or next((balance.attributes.get("Ccy", "") for _code, balance, _amount in balances), "")
    entries = tuple(_entries(element, currency=written, notices=notices))
    currency = checked_currency(written or (entries[0].currency if entries else ""), place=account.place)
    period = element.first("FrToDt")
    days = sorted(entry.booked_on or entry.date for entry in entries)
    statement = Statement(
        account=account_number(account.says("Id/IBAN", "Id/Othr/Id")),
        currency=currency,
        entries=entries,
        number=one_line(element.says("LglSeqNb", "ElctrncSeqNb"))[:35],
        identifier=one_line(element.says("Id"))[:64],
        date_from=_day(period.first("FrDtTm", "FrDt")) if period else next(iter(days), None),
        date_to=_day(period.first("ToDtTm", "ToDt")) if period else next(reversed(days), None),
        opening_balance=_balance(balances, OPENING, interim=0),
        closing_balance=_balance(balances, CLOSING, interim=-1),
        place=element.place,
    )
    statement.check_balances()
    return statement


def _balances(element: Element) -> list[tuple[str, Element, Decimal]]:
    """Each balance by its code, with its sign."""
    balances = []
    for balance in element.all("Bal"):
        amount = balance.first("Amt")
        if amount is None:
            raise _missing(balance, "Amt")
        balances.append((balance.says("Tp/CdOrPrtry/Cd"), amount, _sign(balance) * _amount(amount)))
    return balances


def _balance(balances: list[tuple[str, Element, Decimal]], codes: tuple[str, ...], *, interim: int) -> Decimal | None:
    for code in codes:
        found = [amount for name, _element, amount in balances if name == code]
        if found:
            return found[0]
    between = [amount for name, _element, amount in balances if name == INTERIM]
    # A page in the middle has two: the first opens it, the last ends it.
    is_told = len(between) > 1 or (between and not interim and not any(name in OPENING for name, _element, _amount in balances))
    return between[interim] if is_told or (between and interim) else None


def _entries(statement: Element, *, currency: str, notices: list[str]) -> Iterator[Entry]:
    for entry in statement.all("Ntry"):
        status = entry.says("Sts/Cd", "Sts/Prtry", "Sts") or BOOKED
        amount = entry.first("Amt")
        if amount is None:
            raise _missing(entry, "Amt")
        if status != BOOKED:
            text = _("{place}: an entry over {amount} is not booked yet ({status}) and was left out.")
            notices.append(text.format(place=entry.place, amount=amount.text[:40], status=one_line(status)[:20]))
            continue
        code = checked_currency(amount.attributes.get("Ccy"), place=amount.place)
        if currency and code != currency:
            reason = _("the entry is in {code}, the account in {currency}.").format(code=code, currency=currency)
            raise StatementRefusedError(place=amount.place, reason=reason)
        signed = _sign(entry) * _amount(amount)
        if not signed:
            notices.append(_("{place}: an entry over nothing was left out.").format(place=entry.place))
            continue
        yield from _parts(entry, amount=signed, currency=code, notices=notices)


def _parts(entry: Element, *, amount: Decimal, currency: str, notices: list[str]) -> Iterator[Entry]:
    """An entry, or each transaction of a batch where their amounts are told and make up the entry."""
    details = list(entry.all("NtryDtls/TxDtls"))
    if len(details) < 2:  # one transaction is the entry itself
        yield _entry(entry, details, amount=amount, currency=currency)
        return
    amounts = [_part_amount(detail, entry, currency=currency) for detail in details]
    told = [part for part in amounts if part]
    if len(told) == len(details) and sum(told) == amount:
        for detail, part in zip(details, told, strict=True):
            yield _entry(entry, [detail], amount=part, currency=currency)
        return
    text = _("{place}: the {count} transactions of a batch do not make up its {amount} {currency}; it was taken in as one entry.")
    notices.append(text.format(place=entry.place, count=len(details), amount=amount, currency=currency))
    yield _entry(entry, details, amount=amount, currency=currency)


def _part_amount(detail: Element, entry: Element, *, currency: str) -> Decimal | None:
    """The signed amount of a transaction in the currency of the account; None where it is not told."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount = detail.first(path)
        if amount is not None and amount.attributes.get("Ccy") == currency:
            return _sign(detail if detail.first("CdtDbtInd") else entry) * _amount(amount)
    return None


def _entry(entry: Element, details: list[Element], *, amount: Decimal, currency: str) -> Entry:
    value_date, booked_on = _day(entry.first("ValDt/Dt", "ValDt/DtTm")), _day(entry.first("BookgDt/Dt", "BookgDt/DtTm"))
    day = value_date or booked_on
    if day is None:
        raise _missing(entry, "ValDt")
    is_reversal = entry.says("RvslInd") in {"true", "1"}
    only = details[0] if len(details) == 1 else None
    # Of money that came back, the parties are those of the payment that it undoes.
    side = "Dbtr" if (amount > 0) != is_reversal else "Cdtr"
    return Entry(
        date=day,
        booked_on=booked_on,
        amount=amount,
        currency=currency,
        counterparty=_counterparty(only, side) if only else "",
        iban=account_number(only.says(f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id"))[:64] if only else "",
        text=_text(entry, details),
        end_to_end_id=_reference(only.says("Refs/EndToEndId")) if only else "",
        creditor_reference=_reference(only.says("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef")) if only else "",
        bank_reference=_bank_reference(entry, only),
        is_reversal=is_reversal,
        place=(only or entry).place,
    )


def _counterparty(detail: Element, side: str) -> str:
    parties = (f"{side}/Nm", f"{side}/Pty/Nm", f"Ultmt{side}/Nm", f"Ultmt{side}/Pty/Nm")
    return one_line(detail.says(*(f"RltdPties/{party}" for party in parties)))[:255]


def _text(entry: Element, details: list[Element]) -> str:
    """What the payer wrote; the words of the bank where he wrote nothing."""
    written: list[str] = []
    for detail in details:
        written += [part.text for part in detail.all("RmtInf/Ustrd")]
        written += [part.text for part in detail.all("RmtInf/Strd/RfrdDocInf/Nb")]
        written += [part.text for part in detail.all("RmtInf/Strd/AddtlRmtInf")]
    if not any(written):
        written = [detail.says("AddtlTxInf") for detail in details]
    return one_line(written if any(written) else entry.says("AddtlNtryInf"))


def _bank_reference(entry: Element, detail: Element | None) -> str:
    # Not NtryRef: some banks count it anew in every file.
    of_entry = entry.says("AcctSvcrRef")
    of_detail = detail.says("Refs/AcctSvcrRef", "Refs/TxId", "Refs/InstrId") if detail else ""
    return one_line([of_entry, of_detail] if of_detail != of_entry else of_entry)[:140]


def _reference(text: str) -> str:
    reference = one_line(text)[:140]
    return "" if reference.upper() in NO_REFERENCE else reference


def _sign(element: Element) -> int:
    indicator = element.first("CdtDbtInd")
    if indicator is None:
        raise _missing(element, "CdtDbtInd")
    if indicator.text not in {"CRDT", "DBIT"}:
        reason = _("CdtDbtInd is “{value}”, neither CRDT nor DBIT.").format(value=one_line(indicator.text)[:20])
        raise StatementRefusedError(place=indicator.place, reason=reason)
    return 1 if indicator.text == "CRDT" else -1


def _amount(element: Element) -> Decimal:
    text = element.text
    if not NUMBER.fullmatch(text):
        reason = _("“{value}” is no amount: digits and a point, such as 12.50.").format(value=one_line(text)[:40])
        raise StatementRefusedError(place=element.place, reason=reason)
    return checked_amount(Decimal(text), place=element.place)


def _day(element: Element | None) -> date | None:
    if element is None:
        return None
    found = DAY.fullmatch(element.text)
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        reason = _("“{value}” is no day such as 2026-11-21.").format(value=one_line(element.text)[:40])
        raise StatementRefusedError(place=element.place, reason=reason) from None


def _missing(element: Element, name: str) -> StatementRefusedError:
    return StatementRefusedError(place=element.place, reason=_("{element} has no {name}.").format(element=element.name, name=name))
