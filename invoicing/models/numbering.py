"""A document takes the next number of its series the first time it is saved, and keeps it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain import counters
from invoicing.domain.choices import Origin
from invoicing.domain.number_format import check_number, compile_format, render_number
from invoicing.domain.number_key import number_key
from invoicing.exceptions import InvalidDataError, NumberTakenError, NumberUnusableError, OutOfOrderError
from invoicing.models.counter import Counter
from invoicing.models.locking import plain
from invoicing.models.parties import PartySnapshot

LARGEST_SEQUENCE = 10**15
"""Every supported database counts that far without loss."""


class Numbered(PartySnapshot):
    """The place of a document in its series: a sequence for programs, a number for people."""

    sequence = models.PositiveBigIntegerField(_("sequence"), null=True, blank=True, editable=False)
    number = models.CharField(_("number"), max_length=128, blank=True, db_index=True)
    number_format = models.CharField(
        _("number format"), max_length=255, blank=True, help_text=_("For this document alone; empty: the company's, else the settings'.")
    )
    number_prefix = models.CharField(
        _("number prefix"), max_length=32, blank=True, help_text=_("A series of its own; empty: as the settings say.")
    )
    # Unique with the sequence, which is an index that begins with it.
    counter = models.ForeignKey(
        Counter,
        verbose_name=_("counter"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    # What must be unique among numbers, in one column: databases differ on unique indexes over parts of a table.
    number_key = models.CharField(max_length=191, null=True, unique=True, editable=False)  # noqa: DJ001  # a null repeats, "" would not

    class Meta:
        abstract = True

    def get_next_sequence(self) -> int:
        """Take the next sequence of this document's counter, which stays locked until the transaction ends.

        INVOICING_SEQUENCE_GENERATOR may name a function that gives the sequence instead. Called by `save()`: whoever
        calls it elsewhere uses up a number.
        """
        scope, start_from = self.counter_scope(), conf.number_start_from
        counters_here = Counter.objects.using(self._state.db)
        if not conf.sequence_generator:
            taken = counters_here.take(scope, start_from=start_from)
            self.counter_id = taken.counter_id
            return taken.sequence
        counter = counters_here.hold(scope, start_from=start_from)
        sequence = import_string(conf.sequence_generator)(
            type=self.type,
            important_date=self.important_date,
            number_prefix=self.prefix,
            counter_period=self.counter_period,
            related_invoices=type(self)._default_manager.using(self._state.db).filter(counter=counter),
            start_from=start_from,
        )
        if not isinstance(sequence, int) or isinstance(sequence, bool) or sequence < 1:
            raise NumberUnusableError(
                {
                    "sequence": [
                        _("{generator} gave {value!r}: it must give a whole number from 1.").format(
                            generator=conf.sequence_generator, value=sequence
                        )
                    ]
                }
            )
        self.counter_id = counter.pk
        counters_here.filter(pk=counter.pk, value__lt=sequence).update(value=sequence)
        return sequence

    def take_number(self, *, using: str) -> None:
        """Take sequence and number; what was set by hand is kept and the counter moves forward to it."""
        self._state.db = using
        if self.sequence is None:
            self.sequence = self.get_next_sequence()
        if self.counter_id is None:
            self.counter_id = (
                Counter.objects.using(using).reach(self.counter_scope(), self.sequence, start_from=conf.number_start_from).counter_id
            )
        self.write_number()
        self.check_chronology(using=using)

    def write_number(self) -> None:
        """Write the number out of an issued document that has its sequence, unless it needs a key that is not there yet."""
        if self.origin == Origin.ISSUED and not self.number and not (self._state.adding and self.number_needs_pk):
            self.number = self._get_number()
        self.number_key = self.get_number_key()

    def check_chronology(self, *, using: str) -> None:
        """Raise OutOfOrderError where INVOICING_CHRONOLOGICAL is on and a neighbour in the counter, which is locked, is dated otherwise."""
        if not conf.chronological or self.origin != Origin.ISSUED or self.counter_id is None or self.sequence is None:
            return
        others = plain(type(self), using=using).filter(counter_id=self.counter_id).exclude(pk=self.pk).values_list("number", "date_issue")
        before = others.filter(sequence__lt=self.sequence).order_by("-sequence").first()
        after = others.filter(sequence__gt=self.sequence).order_by("sequence").first()
        if before:
            self.check_dated_after(*before)
        if after and after[1] < self.date_issue:
            text = _("{number}, the number after, is dated {day}: use that day or an earlier one.")
            raise OutOfOrderError({"date_issue": [text.format(number=after[0], day=after[1])]})

    def check_dated_after(self, number: str, day: date) -> None:
        """Raise OutOfOrderError for an issue date before that of the number before."""
        if day > self.date_issue:
            text = _("{number}, the number before, is dated {day}: use that day or a later one.")
            raise OutOfOrderError({"date_issue": [text.format(number=number, day=day)]})

    def _get_number(self) -> str:
        """Write the number out: by INVOICING_NUMBER_FORMATTER, or by the format of the document or company or settings."""
        if conf.number_formatter:
            number = import_string(conf.number_formatter)(self)
            if not isinstance(number, str) or not number.strip():
                raise NumberUnusableError(
                    {
                        "number": [
                            _("{formatter} gave {value!r}: it must give a text.").format(formatter=conf.number_formatter, value=number)
                        ]
                    }
                )
            return number.strip()
        return render_number(self.get_number_format(), {"invoice": self.number_values()})

    def get_number_format(self) -> str:
        """The format in force: the document's own, else its company's, else the setting's."""
        return self.number_format or getattr(self.company, "number_format", "") or conf.number_format

    @property
    def number_needs_pk(self) -> bool:
        """Whether the number can be written only once the row exists."""
        return not conf.number_formatter and "invoice.pk" in compile_format(self.get_number_format()).names

    def number_values(self) -> dict[str, Any]:
        """All that a format may show: plain values, nothing that could be called."""
        return {
            "sequence": self.sequence,
            "pk": self.pk if isinstance(self.pk, int) else str(self.pk or ""),
            "type": str(self.type),
            "origin": str(self.origin),
            "date_issue": self.date_issue,
            "date_tax_point": self.date_tax_point,
            "fiscal_year": counters.fiscal_year(self.important_date, start=self.fiscal_year_start),
            "period": self.counter_scope().period,
            "company_code": getattr(self.company, "code", ""),
            "customer_code": self.party.code if self.party else "",
            "supplier_country": str(self.supplier_country or ""),
            "customer_country": str(self.customer_country or ""),
            "currency": getattr(self, "currency", ""),
            "prefix": self.prefix,
        }

    @property
    def prefix(self) -> str:
        """The series within the origin: the document's own, else INVOICING_NUMBER_PREFIX."""
        return self.number_prefix or conf.number_prefix

    @property
    def important_date(self) -> date:
        """The day that says which period the document is counted in."""
        return self.date_issue

    @property
    def counter_period(self) -> str:
        """How long this document's counter runs: the company's choice, else the setting's."""
        return str(getattr(self.company, "counter_period", "") or conf.counter_period)

    @property
    def fiscal_year_start(self) -> int:
        """The month in which the fiscal year of this document starts."""
        return int(getattr(self.company, "fiscal_year_start", None) or conf.fiscal_year_start)

    def counter_scope(self) -> counters.CounterScope:
        """Which counter this document is counted by. Received documents have series of their own."""
        return counters.CounterScope(
            company_id=self.company_id,
            series=f"{self.origin}:{self.prefix}" if self.prefix else str(self.origin),
            type=str(self.type) if conf.counter_per_type else "",
            period=counters.period_key(self.counter_period, self.important_date, fiscal_year_start=self.fiscal_year_start),
        )

    def get_number_key(self) -> str | None:
        """One value for one number of one company. A received document keeps its supplier's number, which may recur."""
        if self.origin != Origin.ISSUED or not self.number:
            return None
        return number_key(self.number, company_id=self.company_id)

    def check_values(self) -> None:
        """Raise InvalidDataError for a number or a sequence that cannot be one, or a format that cannot be read."""
        super().check_values()
        self.number = self.number.strip()
        if self.number and not self.is_received:
            check_number(self.number)
        if self.sequence is not None and not 1 <= self.sequence <= LARGEST_SEQUENCE:
            raise InvalidDataError({"sequence": [_("Use a whole number from 1 to {largest}.").format(largest=LARGEST_SEQUENCE)]})
        if self.number_format:
            compile_format(self.number_format)

    def explain_number_conflict(self, *, using: str) -> NumberTakenError | None:
        """Why the database refused this number, or None when the number was not the reason."""
        others = plain(type(self), using=using).exclude(pk=self.pk)
        if self.number_key and others.filter(number_key=self.number_key).exists():
            return NumberTakenError(
                {
                    "number": [
                        _("{number} is in use: choose another number, or set sequence to one that is free.").format(number=self.number)
                    ]
                }
            )
        if self.counter_id and others.filter(counter_id=self.counter_id, sequence=self.sequence).exists():
            return NumberTakenError(
                {"sequence": [_("{sequence} is in use: leave it empty to take the next.").format(sequence=self.sequence)]}
            )
        return None

    def is_last_of_counter(self, *, using: str) -> bool:
        """Whether this document holds the last sequence of its counter, which is locked then."""
        counter = Counter.objects.using(using).filter(pk=self.counter_id or 0, value=self.sequence or 0)
        return bool(counter.update(value=models.F("value")))

    def lock_counter(self, *, using: str) -> None:
        """Lock the counter that the number was taken from, until the transaction ends."""
        Counter.objects.using(using).filter(pk=self.counter_id or 0).update(value=models.F("value"))

    def give_number_back(self, *, using: str) -> None:
        """Set the counter, which is locked, back to the highest sequence that is left in it.

        A voided number is still held by its document, so that it is counted here as well.
        """
        held = plain(type(self), using=using).filter(counter_id=self.counter_id or 0).order_by("-sequence").values("sequence")[:1]
        # With no document left, the counter may have been set by hand: what was before this number is not given again.
        left = Coalesce(models.Subquery(held), models.Value((self.sequence or 1) - 1))
        Counter.objects.using(using).filter(pk=self.counter_id or 0).update(value=left)
