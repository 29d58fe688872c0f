"""`manage.py invoicing_export_chain`: writes the chain of one company for somebody who checks it elsewhere."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from invoicing.management.companies import MISUSED, NO_COMPANY, companies_named
from invoicing.models import Register
from invoicing.verifying import export_chain


class Command(BaseCommand):
    """Writes what `invoicing.verifying.export_chain` gives."""

    help = "Export the chain of events of one company. Whoever gets the file checks it with: python -m invoicing.chain FILE"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--company",
            metavar="CODE_OR_PK",
            help="whose chain; - is that of documents without a company; may be left out where there is one chain only",
        )
        parser.add_argument(
            "--output", metavar="FILE", help="where to write it; it is replaced once the export is complete (default: print)"
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        using, output = options["database"], options["output"]
        [company_id, *others] = companies_named([options["company"] or _only_chain(using=using)], using=using)
        if others:
            raise CommandError(f"Several companies have the code “{options['company']}”: name one by its primary key.", returncode=MISUSED)
        lines = export_chain(company_id, using=using)
        if output:
            events = _write(lines, Path(output)) - 1  # The first line is the header.
            self.stdout.write(f"{events:,} event{'' if events == 1 else 's'} in {output}")
            return
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Whatever the terminal speaks: an export is UTF-8, each line ended by one character.
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")
        for line in lines:
            self.stdout.write(line, ending="")


def _only_chain(*, using: str) -> str:
    keys = list(Register.objects.using(using).values_list("key", flat=True)) or [NO_COMPANY]
    if len(keys) > 1:
        raise CommandError(f"Say whose chain by --company: {', '.join(keys)}.", returncode=MISUSED)
    return keys[0]


def _write(lines: Iterable[str], path: Path) -> int:
    """Write a file beside, which takes the place of the old one when it is complete; gives the number of lines."""
    count = 0
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=MISUSED) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(line)
                count += 1
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=MISUSED) from error
    finally:
        part.unlink(missing_ok=True)
    return count
