"""`manage.py invoicing_audit_numbers`: says of every counter whether each of its numbers is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS

from invoicing.auditing import Audit, CounterAudit, Finding, Listing, audit_numbers
from invoicing.management.companies import companies_named

UNEXPLAINED = 1
"""Exit codes; 0 says that everything is explained."""

UNGUARDED = "a constraint of the table is missing: find out which document came second, give it another number, restore the constraint."

MENDS = {
    Finding.GAPS: "find the documents in a backup or on paper; if there never were any, tell why: VoidedNumber.objects.enter_gap().",
    Finding.DUPLICATES: UNGUARDED,
    Finding.VOIDED_IN_USE: "find out which of the two is wrong: cancel the document if it was given up, else repair the entry.",
    Finding.OUT_OF_ORDER: "look for a wrong date or a clock that went back; an issued document stays as it is, so note the reason.",
    Finding.WRONG_KEYS: "number or key was changed past the library: find out which is right; until then the number is not kept unique.",
    Finding.MISPLACED: "company or counter was changed past the library: find out which is right, and put it back.",
    Finding.VALUE_BEHIND: "set the counter forward to its last sequence before the next document is saved, or its number is refused.",
    Finding.VALUE_AHEAD: "find the lost documents in a backup; if there never were any, tell why: VoidedNumber.objects.enter_gap().",
    Finding.UNNUMBERED: "rows were written or changed past the library: put their numbers back, or take numbers for them.",
    Finding.REPEATED_NUMBERS: UNGUARDED,
}
"""What to do about each finding."""


class Command(BaseCommand):
    """Prints what `invoicing.auditing` finds."""

    help = "Audit the numbers of invoices: gaps, duplicates, voided numbers, dates out of order. Exits with 1 if something is unexplained."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--company", nargs="+", action="extend", default=[], metavar="CODE_OR_PK", help="audit the counters of these companies alone"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="alias of the database to read from")

    def handle(self, **options: Any) -> None:
        using, names = options["database"], options["company"]
        audit = audit_numbers(using=using, companies=companies_named(names, using=using) if names else None)
        if options["json"]:
            self.stdout.write(json.dumps(audit.as_dict(), indent=2, ensure_ascii=False, cls=DjangoJSONEncoder))
        else:
            self.stdout.write("\n".join(_as_text(audit)))
        if not audit.is_explained:
            raise CommandError("There are numbers that nothing explains.", returncode=UNEXPLAINED)


# As text


def _as_text(audit: Audit) -> Iterator[str]:
    for counter in audit.counters:
        yield from _counter_text(counter)
    yield from _listing_text(
        audit.unnumbered,
        "documents without a place in a series",
        lambda found: f"{found.uuid}, {found.origin}, {found.status}, {found.date_issue}, number {found.number or '–'}",
        mend=MENDS[Finding.UNNUMBERED],
        indent="",
    )
    yield from _listing_text(
        audit.repeated_numbers,
        "numbers held twice",
        lambda found: f"{found.number_key}: {found.count} documents",
        mend=MENDS[Finding.REPEATED_NUMBERS],
        indent="",
    )
    count = len(audit.counters)
    verdict = "every number is explained." if audit.is_explained else "what is marked with ! is unexplained."
    yield f"{count} counter{'' if count == 1 else 's'}: {verdict}"


def _counter_text(counter: CounterAudit) -> Iterator[str]:
    owner = f" ({counter.company})" if counter.company else ""
    span = "no sequence yet" if counter.first is None else f"first {counter.first}, last {counter.last}"
    yield f"{counter.counter}{owner}"
    yield f"  {span}, count {counter.count}, missing {counter.missing}, counter at {counter.value}"
    for finding, name, line in _SECTIONS:
        mend = MENDS[finding] if finding in counter.unexplained else ""
        yield from _listing_text(getattr(counter, finding), name, line, mend=mend)
    yield from _listing_text(counter.voided, "voided", _voided_text)
    last = counter.last or 0
    if Finding.VALUE_BEHIND in counter.unexplained:
        yield f"  ! The counter stands at {counter.value}, its last sequence is {last}."
        yield f"    What to do: {MENDS[Finding.VALUE_BEHIND]}"
    if Finding.VALUE_AHEAD in counter.unexplained:
        where = f"its last sequence is {last}: {_range(last + 1, counter.value)} got lost" if last else "and no document is there"
        yield f"  ! The counter stands at {counter.value}, {where}."
        start = "" if last else "if the series is to begin above, nothing is wrong; else "
        yield f"    What to do: {start}{MENDS[Finding.VALUE_AHEAD]}"


def _listing_text(listing: Listing[Any], name: str, line: Callable[[Any], str], *, mend: str = "", indent: str = "  ") -> Iterator[str]:
    if not listing.total:
        return
    yield f"{indent}{'! ' if mend else ''}{name}: {listing.total}"
    for finding in listing.listed:
        yield f"{indent}    {line(finding)}"
    if listing.total > len(listing.listed):
        yield f"{indent}    … and {listing.total - len(listing.listed)} more"
    if mend:
        yield f"{indent}  What to do: {mend}"


def _voided_text(found: Any) -> str:
    actor = f" by {found.actor_name}" if found.actor_name else ""
    return f"{found.sequence}  {found.number or '–'}  {found.voided_at:%Y-%m-%d}{actor}: {found.reason}"


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


_SECTIONS: tuple[tuple[Finding, str, Callable[[Any], str]], ...] = (
    (Finding.GAPS, "gaps", lambda found: _range(found.first, found.last)),
    (Finding.DUPLICATES, "sequences held twice", lambda found: f"{found.sequence}: {', '.join(found.numbers)}"),
    (Finding.VOIDED_IN_USE, "voided, yet in use", lambda found: f"{found.sequence}  {found.number}  {found.status}: {found.reason}"),
    (
        Finding.OUT_OF_ORDER,
        "dates out of order",
        lambda found: f"{found.number} of {found.date_issue}, then {found.later_number} of {found.later_date_issue}",
    ),
    (Finding.WRONG_KEYS, "keys that are not their number's", lambda found: f"{found.sequence}  {found.number}  {found.number_key}"),
    (
        Finding.MISPLACED,
        "documents of another company",
        lambda found: f"{found.sequence}  {found.number}  company {found.company_id or '–'}",
    ),
)
"""How a counter's findings are called and written out."""
