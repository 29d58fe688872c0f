"""Counter: the row that is locked to take a number. VoidedNumber: the register of numbers that no valid document holds."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from django.db import connections, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.counters import CounterScope
from invoicing.exceptions import InvalidDataError
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet
from invoicing.models.company import Company
from invoicing.models.event import current_actor_name
from invoicing.models.locking import locked, one_at_a_time, plain
from invoicing.models.swapping import get_invoice_model

LONGEST_GAP = 10_000
"""Numbers that may be explained at once."""


class Taken(NamedTuple):
    """A sequence and the counter that it was taken from."""

    counter_id: int
    sequence: int


class CounterQuerySet(models.QuerySet["Counter"]):
    """Ways to take a number. Each locks the counter's row until the transaction ends."""

    def take(self, scope: CounterScope, *, start_from: int = 1, count: int = 1) -> Taken:
        """The next sequence of a counter, or the last of the next `count`; the counter is made when it is new."""
        taken = self._increment(scope, by=count, key_of=self.filter(key=scope.key))
        while taken is None:
            self._make(scope, value=start_from - 1)
            taken = self._increment(scope, by=count, key_of=locked(self.filter(key=scope.key), using=self.db))
        return taken

    def hold(self, scope: CounterScope, *, start_from: int = 1) -> Counter:
        """Lock a counter without taking a number; the counter is made when it is new."""
        if not self._lock(scope):
            self._make(scope, value=start_from - 1)
            self._lock(scope)
        # Locked again, to read it as it is now: MariaDB may show an older snapshot otherwise.
        counter: Counter = locked(self.filter(key=scope.key), using=self.db).get()
        return counter

    def reach(self, scope: CounterScope, sequence: int, *, start_from: int = 1) -> Taken:
        """Move a counter forward to a sequence that was given from outside; it never moves back."""
        counter = self.hold(scope, start_from=start_from)
        self.filter(pk=counter.pk, value__lt=sequence).update(value=sequence)
        return Taken(counter.pk, sequence)

    def _lock(self, scope: CounterScope) -> bool:
        """Lock a counter; whether there is one."""
        rows = self.filter(key=scope.key)
        if connections[self.db].vendor == "mysql":
            # Looked for without a lock: one that finds nothing locks the gap, and whoever makes the counter waits for us.
            return rows.exists()
        # An update that changes nothing locks the row, on SQLite too.
        return bool(rows.update(value=F("value")))

    def _make(self, scope: CounterScope, *, value: int) -> None:
        """Make the counter, or wait for another transaction that is just making it.

        The upsert locks the row at once: an insert that fails leaves a shared lock behind on MariaDB, and two of them a deadlock.
        """
        counter = self.model(
            key=scope.key, company_id=scope.company_id, series=scope.series, type=scope.type, period=scope.period, value=value
        )
        names_target = connections[self.db].features.supports_update_conflicts_with_target
        with one_at_a_time(scope.key, using=self.db):
            self.bulk_create([counter], update_conflicts=True, update_fields=["key"], unique_fields=["key"] if names_target else None)

    def _increment(self, scope: CounterScope, *, by: int, key_of: models.QuerySet[Counter]) -> Taken | None:
        """Add to the counter, in one round trip under its lock; None where there is none. The ORM has no UPDATE … RETURNING."""
        connection = connections[self.db]
        table, key, value, pk = (connection.ops.quote_name(name) for name in (self.model._meta.db_table, "key", "value", "id"))
        with connection.cursor() as cursor:
            if connection.vendor != "mysql":
                sql = f"UPDATE {table} SET {value} = {value} + %s WHERE {key} = %s RETURNING {pk}, {value}"  # noqa: S608  # quoted names only
                cursor.execute(sql, [by, scope.key])
                row = cursor.fetchone()
                return Taken(*row) if row else None
            found = key_of.values_list("pk", flat=True).first()
            if found is None:
                return None
            sql = f"UPDATE {table} SET {value} = LAST_INSERT_ID({value} + %s) WHERE {pk} = %s"  # noqa: S608  # quoted names only
            cursor.execute(sql, [by, found])
            return Taken(found, cursor.lastrowid)


class Counter(models.Model):
    """The last sequence of one company, series, type and period."""

    key = models.CharField(_("key"), max_length=191, unique=True, editable=False)
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="counters"
    )
    series = models.CharField(_("series"), max_length=64)
    type = models.CharField(_("type"), max_length=11, blank=True)
    period = models.CharField(_("period"), max_length=16, blank=True)
    value = models.PositiveBigIntegerField(_("last sequence"), default=0)

    objects = CounterQuerySet.as_manager()

    class Meta:
        verbose_name = _("counter")
        verbose_name_plural = _("counters")
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key


class VoidedNumberQuerySet(AppendOnlyQuerySet["VoidedNumber"]):
    """The register of voided numbers can be read and added to."""

    def enter_gap(self, counter: Counter, first: int, last: int, *, reason: str) -> list[VoidedNumber]:
        """Enter numbers that no document ever held, from `first` to `last`, with the reason: a gap that people made.

        Raises InvalidDataError for a range that is none, goes beyond the counter, holds a document, or is explained in part.
        """
        if not reason.strip():
            raise InvalidDataError({"reason": [_("Say why these numbers are missing.")]})
        name = current_actor_name()
        with transaction.atomic(using=self.db):
            value = locked(Counter.objects.filter(pk=counter.pk), using=self.db).values_list("value", flat=True).get()
            if not 1 <= first <= last <= value:
                text = _("Give a range within 1 and {value}, the last sequence of the counter.")
                raise InvalidDataError({"first": [text.format(value=value)]})
            if last - first >= LONGEST_GAP:
                text = _("These are more than {count} numbers: enter them in parts, if it is right that so many are missing.")
                raise InvalidDataError({"last": [text.format(count=LONGEST_GAP)]})
            inside = {"counter_id": counter.pk, "sequence__gte": first, "sequence__lte": last}
            held = plain(get_invoice_model(), using=self.db).filter(**inside).order_by("sequence").first()
            if held is not None:
                raise InvalidDataError({"first": [_("{number} is a document: it is not missing.").format(number=held)]})
            if self.filter(**inside).exists():
                raise InvalidDataError({"first": [_("Some of these numbers are explained already.")]})
            return self.bulk_create(
                self.model(counter=counter, sequence=sequence, reason=reason, actor_name=name) for sequence in range(first, last + 1)
            )


class VoidedNumber(AppendOnly):
    """A number that was taken and then given up: it stays in the register with its reason."""

    COMPANY_PATH: ClassVar = "counter__company"

    counter = models.ForeignKey(Counter, verbose_name=_("counter"), on_delete=models.PROTECT, related_name="voided_numbers")
    sequence = models.PositiveBigIntegerField(_("sequence"))
    number = models.CharField(_("number"), max_length=128, blank=True)
    reason = models.TextField(_("reason"))
    actor_name = models.CharField(_("by"), max_length=255, blank=True)
    voided_at = models.DateTimeField(_("voided at"), default=timezone.now)

    objects = VoidedNumberQuerySet.as_manager()

    class Meta:
        verbose_name = _("voided number")
        verbose_name_plural = _("voided numbers")
        ordering: ClassVar = ["counter", "sequence"]
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["counter", "sequence"], name="invoicing_voided_once")]

    def __str__(self) -> str:
        return self.number
