"""Locks and transactions, in one order everywhere: invoices by their keys, then counters, the register of the company last.

What optional apps lock beside them, such as payments, comes after the invoices and before the counters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction

from invoicing.chain import digest
from invoicing.retrying import conflicts_told


@contextmanager
def atomically(using: str) -> Iterator[None]:
    """Run in a transaction, or in a savepoint of the one that is open. Raises TryAgainError when others stood in the way."""
    with conflicts_told(using), transaction.atomic(using=using):
        yield


@contextmanager
def joined_transaction(using: str) -> Iterator[None]:
    """Run in the open transaction, or in one of its own where none is open.

    It sets no savepoint: whatever may be refused is refused before the first row is written.
    """
    if connections[using].in_atomic_block:
        with conflicts_told(using):
            yield
    else:
        with atomically(using):
            yield


def locked(queryset: models.QuerySet[Any], *, using: str) -> models.QuerySet[Any]:
    """The rows of a queryset, locked until the transaction ends.

    On PostgreSQL the lock is FOR NO KEY UPDATE, so that rows which merely point here can still be inserted.
    """
    features = connections[using].features
    return queryset.using(using).select_for_update(no_key=features.has_select_for_no_key_update)


@contextmanager
def one_at_a_time(key: str, *, using: str) -> Iterator[None]:
    """On MariaDB and MySQL, let one transaction at a time insert a key.

    Several that wait for a key which is then rolled back all get a lock on the gap, and end in a deadlock.
    """
    connection = connections[using]
    if connection.vendor != "mysql":
        yield
        return
    # Names of locks are shared by all databases of a server, and at most 64 characters long.
    database = connection.settings_dict["NAME"]
    name = f"invoicing:{digest(f'{database}|{key}')[:40]}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, 10)", [name])
        try:
            yield
        finally:
            cursor.execute("SELECT RELEASE_LOCK(%s)", [name])


def plain(model: Any, *, using: str) -> models.QuerySet[Any]:
    """The rows of a model without the rules of its own queryset, for whoever keeps them himself."""
    return models.QuerySet(model, using=using)
