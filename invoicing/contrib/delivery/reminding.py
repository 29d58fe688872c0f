"""Reminding: the act itself, one transaction an invoice, so that runs may come twice or at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections

from invoicing.actor import acting, current_actor
from invoicing.contrib.delivery.cases import Case, Cases
from invoicing.contrib.delivery.charging import Charges, make_charge_invoice
from invoicing.contrib.delivery.models import Delivery, Purpose, Reminder
from invoicing.contrib.delivery.services import request_delivery, send_invoice
from invoicing.contrib.delivery.wording import Told, worded
from invoicing.exceptions import InvoicingError
from invoicing.models.locking import atomically
from invoicing.retrying import retry

ACTOR = "invoicing_send_reminders"
"""Who acts where nobody is named."""


class Result(StrEnum):
    """What became of an invoice for which a level is due."""

    SENT = "SENT"
    SKIPPED = "SKIPPED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """One invoice for which a level is due, and what became of it; of a dry run, what would become of it.

    `reason` says why it was skipped, `error` why it failed, `notes` why less is charged than the level says.
    `interest_rate` is the legal rate in force, with the day that it is known from.
    """

    uuid: str
    number: str
    level: str
    on: date
    result: Result
    reason: str
    error: str
    days_overdue: int
    to_pay: Decimal
    currency: str
    recipient: str
    fee: Decimal
    interest: Decimal
    interest_rate: str
    fee_invoice: str
    notes: tuple[str, ...]


def send_reminders(
    *, on: date | None = None, companies: Sequence[int | None] | None = None, using: str = DEFAULT_DB_ALIAS
) -> Iterator[Reminded | None]:
    """Send every reminder that is due on a day, by default today where each company is.

    Gives one entry for each invoice that is looked at, None where nothing is due. Each reminder is a transaction of its own, and
    another run at the same time sends none twice. `companies`: their keys, None for invoices without one; by default all.
    """
    cases = Cases(on=on, companies=companies, using=using)
    return _looked_at(cases, lambda case: _sent(case, using=using))


def reminders_due(
    *, on: date | None = None, companies: Sequence[int | None] | None = None, using: str = DEFAULT_DB_ALIAS
) -> Iterator[Reminded | None]:
    """What `send_reminders()` would send. Nothing is written."""
    return _looked_at(Cases(on=on, companies=companies, using=using), _told)


def send_reminder(invoice: Any, *, on: date | None = None) -> Reminded | None:
    """Send the reminder that is due for one invoice, if one is."""
    using = invoice.write_database()
    cases = Cases(on=on, companies=None, using=using)
    return next((_sent(case, using=using) for case in cases.among([invoice])), None)


def _looked_at(cases: Cases, act: Callable[[Case], Reminded | None]) -> Iterator[Reminded | None]:
    for chunk in cases.chunks():
        found = {case.invoice.pk: case for case in cases.among(chunk)}
        for invoice in chunk:
            yield act(found[invoice.pk]) if invoice.pk in found else None


def _told(case: Case) -> Reminded:
    """What would become of a case."""
    if case.reason:
        return _outcome(case, Result.SKIPPED, reason=case.reason.value)
    try:
        return _outcome(case, Result.SENT, charges=case.charges())
    except InvoicingError as error:
        return _outcome(case, Result.FAILED, error=str(error))


def _sent(case: Case, *, using: str) -> Reminded | None:
    """Send the reminder of a case, which is looked at anew under the lock of its invoice."""
    if case.reason:
        return _told(case)
    try:
        with acting(current_actor() or ACTOR):
            if connections[using].in_atomic_block:
                with atomically(using):
                    return _send(case, using=using)
            return retry(lambda: _send(case, using=using), using=using)
    except (InvoicingError, IntegrityError) as error:
        # Another run was first, and this one reads from a view of the rows that is older than its lock.
        if Reminder.objects.using(using).filter(invoice_id=case.invoice.pk, level_id=case.level.pk).exists():
            return None
        if isinstance(error, IntegrityError):
            raise
        return _outcome(case, Result.FAILED, error=str(error))


def _send(seen: Case, *, using: str) -> Reminded | None:
    """Lock the invoice first of all, so that what is read next is what is stored now."""
    row = type(seen.invoice).lock_row(seen.invoice.pk, using=using)
    case = next(Cases(on=seen.on, companies=None, using=using).among([row]), None)
    if case is None:
        return None
    if case.reason:
        return _told(case)
    charges = case.charges()
    charge = make_charge_invoice(row, charges=charges, on=case.on, using=using) if charges.total else None
    reminder = Reminder(
        invoice=row,
        level=case.level,
        level_days=case.level.days,
        sent_on=case.on,
        days_overdue=case.days_overdue,
        to_pay=case.owed,
        currency=row.currency,
        fee=charges.fee,
        interest=charges.interest_amount,
        interest_until=case.on if charges.interest else None,
        fee_invoice=charge,
        delivery=_requested(case, charges=charges, charge=charge, using=using),
    )
    reminder.save(using=using)
    if charge is not None:
        send_invoice(charge, request_key=f"charge:{charge.uuid}", using=using)
    return _outcome(case, Result.SENT, charges=charges, fee_invoice=charge.number if charge else "")


def _requested(case: Case, *, charges: Charges, charge: Any, using: str) -> Delivery:
    told = Told(
        on=case.on,
        owed=case.owed,
        reminded_on=case.reminded_on,
        charged=charges.total,
        charge_number=charge.number if charge else "",
    )
    words = worded(case.invoice, level=case.level, told=told)
    return request_delivery(
        case.invoice,
        purpose=Purpose.REMINDER,
        recipients=[case.invoice.customer_email.strip()],
        subject=words.subject,
        message=words.message,
        template=words.template,
        context=words.context,
        request_key=f"reminder:{case.invoice.uuid}:{case.level.uuid}",
        using=using,
    )


def _outcome(
    case: Case, result: Result, *, charges: Charges | None = None, reason: str = "", error: str = "", fee_invoice: str = ""
) -> Reminded:
    charges = charges or Charges()
    rate = charges.interest.parts[-1].rate if charges.interest and charges.interest.parts else None
    return Reminded(
        uuid=str(case.invoice.uuid),
        number=case.invoice.number,
        level=case.level.name,
        on=case.on,
        result=result,
        reason=reason,
        error=error,
        days_overdue=case.days_overdue,
        to_pay=case.owed,
        currency=case.invoice.currency,
        recipient=case.invoice.customer_email,
        fee=charges.fee,
        interest=charges.interest_amount,
        interest_rate=f"{rate.rate.normalize():f} % ({rate.valid_from})" if rate and rate.source else "",
        fee_invoice=fee_invoice,
        notes=tuple(note.value for note in charges.notes),
    )
