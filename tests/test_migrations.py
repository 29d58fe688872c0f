"""No setting of a host makes a migration necessary, and the migrations run to the end and back on an empty database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

ROOT = Path(__file__).resolve().parent.parent

# What a host may set in its settings file; each is a module of its own, because models read some of it when they are made.
HOSTS = {
    "nothing": "",
    "no time zones": "USE_TZ = False",
    "another language": "LANGUAGE_CODE = 'de'\nLANGUAGES = [('de', 'Deutsch'), ('fr', 'Français')]",
    "no translation": "USE_I18N = False",
    "small keys": "DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'",
    "localised numbers": "USE_THOUSAND_SEPARATOR = True\nLANGUAGE_CODE = 'de'",
    "own countries": "COUNTRIES_ONLY = ['DE', 'AT']",
    "own choices": """
INVOICING_CURRENCY = 'JPY'
INVOICING_ROUNDING_POLICY = 'KEEP_GROSS'
INVOICING_COUNTER_PERIOD = 'MONTHLY'
INVOICING_NUMBER_FORMAT = "{{ invoice.date_issue|date:'Ym' }}-{{ invoice.sequence }}"
INVOICING_PAYMENT_DAYS = 30
INVOICING_PAYMENT_METHOD = 'CASH'
INVOICING_TAX_RATE = 18
INVOICING_CONTENT_RULES = 'NONE'
INVOICING_FISCAL_YEAR_START = 4
""",
}


def manage(tmp_path, lines, *arguments):
    """Run a management command in a process whose settings file has these lines in it."""
    (tmp_path / "host_settings.py").write_text(f"from tests.hosts.core_only.settings import *\n{lines}\n", encoding="utf-8")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "host_settings", "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    return subprocess.run(  # noqa: S603  our own interpreter and arguments
        [sys.executable, "-W", "error", "-m", "django", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )


@pytest.mark.parametrize("lines", HOSTS.values(), ids=HOSTS)
def test_no_setting_makes_a_migration_necessary(tmp_path, lines):
    done = manage(tmp_path, lines, "makemigrations", "--check", "--dry-run")

    assert (done.returncode, done.stdout.strip()) == (0, "No changes detected"), done.stdout + done.stderr


@pytest.mark.parametrize("lines", HOSTS.values(), ids=HOSTS)
def test_system_checks_have_nothing_to_say(tmp_path, lines):
    done = manage(tmp_path, lines, "check", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_host_with_its_own_invoice_needs_no_migration_either():
    environment = {
        **os.environ,
        "TEST_DATABASE": "sqlite",
        "DJANGO_SETTINGS_MODULE": "tests.hosts.swapped.settings",
        "PYTHONPATH": str(ROOT),
    }

    done = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", ["de", "fr", "en"])
@pytest.mark.django_db
def test_the_language_that_a_command_runs_in_changes_nothing(language):
    with override_settings(LANGUAGE_CODE=language):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_app_has_migrations_and_one_head():
    loader = MigrationLoader(None)

    assert len(loader.graph.leaf_nodes("invoicing")) == 1


def test_tables_come_and_go_on_an_empty_database(tmp_path):
    lines = f"DATABASES = {{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(tmp_path / 'host.sqlite3')!r}}}}}"

    for arguments in (["migrate"], ["migrate", "invoicing", "zero"], ["migrate"]):
        done = manage(tmp_path, lines, *arguments, "--no-input", "--verbosity", "0")
        assert done.returncode == 0, done.stdout + done.stderr
