"""Files of all documents: by the library, beside what the database and the standard library need. Each in a fresh process."""

import csv
import gc
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import crowd
import xlsxwriter
from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce

from invoicing.contrib.reports.exports import FORMATS
from invoicing.contrib.reports.tables import REPORTS
from invoicing.models import Invoice
from million.rows import START, TODAY

DAYS = ("date_issue", "date_tax_point", "date_due")

MONEY = ("net", "vat", "total", "already_paid", "to_pay")

COLUMNS = (
    *("company__name", "number", "type", "origin", "status", *DAYS, "customer_name", "customer_vat_id", "customer_country", "currency"),
    *MONEY,
)
"""What the library's list of invoices has."""

COPY = """
COPY (
    SELECT
        c.name, i.number, i.type, i.origin, i.status, i.date_issue, i.date_tax_point, i.date_due, i.customer_name, i.customer_vat_id,
        i.customer_country, i.currency, i.total - COALESCE(i.vat, 0) + i.credit, i.vat, i.total, i.already_paid, i.total - i.already_paid
    FROM invoicing_invoice AS i JOIN invoicing_company AS c ON c.id = i.company_id ORDER BY i.date_issue DESC, i.id DESC
) TO STDOUT WITH (FORMAT csv, HEADER, FORCE_QUOTE *)
"""


def _rows() -> Iterator[tuple[Any, ...]]:
    """The rows of all documents, from a cursor of the server, as they are."""
    computed = {"net": F("total") - Coalesce(F("vat"), Decimal(0)) + F("credit"), "to_pay": F("total") - F("already_paid")}
    return Invoice.objects.annotate(**computed).values_list(*COLUMNS).iterator(chunk_size=2000)


def with_copy(path: Path) -> int:
    """Let the database write the file."""
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for data in copy:
            file.write(data)
    return -1


def with_csv(path: Path) -> int:
    """Write the rows of a server's cursor as they are."""
    written = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        for row in _rows():
            writer.writerow(row)
            written += 1
    return written


def with_xlsxwriter(path: Path) -> int:
    """Write the same rows as a sheet, a row in memory at a time."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, COLUMNS)
    writers: dict[str, Callable[..., Any]] = dict.fromkeys(COLUMNS, sheet.write_string)
    writers |= dict.fromkeys(DAYS, lambda *cell: sheet.write_datetime(*cell, day)) | dict.fromkeys(MONEY, sheet.write_number)
    written = 0
    for written, row in enumerate(_rows(), start=1):
        for place, (name, value) in enumerate(zip(COLUMNS, row, strict=True)):
            if value is not None:
                writers[name](written, place, value)
    book.close()
    return written


def with_report(kind: str) -> Callable[[Path], int]:
    """Write the library's list of invoices in one of its formats."""

    def write(path: Path) -> int:
        chosen = FORMATS[kind]
        table = REPORTS["invoices"].table(first=START, last=TODAY)
        with path.open("wb") if chosen.is_binary else path.open("w", newline="", encoding="utf-8") as file:
            return chosen.write(table, file)

    return write


WAYS: dict[str, Callable[[Path], int]] = {
    "COPY": with_copy,
    "csv, plain": with_csv,
    "csv, ours": with_report("csv"),
    "xlsx, plain": with_xlsxwriter,
    "xlsx, ours": with_report("xlsx"),
}
"""Each writes a file of all documents and gives how many rows it knows to have written, or -1."""


def export(name: str) -> dict[str, Any]:
    """Seconds, megabytes at the peak beyond what the process had, and the size of the file."""

    def work() -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="invoicing-bench-") as directory:
            path = Path(directory) / "export"
            connection.ensure_connection()
            gc.collect()
            before = _memory("VmRSS", afresh=True)
            start = time.perf_counter()
            written = WAYS[name](path)
            seconds = time.perf_counter() - start
            peak = _memory("VmHWM")
            assert written in {-1, Invoice.objects.count()}, f"{name} wrote {written} rows"
            grown = None if before is None or peak is None else peak - before
            return {"export": name, "seconds": seconds, "megabytes": grown, "file": path.stat().st_size / 1_000_000}

    return crowd.in_process(work)


def _memory(name: str, *, afresh: bool = False) -> float | None:
    """Megabytes of this process by a name of /proc, which only Linux has; `afresh` forgets the peak so far."""
    try:
        if afresh:
            Path(f"/proc/{os.getpid()}/clear_refs").write_text("5")
        lines = Path(f"/proc/{os.getpid()}/status").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), None)
