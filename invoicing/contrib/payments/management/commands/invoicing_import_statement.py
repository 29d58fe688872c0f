"""`manage.py invoicing_import_statement FILE`: takes in a bank file, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, transaction

from invoicing.contrib.payments.bank import StatementReport, import_statement
from invoicing.contrib.payments.bank.entries import StatementFormat
from invoicing.exceptions import InvoicingError
from invoicing.management.companies import MISUSED, companies_named
from invoicing.models import Company


class Command(BaseCommand):
    """Translates between the command line and `invoicing.contrib.payments.bank`."""

    help = "Take in a bank file (camt.053, MT940, CSV). Nothing is taken in when anything is wrong; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        formats = [name.value for name in StatementFormat]
        parser.add_argument("file", help="the file as the bank gave it")
        parser.add_argument(
            "--company", default="", metavar="CODE_OR_PK", help="whose file it is; without it of the one whose account it is"
        )
        parser.add_argument(
            "--format", type=str.upper, choices=formats, default="", help="what the file is, where its content does not say"
        )
        parser.add_argument(
            "--column", action="append", default=[], metavar="KEY=HEADING", help="what a CSV file leaves open, such as amount=Umsatz"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, tell what came of it, and undo it")
        parser.add_argument("--confirm-from", type=int, metavar="SCORE", help="confirm proposals with this score or a higher one")
        parser.add_argument("--json", action="store_true", help="tell the outcome as JSON, also when it is refused")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to write to")

    def handle(self, **options: Any) -> None:
        wanted = {
            "company": _company(options["company"], using=options["database"]),
            "file_format": options["format"],
            "csv_columns": dict(_column(text) for text in options["column"]),
            "confirm_from": options["confirm_from"],
            "using": options["database"],
        }
        try:
            report = _tried(options["file"], **wanted) if options["dry_run"] else import_statement(options["file"], **wanted)
        except InvoicingError as error:
            if options["json"]:
                self.stdout.write(json.dumps(_refusal(error), indent=2, ensure_ascii=False))
            raise CommandError(str(error)) from error
        told = {"dry_run": options["dry_run"], **report.as_dict()}
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
        else:
            self._tell(report, is_dry_run=options["dry_run"])

    def _tell(self, report: StatementReport, *, is_dry_run: bool) -> None:
        for statement in report.statements:
            period = f"{statement.date_from} – {statement.date_to}" if statement.date_from else ""
            self.stdout.write("  " + "  ".join(filter(None, (statement.account, statement.number, period, statement.currency))))
        for notice in report.notices:
            self.stdout.write(f"  {notice}")
        known = f"; {report.known} were here already" if report.known else ""
        confirmed = f", {report.confirmed} confirmed" if report.confirmed else ""
        self.stdout.write(f"Imported {report.imported} entries, {report.proposed} with a proposal{confirmed}{known}.")
        if is_dry_run:
            self.stdout.write("This was a dry run: nothing was kept.")


def _tried(file: str, *, using: str, **wanted: Any) -> StatementReport:
    """Import a file, and undo it."""
    with transaction.atomic(using=using):
        report = import_statement(file, using=using, **wanted)
        transaction.set_rollback(True, using=using)  # Django's signature
    return report


def _company(name: str, *, using: str) -> Company | None:
    keys = companies_named([name], using=using) if name else [None]
    if len(keys) > 1:
        raise CommandError(f"Several companies have the code “{name}”: name one by its primary key.", returncode=MISUSED)
    return Company.objects.using(using).get(pk=keys[0]) if keys[0] is not None else None


def _column(text: str) -> tuple[str, str]:
    key, sign, heading = text.partition("=")
    if not sign:
        raise CommandError(f"{text} names no heading: write --column amount=Umsatz.", returncode=MISUSED)
    return key.strip(), heading.strip()


def _refusal(error: InvoicingError) -> dict[str, Any]:
    """The refusal in the words of the API: a sentence, a code, and the place in the file where there is one."""
    return {"error": str(error), "code": error.code, "place": getattr(error, "place", "")}
