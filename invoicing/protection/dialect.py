"""What the dialects have in common: names, conditions, and how refusals become a trigger."""

# ruff: noqa: S608  # every name is quoted, and no value is written into a statement

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

from django.db import models

from invoicing.models import Repair
from invoicing.protection.rules import NEW, OLD, Event, Refusal, Rule, column_of
from invoicing.protection.triggers import Installed, Table, Trigger, trigger_name


class Dialect(ABC):
    """How one database writes triggers. It knows the tables as they are."""

    replaces_rows: ClassVar[bool] = False
    refuses_truncate: ClassVar[bool] = False

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables

    @classmethod
    def of(cls, connection: Any, rules: Iterable[Rule]) -> Self:
        """The dialect with the tables of these rules, as far as they are there."""
        names = sorted({rule.model._meta.db_table for rule in rules} | {Repair._meta.db_table})
        with connection.cursor() as cursor:
            return cls(cls.read_tables(cursor, names))

    @classmethod
    @abstractmethod
    def read_tables(cls, cursor: Any, names: Sequence[str]) -> dict[str, Table]:
        """The tables of these names that are there."""

    @classmethod
    @abstractmethod
    def read_installed(cls, cursor: Any) -> list[Installed]:
        """The triggers of ours that are there."""

    # Triggers

    def triggers(self, rules: Iterable[Rule]) -> list[Trigger]:
        """The triggers that hold these rules. Rules of tables, or columns, that are not there are left out."""
        refusals: dict[tuple[str, Event], list[Refusal]] = {}
        for rule in rules:
            if self.has_tables_of(rule):
                for refusal in rule.refusals(self):
                    refusals.setdefault((rule.model._meta.db_table, refusal.event), []).append(refusal)
        return [self._trigger(table, event, reasons) for (table, event), reasons in refusals.items()]

    def has_tables_of(self, rule: Rule) -> bool:
        """Whether all that a rule speaks of is there."""
        table = self.tables.get(rule.model._meta.db_table)
        return table is not None and Repair._meta.db_table in self.tables and rule.needed_columns() <= {*table.columns, *table.generated}

    def _trigger(self, table: str, event: Event, refusals: Sequence[Refusal]) -> Trigger:
        body = self.body(self.tables[table], event, refusals)
        # The name tells what the trigger does, so it cannot be part of that.
        name = trigger_name(table, event, self.create("", self.tables[table], event, body))
        create = self.create(name, self.tables[table], event, body)
        return Trigger(name=name, table=table, event=event, body=body, create=create, drop=self.drop(name, self.tables[table]))

    @abstractmethod
    def body(self, table: Table, event: Event, refusals: Sequence[Refusal]) -> str:
        """What the trigger does."""

    @abstractmethod
    def create(self, name: str, table: Table, event: Event, body: str) -> tuple[str, ...]:
        """The statements that make it."""

    @classmethod
    @abstractmethod
    def drop(cls, name: str, table: Table) -> tuple[str, ...]:
        """The statements that take it away."""

    # Conditions

    @classmethod
    def name(cls, name: str) -> str:
        """A name in double quotes, as the standard has it."""
        return '"{}"'.format(name.replace('"', '""'))

    def table(self, model: type[models.Model]) -> str:
        """The quoted name of a table."""
        return self.name(model._meta.db_table)

    def different(self, left: str, right: str) -> str:
        """Whether two values differ, null being a value."""
        return f"{left} IS DISTINCT FROM {right}"

    def pair(self, left: str, right: str) -> str:
        """Two words as one text."""
        return f"{left} || '>' || {right}"

    def changed(self, table: Table, *, beside: Collection[str]) -> str:
        """Whether the row differs in any column but these."""
        columns = (self.name(column) for column in table.columns if column not in beside)
        return "(" + "\n      OR ".join(self.different(f"{OLD}.{column}", f"{NEW}.{column}") for column in columns) + ")"

    @abstractmethod
    def locked_rows_filled(self, *, table: str, key: str, keys: Collection[str], column: str) -> str:
        """Whether one of the rows with these keys has the column filled; the rows are locked until the transaction ends."""

    def repair_open(self, documents: Collection[str]) -> str:
        """Whether a repair of one of these invoices, or of all, is open."""
        closed_at, invoice = (f"repair.{self.name(column_of(Repair, name))}" for name in ("closed_at", "invoice"))
        named = f"({invoice} IS NULL OR {invoice} IN ({', '.join(documents)}))" if documents else f"{invoice} IS NULL"
        return f"EXISTS (SELECT 1 FROM {self.table(Repair)} AS repair WHERE {closed_at} IS NULL AND {named})"

    def replaced(self, model: type[models.Model], *, event: Event, protects: str, beside: Collection[str]) -> str:  # noqa: ARG002
        """Nothing: where REPLACE deletes, the triggers on DELETE see it."""
        return ""

    def conditions(self, table: Table, refusal: Refusal) -> list[str]:
        """What is asked before an event is refused, in this order."""
        asked = [refusal.gate]
        if refusal.changes_beside is not None:
            asked.append(self.changed(table, beside=refusal.changes_beside))
        asked.append(refusal.when)
        if refusal.asks_for_repair:
            asked.append(f"NOT {self.repair_open(refusal.documents)}")
        return [condition for condition in asked if condition]


def literal(text: str) -> str:
    """A text in single quotes."""
    return "'{}'".format(text.replace("'", "''"))


def nested(conditions: Sequence[str], act: str, *, depth: int = 1) -> str:
    """IF … THEN, each condition inside of the one before, so that no later one is asked in vain."""
    if not conditions:
        return f"{'  ' * depth}{act}\n"
    inner = nested(conditions[1:], act, depth=depth + 1)
    return f"{'  ' * depth}IF {conditions[0]} THEN\n{inner}{'  ' * depth}END IF;\n"
