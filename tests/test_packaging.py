"""What a wheel must hold and what an import must not do: light, with data files, and with core dependencies alone."""

import subprocess
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

import invoicing

ROOT = Path(__file__).resolve().parent.parent
OPTIONAL = [
    *("babel", "django_filters", "drf_spectacular", "lxml", "mt940", "pypdf", "qrbill"),
    *("rest_framework", "segno", "weasyprint", "xlsxwriter"),
]


def project():
    """The project table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_version_is_the_one_that_is_installed():
    assert version("django-invoicekit") == invoicing.__version__


def test_what_it_is_called_and_under_which_licence():
    described = project()

    assert (described["name"], described["license"]) == ("django-invoicekit", "BSD-3-Clause")
    assert (ROOT / "LICENSE").is_file()


def test_only_a_few_packages_are_needed():
    names = {requirement.split(">")[0].lower() for requirement in project()["dependencies"]}

    assert names == {"django", "django-countries", "django-model-utils", "python-dateutil", "python-stdnum"}


@pytest.mark.parametrize("name", ["py.typed", "domain/codes/currencies.csv", "taxation/rates/eu.csv", "taxation/notes.json"])
def test_the_data_files_are_there(name):
    assert files("invoicing").joinpath(name).is_file()


def test_no_optional_package_is_imported_by_installing_the_app():
    program = f"""
import sys, django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "invoicing"],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
)
django.setup()
print([name for name in {OPTIONAL!r} if name in sys.modules])
"""

    done = subprocess.run(  # noqa: S603  our own interpreter and program
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_app_asks_no_database_when_it_is_loaded():
    program = """
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "invoicing"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/at/all.sqlite3"}},
)
django.setup()
import invoicing.models
"""

    done = subprocess.run(  # noqa: S603  our own interpreter and program
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert done.returncode == 0, done.stderr
