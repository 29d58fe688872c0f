"""Cases: the invoices for which a level of reminders is due on a day, and what is known about each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from invoicing.contrib.delivery.charging import Charges, charges_of
from invoicing.contrib.delivery.dunning import Sent, Step, due_step
from invoicing.contrib.delivery.models import DunningLevel, Reminder, ReminderPause
from invoicing.domain.choices import InvoiceType, Status
from invoicing.domain.lifecycle import SETTLED
from invoicing.domain.money import quantise
from invoicing.models import Company, get_invoice_model

CHUNK: Final = 200
"""How many invoices are looked at at once: memory stays the same however many there are."""

REMINDED: Final = (InvoiceType.INVOICE, InvoiceType.ADVANCE)
"""A proforma is an offer: nobody owes it."""

LEFT_ALONE: Final = frozenset({*SETTLED, Status.DRAFT, Status.RETURNED, Status.IN_COLLECTION, Status.UNCOLLECTIBLE})
"""Settled, or with somebody else; what came back never reached the customer."""

ZERO: Final = Decimal(0)


class Reason(StrEnum):
    """Why nothing is sent although a level is due."""

    PAUSED = "PAUSED"
    NO_EMAIL = "NO_EMAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An invoice, the level that is due for it, and what went before.

    `owed` is what is to pay less open credit notes over the invoice. `is_charge`: it claims charges itself, and so bears none.
    """

    invoice: Any
    level: DunningLevel
    on: date
    owed: Decimal
    reminders: Sequence[Reminder]
    is_paused: bool
    is_charge: bool

    @property
    def reason(self) -> Reason | None:
        """Why nothing can be sent, if so."""
        if self.is_paused:
            return Reason.PAUSED
        return None if self.invoice.customer_email.strip() else Reason.NO_EMAIL

    @property
    def days_overdue(self) -> int:
        """Days since the due date, negative before it."""
        late: timedelta = self.on - self.invoice.date_due
        return late.days

    @property
    def reminded_on(self) -> date | None:
        """When the customer was last reminded of what was late."""
        return max((reminder.sent_on for reminder in self.reminders if reminder.days_overdue > 0), default=None)

    def charges(self) -> Charges:
        """What the level charges: never interest on interest, and interest from where that of an earlier reminder ended.

        Raises InvalidDataError where rates are not known that far back.
        """
        if self.is_charge:
            return Charges()
        ends = [reminder.interest_until for reminder in self.reminders if reminder.interest_until]
        return charges_of(self.level, invoice=self.invoice, owed=self.owed, after=max([self.invoice.date_due, *ends]), on=self.on)


