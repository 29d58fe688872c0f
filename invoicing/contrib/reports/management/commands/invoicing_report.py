"""`manage.py invoicing_report NAME`: prints a report, or writes it to a file."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from argparse import RawDescriptionHelpFormatter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from invoicing.conf import conf
from invoicing.contrib.reports.exports import FORMATS, Format
from invoicing.contrib.reports.periods import EARLIEST, LATEST, Period, read_period, year
from invoicing.contrib.reports.tables import REPORTS, Asks, Report, Table
from invoicing.domain.choices import Origin
from invoicing.exceptions import InvoicingError
from invoicing.management.companies import MISUSED, companies_named
from invoicing.models import Company, Party

NOTHING = 1
"""Exit codes; 0 says that the report was written."""


class Command(BaseCommand):
    """Asks `invoicing.contrib.reports.tables` for a report, and `exports` to write it."""

    help = "Print a report, or write it to a file. Exits with 1 if there is nothing to report: then no file is written."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        reports = "\n".join(f"  {report.name:<13}{report.description}" for report in REPORTS.values())
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, epilog=f"reports:\n{reports}", **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=list(REPORTS), metavar="name", help="which report; they are listed below")
        parser.add_argument("--from", dest="first", type=_day, metavar="DAY", help="the first day, such as 2026-10-01")
        parser.add_argument("--to", dest="last", type=_day, metavar="DAY", help="the last day")
        parser.add_argument("--period", help="2026-10, 2026-Q3, 2026 or FY2026, instead of --from and --to (default: this year)")
        parser.add_argument("--on", type=_day, metavar="DAY", help="the day at whose end something was open (default: today)")
        parser.add_argument("--company", nargs="+", action="extend", metavar="CODE_OR_PK", help="of these companies alone; - is of none")
        parser.add_argument("--currency", default="", help="in this currency alone")
        parser.add_argument("--party", default="", help="of this party alone: its code, uuid, primary key or name")
        parser.add_argument("--origin", choices=[origin.value for origin in Origin], help="what we issued, or what we received")
        parser.add_argument("--by", default="", help="how the report is cut: month, quarter, year, whole, party, product, IN, OUT")
        parser.add_argument("--format", choices=list(FORMATS), default="table", help="default: table")
        parser.add_argument(
            "--output", metavar="FILE", help="where to write it; it is replaced once the report is complete (default: print)"
        )
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        report, form = REPORTS[options["name"]], FORMATS[options["format"]]
        if form.is_binary and not options["output"]:
            raise CommandError(f"A file of type {form.name} needs --output FILE.", returncode=MISUSED)
        try:
            table = report.table(**report.arguments(_asked(report, options)))
            count = _write(table, form, Path(options["output"])) if options["output"] else self._print(table, form)
        except InvoicingError as error:
            raise CommandError(str(error), returncode=MISUSED) from error
        if not count:
            raise CommandError("Nothing to report: no file was written." if options["output"] else "Nothing to report.", returncode=NOTHING)
        if options["output"]:
            self.stdout.write(f"{count:,} row{'' if count == 1 else 's'} in {options['output']}")

    def _print(self, table: Table, form: Format) -> int:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Whatever the terminal speaks.
            sys.stdout.reconfigure(encoding="utf-8")
        return form.write(table, _Lines(self.stdout))


class _Lines:
    """A file that a command prints: what is written goes out as it is."""

    def __init__(self, out: Any) -> None:
        self.out = out

    def write(self, text: str) -> None:
        self.out.write(text, ending="")


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day


_day.__name__ = "day"  # What argparse calls a value that is none.


def _asked(report: Report, options: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of all reports, as the options say. Raises CommandError."""
    using = options["database"]
    companies = companies_named(options["company"], using=using) if options["company"] else None
    asked = {
        "using": using,
        "company": companies,
        "currency": options["currency"].upper(),
        "party": _party(options["party"], using=using),
        "origin": options["origin"],
    }
    if report.needs_party and asked["party"] is None:
        raise CommandError(f"The report {report.name} is about one party: name it by --party.", returncode=MISUSED)
    # What a report does not look at would pass for a figure of this party, or of this origin alone.
    if options["party"] and not {Asks.PARTY, Asks.A_PARTY} & report.asks:
        _refuse(options, "party", why="is about all parties: leave --party out")
    if options["origin"] and not {Asks.ORIGIN, Asks.ANY_ORIGIN} & report.asks:
        _refuse(options, "origin", why="knows no --origin: leave it out")
    if options["by"]:
        if options["by"] not in report.choices:
            known = ", ".join(choice for choice in report.choices if choice) or "nothing"
            raise CommandError(f"--by {options['by']} does not cut the report {report.name}. Known: {known}.", returncode=MISUSED)
        asked[report.choice] = options["by"]
    today = _today(companies, using=using)
    if Asks.DAY in report.asks:
        _refuse(options, "first", "last", "period", why="is about one day: use --on")
        asked["on"] = options["on"] or today
    else:
        _refuse(options, "on", why="is about a period: use --period, or --from and --to")
        period = _period(options, today=today, companies=companies, using=using)
        asked |= {"first": period.first, "last": period.last}
    return asked


def _refuse(options: Mapping[str, Any], *names: str, why: str) -> None:
    if any(options[name] for name in names):
        raise CommandError(f"The report {options['name']} {why}.", returncode=MISUSED)


def _period(options: Mapping[str, Any], *, today: date, companies: list[int | None] | None, using: str) -> Period:
    given = (options["first"], options["last"])
    if options["period"] and any(given):
        raise CommandError("Name a --period, or --from and --to.", returncode=MISUSED)
    if any(given) and not all(given):
        raise CommandError("Name both --from and --to.", returncode=MISUSED)
    if all(given):
        if options["first"] > options["last"]:
            raise CommandError("--from is after --to.", returncode=MISUSED)
        return Period(options["first"], options["last"])
    if options["period"]:
        company = _only(companies, using=using)
        start = (company.fiscal_year_start if company else None) or conf.fiscal_year_start
        return read_period(options["period"], fiscal_year_start=start)
    return year(today.year)


def _only(companies: list[int | None] | None, *, using: str) -> Company | None:
    key = companies[0] if companies and len(companies) == 1 else None
    return None if key is None else Company.objects.using(using).filter(pk=key).first()


def _today(companies: list[int | None] | None, *, using: str) -> date:
    company = _only(companies, using=using)
    return company.today() if company else timezone.localdate()


def _party(name: str, *, using: str) -> int | None:
    if not name:
        return None
    parties = Party.objects.using(using)
    found: list[int] = []
    for condition in ({"code": name}, {"uuid": _uuid(name)}, {"pk": name if name.isdecimal() else None}, {"name": name}):
        found = found or list(parties.filter(**condition).values_list("pk", flat=True)[:2])
    if len(found) != 1:
        text = "Several parties are" if found else "There is no party"
        mend = "name one by its uuid or primary key" if found else "name it by its code, uuid, primary key or name"
        raise CommandError(f"{text} “{name}”: {mend}.", returncode=MISUSED)
    return found[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _write(table: Table, form: Format, path: Path) -> int:
    """Write a file beside, which takes the place of the old one when it is complete; gives the number of rows, and leaves none for none."""
    part = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        with _opened(handle, form) as file:
            count = form.write(table, file)
        if count:
            part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=MISUSED) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return count


def _opened(handle: int, form: Format) -> IO[Any]:
    return os.fdopen(handle, "wb") if form.is_binary else os.fdopen(handle, "w", encoding="utf-8", newline="")
