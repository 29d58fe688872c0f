"""Triggers of MariaDB and MySQL: after the row is written, every column by name, compared as bytes."""

# ruff: noqa: S608  # every name is quoted, and no value is written into a statement

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from invoicing.protection.dialect import Dialect, literal, nested
from invoicing.protection.rules import Event, Refusal
from invoicing.protection.triggers import Installed, Table, is_ours

TABLES = """
SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, EXTRA
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ({places})
ORDER BY TABLE_NAME, ORDINAL_POSITION
"""

INSTALLED = """
SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT
FROM information_schema.TRIGGERS
WHERE TRIGGER_SCHEMA = DATABASE()
ORDER BY TRIGGER_NAME
"""

# A violated constraint, which Django and the drivers know for an IntegrityError, and which IGNORE does not ignore.
ERROR = "SQLSTATE '23000' SET MYSQL_ERRNO = 4025"


class MySQL(Dialect):
    """Stored programs. REPLACE deletes rows, which the triggers see; TRUNCATE they do not see."""

    @classmethod
    def read_tables(cls, cursor: Any, names: Sequence[str]) -> dict[str, Table]:
        cursor.execute(TABLES.format(places=", ".join(["%s"] * len(names))), list(names))
        columns: dict[str, dict[str, str]] = {}
        generated: dict[str, list[str]] = {}
        for table, column, kind, extra in cursor.fetchall():
            columns.setdefault(table, {})
            if "GENERATED" in str(extra).upper().replace("DEFAULT_GENERATED", ""):
                generated.setdefault(table, []).append(column)
            else:
                columns[table][column] = str(kind).lower()
        return {name: Table(name=name, columns=found, generated=tuple(generated.get(name, ()))) for name, found in columns.items()}

    @classmethod
    def read_installed(cls, cursor: Any) -> list[Installed]:
        cursor.execute(INSTALLED)
        return [
            Installed(name=name, table=table, body=_text(body), drop=cls.drop(name, Table(name=table, columns={})))
            for name, table, body in cursor.fetchall()
            if is_ours(name)
        ]

    def body(self, table: Table, event: Event, refusals: Sequence[Refusal]) -> str:  # noqa: ARG002  # the conditions say it
        parts = (
            nested(self.conditions(table, refusal), f"SIGNAL {ERROR}, MESSAGE_TEXT = {literal(refusal.text)};") for refusal in refusals
        )
        return f"BEGIN\n{''.join(parts)}END"

    def create(self, name: str, table: Table, event: Event, body: str) -> tuple[str, ...]:
        return (f"CREATE TRIGGER {self.name(name)} AFTER {event.upper()} ON {self.name(table.name)} FOR EACH ROW {body}",)

    @classmethod
    def drop(cls, name: str, table: Table) -> tuple[str, ...]:  # noqa: ARG003  # names are unique in a database
        return (f"DROP TRIGGER {cls.name(name)}",)

    @classmethod
    def name(cls, name: str) -> str:
        """A name in backticks."""
        return "`{}`".format(name.replace("`", "``"))

    def different(self, left: str, right: str) -> str:
        """Whether two values differ as bytes: collations take A for a, and a with a space for a."""
        return f"NOT (CAST({left} AS BINARY) <=> CAST({right} AS BINARY))"

    def pair(self, left: str, right: str) -> str:
        """Two words as one text of bytes."""
        return f"CAST(CONCAT({left}, '>', {right}) AS BINARY)"

    def changed(self, table: Table, *, beside: Collection[str]) -> str:
        """Whether the row differs in any column but these; JSON is compared as it is written out."""
        parts = []
        for column, kind in table.columns.items():
            if column not in beside:
                old, new = (f"{row}.{self.name(column)}" for row in ("OLD", "NEW"))
                if kind == "json":
                    old, new = f"CAST({old} AS CHAR)", f"CAST({new} AS CHAR)"
                parts.append(self.different(old, new))
        return "(" + "\n      OR ".join(parts) + ")"

    def locked_rows_filled(self, *, table: str, key: str, keys: Collection[str], column: str) -> str:
        """A locking read sees what is committed now, also at REPEATABLE READ, and waits for whoever is issuing the row.

        Rows that a condition leaves out would be unlocked again, so all are counted.
        """
        return f"(SELECT COUNT({column}) FROM {table} WHERE {key} IN ({', '.join(keys)}) LOCK IN SHARE MODE) > 0"


def _text(value: Any) -> str | None:
    """A statement as text; without the right TRIGGER there is none."""
    return value.decode() if isinstance(value, bytes) else value
