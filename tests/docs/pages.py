"""A page of the docs as the tests read it: its examples, and the cells of its tables."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCED = re.compile(r'^```python(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```$', re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
_RULE = re.compile(r"[\s:|-]+")
_QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Example:
    """A fenced block of Python. A title says which file of a host it is; without one it is typed into a shell."""

    title: str
    code: str


def examples(page: Path) -> list[Example]:
    """The blocks of Python of a page, from top to bottom."""
    return [Example(found["title"] or "", textwrap.dedent(found["code"])) for found in _FENCED.finditer(page.read_text(encoding="utf-8"))]


def run(page: Path, *, settings: Any, monkeypatch: Any) -> dict[str, Any]:
    """Run the examples of a page in one shell; blocks of settings are in force from there on. Return the shell's names."""
    names: dict[str, Any] = {"__name__": "shell"}
    for example in examples(page):
        code = compile(example.code, f"{page.name} {example.title}".strip(), "exec")
        if example.title.endswith("settings.py"):
            _apply(code, settings=settings)
        elif example.title:
            _install(example.title, code, monkeypatch=monkeypatch)
        else:
            exec(code, names)  # noqa: S102  # our own docs
    return names


def _apply(code: Any, *, settings: Any) -> None:
    """Put the library's settings of a block in force; Django's own are read and left as the test project has them."""
    names: dict[str, Any] = {"INSTALLED_APPS": [], "MIDDLEWARE": [], "DATABASES": {"default": {}}, "BASE_DIR": ROOT}
    exec(code, names)  # noqa: S102  # our own docs
    for name, value in names.items():
        if name.startswith("INVOICING_"):
            setattr(settings, name, value)


def _install(title: str, code: Any, *, monkeypatch: Any) -> None:
    """Make a block importable by the name that its title gives it."""
    *packages, name = title.removesuffix(".py").split("/")
    for depth in range(1, len(packages) + 1):
        package = ModuleType(".".join(packages[:depth]))
        package.__path__ = []
        if package.__name__ not in sys.modules:
            monkeypatch.setitem(sys.modules, package.__name__, package)
    module = ModuleType(".".join([*packages, name]))
    exec(code, module.__dict__)  # noqa: S102  # our own docs
    monkeypatch.setitem(sys.modules, module.__name__, module)


def table(page: Path, *, after: str) -> list[list[str]]:
    """The rows of the first table after a heading, without its head; cells are stripped."""
    text = page.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"{after}\n")
    assert found, f"{page.name} has no heading {after!r}"
    block = next(part for part in rest.split("\n\n") if part.lstrip().startswith("|"))
    rows = [[cell.strip() for cell in row.replace("\\|", "¦").split("|")] for row in _ROW.findall(block)]
    return [row for row in rows[1:] if not _RULE.fullmatch("|".join(row))]


def quoted(cell: str) -> list[str]:
    """The code names of a cell: ["total", "vat"] of "`total`, `vat`"."""
    return _QUOTED.findall(cell)
