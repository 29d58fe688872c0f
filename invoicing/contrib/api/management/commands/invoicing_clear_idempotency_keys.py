"""`manage.py invoicing_clear_idempotency_keys`: deletes the answers that nobody can ask for any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS

from invoicing.contrib.api.idempotency import clear_keys


class Command(BaseCommand):
    """Says what `invoicing.contrib.api.idempotency.clear_keys` does."""

    help = "Delete the Idempotency-Keys that are older than INVOICING_IDEMPOTENCY_DAYS, with the answers kept for them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database")

    def handle(self, **options: Any) -> None:
        count = clear_keys(using=options["database"])
        if options["verbosity"]:
            self.stdout.write(f"{count} deleted.")
