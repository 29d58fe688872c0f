"""What the database itself refuses: rules as data, read from the models, the same for every database.

A rule names a table and says which of its rows are protected. `refusals()` writes it out as conditions in SQL; a dialect
makes triggers of them.
"""

# ruff: noqa: S608  # every name is quoted, and no value is written into a statement

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from django.db import models

OLD, NEW, STORED = "OLD", "NEW", "stored"
"""The names of rows in conditions: before a change, after it, and any row of the table."""


class Event(StrEnum):
    """What happens to a row, or to a whole table."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason to refuse an event. Its conditions are asked in this order, the open repair last of all."""

    event: Event
    text: str
    gate: str = ""
    # The columns that may differ, where a change is asked for.
    changes_beside: frozenset[str] | None = None
    when: str = ""
    # The keys of the invoices whose repair lets it pass; a repair of every invoice always does.
    documents: tuple[str, ...] = ()
    asks_for_repair: bool = True


class Sql(Protocol):
    """What a rule asks of a dialect."""

    @property
    def replaces_rows(self) -> bool:
        """Whether REPLACE takes rows away unseen by triggers on DELETE."""

    @property
    def refuses_truncate(self) -> bool:
        """Whether a trigger can refuse TRUNCATE."""

    def name(self, name: str) -> str:
        """A quoted name."""

    def table(self, model: type[models.Model]) -> str:
        """The quoted name of a table."""

    def different(self, left: str, right: str) -> str:
        """Whether two values differ in any byte."""

    def pair(self, left: str, right: str) -> str:
        """Two words as one text, to be compared exactly."""

    def locked_rows_filled(self, *, table: str, key: str, keys: Collection[str], column: str) -> str:
        """Whether one of the rows with these keys has the column filled; the rows are locked until the transaction ends."""

    def repair_open(self, documents: Collection[str]) -> str:
        """Whether a repair of one of these invoices, or of all, is open."""

    def replaced(self, model: type[models.Model], *, event: Event, protects: str, beside: Collection[str]) -> str:
        """Whether a row that is inserted or updated would push a protected one out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """Rows of a table that the database keeps."""

    model: type[models.Model]
    text: str
    # Whether an open repair lets changes pass.
    is_repairable: bool = True

    @abstractmethod
    def protects(self, sql: Sql, row: str) -> str:
        """The condition under which a stored row is protected."""

    @abstractmethod
    def rows(self, sql: Sql) -> Iterator[Refusal]:
        """What is refused of single rows."""

    @property
    def document_fields(self) -> tuple[str, ...]:
        """The fields that hold keys of invoices."""
        return ()

    @property
    def kept_whole_by(self) -> frozenset[str]:
        """Columns that say all there is to a row: one with the same values replaces it without loss."""
        return frozenset()

    def documents(self, sql: Sql, row: str) -> tuple[str, ...]:
        """The keys of the invoices that a row belongs to."""
        return tuple(self.column(sql, row, name) for name in self.document_fields)

    def column(self, sql: Sql, row: str, name: str) -> str:
        """A column of a row."""
        return f"{row}.{sql.name(column_of(self.model, name))}"

    def needed_columns(self) -> frozenset[str]:
        """The columns without which the rule cannot be written."""
        return frozenset({column_of(self.model, "pk"), *(column_of(self.model, name) for name in self.document_fields)})

    def refusals(self, sql: Sql) -> Iterator[Refusal]:
        """All that is refused of the table."""
        for refusal in self.rows(sql):
            yield replace(refusal, asks_for_repair=self.is_repairable)
        protects = self.protects(sql, STORED)
        if sql.replaces_rows:
            stays = f"{protects} AND NOT {sql.repair_open(self.documents(sql, STORED))}" if self.is_repairable else protects
            for event in (Event.INSERT, Event.UPDATE):
                if condition := sql.replaced(self.model, event=event, protects=stays, beside=self.kept_whole_by):
                    yield Refusal(event=event, text=self.text, when=condition, asks_for_repair=False)
        if sql.refuses_truncate:
            exists = f"EXISTS (SELECT 1 FROM {sql.table(self.model)} AS {STORED} WHERE {protects})"
            yield Refusal(event=Event.TRUNCATE, text=self.text, when=exists, asks_for_repair=self.is_repairable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen(Rule):
    """Rows that stay as they are once a column is filled: all of them but the columns that are named.

    Columns that are added later are frozen by default. `steps` are the pairs that another column may pass through.
    """

    since: str
    changeable: frozenset[str]
    steps: frozenset[tuple[str, str]] = frozenset()
    step_field: str = "status"
    step_text: str = ""
    is_document: bool = False

    @property
    def document_fields(self) -> tuple[str, ...]:
        """An invoice is a document itself."""
        return ("pk",) if self.is_document else ()

    def needed_columns(self) -> frozenset[str]:
        """The column that freezes, and the one that takes steps."""
        names = {self.since, *({self.step_field} if self.steps else ())}
        return Rule.needed_columns(self) | {column_of(self.model, name) for name in names}

    def changeable_columns(self) -> frozenset[str]:
        """The columns that may change."""
        fields = self.model._meta.local_concrete_fields
        return frozenset(str(field.column) for field in fields if {field.name, field.attname} & self.changeable)

    def protects(self, sql: Sql, row: str) -> str:
        return f"{self.column(sql, row, self.since)} IS NOT NULL"

    def rows(self, sql: Sql) -> Iterator[Refusal]:
        gate, documents = self.protects(sql, OLD), self.documents(sql, OLD)
        yield Refusal(event=Event.DELETE, text=self.text, gate=gate, documents=documents)
        yield Refusal(event=Event.UPDATE, text=self.text, gate=gate, changes_beside=self.changeable_columns(), documents=documents)
        if self.steps:
            before, after = (self.column(sql, row, self.step_field) for row in (OLD, NEW))
            known = ", ".join(f"'{left}>{right}'" for left, right in sorted(self.steps))
            step = f"{sql.different(before, after)} AND {sql.pair(before, after)} NOT IN ({known})"
            yield Refusal(event=Event.UPDATE, text=self.step_text or self.text, gate=gate, when=step, documents=documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenWith(Rule):
    """Rows that are frozen together with the row that they belong to; no others join them then."""

    parent: str
    of: Frozen

    @property
    def document_fields(self) -> tuple[str, ...]:
        """The row that it belongs to, where that is an invoice."""
        return (self.parent,) if self.of.is_document else ()

    def needed_columns(self) -> frozenset[str]:
        """The key of the row that it belongs to."""
        return Rule.needed_columns(self) | {column_of(self.model, self.parent)}

    def protects(self, sql: Sql, row: str) -> str:
        return is_filled(sql, self.of, key=self.column(sql, row, self.parent))

    def rows(self, sql: Sql) -> Iterator[Refusal]:
        for event, rows in ((Event.INSERT, (NEW,)), (Event.UPDATE, (OLD, NEW)), (Event.DELETE, (OLD,))):
            parents = tuple(self.column(sql, row, self.parent) for row in rows)
            frozen = sql.locked_rows_filled(
                table=sql.table(self.of.model),
                key=sql.name(column_of(self.of.model, "pk")),
                keys=parents,
                column=sql.name(column_of(self.of.model, self.of.since)),
            )
            yield Refusal(
                event=event,
                text=self.text,
                changes_beside=frozenset() if event == Event.UPDATE else None,
                when=frozen,
                documents=parents if self.of.is_document else (),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendOnly(Rule):
    """Rows that are written once: history.

    Named links may become empty when what they point to goes; `of` keeps the one to the document filled for as long as that
    is frozen. Other columns may be filled later, once. Rows that go with their document may be deleted with one that is not frozen.
    """

    may_become_null: tuple[str, ...] = ()
    may_be_filled: tuple[str, ...] = ()
    document: str = ""
    goes_with_document: bool = False
    of: Frozen | None = None

    @property
    def document_fields(self) -> tuple[str, ...]:
        """The invoice that is told of, if there is one."""
        return (self.document,) if self.document else ()

    def needed_columns(self) -> frozenset[str]:
        """The columns that may change once."""
        return Rule.needed_columns(self) | {column_of(self.model, name) for name in (*self.may_become_null, *self.may_be_filled)}

    def protects(self, sql: Sql, row: str) -> str:  # noqa: ARG002  # every row is
        return "1 = 1"

    def rows(self, sql: Sql) -> Iterator[Refusal]:
        documents = self.documents(sql, OLD)
        kept = ""
        if self.goes_with_document and self.of is not None:
            kept = is_filled(sql, self.of, key=self.column(sql, OLD, self.document))
        yield Refusal(event=Event.DELETE, text=self.text, when=kept, documents=documents)
        columns = frozenset(column_of(self.model, name) for name in (*self.may_become_null, *self.may_be_filled))
        yield Refusal(event=Event.UPDATE, text=self.text, changes_beside=columns, documents=documents)
        for name in self.may_become_null:
            before, after = (self.column(sql, row, name) for row in (OLD, NEW))
            filled = f"{after} IS NOT NULL"
            if self.of is not None and name == self.document:
                filled = f"({filled} OR {is_filled(sql, self.of, key=before)})"
            changed = sql.different(before, after)
            yield Refusal(event=Event.UPDATE, text=self.text, gate=changed, when=filled, documents=documents)
        for name in self.may_be_filled:
            before, after = (self.column(sql, row, name) for row in (OLD, NEW))
            was_filled = f"{before} IS NOT NULL"
            yield Refusal(event=Event.UPDATE, text=self.text, gate=sql.different(before, after), when=was_filled, documents=documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBetween(Rule):
    """Rows of a relation, which stay as long as both ends are frozen. New ones may be added."""

    ends: tuple[str, str]
    of: Frozen

    @property
    def document_fields(self) -> tuple[str, ...]:
        """Both ends, where they are invoices."""
        return self.ends if self.of.is_document else ()

    @property
    def kept_whole_by(self) -> frozenset[str]:
        """A relation is its two ends."""
        return frozenset(column_of(self.model, name) for name in self.ends)

    def needed_columns(self) -> frozenset[str]:
        """Both ends."""
        return Rule.needed_columns(self) | self.kept_whole_by

    def protects(self, sql: Sql, row: str) -> str:
        return " AND ".join(is_filled(sql, self.of, key=self.column(sql, row, name)) for name in self.ends)

    def rows(self, sql: Sql) -> Iterator[Refusal]:
        for event, changes in ((Event.UPDATE, frozenset({column_of(self.model, "pk")})), (Event.DELETE, None)):
            yield Refusal(
                event=event, text=self.text, changes_beside=changes, when=self.protects(sql, OLD), documents=self.documents(sql, OLD)
            )


def is_filled(sql: Sql, of: Frozen, *, key: str) -> str:
    """Whether the row with this key is frozen."""
    pk, since = (sql.name(column_of(of.model, name)) for name in ("pk", of.since))
    return f"EXISTS (SELECT 1 FROM {sql.table(of.model)} AS parent WHERE parent.{pk} = {key} AND parent.{since} IS NOT NULL)"


def column_of(model: type[models.Model], name: str) -> str:
    """The column of a field; “pk” is the primary key."""
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return str(field.column)
