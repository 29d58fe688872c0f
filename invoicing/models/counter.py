"""Counter: the row that is locked to take a number. VoidedNumber: the register of numbers that no valid document holds."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from django.db import connections, models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.domain.counters import CounterScope
from invoicing.models.company import Company


class Taken(NamedTuple):
    """A sequence and the counter that it was taken from."""

    counter_id: int
    sequence: int


class CounterQuerySet(models.QuerySet["Counter"]):
    """Ways to take a number. Each locks the counter's row until the transaction ends."""

    def take(self, scope: CounterScope, *, start_from: int = 1) -> Taken:
        """The next sequence of a counter; the counter is made when it is new."""
        taken = self._increment(scope)
        while taken is None:
            self._make(scope, value=start_from - 1)
            taken = self._increment(scope)
        return taken

    def hold(self, scope: CounterScope, *, start_from: int = 1) -> Counter:
        """Lock a counter without taking a number; the counter is made when it is new."""
        # An update that changes nothing locks the row on every database, SQLite included.
        if not self.filter(key=scope.key).update(value=F("value")):
            self._make(scope, value=start_from - 1)
            self.filter(key=scope.key).update(value=F("value"))
        return self.get(key=scope.key)

    def reach(self, scope: CounterScope, sequence: int, *, start_from: int = 1) -> Taken:
        """Move a counter forward to a sequence that was given from outside; it never moves back."""
        counter = self.hold(scope, start_from=start_from)
        self.filter(pk=counter.pk, value__lt=sequence).update(value=sequence)
        return Taken(counter.pk, sequence)

    def _make(self, scope: CounterScope, *, value: int) -> None:
        """Make the counter, or wait for another transaction that is just making it.

        The upsert locks the row at once: an insert that fails leaves a shared lock behind on MariaDB, and two of them a deadlock.
        """
        counter = self.model(
            key=scope.key, company_id=scope.company_id, series=scope.series, type=scope.type, period=scope.period, value=value
        )
        names_target = connections[self.db].features.supports_update_conflicts_with_target
        self.bulk_create([counter], update_conflicts=True, update_fields=["key"], unique_fields=["key"] if names_target else None)

    def _increment(self, scope: CounterScope) -> Taken | None:
        connection = connections[self.db]
        if connection.features.can_return_columns_from_insert and connection.vendor in {"postgresql", "sqlite"}:
            table, key, value, pk = (connection.ops.quote_name(name) for name in (self.model._meta.db_table, "key", "value", "id"))
            with connection.cursor() as cursor:
                # One round trip under the lock instead of two: the ORM has no UPDATE … RETURNING.
                sql = f"UPDATE {table} SET {value} = {value} + 1 WHERE {key} = %s RETURNING {pk}, {value}"  # noqa: S608  # quoted names only
                cursor.execute(sql, [scope.key])
                row = cursor.fetchone()
            return Taken(*row) if row else None
        if not self.filter(key=scope.key).update(value=F("value") + 1):
            return None
        return Taken(*self.values_list("pk", "value").get(key=scope.key))


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


class VoidedNumber(models.Model):
    """A number that was taken and then given up: it stays in the register with its reason."""

    counter = models.ForeignKey(Counter, verbose_name=_("counter"), on_delete=models.PROTECT, related_name="voided_numbers")
    sequence = models.PositiveBigIntegerField(_("sequence"))
    number = models.CharField(_("number"), max_length=128, blank=True)
    reason = models.TextField(_("reason"))
    actor_name = models.CharField(_("by"), max_length=255, blank=True)
    voided_at = models.DateTimeField(_("voided at"), default=timezone.now)

    class Meta:
        verbose_name = _("voided number")
        verbose_name_plural = _("voided numbers")
        ordering: ClassVar = ["counter", "sequence"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["counter", "sequence"], name="invoicing_voided_once")]

    def __str__(self) -> str:
        return self.number
