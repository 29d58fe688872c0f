"""`manage.py invoicing_import FILE`: takes in a file of invoices, whole or not at all."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from invoicing.exceptions import ImportRefusedError
from invoicing.importing import ImportReport, import_file
from invoicing.importing.json_schema import json_schema


class Command(BaseCommand):
    """Translates between the command line and `invoicing.importing`."""

    help = "Take in invoices from a JSON or CSV file. Nothing is taken in when anything is wrong; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="a .json or .csv file in UTF-8")
        parser.add_argument("--company", default="", help="code or name of the company of all records that name none")
        parser.add_argument("--dry-run", action="store_true", help="do everything, tell what came of it, and undo it")
        parser.add_argument("--json", action="store_true", help="tell the outcome as JSON, also when it is refused")
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of the format and stop")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to write to")

    def handle(self, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(json_schema(), indent=2))
            return
        if not options["file"]:
            raise CommandError("Name a file: manage.py invoicing_import FILE.")
        try:
            report = import_file(options["file"], company=options["company"], is_dry_run=options["dry_run"], using=options["database"])
        except ImportRefusedError as error:
            if options["json"]:
                self.stdout.write(json.dumps(_refusal(error), indent=2, ensure_ascii=False))
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        else:
            self._tell(report)

    def _tell(self, report: ImportReport) -> None:
        for entry in report.imported:
            number = entry.number or "(draft)"
            self.stdout.write(f"  {entry.external_id} → {number}  {entry.type}  {entry.status}  {entry.total} {entry.currency}")
        made = "".join(f", {count} {name.replace('_', ' ')}" for name, count in report.made.items())
        skipped = f"; {len(report.skipped)} were here already" if report.skipped else ""
        self.stdout.write(f"Imported {len(report.imported)} invoices{made}{skipped}.")
        if report.is_dry_run:
            self.stdout.write("This was a dry run: nothing was kept.")


def _refusal(error: ImportRefusedError) -> dict[str, Any]:
    """The refusal in the words of the API: a sentence, a code, and every problem with its place."""
    problems = [{"place": place, "field": field, "message": message} for place, field, message in error.rows]
    return {"error": "Nothing was imported.", "code": error.code, "errors": problems}
