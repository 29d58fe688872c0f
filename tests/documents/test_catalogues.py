"""The catalogues: nothing that a document says is left in English, and what is compiled is what was written."""

import ast
import gettext
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import invoicing

PACKAGE = Path(invoicing.__file__).parent
LANGUAGES = ("de", "es", "fr", "it", "sk")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

TRANSLATE = re.compile(r'{% translate "([^"]+)" context "([^"]+)" %}')
BLOCK = re.compile(r'{% blocktranslate ([^%]*)context "([^"]+)" %}(.*?){% endblocktranslate %}', re.DOTALL)
CALLS = {"_": 1, "gettext": 1, "gettext_lazy": 1, "pgettext": 2, "pgettext_lazy": 2}


def texts_of_python(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            *context, text = [argument.value for argument in node.args[: CALLS[node.func.id]]]
            yield (context[0] if context else None, text)


def texts_of_template(path):
    source = path.read_text(encoding="utf-8")
    for text, context in TRANSLATE.findall(source):
        yield context, text
    for _options, context, text in BLOCK.findall(source):
        yield context, re.sub(r"{{ (\w+) }}", r"%(\1)s", text)


def texts_of_documents():
    """Whatever a document may say: (context, text)."""
    said = set(texts_of_template(PACKAGE / "templates/invoicing/document.html"))
    said |= set(texts_of_python(PACKAGE / "domain/choices.py"))
    for path in (PACKAGE / "documents").glob("*.py"):
        said |= {(context, text) for context, text in texts_of_python(path) if context}
    # Django has the months in every language.
    return {(context, text) for context, text in said if text not in MONTHS}


def compiled(language):
    return gettext.translation("django", PACKAGE / "locale", [language])


def test_the_texts_are_found():
    said = texts_of_documents()

    assert {
        ("document", "To pay"),
        ("document", "Net, %(currency)s"),
        (None, "Credit note"),
        ("unit", "pcs"),
        ("document", "Issue date"),
    } <= said
    assert len(said) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_leaves_nothing_untranslated(language):
    catalogue = compiled(language)._catalog
    missing = [text for context, text in texts_of_documents() if not catalogue.get(f"{context}\x04{text}" if context else text)]

    assert sorted(missing) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_the_markup_of_its_text(language):
    marks = re.compile(r"%\(\w+\)s|{\w+}|<[^>]+>")
    for text, translation in compiled(language)._catalog.items():
        if text:
            assert sorted(marks.findall(text.rpartition("\x04")[2])) == sorted(marks.findall(translation)), text


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="msgfmt (gettext) is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_written(language):
    source = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
    command = [shutil.which("msgfmt"), "--check-format", "--output-file=-", str(source)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 -- a fixed command

    assert gettext.GNUTranslations(io.BytesIO(done.stdout))._catalog == compiled(language)._catalog
