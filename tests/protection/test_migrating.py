"""Migrations go past the triggers, and leave them as they should be."""

from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import AddField, AlterField
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import OperationWriter
from django.test import override_settings

from invoicing.models import Protection, get_invoice_model
from invoicing.protection import drop_triggers, is_wanted, missing_triggers, receivers, remove_triggers
from invoicing.protection.installing import installed_triggers
from invoicing.protection.operations import ProtectIssued
from tests import databases
from tests.protection.hosts import Host

Invoice = get_invoice_model()
OURS = [(SimpleNamespace(app_label="invoicing"), False)]
OTHERS = [(SimpleNamespace(app_label="shop"), False)]


def state():
    return MigrationExecutor(connection).loader.project_state()


def forwards(*, collect_sql=False):
    with connection.schema_editor(collect_sql=collect_sql, atomic=False) as editor:
        ProtectIssued().database_forwards("shop", editor, state(), state())
    return editor


def backwards(*, collect_sql=False):
    with connection.schema_editor(collect_sql=collect_sql, atomic=False) as editor:
        ProtectIssued().database_backwards("shop", editor, state(), state())
    return editor


@pytest.fixture
def clean(transactional_db):
    yield
    remove_triggers("default")


# The operation


def test_the_operation_notes_the_wish_once(clean):
    forwards()
    forwards()

    assert [row.actor_name for row in Protection.objects.all()] == ["migrate"]
    assert installed_triggers("default") == []


def test_the_end_of_migrate_makes_the_triggers(clean):
    forwards()

    call_command("migrate", verbosity=0)

    assert missing_triggers("default") == []
    assert installed_triggers("default")


def test_rolled_back_it_takes_triggers_and_wish_away(committed_triggers):
    backwards()

    assert installed_triggers("default") == []
    assert not is_wanted("default")


def test_as_sql_it_says_what_follows(clean):
    statements = forwards(collect_sql=True).collected_sql

    assert statements[0] == "-- The triggers follow at the end of `migrate`, or by `manage.py invoicing_protect`."
    assert statements[1].startswith("INSERT INTO")
    assert "invoicing_protection" in statements[1]
    assert not is_wanted("default")


def test_as_sql_its_way_back_drops_each_trigger(committed_triggers):
    statements = backwards(collect_sql=True).collected_sql

    assert sum("DROP TRIGGER" in statement for statement in statements) == len(installed_triggers("default"))
    assert "DELETE FROM" in statements[-1]
    assert is_wanted("default")


def test_it_changes_no_model_and_is_written_into_migrations():
    operation, before = ProtectIssued(), ProjectState()
    operation.state_forwards("shop", before)

    assert before == ProjectState()
    assert operation.describe() == "Protect issued invoices by triggers of the database"
    assert operation.migration_name_fragment == "protect_issued"
    text, imports = OperationWriter(operation, indentation=0).serialize()
    assert text.split() == ["invoicing.protection.operations.ProtectIssued(", "),"]
    assert imports == {"import invoicing.protection.operations"}


def test_without_its_table_it_names_the_dependency(clean):
    with pytest.raises(LookupError, match="add its last migration to `dependencies`"), connection.schema_editor(atomic=False) as editor:
        ProtectIssued().database_forwards("shop", editor, ProjectState(), ProjectState())


def test_it_does_nothing_in_databases_of_others(clean):
    with override_settings(DATABASE_ROUTERS=["tests.protection.test_migrating.Elsewhere"]):
        forwards()
        backwards()
        assert not is_wanted("default")

    assert not Protection.objects.exists()


class Elsewhere:
    """A router that keeps invoices out of this database."""

    def allow_migrate(self, _db, app_label, **_hints):
        return app_label != "invoicing"


# Before and after migrations


def test_they_go_before_and_come_back_after(committed_triggers):
    before = [trigger.name for trigger in installed_triggers("default")]

    receivers.before_migrations(using="default", plan=OURS)
    assert installed_triggers("default") == []
    receivers.after_migrations(using="default")

    assert [trigger.name for trigger in installed_triggers("default")] == before


def test_where_nothing_is_planned_they_stay(committed_triggers):
    receivers.before_migrations(using="default", plan=[])

    assert installed_triggers("default")


