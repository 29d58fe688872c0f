"""`manage.py invoicing_send_reminders`: reminds customers of what they owe, each level of dunning once an invoice."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS

from invoicing.contrib.delivery.cases import Cases
from invoicing.contrib.delivery.charging import Note
from invoicing.contrib.delivery.defaults import make_default_levels
from invoicing.contrib.delivery.models import DunningLevel
from invoicing.contrib.delivery.reminding import Reminded, Result, reminders_due, send_reminders
from invoicing.management.companies import companies_named
from invoicing.management.progress import Progress

FAILED = 1
INTERRUPTED = 130
"""Exit codes; 0 says that nothing failed."""

REASONS = {"PAUSED": "reminders are paused", "NO_EMAIL": "the customer has no e-mail address"}

NOTES = {
    Note.FEE_CURRENCY.value: "no fee: it is in another currency",
    Note.RATE_UNKNOWN.value: "no interest: no legal rate is known for the supplier's country and this customer",
}


class Command(BaseCommand):
    """Says what `invoicing.contrib.delivery.reminding` does."""

    help = "Send the payment reminders that are due. A second run sends none twice. Exits with 1 if one failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="as on this day (default: today, where each company is)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
        parser.add_argument(
            "--company", nargs="+", action="extend", default=[], metavar="CODE_OR_PK", help="for these companies; - is those without one"
        )
        parser.add_argument("--defaults", action="store_true", help="make levels to begin with where there are none, and send nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database")

    def handle(self, **options: Any) -> None:
        using, names = options["database"], options["company"]
        if options["defaults"]:
            self._make_defaults(using=using, as_json=options["json"])
            return
        asked: dict[str, Any] = {"on": options["on"], "companies": companies_named(names, using=using) if names else None, "using": using}
        if not DunningLevel.objects.using(using).filter(is_active=True).exists():
            self.stderr.write("There are no active dunning levels: make some in the admin, or run this command with --defaults.")
        total = Cases(**asked).candidates().count()
        counts: Counter[str] = Counter()
        listed: list[Reminded] = []
        found = reminders_due(**asked) if options["dry_run"] else send_reminders(**asked)
        try:
            for reminded in self._shown(found, total=total, verbosity=options["verbosity"]):
                counts[reminded.result] += 1
                if options["json"]:
                    listed.append(reminded)
                elif options["verbosity"] > 1 or options["dry_run"] or reminded.result != Result.SENT or reminded.notes:
                    self.stdout.write(_line(reminded))
        except KeyboardInterrupt as error:
            raise CommandError(f"Interrupted: {_summary(counts)}. The same command goes on from here.", returncode=INTERRUPTED) from error
        if options["json"]:
            told = {"dry_run": options["dry_run"], **{result.lower(): counts[result] for result in Result}}
            told["reminders"] = [asdict(reminded) for reminded in listed]
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))
        elif options["verbosity"]:
            self.stdout.write(f"{'Dry run, nothing is sent: ' if options['dry_run'] else ''}{_summary(counts)}.")
        if counts[Result.FAILED]:
            raise CommandError(f"{counts[Result.FAILED]} reminders failed.", returncode=FAILED)

    def _shown(self, found: Iterator[Reminded | None], *, total: int, verbosity: int) -> Iterator[Reminded]:
        """Those that were due, while a terminal shows how far it is."""
        shown_on = self.stderr if verbosity and self.stderr.isatty() else None
        with closing(found), Progress(shown_on, total=total) as progress:  # type: ignore[type-var]  # generators
            for done, reminded in enumerate(found, start=1):
                if reminded is not None:
                    yield reminded
                progress.show(done)

    def _make_defaults(self, *, using: str, as_json: bool) -> None:
        made = make_default_levels(using=using)
        if as_json:
            levels = [{"name": level.name, "days": level.days} for level in made]
            self.stdout.write(json.dumps({"made": levels}, indent=2, ensure_ascii=False))
        elif made:
            self.stdout.write("\n".join(["Made:", *(f"  {level.name}: {level.days} days after the due date" for level in made)]))
        else:
            self.stdout.write("There are levels already: nothing was made.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no day: write it as 2026-03-02") from error


def _line(reminded: Reminded) -> str:
    """Such as "2026/7  First reminder  8 days overdue, EUR 952.00 to pay: sent to …"."""
    days = reminded.days_overdue
    when = f"{days} days overdue" if days > 0 else f"due in {-days} days" if days else "due today"
    return f"{reminded.number}  {reminded.level}  {when}, {reminded.currency} {reminded.to_pay} to pay: {'; '.join(_said(reminded))}"


def _said(reminded: Reminded) -> Iterator[str]:
    if reminded.result == Result.SKIPPED:
        yield f"skipped, {REASONS[reminded.reason]}"
        return
    if reminded.result == Result.FAILED:
        yield f"failed, {reminded.error}"
        return
    yield f"to {reminded.recipient}"
    if reminded.fee:
        yield f"fee {reminded.fee}"
    if reminded.interest:
        yield f"interest {reminded.interest}" + (f" at {reminded.interest_rate}" if reminded.interest_rate else "")
    if reminded.fee_invoice:
        yield f"charged by {reminded.fee_invoice}"
    yield from (NOTES[note] for note in reminded.notes)


def _summary(counts: Counter[str]) -> str:
    return f"{counts[Result.SENT]} sent, {counts[Result.SKIPPED]} skipped, {counts[Result.FAILED]} failed"
