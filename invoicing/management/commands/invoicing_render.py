"""`manage.py invoicing_render`: writes the PDFs of many invoices to a folder or a zip, and goes on where it was stopped."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.db import DEFAULT_DB_ALIAS

from invoicing.documents.bulk import Rendered, render_keys
from invoicing.domain.choices import InvoiceType, Origin, Status
from invoicing.exceptions import InvoicingError, MissingDependencyError
from invoicing.management.companies import MISUSED, companies_named
from invoicing.management.places import Place, of_companies, places_of
from invoicing.management.progress import Progress
from invoicing.management.shelves import Folder, Shelf, Store, Zip
from invoicing.models import get_invoice_model

FAILED = 1
INTERRUPTED = 130
"""Exit codes; 0 says that every document is there."""


class Command(BaseCommand):
    """Chooses and names the documents; `invoicing.documents.bulk` renders them."""

    help = "Render the PDFs of many invoices to a folder or a zip, or store them. A second run does what is missing. Exits 1 on failure."

    def add_arguments(self, parser: CommandParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--output", metavar="FOLDER", help="write a file for each document into this folder; it is made if need be")
        target.add_argument("--zip", metavar="FILE", help="write one zip")
        target.add_argument("--store", action="store_true", help="store the PDFs of issued documents in the database, for good")
        several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
        parser.add_argument("--company", **several, metavar="CODE_OR_PK", help="documents of these companies; - is those without one")
        parser.add_argument("--number", **several, metavar="NUMBER", help="documents with these numbers")
        parser.add_argument("--type", **several, type=str.upper, choices=InvoiceType.values, help="documents of these types")
        parser.add_argument(
            "--status", **several, type=str.upper, choices=Status.values, help="documents of these statuses (default: all but drafts)"
        )
        parser.add_argument("--origin", **several, type=str.upper, choices=Origin.values, help="documents of these origins")
        parser.add_argument("--from", type=_day, dest="first", metavar="YYYY-MM-DD", help="documents issued on this day or later")
        parser.add_argument("--until", type=_day, dest="last", metavar="YYYY-MM-DD", help="documents issued on this day or earlier")
        parser.add_argument("--again", action="store_true", help="render also what is there already, and replace it")
        parser.add_argument("--processes", type=int, metavar="N", help="how many render at once (default: one for each core)")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        if options["store"] and options["again"]:
            raise CommandError("What is stored stays as it is: leave --again out.", returncode=MISUSED)
        if options["processes"] is not None and options["processes"] < 1:
            raise CommandError("--processes is 1 or more.", returncode=MISUSED)
        using = options["database"]
        run = _Run(places=places_of(_selected(options), using=using))
        target, shelf = _shelf(options)
        shown_on = self.stderr if options["verbosity"] and self.stderr.isatty() else None
        try:
            with shelf:
                run.fill(shelf, again=options["again"], processes=options["processes"], using=using, shown_on=shown_on)
        except KeyboardInterrupt as error:
            raise CommandError(f"Interrupted: {run.summary()}. The same command goes on from here.", returncode=INTERRUPTED) from error
        except MissingDependencyError as error:
            raise CommandError(str(error), returncode=FAILED) from error
        if options["verbosity"]:
            self.stdout.write(f"{run.summary()}: {target}")
        if run.failed:
            raise CommandError("\n".join(["Not rendered:", *(f"  {_failure_text(failure)}" for failure in run.failed)]), returncode=FAILED)


def _shelf(options: Mapping[str, Any]) -> tuple[str, Shelf]:
    """Where the documents go, and what that is called."""
    if options["store"]:
        return "stored", Store(using=options["database"])
    path = Path(options["zip"] or options["output"])
    return str(path), Zip(path) if options["zip"] else Folder(path)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no day: write it as 2026-03-02") from error


def _failure_text(failure: Rendered) -> str:
    return f"{failure.number or failure.uuid or failure.pk}: {failure.error}"


# Which documents


def _selected(options: Mapping[str, Any]) -> Any:
    """The invoices that the options ask for. Raises CommandError."""
    using, first, last = options["database"], options["first"], options["last"]
    if first and last and first > last:
        raise CommandError(f"--from {first} is after --until {last}.", returncode=MISUSED)
    chosen = get_invoice_model()._default_manager.using(using).order_by("pk")
    if options["company"]:
        keys = companies_named(options["company"], using=using)
        chosen = chosen.filter(of_companies(keys))
    chosen = chosen.filter(status__in=options["status"]) if options["status"] else chosen.exclude(status=Status.DRAFT)
    if options["store"]:
        chosen = chosen.filter(issued_at__isnull=False, origin=Origin.ISSUED)
    filters = {
        "type__in": options["type"],
        "origin__in": options["origin"],
        "date_issue__gte": first,
        "date_issue__lte": last,
        "number__in": options["number"],
    }
    chosen = chosen.filter(**{name: value for name, value in filters.items() if value})
    if options["number"]:
        found = set(chosen.values_list("number", flat=True))
        if missing := [number for number in options["number"] if number not in found]:
            raise CommandError(f"No document that you ask for has the number {', '.join(missing)}.", returncode=MISUSED)
    return chosen


@dataclass(kw_only=True)
class _Run:
    """What became of each document."""

    places: Mapping[Any, Place]
    rendered: int = 0
    skipped: int = 0
    failed: list[Rendered] = field(default_factory=list)

    def fill(self, shelf: Shelf, *, again: bool, processes: int | None, using: str, shown_on: OutputWrapper | None) -> None:
        """Render what is not there yet."""
        wanted = [key for key, place in self.places.items() if again or not shelf.has(place)]
        self.skipped = len(self.places) - len(wanted)
        documents = render_keys(get_invoice_model(), wanted, processes=processes, using=using)
        with closing(documents), Progress(shown_on, total=len(wanted)) as progress:
            for document in documents:
                self.take(document, shelf=shelf)
                progress.show(self.rendered + len(self.failed))

    def take(self, document: Rendered, *, shelf: Shelf) -> None:
        """Put a document on the shelf, if it is one."""
        if document.content is None:
            self.failed.append(document)
            return
        try:
            shelf.put(self.places[document.pk], document)
        except InvoicingError as error:
            self.failed.append(replace(document, content=None, error=str(error)))
        else:
            self.rendered += 1

    def summary(self) -> str:
        return f"{self.rendered} rendered, {self.skipped} skipped, {len(self.failed)} failed"
