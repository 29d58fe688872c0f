"""Putting the triggers into a database, taking them out, and telling what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError, connections, router, transaction
from django.db.transaction import TransactionManagementError

from invoicing.models import Protection
from invoicing.models.event import current_actor_name
from invoicing.protection.dialect import Dialect
from invoicing.protection.mysql import MySQL
from invoicing.protection.postgresql import PostgreSQL
from invoicing.protection.registry import all_rules
from invoicing.protection.rules import Rule
from invoicing.protection.sqlite import SQLite
from invoicing.protection.triggers import Installed, Trigger

DIALECTS: dict[str, type[Dialect]] = {"postgresql": PostgreSQL, "mysql": MySQL, "sqlite": SQLite}
"""By the vendor of a connection; MariaDB calls itself mysql."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was made and what was taken away: names of triggers."""

    made: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What is to be done so that the triggers of a database are those of the models."""

    make: list[Trigger]
    drop: list[Installed]
    tables_missing: list[str]


def install_triggers(using: str) -> Changes:
    """Make the triggers that are missing or outdated, and note that this database is to have them.

    Raises ImproperlyConfigured when tables are missing: run `migrate` first.
    """
    with _changing(using):
        plan = _plan(using)
        if plan.tables_missing:
            raise ImproperlyConfigured(f"Tables or columns are missing ({', '.join(plan.tables_missing)}): run migrate first.")
        changes = _carry_out(plan, using=using)
        note_wish(using)
    return changes


def restore_triggers(using: str) -> Changes:
    """As `install_triggers`, as far as the tables are there: after a migration back to an early state, not all of them are."""
    with _changing(using):
        return _carry_out(_plan(using), using=using)


def remove_triggers(using: str) -> Changes:
    """Take the triggers away, and the note that this database is to have them."""
    with _changing(using):
        changes = drop_triggers(using)
        if is_wanted(using):
            Protection.objects.using(using).all().delete()
    return changes


def drop_triggers(using: str) -> Changes:
    """Take the triggers away for a time. The note stays, so that the next `migrate` makes them again."""
    with _changing(using):
        installed = installed_triggers(using)
        _run((statement for trigger in installed for statement in trigger.drop), using=using)
    return Changes(dropped=tuple(trigger.name for trigger in installed))


def is_wanted(using: str) -> bool:
    """Whether somebody asked for triggers in this database."""
    return _has_table(using) and Protection.objects.using(using).exists()


def missing_triggers(using: str) -> list[str]:
    """What a database lacks of the protection that its models ask for: a sentence each; nothing when all is well."""
    plan = _plan(using)
    # What is made anew because it is there and differs is told once, as outdated.
    there = {(trigger.table, trigger.name.rpartition("_")[0]): trigger for trigger in plan.drop}
    sentences = [f"{table}: a table, or a column of it, is missing" for table in plan.tables_missing]
    for trigger in plan.make:
        found = there.pop((trigger.table, trigger.name.rpartition("_")[0]), None)
        if found is None:
            sentences.append(f"{trigger.table}: nothing refuses {trigger.event.upper()}")
        elif not found.is_enabled:
            sentences.append(f"{trigger.table}: the trigger on {trigger.event.upper()} is disabled")
        else:
            sentences.append(f"{trigger.table}: the trigger on {trigger.event.upper()} is outdated")
    return sentences + [f"{trigger.table}: the trigger {trigger.name} belongs to no rule any more" for trigger in there.values()]


def installed_triggers(using: str) -> list[Installed]:
    """The triggers of ours that a database has."""
    with connections[using].cursor() as cursor:
        return _dialect(using).read_installed(cursor)


def wanted_triggers(using: str) -> list[Trigger]:
    """The triggers that the rules ask for, as far as the tables are there."""
    rules = _rules(using)
    return _dialect(using).of(connections[using], rules).triggers(rules)


def _plan(using: str) -> _Plan:
    rules = _rules(using)
    dialect = _dialect(using).of(connections[using], rules)
    wanted, installed = dialect.triggers(rules), {trigger.name: trigger for trigger in installed_triggers(using)}
    sound = {
        trigger.name
        for trigger in wanted
        if trigger.name in installed and installed[trigger.name].is_enabled and installed[trigger.name].does(trigger.body)
    }
    return _Plan(
        make=[trigger for trigger in wanted if trigger.name not in sound],
        drop=[trigger for trigger in installed.values() if trigger.name not in sound],
        tables_missing=sorted({rule.model._meta.db_table for rule in rules if not dialect.has_tables_of(rule)}),
    )


def _has_table(using: str) -> bool:
    connection = connections[using]
    if not router.allow_migrate_model(using, Protection) or connection.vendor not in DIALECTS:
        return False
    with connection.cursor() as cursor:
        return Protection._meta.db_table in connection.introspection.table_names(cursor)


def note_wish(using: str) -> None:
    """Note that this database is to have triggers, where its tables are there."""
    if _has_table(using) and not is_wanted(using):
        Protection.objects.using(using).create(actor_name=current_actor_name())


def _carry_out(plan: _Plan, *, using: str) -> Changes:
    new = {trigger.name for trigger in plan.make}
    # One of the same name has to go first; any other stays until its successor is there.
    _run((statement for trigger in plan.drop if trigger.name in new for statement in trigger.drop), using=using)
    _run((statement for trigger in plan.make for statement in trigger.create), using=using)
    _run((statement for trigger in plan.drop if trigger.name not in new for statement in trigger.drop), using=using)
    return Changes(made=tuple(trigger.name for trigger in plan.make), dropped=tuple(trigger.name for trigger in plan.drop))


def _rules(using: str) -> list[Rule]:
    """The rules of tables that belong into this database."""
    return [rule for rule in all_rules() if router.allow_migrate_model(using, rule.model)]


def _dialect(using: str) -> type[Dialect]:
    vendor = connections[using].vendor
    if vendor not in DIALECTS:
        raise NotSupportedError(f"There are no triggers for {vendor}: use PostgreSQL, MariaDB, MySQL or SQLite.")
    return DIALECTS[vendor]


def _run(statements: Iterator[str] | Sequence[str], *, using: str) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _changing(using: str) -> Iterator[None]:
    """All or nothing, where the database can."""
    connection: Any = connections[using]
    if connection.features.can_rollback_ddl:
        with transaction.atomic(using=using):
            yield
    elif connection.in_atomic_block:
        raise TransactionManagementError("Triggers end the open transaction on this database: change them outside of one.")
    else:
        yield
