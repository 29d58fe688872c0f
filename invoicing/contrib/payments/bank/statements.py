"""Taking in bank files: whole or not at all, each entry once, however many files tell of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError, connections, router
from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.contrib.payments.bank.confirming import confirm
from invoicing.contrib.payments.bank.entries import Statement, StatementFile, StatementFormat, fingerprints, line_place
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError, WrongAccountError
from invoicing.contrib.payments.bank.matching import Reason
from invoicing.contrib.payments.bank.proposing import best_of, propose_all
from invoicing.contrib.payments.bank.reading import LARGEST_FILE, read_statements
from invoicing.contrib.payments.models import BankEntry, BankStatement
from invoicing.domain.money import quantise
from invoicing.exceptions import InvoicingError, TryAgainError
from invoicing.models import Company
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically, plain
from invoicing.models.register import register_key

ATTEMPTS = 5

Result = TypeVar("Result")


class Readable(Protocol):
    """An open file."""

    def read(self, size: int = ..., /) -> bytes:
        """Its bytes."""


@dataclass(slots=True, kw_only=True)
class StatementReport:
    """What an import did. `known` counts entries that were here already, `proposed` and `confirmed` some of the imported ones."""

    statements: tuple[BankStatement, ...] = ()
    format: str = ""
    imported: int = 0
    known: int = 0
    proposed: int = 0
    confirmed: int = 0
    is_new: bool = True
    notices: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON has it; amounts are texts."""
        return {
            "is_new": self.is_new,
            "format": self.format,
            "imported": self.imported,
            "known": self.known,
            "proposed": self.proposed,
            "confirmed": self.confirmed,
            "notices": list(self.notices),
            "statements": [_told(statement) for statement in self.statements],
        }


def import_statement(
    file: bytes | str | Path | Readable,
    *,
    name: str = "",
    company: Company | None = None,
    file_format: StatementFormat | str = "",
    csv_columns: Mapping[str, str] | None = None,
    confirm_from: int | None = None,
    using: str | None = None,
) -> StatementReport:
    """Take in a bank file – bytes, an open file, or a path – and propose what its entries pay.

    The same file again, and entries that another file told of, change nothing. Without `company` it is the one whose account
    the file is of. Entries whose best proposal scores `confirm_from` (INVOICING_BANK_CONFIRM_FROM) or more, and has no rival,
    are confirmed.
    Raises StatementRefusedError that names the line, WrongAccountError, MissingDependencyError; nothing is taken in then.
    """
    content, name = _content(file, name)
    database = using or router.db_for_write(BankStatement)
    usual = {"default_currency": (company.currency if company else "") or conf.currency}
    read = read_statements(content, file_format=file_format, csv_columns={**usual, **(csv_columns or {})})
    digest = hashlib.sha256(content).hexdigest()
    taking = _Taking(read, name=name, digest=digest, company=company, using=database)
    report, entries = _again_when_raced(taking.run, using=database)
    least = conf.bank_confirm_from if confirm_from is None else confirm_from
    if least is not None:
        report.confirmed = sum(_is_confirmed(entry, least, report) for entry in entries)
    return report


class _Taking:
    """One file on its way in."""

    def __init__(self, read: StatementFile, *, name: str, digest: str, company: Company | None, using: str) -> None:
        self.read = read
        self.name = name
        self.digest = digest
        self.company = company
        self.using = using
        self.seen: Counter[str] = Counter()

    def run(self) -> tuple[StatementReport, list[BankEntry]]:
        """Write everything in one transaction; gives the entries that are new."""
        report = StatementReport(format=self.read.format.value, notices=list(self.read.notices))
        entries: list[BankEntry] = []
        statements = []
        self.seen.clear()
        with atomically(self.using):
            for position, statement in enumerate(self.read.statements, start=1):
                kept, new = self._take(statement, position, report)
                statements.append(kept)
                entries += new
            report.statements, report.imported = tuple(statements), len(entries)
            report.proposed = propose_all(entries, using=self.using)
        return report, entries

    def _take(self, statement: Statement, position: int, report: StatementReport) -> tuple[BankStatement, list[BankEntry]]:
        company = self.company or _company_of(statement.account, using=self.using)
        _check_owner(statement.account, company, using=self.using)
        owner = register_key(company.pk if company else None)
        key = f"{owner}:{self.digest}:{position}"
        before: BankStatement | None = plain(BankStatement, using=self.using).filter(key=key).first()
        if before is not None:
            report.is_new = False
            report.known += len(statement.entries)
            return before, []
        kept = self._kept(statement, position, company=company, key=key)
        kept.save(using=self.using)
        new = self._entries(statement, kept, owner=owner)
        report.known += len(statement.entries) - len(new)
        return kept, new

    def _kept(self, statement: Statement, position: int, *, company: Company | None, key: str) -> BankStatement:
        return BankStatement(
            company=company,
            account=statement.account or (company.bank_iban.replace(" ", "").upper() if company else ""),
            format=self.read.format.value,
            file_name=Path(self.name).name[:255],
            sha256=self.digest,
            position=position,
            key=key,
            number=statement.number,
            identifier=statement.identifier,
            date_from=statement.date_from,
            date_to=statement.date_to,
            opening_balance=statement.opening_balance,
            closing_balance=statement.closing_balance,
            currency=statement.currency,
            notices=list(self.read.notices) if position == 1 else [],
            actor_name=current_actor_name(),
        )

    def _entries(self, statement: Statement, kept: BankStatement, *, owner: str) -> list[BankEntry]:
        """Insert the entries that no other file told of."""
        rows = {
            key: _row(entry, kept, fingerprint=key)
            for entry, key in zip(statement.entries, fingerprints(statement, owner=owner, seen=self.seen), strict=True)
        }
        known: set[str] = set()
        keys = list(rows)
        for start in range(0, len(keys), 500):
            found = plain(BankEntry, using=self.using).filter(fingerprint__in=keys[start : start + 500])
            known |= set(found.values_list("fingerprint", flat=True))
        new = [row for key, row in rows.items() if key not in known]
        BankEntry.objects.using(self.using).bulk_create(new, batch_size=500)
        return new


