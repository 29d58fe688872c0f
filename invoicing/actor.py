"""Who is acting: the person or program that the history names beside each event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_actor: ContextVar[Any] = ContextVar("invoicing_actor", default=None)


@contextmanager
def acting(actor: Any) -> Iterator[None]:
    """Name `actor` (a user, or a text such as "import") in every event that happens inside the block.

    with acting(request.user):
        invoice.issue()
    """
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Any:
    """Whoever acts now, or None."""
    return _actor.get()
