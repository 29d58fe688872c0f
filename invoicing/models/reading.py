"""Reading one moment: what was committed then, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

SNAPSHOT = {
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "mysql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"),
    "sqlite": ("BEGIN DEFERRED",),
}
"""What opens a transaction that sees one moment only and keeps no writer waiting."""


@contextmanager
def one_moment(using: str) -> Iterator[None]:
    """Read what was committed at one moment, in a transaction of its own where none is open.

    Rows that refer to each other and are read at different moments would not agree while others write. Django's `atomic()`
    opens the transaction as the settings say: too loose on PostgreSQL and MariaDB, and with the write lock on SQLite.
    """
    connection = connections[using]
    connection.ensure_connection()
    if connection.in_atomic_block or not connection.get_autocommit():
        yield
        return
    with connection.cursor() as cursor:
        for statement in SNAPSHOT.get(connection.vendor, ("BEGIN",)):
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
