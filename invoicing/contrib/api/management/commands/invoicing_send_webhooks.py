"""`manage.py invoicing_send_webhooks`: sends the webhooks that are due, once or for as long as it runs."""

from __future__ import annotations

import json
import signal
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, close_old_connections
from django.utils import timezone

from invoicing.contrib.api.webhooks.services import note_overdue, send_due

GIVEN_UP = 1
INTERRUPTED = 130
"""Exit codes; 0 says that nothing was given up."""

OVERDUE_EVERY = 600
"""Seconds between two looks at what became overdue, in a loop."""


class Command(BaseCommand):
    """Says what `invoicing.contrib.api.webhooks.services` does."""

    help = "Send the webhooks that are due, and write down which invoices became overdue. Exits with 1 if a message was given up."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="overdue on this day (default: today, where each company is)")
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C, and look again after each pause")
        parser.add_argument("--pause", type=float, default=5, metavar="SECONDS", help="between two looks of a loop (default: 5)")
        parser.add_argument("--json", action="store_true", help="print one JSON document a run")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database")

    def handle(self, **options: Any) -> None:
        try:
            if options["loop"]:
                self._loop(options)
            elif self._run(options, overdue=True):
                raise CommandError("There are messages that were given up.", returncode=GIVEN_UP)
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. The same command goes on from here.", returncode=INTERRUPTED) from error

    def _loop(self, options: dict[str, Any]) -> None:
        looked: float | None = None
        with _told_to_stop() as stop:
            while not stop:
                close_old_connections()
                is_time = looked is None or time.monotonic() - looked >= OVERDUE_EVERY
                looked = time.monotonic() if is_time else looked
                self._run(options, overdue=is_time)
                if not stop:
                    time.sleep(options["pause"])

    def _run(self, options: dict[str, Any], *, overdue: bool) -> int:
        """One run; gives how many messages were given up."""
        using = options["database"]
        noted = note_overdue(on=options["on"], using=using) if overdue else 0
        counts = send_due(now=timezone.now(), using=using)
        told = {"overdue": noted, **asdict(counts)}
        if options["json"]:
            self.stdout.write(json.dumps(told))
        elif options["verbosity"] and (any(told.values()) or not options["loop"]):
            self.stdout.write(
                f"{counts.delivered} delivered, {counts.postponed} to be tried again, {counts.given_up} given up, {counts.left} left"
                f" for the next run; {noted} became overdue."
            )
        return counts.given_up


@contextmanager
def _told_to_stop() -> Iterator[list[int]]:
    """A list that is empty until SIGTERM comes: the run that goes on then is ended properly."""
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: told.append(number))
    try:
        yield told
    finally:
        signal.signal(signal.SIGTERM, before)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no day: write it as 2026-03-02") from error
