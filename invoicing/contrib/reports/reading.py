"""Reading: the SQL of reports, where databases differ, and what comes of it.

Amounts are added up by the database. SQLite would do it in floats, so there they are whole thousandths (`exact`); `Reader.money`
turns what any database answers into a Decimal with the digits of its currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.utils import timezone

from invoicing.contrib.reports.scope import Scope
from invoicing.domain.choices import InvoiceType
from invoicing.domain.codes.currencies import known_minor_units
from invoicing.domain.money import quantise
from invoicing.models import Company, InvoiceEvent, Party, Product, get_invoice_model

CHUNK = 2_000
"""Rows that are fetched at once."""

# What a float of SQLite is exact to: as Django reads decimals there.
FLOATS = Context(prec=15)

Row = tuple[Any, ...]


class Reader:
    """One database: the names of its tables, its dialect, and the parameters of a statement that is being written."""

    def __init__(self, scope: Scope, *, using: str | None) -> None:
        invoice = get_invoice_model()
        self.using = using or router.db_for_read(invoice) or DEFAULT_DB_ALIAS
        self.connection = connections[self.using]
        self.vendor = self.connection.vendor
        self.scope = scope
        self.params: dict[str, Any] = {"currency": scope.currency}
        self.invoice, self.item = self._table(invoice), self._table(invoice.item_model())
        self.document: Callable[[Any], Any] = invoice._meta.pk.to_python
        """The key of an invoice as its model has it: a database without a type for UUIDs gives a text."""
        self.key = str(self.connection.ops.quote_name(str(invoice._meta.pk.column)))
        self.event, self.company, self.party, self.product = map(self._table, (InvoiceEvent, Company, Party, Product))

    def payments(self, model: str) -> str:
        """A table of the app of payments, which need not be installed for every report."""
        return self._table(apps.get_model("invoicing_payments", model))

    def _table(self, model: Any) -> str:
        return str(self.connection.ops.quote_name(model._meta.db_table))

    # What databases say in different ways

    def exact(self, expression: str) -> str:
        """An amount that may be added up."""
        return f"CAST(ROUND({expression} * 1000) AS INTEGER)" if self.vendor == "sqlite" else f"({expression})"

    def days(self, later: str, earlier: str) -> str:
        """How many days lie between two dates."""
        if self.vendor == "sqlite":
            return f"CAST(ROUND(julianday({later}) - julianday({earlier})) AS INTEGER)"
        return f"DATEDIFF({later}, {earlier})" if self.vendor == "mysql" else f"({later} - {earlier})"

    def month(self, column: str) -> str:
        """The first day of the month of a date."""
        if self.vendor == "sqlite":
            return f"strftime('%%Y-%%m-01', {column})"
        return f"DATE_FORMAT({column}, '%%Y-%%m-01')" if self.vendor == "mysql" else f"CAST(date_trunc('month', {column}) AS date)"

    def text(self, expression: str) -> str:
        """A text that is grouped by: MariaDB and MySQL would take Å for a."""
        return f"(CONVERT({expression} USING utf8mb4) COLLATE utf8mb4_bin)" if self.vendor == "mysql" else expression

    def rounded(self, expression: str, currency: str) -> str:
        """An amount rounded half-up to the minor unit of the currency in a column. Not for SQLite."""
        by_digits: defaultdict[int, list[str]] = defaultdict(list)
        for code, digits in known_minor_units().items():
            by_digits[digits].append(code)
        cases = "".join(
            f" WHEN {currency} IN ({words(by_digits[digits])}) THEN ROUND({expression}, {digits})" for digits in (0, 3) if by_digits[digits]
        )
        return f"CASE{cases} ELSE ROUND({expression}, 2) END"

    # Parameters

    def day(self, name: str, value: date) -> str:
        """A day as a parameter; gives its placeholder."""
        self.params[name] = self.connection.ops.adapt_datefield_value(value)
        return f"%({name})s"

    def midnight_after(self, day: date, company: str) -> str:
        """The moment at which a day is over where the company is, whose key is in a column."""
        zones: defaultdict[str, list[int]] = defaultdict(list)
        companies = Company.objects.using(self.using).exclude(time_zone="").order_by("pk")
        if self.scope.companies is not None:
            companies = companies.filter(pk__in=[key for key in self.scope.companies if key is not None])
        for key, zone in companies.values_list("pk", "time_zone"):
            zones[zone].append(key)
        cases = ""
        for index, (zone, keys) in enumerate(zones.items()):
            placeholder = self._moment(f"midnight_{index}", day, ZoneInfo(zone))
            cases += f" WHEN {company} IN ({', '.join(map(str, keys))}) THEN {placeholder}"
        usual = self._moment("midnight", day, timezone.get_current_timezone())
        return f"CASE{cases} ELSE {usual} END" if cases else usual

    def _moment(self, name: str, day: date, zone: Any) -> str:
        moment = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        if not settings.USE_TZ:
            moment = timezone.make_naive(moment)
        self.params[name] = self.connection.ops.adapt_datetimefield_value(moment)
        # Else PostgreSQL takes the parameter of a CASE for a text.
        return f"CAST(%({name})s AS timestamp with time zone)" if self.vendor == "postgresql" else f"%({name})s"

    # Rows

    def few(self, sql: str) -> list[Row]:
        """All rows of a statement that looks at few, by indexes."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, self.params)
            return list(cursor.fetchall())

    def rows(self, sql: str) -> list[Row]:
        """All rows of a statement that looks at many and gives few."""
        with self._planned(), self.connection.cursor() as cursor:
            cursor.execute(sql, self.params)
            return list(cursor.fetchall())

    def stream(self, sql: str) -> Iterator[Row]:
        """The rows of a statement, fetched as they are needed: from a cursor of the server where the database has one."""
        features, options = self.connection.features, self.connection.settings_dict
        is_chunked = features.can_use_chunked_reads and not options.get("DISABLE_SERVER_SIDE_CURSORS")
        with self.connection.chunked_cursor() if is_chunked else self.connection.cursor() as cursor:
            # The cursor is there before, so that it outlives a transaction that is opened for this one statement.
            with self._planned():
                cursor.execute(sql, self.params)
            while found := cursor.fetchmany(CHUNK):
                yield from found

    @contextmanager
    def _planned(self) -> Iterator[None]:
        """Plan the statements in here without PostgreSQL's JIT, which takes seconds to compile what then runs for a tenth of one.

        Nothing of it is left behind: a transaction that is already open has its setting back afterwards.
        """
        if self.vendor != "postgresql":
            yield
        elif self.connection.in_atomic_block or not self.connection.get_autocommit():
            (before,) = self._ask("SELECT current_setting('jit', true)")
            if before != "on":
                yield
                return
            self._ask("SELECT set_config('jit', 'off', true)")
            yield
            # After an error the transaction takes no statement, and its end takes the setting back.
            self._ask("SELECT set_config('jit', 'on', true)")
        else:
            with transaction.atomic(using=self.using, savepoint=False):
                self._ask("SELECT set_config('jit', 'off', true)")
                yield

    def _ask(self, sql: str) -> Row:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return tuple(cursor.fetchone())

    # Values

    def money(self, value: Any, currency: str) -> Decimal:
        """A sum of `exact` amounts with the digits of its currency; nothing is zero."""
        if not value:
            return nothing(currency)
        amount = value if isinstance(value, Decimal) else Decimal(value)
        return quantise(amount.scaleb(-3) if self.vendor == "sqlite" else amount, currency)

    def decimal(self, value: Any) -> Decimal | None:
        """A stored decimal as it is, whatever the database hands out."""
        if value is None or isinstance(value, Decimal):
            return value
        return FLOATS.create_decimal_from_float(value)

    @staticmethod
    def date(value: Any) -> date:
        """A day, which some databases hand out as a text."""
        return value if isinstance(value, date) else date.fromisoformat(value[:10])


def words(values: Iterable[str]) -> str:
    """Words of ours as a list in SQL: 'NEW', 'SENT'."""
    return ", ".join(f"'{value!s}'" for value in values)


@cache
def nothing(currency: str) -> Decimal:
    """Zero with the digits of a currency."""
    return quantise(Decimal(0), currency)


def sign(alias: str) -> str:
    """Minus one for a credit note, one for any other document."""
    return f"CASE WHEN {alias}.type = '{InvoiceType.CREDIT_NOTE}' THEN -1 ELSE 1 END"


def other_side(alias: str) -> str:
    """The name of whoever is on the other side of a document."""
    return f"CASE WHEN {alias}.origin = 'RECEIVED' THEN {alias}.supplier_name ELSE {alias}.customer_name END"


def mean(total: Any, weight: Any) -> Decimal | None:
    """A mean with one decimal, half-up; None of nothing."""
    if not weight:
        return None
    return (Decimal(total) / Decimal(weight)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