@dataclass(kw_only=True)
class Cases:
    """One look at what is due: on a day (None: today, where each company is), of companies (None: all), in a database."""

    on: date | None
    companies: Sequence[int | None] | None
    using: str
    _today: dict[Any, date] = field(default_factory=dict)

    @cached_property
    def levels(self) -> Mapping[int | None, Sequence[DunningLevel]]:
        """The levels of each company, read once."""
        return DunningLevel.objects.using(self.using).by_company()

    def levels_of(self, company_id: Any) -> Sequence[DunningLevel]:
        """The levels that hold for a company: its own, if it has any, else everybody's."""
        return self.levels.get(company_id, self.levels[None])

    def day_of(self, invoice: Any) -> date:
        """The day that counts for an invoice: the one that was asked for, else today where its company is."""
        if self.on is not None:
            return self.on
        if invoice.company_id not in self._today:
            self._today[invoice.company_id] = invoice.today()
        return self._today[invoice.company_id]

    def candidates(self) -> Any:
        """The invoices that a level may be due for, by their keys."""
        model = get_invoice_model()
        waiting = model.objects.using(self.using).issued().unpaid().filter(type__in=REMINDED, issued_at__isnull=False)
        first = min((level.days for levels in self.levels.values() for level in levels), default=None)
        if first is None:
            return waiting.none()
        waiting = waiting.exclude(status__in=sorted(LEFT_ALONE)).filter(date_due__lte=self._last_day() - timedelta(days=first))
        if self.companies is not None:
            keys = [key for key in self.companies if key is not None]
            waiting = waiting.filter(Q(company_id__in=keys) | Q(company__isnull=True) if None in self.companies else Q(company_id__in=keys))
        return waiting.order_by("pk")

    def _last_day(self) -> date:
        """The latest day that it is anywhere."""
        if self.on is not None:
            return self.on
        return max([timezone.localdate(), *(company.today() for company in Company.objects.using(self.using).only("time_zone"))])

    def chunks(self) -> Iterator[list[Any]]:
        """The candidates, a few hundred at a time."""
        last, waiting = None, self.candidates().select_related("company", "party")
        while chunk := list((waiting if last is None else waiting.filter(pk__gt=last))[:CHUNK]):
            yield chunk
            last = chunk[-1].pk

    def among(self, invoices: Sequence[Any]) -> Iterator[Case]:
        """Those of the invoices for which a level is due."""
        keys = [invoice.pk for invoice in invoices]
        reminders: defaultdict[Any, list[Reminder]] = defaultdict(list)
        for reminder in Reminder.objects.using(self.using).filter(invoice_id__in=keys):
            reminders[reminder.invoice_id].append(reminder)
        charging = set(Reminder.objects.using(self.using).filter(fee_invoice_id__in=keys).values_list("fee_invoice_id", flat=True))
        pauses = self._pauses(invoices)
        credited = self._open_credits(keys)
        for invoice in invoices:
            on, owed = self.day_of(invoice), quantise(invoice.to_pay - credited[invoice.pk], invoice.currency)
            level = self._due_level(invoice, reminders=reminders[invoice.pk], on=on)
            if level is None or owed <= 0 or not is_reminded(invoice):
                continue
            yield Case(
                invoice=invoice,
                level=level,
                on=on,
                owed=owed,
                reminders=reminders[invoice.pk],
                is_paused=any(until is None or on <= until for until in pauses[invoice.pk]),
                is_charge=invoice.pk in charging,
            )

    def _due_level(self, invoice: Any, *, reminders: Sequence[Reminder], on: date) -> DunningLevel | None:
        levels = {level.pk: level for level in self.levels_of(invoice.company_id)}
        step = due_step(
            [Step(key=level.pk, days=level.days, min_gap=level.min_gap) for level in levels.values()],
            date_due=invoice.date_due,
            on=on,
            sent=[Sent(key=reminder.level_id, days=reminder.level_days, on=reminder.sent_on) for reminder in reminders],
        )
        return None if step is None else levels[step.key]

    def _pauses(self, invoices: Sequence[Any]) -> Mapping[Any, list[date | None]]:
        """The ends of the pauses of each invoice, its own and its party's."""
        parties = {invoice.party_id for invoice in invoices if invoice.party_id}
        about = Q(invoice_id__in=[invoice.pk for invoice in invoices]) | Q(party_id__in=parties)
        ends: defaultdict[tuple[str, Any], list[date | None]] = defaultdict(list)
        for pause in ReminderPause.objects.using(self.using).filter(about):
            ends["party" if pause.party_id else "invoice", pause.party_id or pause.invoice_id].append(pause.until)
        return {invoice.pk: [*ends["invoice", invoice.pk], *ends["party", invoice.party_id]] for invoice in invoices}

    def _open_credits(self, keys: Sequence[Any]) -> Mapping[Any, Decimal]:
        """What credit notes over each invoice still take off what is owed, because nobody has set them off against it yet."""
        lines = get_invoice_model().item_model().objects.using(self.using).filter(credited_item__invoice_id__in=keys)
        notes = lines.filter(invoice__type=InvoiceType.CREDIT_NOTE, invoice__issued_at__isnull=False)
        notes = notes.exclude(invoice__status__in=sorted(SETTLED)).order_by()
        taken: defaultdict[Any, Decimal] = defaultdict(Decimal)
        columns = ("credited_item__invoice_id", "invoice_id", "invoice__total", "invoice__already_paid")
        for key, _note, total, paid in notes.values_list(*columns).distinct():
            taken[key] += max(ZERO, total - paid)
        return taken


def is_reminded(invoice: Any) -> bool:
    """Whether an invoice is one that customers are reminded of: issued by us, open, and with nobody else."""
    is_ours = not invoice.is_received and invoice.is_issued and invoice.type in REMINDED
    return is_ours and invoice.status not in LEFT_ALONE and invoice.already_paid < invoice.total
