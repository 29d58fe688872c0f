"""The system check of the triggers: whoever asked for them is told when they are not there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core import checks

from invoicing.protection.installing import is_wanted, missing_triggers


@checks.register(checks.Tags.database)
def check_protection(*, databases: Collection[str] | None = None, **_kwargs: Any) -> list[checks.CheckMessage]:
    """W003: triggers are wanted in a database and are missing, outdated or disabled."""
    messages: list[checks.CheckMessage] = []
    for alias in databases or ():
        if is_wanted(alias) and (missing := missing_triggers(alias)):
            text = f"The database {alias!r} does not hold the freeze as it should ({len(missing)} findings): {'; '.join(missing)}."
            hint = f"Run: python manage.py invoicing_protect --database {alias}"
            messages.append(checks.Warning(text, hint=hint, id="invoicing.W003"))
    return messages
