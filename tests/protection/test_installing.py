"""Triggers are made once, known again, and said to be missing, outdated or disabled when they are."""

# ruff: noqa: S608  # SQL is what is under test

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, NotSupportedError, connection, models, transaction
from django.db.transaction import TransactionManagementError

from invoicing.models import Item, Protection, Repair, get_invoice_model, unprotected
from invoicing.protection import drop_triggers, install_triggers, is_wanted, missing_triggers, remove_triggers
from invoicing.protection.checks import check_protection
from invoicing.protection.installing import installed_triggers, wanted_triggers
from tests import databases
from tests.factories import make_issued_invoice

Invoice = get_invoice_model()
REPAIRS = connection.ops.quote_name(Repair._meta.db_table)


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def found(name):
    return next(trigger for trigger in installed_triggers("default") if trigger.name.startswith(name))


def names():
    return sorted(trigger.name for trigger in installed_triggers("default"))


def test_a_second_time_nothing_is_done(triggers):
    before = names()

    changes = install_triggers("default")

    assert (changes.made, changes.dropped) == ((), ())
    assert names() == before == sorted(trigger.name for trigger in wanted_triggers("default"))
    assert Protection.objects.count() == 1


def test_removing_takes_all_of_them_and_the_wish(triggers):
    before = names()

    assert sorted(remove_triggers("default").dropped) == before
    assert names() == []
    assert not is_wanted("default")
    assert remove_triggers("default").dropped == ()


def test_dropping_keeps_the_wish(triggers):
    drop_triggers("default")

    assert names() == []
    assert is_wanted("default")


def test_one_that_is_missing_is_told_and_made_again(triggers):
    run(*found("invoicing_item_delete").drop)

    assert missing_triggers("default") == [f"{Item._meta.db_table}: nothing refuses DELETE"]
    assert len(install_triggers("default").made) == 1
    assert missing_triggers("default") == []


def test_one_that_another_hand_has_emptied_is_outdated(triggers):
    old = next(trigger for trigger in wanted_triggers("default") if trigger.name.startswith("invoicing_item_delete"))
    empty = {
        "postgresql": "BEGIN RETURN NULL; END",
        "mysql": "BEGIN SET @nothing = 0; END",
        "sqlite": "BEGIN SELECT 1; END",
    }[connection.vendor]
    run(*old.drop, *(statement.replace(old.body, empty) for statement in old.create))

    assert missing_triggers("default") == [f"{old.table}: the trigger on DELETE is outdated"]
    assert install_triggers("default").made == (old.name,)
    assert missing_triggers("default") == []


def test_a_longer_list_makes_them_outdated_and_then_holds(triggers, monkeypatch):
    invoice = make_issued_invoice()
    monkeypatch.setattr(Invoice, "CHANGEABLE_AFTER_ISSUE", Invoice.CHANGEABLE_AFTER_ISSUE | {"note"})

    assert missing_triggers("default") == [f"{Invoice._meta.db_table}: the trigger on UPDATE is outdated"]
    changes = install_triggers("default")
    invoice.note = "changed"
    invoice.save()

    assert (len(changes.made), len(changes.dropped)) == (1, 1)
    assert Invoice.objects.get(pk=invoice.pk).note == "changed"


def test_one_that_no_rule_asks_for_is_told_and_dropped(triggers, monkeypatch):
    monkeypatch.setattr("invoicing.protection.registry._makers", [])

    assert all("belongs to no rule any more" in sentence for sentence in missing_triggers("default"))
    install_triggers("default")
    assert names() == []


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["DISABLE", "ENABLE REPLICA"])
def test_one_that_is_disabled_is_told_and_made_again(triggers, state):
    run(f"ALTER TABLE {Item._meta.db_table} {state} TRIGGER {found('invoicing_item_delete').name}")

    assert missing_triggers("default") == ["invoicing_item: the trigger on DELETE is disabled"]
    install_triggers("default")
    assert missing_triggers("default") == []


@pytest.mark.postgres
def test_a_temporary_table_is_no_open_door(triggers):
    invoice = make_issued_invoice()
    run(
        "CREATE TEMPORARY TABLE invoicing_repair (invoice_id bigint, closed_at timestamptz)",
        "INSERT INTO invoicing_repair VALUES (NULL, NULL)",
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Invoice).filter(pk=invoice.pk).update(note="changed")
    assert missing_triggers("default") == []


def test_triggers_of_others_stay(triggers):
    table = connection.ops.quote_name(Item._meta.db_table)
    own = {
        "postgresql": (
            "CREATE FUNCTION invoicing_audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            f"CREATE TRIGGER invoicing_audit AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION invoicing_audit()",
        ),
        "mysql": (f"CREATE TRIGGER invoicing_audit AFTER INSERT ON {table} FOR EACH ROW SET @seen = 1",),
        "sqlite": (f"CREATE TRIGGER invoicing_audit AFTER INSERT ON {table} BEGIN SELECT 1; END",),
    }[connection.vendor]
    undo = {
        "postgresql": (f"DROP TRIGGER invoicing_audit ON {table}", "DROP FUNCTION invoicing_audit()"),
    }.get(connection.vendor, ("DROP TRIGGER invoicing_audit",))
    run(*own)
    assert missing_triggers("default") == []
    remove_triggers("default")
    # It is an error to drop what is not there.
    run(*undo)


