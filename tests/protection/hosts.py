"""A host project with an invoice of its own, in a folder: what is migrated and tested there is what a real host does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

SETTINGS = """
from pathlib import Path

from tests.hosts.core_only.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "shop"]
INVOICING_INVOICE_MODEL = "shop.ShopInvoice"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "host.sqlite3"}}
"""

MODELS = """
from django.db import models

from invoicing.models import AbstractInvoice


class ShopInvoice(AbstractInvoice):
    project = models.CharField(max_length=64, blank=True)

    class Meta(AbstractInvoice.Meta):
        pass
"""

PROTECT = """
from django.db import migrations

from invoicing.protection.operations import ProtectIssued


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial"), ("invoicing", "0002_documents")]
    operations = [ProtectIssued()]
"""

DEPENDENCIES = re.compile(r"^    dependencies = \[.*?^    \]$", re.DOTALL | re.MULTILINE)


class Host:
    """A Django project in a folder, with one app, shop, on a SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("host_settings.py", SETTINGS)
        self.write("shop/__init__.py", "")
        self.write("shop/models.py", MODELS)
        self.write("shop/migrations/__init__.py", "")
        self.manage("makemigrations", "shop", "--name", "initial")
        # Between the parties that an invoice refers to and the documents that refer to it.
        first = folder / "shop/migrations/0001_initial.py"
        first.write_text(DEPENDENCIES.sub('    dependencies = [("invoicing", "0001_parties")]', first.read_text(encoding="utf-8")), "utf-8")
        self.write("shop/migrations/0002_protect.py", PROTECT)

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "TEST_DATABASE", "DJANGO_"))}
        clean |= {"DJANGO_SETTINGS_MODULE": "host_settings", "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT)])}
        return subprocess.run(  # noqa: S603  # our own project
            [sys.executable, "-W", "error", *arguments],
            env=clean,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            timeout=120,
        )

    def manage(self, *arguments: str) -> str:
        """Run a command that works, and return what it prints."""
        done = self.run("-m", "django", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, lines: str) -> str:
        """Run lines in the shell of the project, and return what they print."""
        done = self.run("-c", f"import django\ndjango.setup()\n{textwrap.dedent(lines)}")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
