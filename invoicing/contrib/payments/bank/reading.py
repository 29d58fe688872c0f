"""From the bytes of a bank file to its statements: the format is told by the content, not by the name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.camt import read_camt
from invoicing.contrib.payments.bank.csv_file import CsvLayout, read_csv
from invoicing.contrib.payments.bank.entries import StatementFile, StatementFormat, line_place, one_line
from invoicing.contrib.payments.bank.exceptions import StatementRefusedError
from invoicing.contrib.payments.bank.mt940 import read_mt940

LARGEST_FILE: Final = 25 * 1024 * 1024
MT940_FIELD: Final = re.compile(rb"(?:^|\n|\{4:\s*):20:")
BYTE_ORDER_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SIGNATURES: Final = {b"PK": "ZIP", b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "GZIP"}
FALLBACK: Final = "cp1252"


def read_statements(
    content: bytes, *, file_format: StatementFormat | str = "", csv_columns: Mapping[str, str] | None = None
) -> StatementFile:
    """The statements of a file. Raises StatementRefusedError that names the line, MissingDependencyError where a reader is not installed.

    `csv_columns` says what a CSV file leaves open; see `CsvLayout`.
    """
    _check_content(content)
    match StatementFormat(file_format) if file_format else format_of(content):
        case StatementFormat.CAMT053:
            return read_camt(content)
        case StatementFormat.MT940:
            return read_mt940(decoded(content))
        case StatementFormat.CSV:
            encoding = (csv_columns or {}).get("encoding", "")
            return read_csv(decoded(content, encoding=encoding), layout=CsvLayout.of(csv_columns))


def format_of(content: bytes) -> StatementFormat:
    """What a file is, by how it begins."""
    start = content[:4096]
    for mark in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            start = start.removeprefix(mark).replace(b"\x00", b"")
            break
    if start.lstrip().startswith(b"<"):
        return StatementFormat.CAMT053
    return StatementFormat.MT940 if MT940_FIELD.search(start.replace(b"\r", b"\n")) else StatementFormat.CSV


def decoded(content: bytes, *, encoding: str = "") -> str:
    """The text of a file: in the encoding that is given, in UTF-8 if it is that, else in Windows-1252."""
    mark = next((name for signs, name in BYTE_ORDER_MARKS.items() if content.startswith(signs)), "")
    names = [encoding or mark] if encoding or mark else ["utf-8", FALLBACK]
    place = line_place(1)
    for name in names:
        try:
            return content.decode(name)
        except UnicodeError as error:
            place = line_place(content.count(b"\n", 0, getattr(error, "start", 0)) + 1)
        except (LookupError, ValueError):
            raise StatementRefusedError(
                place="csv_columns", reason=_("“{name}” is no encoding.").format(name=one_line(name)[:40])
            ) from None
    reason = _("the line is not written in {names}: save the file in UTF-8.").format(names=", ".join(names))
    raise StatementRefusedError(place=place, reason=reason)


def _check_content(content: bytes) -> None:
    if not content.strip():
        raise StatementRefusedError(place=line_place(1), reason=_("the file is empty."))
    if len(content) > LARGEST_FILE:
        reason = _("the file is larger than {size} MB: ask the bank for shorter periods.").format(size=LARGEST_FILE // 1024**2)
        raise StatementRefusedError(place=line_place(1), reason=reason)
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            reason = _("this is a {kind} file: unpack it, or export camt.053, MT940 or CSV from the bank.").format(kind=kind)
            raise StatementRefusedError(place=line_place(1), reason=reason)
