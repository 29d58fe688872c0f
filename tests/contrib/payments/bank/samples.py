"""Bank files of invented banks, and the small changes that tests make to them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from invoicing.contrib.payments.bank.entries import Entry, StatementFile
from invoicing.contrib.payments.bank.reading import read_statements
from tests.factories import TODAY

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.name for path in FILES.iterdir())


def content(name: str) -> bytes:
    """The bytes of a file."""
    return (FILES / name).read_bytes()


def read(name: str, **columns: str) -> StatementFile:
    """A file as it is read; in euros where it does not say."""
    return read_statements(content(name), csv_columns={"default_currency": "EUR", **columns})


def changed(name: str, before: str, after: str) -> bytes:
    """The bytes of a file with one text in it changed."""
    text = content(name)
    assert text.count(before.encode()) >= 1, f"{before!r} is not in {name}"
    return text.replace(before.encode(), after.encode(), 1)


def entry(amount: str = "952.00", text: str = "", **fields: Any) -> Entry:
    """An entry of the day of every invoice."""
    return Entry(**{"date": TODAY, "amount": Decimal(amount), "currency": "EUR", "text": text, **fields})


def mt940(*entries: tuple[str, str], account: str = "DE89370400440532013000", number: str = "1", day: str = "261120") -> bytes:
    """A statement of entries, each an amount such as 952,00 or -45,60 and a text."""
    total = sum((Decimal(amount.replace(",", ".")) for amount, _text in entries), Decimal(0))
    lines = [":20:STATEMENT", f":25:{account}", f":28C:{number}", f":60F:C{day}EUR10000,00"]
    for amount, text in entries:
        sign = "D" if amount.startswith("-") else "C"
        lines += [f":61:{day}{sign}{amount.lstrip('-')}NTRFNONREF", f":86:166?00BUCHUNG?20{text}"]
    closing = Decimal(10000) + total
    lines.append(f":62F:C{day}EUR{closing:.2f}".replace(".", ","))
    return "\n".join(lines).encode()
