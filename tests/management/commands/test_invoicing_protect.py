"""`manage.py invoicing_protect` makes, checks and removes the triggers, and says what it did."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from invoicing.models import Protection
from invoicing.protection import drop_triggers, is_wanted, remove_triggers
from invoicing.protection.installing import installed_triggers

HINT = "Run: python manage.py invoicing_protect --database default"


@pytest.fixture(autouse=True)
def clean(transactional_db):
    yield
    remove_triggers("default")


def told(capsys):
    return capsys.readouterr().out.splitlines()


def names():
    return sorted(trigger.name for trigger in installed_triggers("default"))


def test_it_makes_them_and_says_which(capsys):
    call_command("invoicing_protect")

    lines = told(capsys)
    assert sorted(line.removeprefix("  made ") for line in lines[:-1]) == names()
    assert lines[-1] == "Issued invoices are protected in 'default'."
    assert [row.actor_name for row in Protection.objects.all()] == ["invoicing_protect"]


def test_a_second_time_it_says_that_all_is_there(capsys):
    call_command("invoicing_protect")
    told(capsys)

    call_command("invoicing_protect")

    assert told(capsys) == ["Issued invoices were protected in 'default' already."]


def test_it_removes_them(capsys):
    call_command("invoicing_protect")
    told(capsys)

    call_command("invoicing_protect", "--remove")

    lines = told(capsys)
    assert lines[0].startswith("  dropped invoicing_")
    assert lines[-1] == "'default' has no triggers of invoicing any more."
    assert (names(), is_wanted("default")) == ([], False)


def test_check_is_content_when_all_is_there(capsys):
    call_command("invoicing_protect")
    told(capsys)

    call_command("invoicing_protect", "--check")

    assert told(capsys) == ["Issued invoices are protected in 'default'."]


def test_check_fails_and_changes_nothing_when_something_is_missing(capsys):
    call_command("invoicing_protect")
    table = next(trigger for trigger in installed_triggers("default") if "invoice_delete" in trigger.name)
    with connection.cursor() as cursor:
        for statement in table.drop:
            cursor.execute(statement)
    before = names()
    told(capsys)

    with pytest.raises(CommandError, match=HINT) as refusal:
        call_command("invoicing_protect", "--check")

    assert refusal.value.returncode == 1
    assert told(capsys) == [f"  {table.table}: nothing refuses DELETE"]
    assert names() == before


def test_json(capsys):
    call_command("invoicing_protect", "--json")
    made = json.loads(capsys.readouterr().out)
    assert (made["database"], made["protected"], sorted(made["made"]), made["dropped"]) == ("default", True, names(), [])

    call_command("invoicing_protect", "--check", "--json")
    assert json.loads(capsys.readouterr().out) == {"database": "default", "wanted": True, "protected": True, "missing": []}

    drop_triggers("default")
    with pytest.raises(CommandError):
        call_command("invoicing_protect", "--check", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["wanted"], found["protected"], len(found["missing"])) == (True, False, len(made["made"]))


def test_without_tables_it_says_what_to_run(monkeypatch):
    monkeypatch.setattr("invoicing.protection.dialect.Dialect.has_tables_of", lambda *_: False)

    with pytest.raises(CommandError, match="run migrate first"):
        call_command("invoicing_protect")


def test_on_another_database_it_says_which_ones_work(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("invoicing.protection.installing.DIALECTS", {})
        with pytest.raises(CommandError, match="use PostgreSQL, MariaDB, MySQL or SQLite"):
            call_command("invoicing_protect")
