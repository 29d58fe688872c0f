"""`manage.py demo`: a fresh database, the invoices of `data/` imported, issued and rendered, and a table of what came of it."""

import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F

from example.api import lines_to_try, tell_of_api
from example.companies import make_agency, make_agency_invoices, make_users
from example.money import tell_of_money
from example.overview import aligned, overview_row
from invoicing.auditing import audit_numbers
from invoicing.documents.filenames import document_filename
from invoicing.documents.pdf import render_pdf
from invoicing.exceptions import InvoicingError, MissingDependencyError
from invoicing.importing import import_file
from invoicing.models import get_invoice_model
from invoicing.protection import install_triggers
from invoicing.verifying import check_chains

PROJECT = Path(__file__).resolve().parents[3]
DATA = PROJECT / "data"
DOCUMENTS = PROJECT / "var" / "documents"
SIDE_FILES = ("", "-wal", "-shm", "-journal")
EXPLAINED = "NW-2026-0001"


class Command(BaseCommand):
    """What a newcomer runs first."""

    help = "Make a fresh SQLite database, import the example invoices, issue and render them, and show what was made."
    # The tables that checks may look at are made by the command itself.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=DOCUMENTS, help="folder of the PDFs (default: var/documents)")
        parser.add_argument("--serve", action="store_true", help="also start the site, with logins for the admin and the API")
        parser.add_argument("--address", default="127.0.0.1:8000", help="where the site listens")

    def handle(self, **options: Any) -> None:
        if isinstance(self.stdout._out, type(sys.stdout)) and hasattr(sys.stdout, "reconfigure"):  # noqa: SLF001
            sys.stdout.reconfigure(errors="replace")
        folder: Path = options["output"].resolve()
        password = secrets.token_urlsafe(9) if options["serve"] else None
        self._make_database()
        agency = make_agency()
        make_agency_invoices(agency)
        self._import()
        make_users(password)
        failure = self._render(folder)
        tell_of_money(self.stdout.write, has_documents=not failure)
        tell_of_api(self.stdout.write)
        self._prove()
        self._say_where_to_look("No PDF was made." if failure else f"The PDFs are in {_near(folder)}.")
        if failure and not options["serve"]:
            raise CommandError(failure)
        if failure:
            self.stderr.write(failure)
        if password:
            self._serve(options["address"], password)

    def _make_database(self) -> None:
        if connection.vendor != "sqlite":
            raise CommandError("The demo throws its database away each time, so it runs on SQLite only.")
        connection.close()
        name = str(connection.settings_dict["NAME"])
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        for ending in SIDE_FILES:
            Path(f"{name}{ending}").unlink(missing_ok=True)
        # What was attached to the invoices of the run before.
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        call_command("migrate", verbosity=0)
        # Also the database refuses changes of what is issued.
        install_triggers(DEFAULT_DB_ALIAS)

    def _import(self) -> None:
        for path in sorted(DATA.iterdir()):
            report = import_file(path)
            made = [f"{count} {name.replace('_', ' ')}" for name, count in report.made.items()]
            if report.imported:
                made.append(f"{len(report.imported)} invoices" if len(report.imported) > 1 else "1 invoice")
            self.stdout.write(f"read {path.name}: {', '.join(made)}")

    def _render(self, folder: Path) -> str:
        """Render every document and print the table. Gives the reason where no PDF could be made."""
        folder.mkdir(parents=True, exist_ok=True)
        if folder == DOCUMENTS:
            # Drafts of earlier runs had other names. A folder of somebody's own is not ours to tidy.
            for old in folder.glob("*.pdf"):
                old.unlink()
        failure = ""
        rows = []
        in_order = (F("company").asc(nulls_last=True), "pk")
        for invoice in get_invoice_model().objects.select_related("company", "party").order_by(*in_order):
            file = document_filename(invoice)
            if not failure:
                try:
                    (folder / file).write_bytes(render_pdf(invoice))
                except MissingDependencyError as error:
                    failure = str(error)
                except InvoicingError as error:
                    raise CommandError(str(error)) from error
            rows.append(overview_row(invoice, file="–" if failure else file))
        self.stdout.write("")
        for line in aligned(rows):
            self.stdout.write(line)
        return failure

    def _prove(self) -> None:
        """Say whether every number is accounted for, and every issued document is as it was sealed."""
        audit, chains = audit_numbers(), list(check_chains())
        problems = [problem for chain in chains for problem in chain]
        counted = sum(counter.count for counter in audit.counters)
        numbers = f"{counted} numbers of {len(audit.counters)} counters: " + (
            "none missing, none twice" if audit.is_explained else "not whole"
        )
        events, documents = (sum(getattr(chain, name) for chain in chains) for name in ("events", "documents"))
        held = f"{documents} sealed documents, {events} events of {len(chains)} chains: " + (
            "as they were written" if not problems else "broken"
        )
        self.stdout.write("")
        self.stdout.write(numbers)
        self.stdout.write(held)

    def _say_where_to_look(self, documents: str) -> None:
        python, manage = _near(Path(sys.executable)), _near(PROJECT / "manage.py")
        self.stdout.write("")
        self.stdout.write(f"{documents} Where to look next:")
        self.stdout.write(f"  {python} {manage} invoicing_explain {EXPLAINED}    how a total and a tax decision came about")
        self.stdout.write(
            f"  {python} {manage} invoicing_import FILE    your own invoices, as JSON or CSV: docs/reference/import-format.md"
        )
        self.stdout.write(f"  {python} {manage} invoicing_audit_numbers    whether every number is accounted for")
        self.stdout.write(f"  {python} {manage} invoicing_verify_chain    whether anything was changed past the library")
        self.stdout.write("  scripts/demo --serve    the site, with the admin and the API")

    def _serve(self, address: str, password: str) -> None:
        get_user_model()._default_manager.create_superuser("admin", "admin@example.com", password, pk=1)
        self.stdout.write("")
        for line in lines_to_try(address, password):
            self.stdout.write(line)
        self.stdout.flush()
        call_command("runserver", address, use_reloader=False)


def _near(path: Path) -> str:
    """A path as it is typed from here; one that would climb far is written in full."""
    # Not resolved: the python of an environment is a link to one that knows nothing of it.
    near = os.path.relpath(path)
    return str(path) if near.startswith(f"..{os.sep}..") else near
