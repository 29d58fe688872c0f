"""Proposing: what an entry may pay is looked for among all that is open, and kept for a person to confirm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import router

from invoicing.contrib.payments.bank.entries import Entry
from invoicing.contrib.payments.bank.matching import Match, OpenItems, match
from invoicing.contrib.payments.bank.open_items import INVOICE, Scope, open_items
from invoicing.contrib.payments.choices import Direction
from invoicing.contrib.payments.models import BankEntry, EntryState, MatchProposal
from invoicing.models.locking import atomically, locked, plain


def propose(entry: BankEntry) -> list[MatchProposal]:
    """Look again for what an open entry may pay; gives the proposals, the best first. One that is decided keeps its own."""
    using = router.db_for_write(type(entry), instance=entry)
    with atomically(using):
        row = locked(plain(BankEntry, using=using).filter(pk=entry.pk), using=using).select_related("statement").get()
        if row.status == EntryState.OPEN:
            propose_all([row], using=using)
    return list(MatchProposal.objects.using(using).filter(entry=entry).select_related("invoice", "payment"))


def propose_again(keys: Iterable[Any], *, using: str) -> int:
    """Look again for those of these entries that are open: what may be paid is read once for all of an account."""
    with atomically(using):
        rows = locked(plain(BankEntry, using=using).filter(pk__in=list(keys)).order_by("pk"), using=using).select_related("statement")
        return propose_all([row for row in rows if row.status == EntryState.OPEN], using=using)


def propose_all(entries: Sequence[BankEntry], *, using: str) -> int:
    """Replace the proposals of entries that are locked, or new; gives for how many something was found."""
    by_scope: defaultdict[tuple[Any, str, Direction], list[BankEntry]] = defaultdict(list)
    for entry in entries:
        by_scope[entry.statement.company_id, entry.currency, direction_of_entry(entry)].append(entry)
    for start in range(0, len(entries), 500):
        keys = [entry.pk for entry in entries[start : start + 500]]
        plain(MatchProposal, using=using).filter(entry__in=keys, is_chosen=False).delete()
    made: list[MatchProposal] = []
    for (company_id, currency, direction), group in by_scope.items():
        since = min(entry.date for entry in group)
        items = open_items(Scope(company_id=company_id, currency=currency, direction=direction, since=since, using=using))
        made += [proposal for entry in group for proposal in _proposals(entry, items)]
    MatchProposal.objects.using(using).bulk_create(made, batch_size=500)
    return len({proposal.entry_id for proposal in made})


def best_of(entry: BankEntry, *, rank: int = 1) -> list[MatchProposal]:
    """The rows of the best proposal of an entry, or of another one by its rank."""
    rows = MatchProposal.objects.using(entry._state.db).filter(entry=entry, rank=rank)
    return list(rows.select_related("invoice", "payment").order_by("pk"))


def direction_of_entry(entry: BankEntry) -> Direction:
    """Which way the money went."""
    return Direction.IN if entry.amount > 0 else Direction.OUT


def as_entry(entry: BankEntry) -> Entry:
    """What matching looks at."""
    return Entry(
        date=entry.date,
        booked_on=entry.booked_on,
        amount=entry.amount,
        currency=entry.currency,
        counterparty=entry.counterparty,
        iban=entry.iban,
        text=entry.text,
        end_to_end_id=entry.end_to_end_id,
        creditor_reference=entry.creditor_reference,
        variable_symbol=entry.variable_symbol,
        bank_reference=entry.bank_reference,
        is_reversal=entry.is_reversal,
        place=entry.place,
    )


def _proposals(entry: BankEntry, items: OpenItems) -> Iterable[MatchProposal]:
    # Money that came back pays nothing: whoever looks reverses the payment that it undoes.
    matches = [] if entry.is_reversal else match(as_entry(entry), items)
    for rank, found in enumerate(matches, start=1):
        yield from _rows(entry, found, rank=rank)


def _rows(entry: BankEntry, found: Match, *, rank: int) -> Iterable[MatchProposal]:
    for key, amount in found.amounts:
        kind, pk = key
        column = "invoice_id" if kind == INVOICE else "payment_id"
        reasons = [reason.value for reason in found.reasons]
        yield MatchProposal(entry=entry, rank=rank, amount=amount, score=found.score, reasons=reasons, **{column: pk})
