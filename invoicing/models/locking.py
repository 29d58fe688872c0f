"""Locks and transactions, in one order everywhere: the invoice first, its counter last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction


@contextmanager
def joined_transaction(using: str) -> Iterator[None]:
    """Run in the open transaction, or in one of its own where none is open.

    It sets no savepoint: whatever may be refused is refused before the first row is written.
    """
    if connections[using].in_atomic_block:
        yield
    else:
        with transaction.atomic(using=using):
            yield


def locked(queryset: models.QuerySet[Any], *, using: str) -> models.QuerySet[Any]:
    """The rows of a queryset, locked until the transaction ends.

    On PostgreSQL the lock is FOR NO KEY UPDATE, so that rows which merely point here can still be inserted.
    """
    features = connections[using].features
    return queryset.using(using).select_for_update(no_key=features.has_select_for_no_key_update)