def _again_when_raced(work: Callable[[], Result], *, using: str) -> Result:
    """Run an import again where another one took in the same entries at the same time: they are known then."""
    for _attempt in range(1, ATTEMPTS):
        try:
            return work()
        except IntegrityError:
            continue
        except TryAgainError:
            if connections[using].in_atomic_block:
                raise
    try:
        return work()
    except IntegrityError as error:
        raise TryAgainError(reason=_("another import of the same entries is running")) from error


def _row(entry: Any, kept: BankStatement, *, fingerprint: str) -> BankEntry:
    if quantise(entry.amount, entry.currency) != entry.amount:
        reason = _("{amount} is finer than {currency} can be.").format(amount=entry.amount, currency=entry.currency)
        raise StatementRefusedError(place=entry.place, reason=reason)
    return BankEntry(
        statement=kept,
        place=entry.place[:64],
        date=entry.date,
        booked_on=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        counterparty=entry.counterparty,
        iban=entry.iban,
        text=entry.text,
        end_to_end_id=entry.end_to_end_id,
        creditor_reference=entry.creditor_reference,
        variable_symbol=entry.variable_symbol,
        bank_reference=entry.bank_reference,
        is_reversal=entry.is_reversal,
        fingerprint=fingerprint,
    )


def _is_confirmed(entry: BankEntry, least: int, report: StatementReport) -> bool:
    """Confirm an entry if its best proposal is good enough; a refusal leaves it open, and is told."""
    best = best_of(entry)
    if not best or best[0].score < least or Reason.AMBIGUOUS in best[0].reasons:
        return False
    try:
        confirm(entry)
    except InvoicingError as error:
        report.notices.append(f"{entry.place}: {error}")
        return False
    return True


def _content(file: bytes | str | Path | Readable, name: str) -> tuple[bytes, str]:
    """The bytes of a file, and its name."""
    if isinstance(file, bytes | bytearray | memoryview):
        return bytes(file), name
    if isinstance(file, str | Path):
        try:
            return Path(file).read_bytes(), name or Path(file).name
        except OSError as error:
            raise StatementRefusedError(
                place=Path(file).name, reason=_("the file cannot be read: {reason}.").format(reason=error.strerror)
            ) from error
    content: Any = file.read(LARGEST_FILE + 1)
    if isinstance(content, str):
        raise StatementRefusedError(place=line_place(1), reason=_("the file is opened as text: open it in binary mode."))
    return content, name or str(getattr(file, "name", ""))


def _company_of(account: str, *, using: str) -> Company | None:
    """The one company whose account it is; None where none or several say so."""
    owners = _owners(account, using=using)
    return owners[0] if len(owners) == 1 else None


def _check_owner(account: str, company: Company | None, *, using: str) -> None:
    """Raise WrongAccountError for an account that others name as theirs, and the company does not."""
    owners = _owners(account, using=using)
    if company is not None and owners and company.pk not in {owner.pk for owner in owners}:
        raise WrongAccountError(account=account, owner=owners[0].name, company=company.name)


def _owners(account: str, *, using: str) -> list[Company]:
    if not account:
        return []
    companies: Iterable[Company] = Company.objects.using(using).exclude(bank_iban="").order_by("pk")
    return [company for company in companies if company.bank_iban.replace(" ", "").upper() == account.upper()]


def _told(statement: BankStatement) -> dict[str, Any]:
    return {
        "uuid": str(statement.uuid),
        "account": statement.account,
        "number": statement.number,
        "date_from": statement.date_from and statement.date_from.isoformat(),
        "date_to": statement.date_to and statement.date_to.isoformat(),
        "opening_balance": None if statement.opening_balance is None else str(statement.opening_balance),
        "closing_balance": None if statement.closing_balance is None else str(statement.closing_balance),
        "currency": statement.currency,
    }
