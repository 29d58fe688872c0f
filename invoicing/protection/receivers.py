"""Migrations and triggers: those that stand in the way go before, and all are there again afterwards.

SQLite makes a table anew for many a change of a column, which fails while triggers speak of it; on MariaDB and MySQL a
trigger names every column. PostgreSQL has no such trouble; there the triggers go only when tables of the rules are
migrated, so that a migration may fill a new column of issued invoices on every database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from invoicing.protection.installing import DIALECTS, drop_triggers, installed_triggers, is_wanted, note_wish, restore_triggers
from invoicing.protection.registry import all_rules

UID = "invoicing.protection"


def connect(app_config: Any) -> None:
    """Listen to the migrations; called by the app when it is ready."""
    pre_migrate.connect(before_migrations, sender=app_config, dispatch_uid=UID)
    post_migrate.connect(after_migrations, sender=app_config, dispatch_uid=UID)


def before_migrations(*, using: str, plan: Sequence[Any] = (), **_news: Any) -> None:
    """Take away the triggers that the planned migrations would run into.

    The wish is noted before where it is not: `flush` may have emptied its table.
    """
    if connections[using].vendor in DIALECTS and _stand_in_the_way(plan, using=using) and installed_triggers(using):
        note_wish(using)
        drop_triggers(using)


def after_migrations(*, using: str, **_news: Any) -> None:
    """Make the triggers that are missing or outdated, where they are wanted."""
    if is_wanted(using):
        restore_triggers(using)


def _stand_in_the_way(plan: Sequence[Any], *, using: str) -> bool:
    if connections[using].vendor != "postgresql":
        return bool(plan)
    protected = {"invoicing", *(rule.model._meta.app_label for rule in all_rules())}
    return any(migration.app_label in protected for migration, _backwards in plan)
