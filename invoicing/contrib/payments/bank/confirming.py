"""Confirming: an entry becomes a payment, once, whoever confirms it how often and at the same time."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from invoicing.contrib.payments.bank.exceptions import EntryStateError, NothingProposedError
from invoicing.contrib.payments.bank.open_items import PROVIDER
from invoicing.contrib.payments.bank.proposing import best_of, direction_of_entry, propose, propose_again
from invoicing.contrib.payments.choices import PaymentState
from invoicing.contrib.payments.models import BankEntry, EntryState, MatchProposal, Payment
from invoicing.contrib.payments.services import confirm_payment, receive_payment
from invoicing.exceptions import InvalidDataError
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically, locked, plain


def confirm(entry: BankEntry, invoices: Any = None, *, rank: int = 1, method: str = "BANK_TRANSFER") -> Payment:
    """Say what an entry is: the best proposal, another one by its `rank`, or documents as `receive_payment()` takes them.

    An empty list records money on account. An entry that is confirmed already gives its payment, and changes nothing.
    Raises NothingProposedError, EntryStateError for one that is ignored, and what `receive_payment()` raises.
    """
    using = router.db_for_write(type(entry), instance=entry)
    with atomically(using):
        row = _held(entry, using=using)
        if row.payment is not None:
            _show(entry, row)
            return row.payment
        if row.status == EntryState.IGNORED:
            raise _wrong_state(row, _("open it again first."))
        chosen = best_of(row, rank=rank) if invoices is None else []
        if invoices is None and not chosen:
            raise NothingProposedError(date=row.date, amount=row.amount, currency=row.currency)
        recorded = next((proposal.payment for proposal in chosen if proposal.payment), None)
        if recorded is not None:
            payment = _seen_on_account(recorded, row, using=using)
        else:
            wanted = {proposal.invoice: _quantised(proposal.amount) for proposal in chosen} if invoices is None else invoices
            payment = _received(row, wanted, method=method, using=using)
        _decide(row, EntryState.MATCHED, payment=payment, using=using)
        plain(MatchProposal, using=using).filter(pk__in=[proposal.pk for proposal in chosen]).update(is_chosen=True)
        _look_again_for_others(row, chosen, using=using)
    _show(entry, row)
    return payment


def ignore(entry: BankEntry, *, reason: str) -> None:
    """Say that an entry has nothing to do with invoices. Raises EntryStateError for one that is a payment."""
    if not reason.strip():
        raise InvalidDataError({"reason": [_("Say why it is left alone.")]})
    using = router.db_for_write(type(entry), instance=entry)
    with atomically(using):
        row = _held(entry, using=using)
        if row.status == EntryState.MATCHED:
            raise _wrong_state(row, _("reverse its payment first."))
        _decide(row, EntryState.IGNORED, reason=reason, using=using)
    _show(entry, row)


def reopen(entry: BankEntry) -> None:
    """Take back that an entry is ignored. Raises EntryStateError for one that is a payment."""
    using = router.db_for_write(type(entry), instance=entry)
    with atomically(using):
        row = _held(entry, using=using)
        if row.status == EntryState.MATCHED:
            raise _wrong_state(row, _("reverse its payment, which opens it."))
        _decide(row, EntryState.OPEN, using=using)
        propose(row)
    _show(entry, row)


def release(payment: Payment) -> None:
    """Open the entry of a payment that was reversed: it is still on the account, and is something else."""
    using = router.db_for_write(type(payment), instance=payment)
    found = locked(plain(BankEntry, using=using).filter(payment_id=payment.pk), using=using).first()
    if found is not None:
        _decide(found, EntryState.OPEN, using=using)
        plain(MatchProposal, using=using).filter(entry=found).delete()
        # A function: Django 5.2 cannot log what it calls by a partial.
        transaction.on_commit(lambda: propose(found), using=using, robust=True)


def _held(entry: BankEntry, *, using: str) -> BankEntry:
    """The row, locked."""
    # Not with its payment and statement: PostgreSQL locks no row that an outer join may lack.
    row: BankEntry = locked(plain(BankEntry, using=using).filter(pk=entry.pk), using=using).get()
    return row


def _received(row: BankEntry, wanted: Any, *, method: str, using: str) -> Payment:
    """The payment of an entry. After one that was reversed it has an id of its own."""
    earlier = plain(Payment, using=using).filter(provider=PROVIDER, provider_id__startswith=row.fingerprint).count()
    return receive_payment(
        wanted,
        amount=abs(row.amount),
        on=row.date,
        method=method,
        company=row.statement.company,
        currency=row.currency,
        direction=direction_of_entry(row),
        reference=(row.creditor_reference or row.end_to_end_id or row.variable_symbol or row.text)[:140],
        provider=PROVIDER,
        provider_id=f"{row.fingerprint}-{earlier + 1}" if earlier else row.fingerprint,
        payer_name=row.counterparty,
        payer_iban=row.iban,
        using=using,
    )


def _seen_on_account(payment: Payment, row: BankEntry, *, using: str) -> Payment:
    """A payment that was recorded before: the entry shows that the money moved."""
    found: Payment = locked(plain(Payment, using=using).filter(pk=payment.pk), using=using).get()
    is_taken = plain(BankEntry, using=using).filter(payment=found).exists()
    if is_taken or found.status not in {PaymentState.PENDING, PaymentState.RECEIVED}:
        raise _wrong_state(row, _("the payment that was proposed is taken or gone: look for proposals again."))
    if found.amount != abs(row.amount):
        raise _wrong_state(row, _("the payment that was proposed is over another amount: {amount}.").format(amount=found.amount))
    return confirm_payment(found, on=row.date) if found.status == PaymentState.PENDING else found


def _decide(row: BankEntry, status: EntryState, *, payment: Payment | None = None, reason: str = "", using: str) -> None:
    row.status, row.payment, row.ignored_because = status, payment, reason[:255]
    row.decided_at = None if status == EntryState.OPEN else timezone.now()
    row.decided_by = "" if status == EntryState.OPEN else current_actor_name()
    row.save(using=using, update_fields=["status", "payment", "ignored_because", "decided_at", "decided_by"])


def _look_again_for_others(row: BankEntry, chosen: list[MatchProposal], *, using: str) -> None:
    """Proposals of other entries over the same documents are out of date: once all is committed, so that no lock waits for another."""
    rows = plain(MatchProposal, using=using).filter(entry__status=EntryState.OPEN).exclude(entry=row)
    same = rows.filter(invoice_id__in=[proposal.invoice_id for proposal in chosen if proposal.invoice_id]) | rows.filter(
        payment_id__in=[proposal.payment_id for proposal in chosen if proposal.payment_id]
    )
    keys = sorted(set(same.values_list("entry_id", flat=True)))
    if keys:
        # What is decided is committed: a look that others stood in the way of is logged, and made again from the admin.
        transaction.on_commit(lambda: propose_again(keys, using=using), using=using, robust=True)


def _show(entry: BankEntry, row: BankEntry) -> None:
    """Let the instance that the caller holds show what was stored."""
    for name in ("status", "payment_id", "ignored_because", "decided_at", "decided_by"):
        setattr(entry, name, getattr(row, name))


def _quantised(amount: Decimal) -> Decimal:
    """Without zeros behind the point that the column adds, which a currency without cents could not have."""
    whole = amount.to_integral_value()
    return whole if whole == amount else amount.normalize()


def _wrong_state(row: BankEntry, mend: str) -> EntryStateError:
    return EntryStateError(date=row.date, amount=row.amount, currency=row.currency, status=row.get_status_display(), mend=mend)