@pytest.mark.mariadb
def test_whoever_may_not_read_triggers_knows_them_by_name(triggers):
    database = connection.settings_dict["NAME"]
    run(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO 'petra'@'%' IDENTIFIED BY 'tea'")
    parameters = connection.get_connection_params() | {"user": "petra", "password": "tea"}
    own = connection.connection
    connection.connection = connection.get_new_connection(parameters)
    try:
        bodies = {trigger.body for trigger in installed_triggers("default")}
        missing = missing_triggers("default")
    finally:
        connection.connection.close()
        connection.connection = own
        run("DROP USER 'petra'@'%'")

    assert bodies == {None}
    assert missing == []


@pytest.mark.mariadb
def test_an_open_transaction_is_not_ended_unseen(db):
    with pytest.raises(TransactionManagementError, match="outside of one"):
        install_triggers("default")


@pytest.mark.skipif(databases.KIND == "mariadb", reason="triggers and transactions do not go together there")
def test_all_or_nothing(database, monkeypatch):
    monkeypatch.setattr(Protection.objects, "using", lambda _alias: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        install_triggers("default")

    assert names() == []


def test_without_tables_it_says_to_migrate(database, monkeypatch):
    monkeypatch.setattr("invoicing.protection.dialect.Dialect.has_tables_of", lambda *_: False)

    with pytest.raises(ImproperlyConfigured, match="run migrate first"):
        install_triggers("default")


def test_other_databases_are_told_so(database, monkeypatch):
    monkeypatch.setattr("invoicing.protection.installing.DIALECTS", {})

    with pytest.raises(NotSupportedError, match="There are no triggers for"):
        install_triggers("default")


def test_a_column_added_by_hand_is_frozen(committed_triggers):
    table = connection.ops.quote_name(Invoice._meta.db_table)
    invoice = make_issued_invoice()
    run(f"ALTER TABLE {table} ADD COLUMN stamp varchar(10) DEFAULT 'one'")
    try:
        if connection.vendor != "postgresql":
            # There every column is named, so the trigger has to be made anew; `--check` says so.
            assert missing_triggers("default") == [f"{Invoice._meta.db_table}: the trigger on UPDATE is outdated"]
            install_triggers("default")
        # The same values again are no change.
        run(f"UPDATE {table} SET stamp = 'one', note = note WHERE id = {invoice.pk}")
        with pytest.raises(IntegrityError), transaction.atomic():
            run(f"UPDATE {table} SET stamp = 'two' WHERE id = {invoice.pk}")
    finally:
        drop_triggers("default")
        run(f"ALTER TABLE {table} DROP COLUMN stamp")


# The door


def test_a_repair_opens_the_door_of_its_invoice_only(triggers):
    invoice, other = make_issued_invoice(), make_issued_invoice()

    with unprotected(invoice, reason="wrong customer"):
        models.QuerySet(Invoice).filter(pk=invoice.pk).update(customer_name="Buchhandlung Winter KG")
        models.QuerySet(Item).filter(invoice=invoice).update(title="Relaunch")
        with pytest.raises(IntegrityError), transaction.atomic():
            models.QuerySet(Invoice).filter(pk=other.pk).update(customer_name="Buchhandlung Winter KG")
        with pytest.raises(IntegrityError), transaction.atomic():
            models.QuerySet(Item).filter(invoice=other).update(title="Relaunch")

    invoice.refresh_from_db()
    assert (invoice.customer_name, invoice.item_set.get().title) == ("Buchhandlung Winter KG", "Relaunch")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Invoice).filter(pk=invoice.pk).update(note="changed")


def test_a_repair_of_all_opens_every_door(triggers):
    invoice, other = make_issued_invoice(), make_issued_invoice()

    with unprotected(reason="the currency was wrong"):
        assert models.QuerySet(Invoice).update(currency="CHF") == 2

    assert {invoice.currency for invoice in Invoice.objects.all()} == {"CHF"}
    assert other.pk != invoice.pk


def test_an_invoice_can_be_deleted_in_a_repair(triggers):
    invoice = make_issued_invoice()

    with unprotected(invoice, reason="entered for a test"):
        invoice.delete()

    assert not Invoice.objects.exists()


def test_a_repair_leaves_its_trace_whatever_is_done_in_it(triggers):
    invoice = make_issued_invoice()

    with unprotected(reason="wrong customer"):
        for attempt in (
            Repair.objects.all().delete,
            lambda: Repair.objects.update(reason="nothing"),
            lambda: run(f"DELETE FROM {REPAIRS}"),
        ):
            with pytest.raises(IntegrityError, match="the log of repairs"), transaction.atomic():
                attempt()
        models.QuerySet(Invoice).update(note="changed")

    assert [(repair.reason, repair.closed_at is not None) for repair in Repair.objects.all()] == [("wrong customer", True)]
    with pytest.raises(IntegrityError, match="the log of repairs"), transaction.atomic():
        Repair.objects.update(closed_at=None)
    assert invoice.pk


# The system check


def test_the_check_is_silent_where_nobody_asked(database):
    assert check_protection(databases=["default"]) == []
    assert check_protection(databases=None) == []


def test_the_check_names_what_is_missing_and_the_command(triggers):
    assert check_protection(databases=["default"]) == []
    run(*found("invoicing_item_insert").drop)

    message, *rest = check_protection(databases=["default"])

    assert rest == []
    assert message.id == "invoicing.W003"
    assert f"{Item._meta.db_table}: nothing refuses INSERT" in message.msg
    assert message.hint == "Run: python manage.py invoicing_protect --database default"


def test_the_check_runs_where_databases_are_asked_for(triggers, capsys):
    run(*found("invoicing_item_insert").drop)

    call_command("check")
    assert "W003" not in capsys.readouterr().err
    call_command("check", databases=["default"])
    assert "W003" in capsys.readouterr().err
