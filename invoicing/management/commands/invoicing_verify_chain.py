"""`manage.py invoicing_verify_chain`: says of every chain whether it holds, and every document whether it is as it was sealed."""

from __future__ import annotations

import argparse
import json
import string
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS

from invoicing.management.companies import companies_named
from invoicing.verifying import ChainCheck, Finding, check_chains, find_heads

BROKEN = 1
"""The exit code when something was found; 0 says that nothing was."""

DIGITS = 64

MENDS = {
    Finding.LINK: "compare with the last export: events were changed, added or taken away in the database itself.",
    Finding.EVENT: "put the columns back to what the record says, or to what a backup holds; the record itself is sound.",
    Finding.SALT: "put the salt back from a backup; data that is to go is erased by erase_personal_data().",
    Finding.UNCHAINED: "look in a backup for the place it had; if it had none, it was added past the library and tells nothing.",
    Finding.WRONG_DOCUMENT: "put the link back to the document whose UUID the record names.",
    Finding.DOCUMENT: "put it back as it was, from a backup; a change that is right is made again inside of unprotected(reason=…).",
    Finding.RENDERING: "restore the stored rendering from a backup; bytes are erased by erase_personal_data() alone.",
    Finding.STATUS: "put the status back by SQL, and take the step by the act that it belongs to.",
    Finding.INSERTED: "find out who added it, past the library; if it is right, seal it: with unprotected(invoice, reason=…): pass",
    Finding.REMOVED: "restore the document from a backup; one that has to go is deleted inside of unprotected(reason=…).",
    Finding.REGISTER: "put the row back, and move the lock date by lock_books() alone.",
    Finding.NOTED_HEAD: "compare with the export of the day when it was noted: it says from where on the history was rewritten.",
}
"""What to do about each finding."""


class Command(BaseCommand):
    """Prints what `invoicing.verifying` finds."""

    help = "Verify the chain of events of each company, and the documents that it seals. Exits with 1 if something was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--company",
            nargs="+",
            action="extend",
            default=[],
            metavar="CODE_OR_PK",
            help="verify the chains of these companies alone; - is that of documents without a company",
        )
        parser.add_argument(
            "--head", nargs="+", action="extend", default=[], type=_hash, metavar="HASH", help="a head that was noted: it must still occur"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        using, names = options["database"], options["company"]
        checks = check_chains(using=using, companies=companies_named(names, using=using) if names else None)
        write = self._write_json if options["json"] else self._write_text
        if not write(checks, heads=options["head"], using=using):
            raise CommandError("Something was changed past the library.", returncode=BROKEN)

    def _write_text(self, checks: Iterable[ChainCheck], *, heads: Sequence[str], using: str) -> bool:
        chains: list[str] = []
        is_intact = True
        for check in checks:
            self.stdout.write(f"{check.chain} ({check.company})" if check.company else check.chain)
            for problem in check:
                self.stdout.write(f"  ! {problem.what}\n    What to do: {MENDS[problem.finding]}")
            chains.append(check.chain)
            is_intact = is_intact and not check.found
            counted = f"{_count(check.events, 'event')}, {_count(check.documents, 'document')}, head {check.head}"
            self.stdout.write(f"  {counted}, {_count(check.found, 'problem') if check.found else 'no problem'}")
        for noted in find_heads(heads, chains=chains, using=using):
            if noted.is_found:
                self.stdout.write(f"The noted head {noted.head} is that of event {noted.position:,} of the chain {noted.chain}.")
            else:
                is_intact = False
                self.stdout.write(f"! The noted head {noted.head} does not occur.\n  What to do: {MENDS[Finding.NOTED_HEAD]}")
        verdict = "nothing was changed." if is_intact else "what is marked with ! was changed past the library."
        self.stdout.write(f"{_count(len(chains), 'chain')}: {verdict}")
        return is_intact

    def _write_json(self, checks: Iterable[ChainCheck], *, heads: Sequence[str], using: str) -> bool:
        chains = []
        for check in checks:
            problems = [asdict(problem) for problem in check]
            chains.append({**check.summary(), "problems": problems})
        noted = find_heads(heads, chains=[entry["chain"] for entry in chains], using=using)
        is_intact = not any(entry["problems"] for entry in chains) and all(head.is_found for head in noted)
        document = {"is_intact": is_intact, "chains": chains, "noted_heads": [asdict(head) for head in noted]}
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
        return is_intact


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _hash(text: str) -> str:
    found = text.strip().lower()
    if len(found) != DIGITS or not set(found) <= set(string.hexdigits):
        raise argparse.ArgumentTypeError("a head has 64 hexadecimal digits")
    return found
