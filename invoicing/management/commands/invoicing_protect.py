"""`manage.py invoicing_protect`: lets the database itself refuse changes of issued invoices."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, NotSupportedError

from invoicing.actor import acting
from invoicing.protection import Changes, install_triggers, is_wanted, missing_triggers, remove_triggers


class Command(BaseCommand):
    """Translates between the command line and `invoicing.protection`."""

    help = "Make the triggers that refuse every change of issued invoices, also by SQL. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--check", action="store_true", help="change nothing; tell what is missing, and fail if anything is")
        act.add_argument("--remove", action="store_true", help="take the triggers away, for good")
        parser.add_argument("--json", action="store_true", help="tell the outcome as JSON")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database")

    def handle(self, **options: Any) -> None:
        using = options["database"]
        try:
            if options["check"]:
                self._check(using, as_json=options["json"])
                return
            with acting("invoicing_protect"):
                changes = remove_triggers(using) if options["remove"] else install_triggers(using)
        except (ImproperlyConfigured, NotSupportedError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self._write_json(database=using, protected=not options["remove"], made=changes.made, dropped=changes.dropped)
        else:
            self._tell(changes, using=using, was_removed=options["remove"])

    def _check(self, using: str, *, as_json: bool) -> None:
        wanted, missing = is_wanted(using), missing_triggers(using)
        if as_json:
            self._write_json(database=using, wanted=wanted, protected=not missing, missing=missing)
        else:
            for sentence in missing:
                self.stdout.write(f"  {sentence}")
        if missing:
            raise CommandError(
                f"Issued invoices are not protected in {using!r}. Run: python manage.py invoicing_protect --database {using}"
            )
        if not as_json:
            self.stdout.write(f"Issued invoices are protected in {using!r}.")

    def _tell(self, changes: Changes, *, using: str, was_removed: bool) -> None:
        for name in changes.dropped:
            self.stdout.write(f"  dropped {name}")
        for name in changes.made:
            self.stdout.write(f"  made {name}")
        if was_removed:
            self.stdout.write(f"{using!r} has no triggers of invoicing any more.")
        elif changes.made or changes.dropped:
            self.stdout.write(f"Issued invoices are protected in {using!r}.")
        else:
            self.stdout.write(f"Issued invoices were protected in {using!r} already.")

    def _write_json(self, **told: Any) -> None:
        self.stdout.write(json.dumps(told, indent=2))