def test_migrations_of_other_apps_are_no_reason_on_postgresql(committed_triggers):
    receivers.before_migrations(using="default", plan=OTHERS)

    assert bool(installed_triggers("default")) == (connection.vendor == "postgresql")
    receivers.after_migrations(using="default")


def test_they_come_back_even_when_the_wish_was_flushed_away(committed_triggers):
    Protection.objects.all().delete()

    receivers.before_migrations(using="default", plan=OURS)
    receivers.after_migrations(using="default")

    assert missing_triggers("default") == []
    assert is_wanted("default")


def test_a_crash_in_between_is_told(committed_triggers):
    drop_triggers("default")

    assert is_wanted("default")
    assert missing_triggers("default")
    receivers.after_migrations(using="default")
    assert missing_triggers("default") == []


def test_where_nobody_asked_nothing_is_made(clean):
    receivers.before_migrations(using="default", plan=OURS)
    receivers.after_migrations(using="default")

    assert installed_triggers("default") == []


def test_a_column_is_altered_and_another_is_added(committed_triggers):
    name = {"model_name": Invoice._meta.model_name}
    steps = [
        AlterField(name="title", field=models.CharField(max_length=200, blank=True), **name),
        AddField(name="stamp", field=models.CharField(max_length=9, default=""), **name),
    ]
    done, now = [], state()
    receivers.before_migrations(using="default", plan=OURS)
    try:
        for step in steps:
            before, now = now, now.clone()
            step.state_forwards(Invoice._meta.app_label, now)
            with connection.schema_editor() as editor:
                step.database_forwards(Invoice._meta.app_label, editor, before, now)
            done.append((step, before, now))
        receivers.after_migrations(using="default")

        assert missing_triggers("default") == []
        update = next(trigger for trigger in installed_triggers("default") if "invoice_update" in trigger.name)
        assert "stamp" in update.body or connection.vendor == "postgresql"
    finally:
        drop_triggers("default")
        for step, before, after in reversed(done):
            with connection.schema_editor() as editor:
                step.database_backwards(Invoice._meta.app_label, editor, after, before)


# A whole host


ATTACK = """
from django.db import IntegrityError, connection
from invoicing.models import get_invoice_model

invoice = get_invoice_model()(date_issue="2026-03-02", customer_name="Café Anker", {values})
invoice.save_with_items([{{"title": "Darjeeling", "unit_price": 7}}])
invoice.mark_sent() if invoice.status == "NEW" else None
try:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_shopinvoice SET {column} = 'other' WHERE id = %s", [invoice.pk])
except IntegrityError as error:
    print(error)
"""


@pytest.mark.skipif(databases.KIND != "sqlite", reason="the host of this test is on SQLite")
def test_a_host_with_its_own_invoice_migrates_and_stays_protected(tmp_path):
    host = Host(tmp_path)
    attack = ATTACK.format(values='project="Relaunch", supplier_name="Teehaus", status="SENT"', column="project")

    host.manage("migrate", "-v", "0")
    assert "are protected" in host.manage("invoicing_protect", "--check")
    assert "an issued invoice is frozen" in host.python(attack)
    assert "Protect issued invoices" in host.manage("sqlmigrate", "shop", "0002")

    # Columns that come later: one is altered, one is new.
    host.write("shop/models.py", host.folder.joinpath("shop/models.py").read_text("utf-8").replace("max_length=64", "max_length=80"))
    models_text = host.folder.joinpath("shop/models.py").read_text("utf-8")
    host.write(
        "shop/models.py",
        models_text.replace("    class Meta", '    team = models.CharField(max_length=9, default="", blank=True)\n\n    class Meta'),
    )
    host.manage("makemigrations", "shop", "--name", "later")
    host.manage("migrate", "-v", "0")
    assert "are protected" in host.manage("invoicing_protect", "--check")
    assert "an issued invoice is frozen" in host.python(ATTACK.format(values='supplier_name="Teehaus", status="SENT"', column="team"))

    # And back: first the column, then the wish, then all tables.
    host.manage("migrate", "shop", "0002", "-v", "0")
    host.manage("migrate", "shop", "0001", "-v", "0")
    assert host.run("-m", "django", "invoicing_protect", "--check").returncode == 1
    host.manage("migrate", "-v", "0")
    host.manage("migrate", "invoicing", "zero", "-v", "0")
