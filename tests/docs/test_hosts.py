"""The pages that make a host project are followed to the letter: a new project, its files, its tables, its shell."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests import databases
from tests.docs.pages import DOCS, ROOT, examples

pytestmark = pytest.mark.skipif(databases.KIND != "sqlite", reason="a new project is on SQLite, whatever this run is on")

# A shell of Django starts like this.
SHELL = ("import django", "django.setup()")

DEPENDENCIES = re.compile(r"^    dependencies = \[.*?^    \]$", re.DOTALL | re.MULTILINE)


class Host:
    """A Django project in a folder of its own, named shop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("-m", "django", "startproject", "shop", ".")

    def run(self, *arguments: str) -> str:
        """Run Python there as its user would, and return what it prints."""
        # The environment is empty, so that the host finds its own settings; the library is the checkout's.
        environment = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
        done = subprocess.run(  # noqa: S603  # our own docs
            [sys.executable, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """Run manage.py."""
        return self.run("manage.py", *arguments)

    def write(self, path: str, text: str) -> None:
        """Write a file of the host, in a package where it is in a folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (target.parent / "__init__.py").touch()
        target.write_text(text, encoding="utf-8")

    def settings(self, text: str) -> None:
        """Add to the settings."""
        with (self.folder / "shop/settings.py").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


def follow(page: Path, host: Host) -> str:
    """Do what a page says, and return what its shell prints."""
    shell, migrations = [], {}
    for example in examples(page):
        if not example.title:
            shell.append(example.code)
        elif example.title.endswith("settings.py"):
            host.settings(example.code)
        elif "/migrations/" in example.title:
            migrations[example.title] = textwrap.indent(example.code.strip(), "    ")
        else:
            host.write(example.title, example.code)
    models = [Path(example.title).parts[0] for example in examples(page) if example.title.endswith("models.py")]
    corrected = [Path(path).parts[0] for path in migrations]
    for path, dependencies in migrations.items():
        host.manage("makemigrations", Path(path).parts[0])
        made = DEPENDENCIES.split((host.folder / path).read_text(encoding="utf-8"), maxsplit=1)
        host.write(path, dependencies.join(made))
    for app in [app for app in models if app not in corrected]:
        host.manage("makemigrations", app)
    host.manage("migrate")
    host.manage("makemigrations", "--check", "--dry-run")
    host.write("typed.py", "\n".join(["import os", "os.environ['DJANGO_SETTINGS_MODULE'] = 'shop.settings'", *SHELL, *shell]))
    return host.run("typed.py")


def test_the_readme_prints_what_it_shows(host):
    page = ROOT / "README.md"
    shown = re.findall(r"^    (2026/.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(shown) == 2
    assert follow(page, host).splitlines() == shown


def test_a_host_brings_its_own_invoice(host):
    follow(DOCS / "how-to/extend-the-invoice.md", host)

    assert "billing_invoice" in host.manage("sqlmigrate", "billing", "0001")
