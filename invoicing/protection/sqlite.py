"""Triggers of SQLite: before the row is written, so that INSERT OR REPLACE is seen while what it replaces is still there."""

# ruff: noqa: S608  # every name is quoted, and no value is written into a statement

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import models

from invoicing.protection.dialect import Dialect, literal
from invoicing.protection.rules import NEW, OLD, STORED, Event, Refusal, column_of
from invoicing.protection.triggers import Installed, Key, Table, is_ours

GENERATED = (2, 3)
"""What PRAGMA table_xinfo calls columns that are computed."""

WHERE = re.compile(r"\)\s*WHERE\s(.+)$", re.IGNORECASE | re.DOTALL)


class SQLite(Dialect):
    """There is one writer at a time, so nothing has to be locked."""

    replaces_rows = True

    @classmethod
    def read_tables(cls, cursor: Any, names: Sequence[str]) -> dict[str, Table]:
        found = {}
        for name in names:
            cursor.execute(f"PRAGMA table_xinfo({cls.name(name)})")
            rows = cursor.fetchall()
            if rows:
                found[name] = Table(
                    name=name,
                    columns={column: kind for _, column, kind, _, _, _, hidden in rows if hidden not in GENERATED},
                    generated=tuple(column for _, column, _, _, _, _, hidden in rows if hidden in GENERATED),
                    keys=(Key(columns=tuple(row[1] for row in rows if row[5])), *sorted(cls._unique(cursor, name), key=_order)),
                )
        return found

    @classmethod
    def _unique(cls, cursor: Any, table: str) -> Iterator[Key]:
        cursor.execute(f"PRAGMA index_list({cls.name(table)})")
        for _, index, is_unique, origin, is_partial in cursor.fetchall():
            if not is_unique or origin == "pk":
                continue
            cursor.execute(f"PRAGMA index_info({cls.name(index)})")
            columns = tuple(row[2] for row in cursor.fetchall())
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = %s", [index])
            condition = WHERE.search(cursor.fetchone()[0] or "") if is_partial else None
            # An expression has no column.
            if None not in columns:
                yield Key(columns=columns, condition=condition[1].strip() if condition else "")

    @classmethod
    def read_installed(cls, cursor: Any) -> list[Installed]:
        cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        return [
            Installed(name=name, table=table, body=sql.partition(" FOR EACH ROW ")[2], drop=cls.drop(name, Table(name=table, columns={})))
            for name, table, sql in cursor.fetchall()
            if is_ours(name)
        ]

    def body(self, table: Table, event: Event, refusals: Sequence[Refusal]) -> str:  # noqa: ARG002  # the conditions say it
        parts = (
            f"  SELECT RAISE(ABORT, {literal(refusal.text)}) WHERE " + "\n    AND ".join(self.conditions(table, refusal) or ["1"]) + ";\n"
            for refusal in refusals
        )
        return f"BEGIN\n{''.join(parts)}END"

    def create(self, name: str, table: Table, event: Event, body: str) -> tuple[str, ...]:
        return (f"CREATE TRIGGER {self.name(name)} BEFORE {event.upper()} ON {self.name(table.name)} FOR EACH ROW {body}",)

    @classmethod
    def drop(cls, name: str, table: Table) -> tuple[str, ...]:  # noqa: ARG003  # names are unique in a database
        return (f"DROP TRIGGER {cls.name(name)}",)

    def different(self, left: str, right: str) -> str:
        """Whether two values differ, whatever the collation of the column."""
        return f"{left} IS NOT {right} COLLATE BINARY"

    def locked_rows_filled(self, *, table: str, key: str, keys: Collection[str], column: str) -> str:
        """Whoever writes has the database alone."""
        return f"EXISTS (SELECT 1 FROM {table} AS parent WHERE parent.{key} IN ({', '.join(keys)}) AND parent.{column} IS NOT NULL)"

    def replaced(self, model: type[models.Model], *, event: Event, protects: str, beside: Collection[str]) -> str:
        """Whether a protected row has a unique key of the new one: REPLACE takes it away and asks no trigger on DELETE."""
        table = self.tables[model._meta.db_table]
        keys = [key for key in table.keys if not (beside and {*beside} <= {*key.columns})]
        met = [self._meets(table, key, event=event) for key in keys]
        if not met:
            return ""
        pk = self.name(column_of(model, "pk"))
        other = f" AND {STORED}.{pk} IS NOT {OLD}.{pk}" if event == Event.UPDATE else ""
        either = "\n      OR ".join(met)
        return f"EXISTS (SELECT 1 FROM {self.table(model)} AS {STORED} WHERE ({either}){other} AND {protects})"

    def _meets(self, table: Table, key: Key, *, event: Event) -> str:
        columns = [self.name(column) for column in key.columns]
        conditions = [f"{STORED}.{column} = {NEW}.{column}" for column in columns]
        if key.condition:
            # The condition of a partial index speaks of columns, of whichever row stands alone in a query.
            row = ", ".join(f"{NEW}.{self.name(column)} AS {self.name(column)}" for column in table.columns)
            conditions += [f"({key.condition})", f"EXISTS (SELECT 1 FROM (SELECT {row}) WHERE {key.condition})"]
        elif event == Event.UPDATE:
            # Most updates leave every key alone, and then nothing has to be looked up.
            conditions.insert(0, "(" + " OR ".join(f"{NEW}.{column} IS NOT {OLD}.{column}" for column in columns) + ")")
        return "(" + " AND ".join(conditions) + ")"


def _order(key: Key) -> tuple[tuple[str, ...], str]:
    return key.columns, key.condition
