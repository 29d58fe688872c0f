"""Trying again: what to do when transactions of others stood in the way of one's own."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections, transaction
from django.utils.translation import gettext

from invoicing.exceptions import TryAgainError

Result = TypeVar("Result")

POSTGRESQL_CONFLICTS = {"40001", "40P01", "55P03"}
"""Serialization failure, deadlock, lock not available."""

MYSQL_CONFLICTS = {1020, 1205, 1213, 3572}
"""Record has changed since it was read, lock wait timeout, deadlock, lock not available."""

SQLITE_CONFLICTS = ("SQLITE_BUSY", "SQLITE_LOCKED")

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 2.0
"""Seconds between two attempts; each pause is drawn at random from a range that doubles."""


def is_conflict(error: BaseException) -> bool:
    """Whether the database gave a transaction up because of others: deadlock, serialization failure, lock wait, a busy SQLite.

    The same work may well succeed when it is tried again from the beginning of its transaction.
    """
    if isinstance(error, TryAgainError):
        return True
    if not isinstance(error, DatabaseError) or isinstance(error, InterfaceError):
        return False
    driver: Any = error.__cause__ or error
    # psycopg 3 calls it sqlstate, psycopg2 pgcode.
    if (getattr(driver, "sqlstate", None) or getattr(driver, "pgcode", None)) in POSTGRESQL_CONFLICTS:
        return True
    if getattr(driver, "sqlite_errorname", "").startswith(SQLITE_CONFLICTS):
        return True
    return isinstance(error, OperationalError) and bool(error.args) and error.args[0] in MYSQL_CONFLICTS


@contextmanager
def conflicts_told(using: str) -> Iterator[None]:
    """Say TryAgainError where the database says in its own words that others stood in the way.

    A transaction that is still open can only be rolled back then: MariaDB has ended it already, and what follows would be
    committed without what came before.
    """
    try:
        yield
    except DatabaseError as error:
        if not is_conflict(error):
            raise
        if connections[using].in_atomic_block:
            connections[using].needs_rollback = True
        raise TryAgainError(reason=str(error).partition("\n")[0]) from error


def retry(work: Callable[[], Result], *, attempts: int = 5, using: str = DEFAULT_DB_ALIAS) -> Result:
    """Run `work` in a transaction of its own, again from the start when others stood in the way, up to `attempts` times.

    It must be safe to run twice: read what it needs inside, and leave what cannot be undone, such as mail, to
    `transaction.on_commit`. What it returns is committed: a transaction that can only be rolled back counts as a conflict,
    also where `work` caught the error that is to blame. To undo it on purpose, raise.

    Raises TryAgainError when the last attempt failed, too, and RuntimeError inside an open transaction, which would have to be
    repeated as a whole.
    """
    if connections[using].in_atomic_block:
        raise RuntimeError("retry() was called inside a transaction, which cannot be repeated in part: let retry() begin it.")
    pause = FIRST_PAUSE
    for _attempt in range(1, attempts):
        try:
            return _attempted(work, using=using)
        except TryAgainError:
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  # spread, not secrecy
            pause = min(pause * 2, LONGEST_PAUSE)
    return _attempted(work, using=using)


def _attempted(work: Callable[[], Result], *, using: str) -> Result:
    with conflicts_told(using), transaction.atomic(using=using):
        result = work()
        if connections[using].needs_rollback:
            # A step failed, could not be taken back alone, and whoever called it went on: Django would roll all of it back now,
            # and say nothing.
            raise TryAgainError(reason=gettext("a step that failed could not be taken back by itself"))
        return result
