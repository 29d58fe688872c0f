"""Triggers of PostgreSQL: one function each, after the row is written, so that it is seen as it will stay."""

# ruff: noqa: S608  # every name is quoted, and no value is written into a statement

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import models

from invoicing.protection.dialect import Dialect, literal, nested
from invoicing.protection.rules import NEW, OLD, Event, Refusal
from invoicing.protection.triggers import Installed, Table, is_ours

# The first schema of the search path that has the table; a temporary table of the same name never stands in for it.
FOUND = """
c.relkind IN ('r', 'p') AND n.nspname = ANY(pg_catalog.current_schemas(false)) AND NOT EXISTS (
  SELECT 1 FROM pg_catalog.pg_class other JOIN pg_catalog.pg_namespace s ON s.oid = other.relnamespace
  WHERE other.relname = c.relname AND other.relkind IN ('r', 'p')
    AND array_position(pg_catalog.current_schemas(false), s.nspname) < array_position(pg_catalog.current_schemas(false), n.nspname)
)
"""

TABLES = f"""
SELECT c.relname, n.nspname, a.attname, a.attgenerated <> ''
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relname = ANY(%s) AND {FOUND}
ORDER BY c.relname, a.attnum
"""

# D: disabled, R: fires on replicas only.
INSTALLED = f"""
SELECT t.tgname, c.relname, n.nspname, p.prosrc, t.tgenabled NOT IN ('D', 'R')
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND {FOUND}
ORDER BY t.tgname
"""


class PostgreSQL(Dialect):
    """PL/pgSQL. Columns that are added later are frozen without the trigger being made anew: whole rows are compared."""

    refuses_truncate = True

    @classmethod
    def read_tables(cls, cursor: Any, names: Sequence[str]) -> dict[str, Table]:
        cursor.execute(TABLES, [list(names)])
        found: dict[str, tuple[str, dict[str, str], list[str]]] = {}
        for name, schema, column, is_generated in cursor.fetchall():
            _schema, columns, generated = found.setdefault(name, (schema, {}, []))
            if is_generated:
                generated.append(column)
            else:
                columns[column] = ""
        return {
            name: Table(name=name, schema=schema, columns=columns, generated=tuple(generated))
            for name, (schema, columns, generated) in found.items()
        }

    @classmethod
    def read_installed(cls, cursor: Any) -> list[Installed]:
        cursor.execute(INSTALLED)
        return [
            Installed(
                name=name,
                table=table,
                body=body,
                is_enabled=is_enabled,
                drop=cls.drop(name, Table(name=table, schema=schema, columns={})),
            )
            for name, table, schema, body, is_enabled in cursor.fetchall()
            if is_ours(name)
        ]

    def body(self, table: Table, event: Event, refusals: Sequence[Refusal]) -> str:
        parts = []
        for refusal in refusals:
            raised = f"RAISE EXCEPTION USING ERRCODE = '23514', TABLE = {literal(table.name)}, MESSAGE = {literal(refusal.text)};"
            conditions = self.conditions(table, refusal)
            if refusal.changes_beside is None:
                parts.append(nested(conditions, raised))
                continue
            # The row as it is now, with the columns that may differ as they were.
            resets = "".join(
                f"    kept.{self.name(column)} := {OLD}.{self.name(column)};\n"
                for column in sorted({*table.columns} & refusal.changes_beside) + list(table.generated)
            )
            gate, inner = (conditions[:1], conditions[1:]) if refusal.gate else (["TRUE"], conditions)
            parts.append(f"  IF {gate[0]} THEN\n    kept := {NEW};\n{resets}{nested(inner, raised, depth=2)}  END IF;\n")
        declared = "DECLARE\n  kept record;\n" if event == Event.UPDATE else ""
        return f"\n{declared}BEGIN\n{''.join(parts)}  RETURN NULL;\nEND\n"

    def create(self, name: str, table: Table, event: Event, body: str) -> tuple[str, ...]:
        function, target = self._qualified(name, table), self._qualified(table.name, table)
        moment = "BEFORE TRUNCATE" if event == Event.TRUNCATE else f"AFTER {event.upper()}"
        scope = "STATEMENT" if event == Event.TRUNCATE else "ROW"
        return (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $invoicing${body}$invoicing$",
            f"CREATE TRIGGER {self.name(name)} {moment} ON {target} FOR EACH {scope} EXECUTE FUNCTION {function}()",
        )

    @classmethod
    def drop(cls, name: str, table: Table) -> tuple[str, ...]:
        return (
            f"DROP TRIGGER {cls.name(name)} ON {cls._qualified(table.name, table)}",
            f"DROP FUNCTION {cls._qualified(name, table)}()",
        )

    def table(self, model: type[models.Model]) -> str:
        """The name of a table with its schema."""
        found = self.tables[model._meta.db_table]
        return self._qualified(found.name, found)

    def changed(self, table: Table, *, beside: Collection[str]) -> str:  # noqa: ARG002  # `body` has set these back
        """Whether the row differs in any byte from what it was."""
        return f"kept *<> {OLD}"

    def locked_rows_filled(self, *, table: str, key: str, keys: Collection[str], column: str) -> str:
        """FOR SHARE waits for whoever is issuing the row, and sees what it became.

        All rows are counted: the planner would take a condition into the query that locks, and what it leaves out stays unlocked.
        """
        rows = f"SELECT {column} AS filled FROM {table} WHERE {key} IN ({', '.join(keys)}) ORDER BY {key} FOR SHARE"
        return f"(SELECT COUNT(parent.filled) FROM ({rows}) AS parent) > 0"

    @classmethod
    def _qualified(cls, name: str, table: Table) -> str:
        return f"{cls.name(table.schema)}.{cls.name(name)}"
