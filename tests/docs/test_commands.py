"""The page of commands names every command, option and key that there is."""

import json
import re
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command, get_commands, load_command_class

from invoicing import chain
from tests.docs.pages import DOCS, quoted, table
from tests.factories import line, make_invoice

PAGE = DOCS / "reference/commands.md"
APPS = {name: app for name, app in get_commands().items() if app.partition(".")[0] == "invoicing"}
OURS = sorted(APPS)
MODULE = "python -m invoicing.chain"

INVOICE = {"external_id": "1", "date_issue": "2026-03-02", "supplier_name": "Teehaus Lindner GmbH", "status": "DRAFT", "items": []}

OF_DJANGO = {"help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks"}


IS_WHOLE = apps.is_installed("invoicing.contrib.payments")


def of_ours(names):
    """The names of the commands that this project has; all of them where it has every app."""
    return [name for name in names if IS_WHOLE or name in OURS or not name.startswith("invoicing_")]


def first_words(heading):
    return [name.split()[0] for row in table(PAGE, after=heading) for name in quoted(row[0])]


def options_of(name):
    parser = load_command_class(APPS[name], name).create_parser("manage.py", name)
    actions = [action for action in parser._actions if action.dest not in OF_DJANGO]
    return {action.option_strings[-1] if action.option_strings else action.dest.upper() for action in actions}


def test_every_command_has_its_chapter():
    chapters = re.findall(r"^## (invoicing_\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert of_ours(chapters) == OURS


def test_every_command_has_its_exit_codes():
    assert of_ours([quoted(row[0])[0] for row in table(PAGE, after="## Exit codes")]) == [*OURS, MODULE]


@pytest.mark.parametrize("name", OURS)
def test_every_option_is_in_the_table(name):
    assert set(first_words(f"## {name}")) == options_of(name)


def test_every_option_of_the_program_for_auditors_is_in_the_table(capsys):
    with suppress(SystemExit):
        chain.main(["--help"])
    offered = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}

    assert set(first_words(f"## {MODULE}")) == {"FILE", *offered}


def keys_of(name, *arguments):
    told = StringIO()
    with suppress(CommandError):
        call_command(name, *arguments, json=True, stdout=told)
    return set(json.loads(told.getvalue()))


def write_records(path: Path, **records) -> str:
    path.write_text(json.dumps(records), encoding="utf-8")
    return str(path)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["invoicing_audit_numbers", "invoicing_explain", "invoicing_verify_chain"])
def test_every_key_of_what_is_read_is_in_the_table(name):
    invoice = make_invoice([line()])
    arguments = [invoice.number] if name == "invoicing_explain" else []

    assert set(first_words(f"### JSON of {name}")) == keys_of(name, *arguments)


@pytest.mark.django_db
def test_every_key_of_an_import_is_in_the_table(tmp_path):
    right = write_records(tmp_path / "right.json", companies=[{"name": "Teehaus Lindner GmbH", "code": "TEE"}], invoices=[INVOICE])
    wrong = write_records(tmp_path / "wrong.json", invoices=[{"external_id": "1", "status": "?"}])

    assert set(first_words("### JSON of invoicing_import")) == keys_of("invoicing_import", right)
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in keys_of("invoicing_import", wrong))


@pytest.mark.django_db(transaction=True)
def test_every_key_of_the_protection_is_in_the_table():
    checked = keys_of("invoicing_protect", "--check")
    made = keys_of("invoicing_protect")
    removed = keys_of("invoicing_protect", "--remove")

    assert set(first_words("### JSON of invoicing_protect")) == made == removed
    assert checked == made - {"made", "dropped"} | {"wanted", "missing"}
