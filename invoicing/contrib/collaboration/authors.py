"""Whoever acts, as a row keeps it: the user to point to, and a name that stays when the user is gone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from invoicing.actor import acting, current_actor
from invoicing.models.event import current_actor_name


def author_of(actor: Any, *, using: str) -> tuple[Any, str]:
    """The user, and the name; without an actor, that of whoever acts now. A user of another database is only named."""
    who = current_actor() if actor is None else actor
    with acting(who):
        name = current_actor_name()
    is_user = name and isinstance(who, get_user_model()) and who.pk and who._state.db == using
    return (who if is_user else None), name
