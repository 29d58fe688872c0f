"""What customers are told, and the catalogues that say it in other languages: found here for the tests and for scripts/catalogues."""

from __future__ import annotations

import ast
import gettext
import io
import json
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

import invoicing

PACKAGE = Path(invoicing.__file__).parent

APPS = ("", *sorted(path.parent.name for path in (PACKAGE / "contrib").glob("*/locale")))
"""The apps with catalogues of their own: the core, and those of contrib that speak to customers."""

LANGUAGES = ("cs", "de", "es", "fr", "hu", "it", "nl", "pl", "pt", "ro", "sk")
"""What a document can be written in, besides English, which the texts are in."""

# Django has the months in every language.
MONTHS = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "ngettext": 1,
    "ngettext_lazy": 1,
    "pgettext": 2,
    "pgettext_lazy": 2,
    "npgettext": 2,
    "npgettext_lazy": 2,
}
"""How many arguments of a call make the key of a catalogue."""

LITERAL = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\({LITERAL}(?:, {LITERAL})?")

Text = tuple[str | None, str]
"""A context, or None, and a text."""


@cache
def texts_of_documents() -> frozenset[Text]:
    """Whatever a document may say."""
    said = set(texts_of_python(PACKAGE / "domain" / "choices.py"))
    for path in (PACKAGE / "documents").rglob("*.py"):
        # Without a context it is said to a developer.
        said |= {(context, text) for context, text in texts_of_python(path) if context}
    for path in (PACKAGE / "templates" / "invoicing").glob("*.html"):
        said |= set(texts_of_template(path.read_text(encoding="utf-8")))
    return frozenset((context, text) for context, text in said if text not in MONTHS)


@cache
def texts_of(app: str) -> frozenset[Text]:
    """What an app says to customers: documents, and of an app of contrib what its own catalogues have to know."""
    if not app:
        return texts_of_documents()
    said: set[Text] = set()
    for path in (PACKAGE / "contrib" / app).rglob("*.py"):
        said |= {(context, text) for context, text in texts_of_python(path) if context}
    for path in (PACKAGE / "contrib" / app / "templates").rglob("*.*"):
        said |= set(texts_of_template(path.read_text(encoding="utf-8")))
    return frozenset(said - texts_of_documents())


def texts_of_python(path: Path) -> Iterator[Text]:
    """The texts that a module has translated."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            key = [argument.value for argument in node.args[: CALLS.get(name, 0)] if isinstance(argument, ast.Constant)]
            if key:
                yield _text(key)


def texts_of_template(source: str) -> Iterator[Text]:
    """The texts that a template has translated, as makemessages finds them: whatever the tag, and none in a comment."""
    for name, *literals in CALL.findall(templatize(source)):
        yield _text([ast.literal_eval(literal) for literal in literals[: CALLS[name]]])


def _text(key: list[Any]) -> Text:
    *context, text = key
    return (context[0] if context else None, text)


def locale(app: str = "") -> Path:
    """Where the catalogues of an app are."""
    return PACKAGE / "contrib" / app / "locale" if app else PACKAGE / "locale"


def source(language: str, app: str = "") -> Path:
    """The catalogue that people write."""
    return locale(app) / language / "LC_MESSAGES" / "django.po"


def compiled(language: str, app: str = "") -> bytes:
    """The catalogue as Django reads it. Raises CalledProcessError where msgfmt refuses it, having said why."""
    command = [shutil.which("msgfmt") or "msgfmt", "--check-format", "--output-file=-", str(source(language, app))]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 -- a fixed command


def translations(catalogue: bytes) -> dict[Text, str]:
    """What a compiled catalogue holds; of a text with plurals, the first form."""
    entries: dict[Any, str] = vars(gettext.GNUTranslations(io.BytesIO(catalogue)))["_catalog"]
    found: dict[Text, str] = {}
    for key, translation in entries.items():
        context, _, text = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")
        if text:
            found.setdefault((context or None, text), translation)
    return found


def missing(catalogue: bytes, app: str = "") -> list[Text]:
    """The texts of an app that a compiled catalogue lacks: never written, empty or fuzzy."""
    return sorted(texts_of(app) - translations(catalogue).keys(), key=str)


def unwritten(context: str | None, text: str) -> str:
    """The entry to fill in for a text."""
    flags = [flag for flag, mark in (("python-format", "%("), ("python-brace-format", "{")) if mark in text]
    lines = [
        *(f"#, {flag}" for flag in flags),
        *([f'msgctxt "{context}"'] if context else []),
        f"msgid {json.dumps(text, ensure_ascii=False)}",
        'msgstr ""',
    ]
    return "\n".join(lines)


def compile_all() -> int:
    """Compile every catalogue and write out what each lacks; how many texts that are, over all languages."""
    lacking = 0
    for app, language in product(APPS, LANGUAGES):
        catalogue = compiled(language, app)
        source(language, app).with_suffix(".mo").write_bytes(catalogue)
        texts = missing(catalogue, app)
        lacking += len(texts)
        name = f"{app} {language}".strip()
        report = [f"{name}: {len(texts)} missing" if texts else f"{name}: complete", *(unwritten(*text) for text in texts)]
        sys.stdout.write("\n\n".join(report) + "\n" + "\n" * bool(texts))
    return lacking


if __name__ == "__main__":
    sys.exit(bool(compile_all()))


def write_catalogue(folder: Path, language: str, texts: Mapping[tuple[str, str], str]) -> None:
    """A compiled catalogue of a host: {(context, text): translation}."""
    entries = {"": "Content-Type: text/plain; charset=UTF-8\n", **{f"{context}\x04{text}": said for (context, text), said in texts.items()}}
    pairs = sorted((text.encode(), said.encode()) for text, said in entries.items())
    words = [*(text for text, _said in pairs), *(said for _text, said in pairs)]
    tables = 28
    place = tables + 16 * len(pairs)
    index, body = b"", b""
    for word in words:
        index += struct.pack("<II", len(word), place + len(body))
        body += word + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), tables, tables + 8 * len(pairs), 0, place)
    path = folder / language / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(head + index + body)
