"""The catalogues: nothing that a document says is left in English, and what is compiled is what was written."""

import re
import shutil

import pytest

from tests.catalogues import (
    APPS,
    LANGUAGES,
    compiled,
    locale,
    missing,
    source,
    texts_of,
    texts_of_documents,
    texts_of_template,
    translations,
    unwritten,
)

of_every_app = pytest.mark.parametrize("app", APPS, ids=lambda app: app or "core")

MARKS = re.compile(r"%\(\w+\)s|{\w+}|<[^>]+>|%%")


def shipped(language, app):
    return source(language, app).with_suffix(".mo").read_bytes()


@of_every_app
def test_the_languages_are_those_that_are_promised(app):
    assert sorted(LANGUAGES) == sorted(["de", "fr", "es", "it", "nl", "pl", "cs", "sk", "hu", "ro", "pt"])
    assert sorted(path.name for path in locale(app).iterdir()) == sorted(LANGUAGES)


def test_the_texts_are_found():
    said = texts_of_documents()

    assert {
        ("document", "To pay"),
        ("document", "Net, %(currency)s"),
        ("document", 'Page <span class="page"></span> of <span class="pages"></span>'),
        ("document", "{number}%"),
        (None, "Credit note"),
        ("unit", "pcs"),
        ("document", "Issue date"),
    } <= said
    assert len(said) > 100
    assert (None, "January") not in said
    assert ("mail", "Please pay %(to_pay)s by %(date_due)s.") in texts_of("delivery")
    assert ("document", "To pay") not in texts_of("delivery")


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ('{% translate "Total" context "document" %}', [("document", "Total")]),
        ('{% translate "Total" context "document" as total %}', [("document", "Total")]),
        ("{% translate 'Total' as total context 'document' %}", [("document", "Total")]),
        ('{% translate "Total" %}{{ _("Net") }}', [(None, "Total"), (None, "Net")]),
        (
            '{% blocktranslate trimmed with name=tax.name context "document" %}\n  Your {{ name }}\n{% endblocktranslate %}',
            [("document", "Your %(name)s")],
        ),
        (
            '{% blocktranslate count n=days context "document" %}a day{% plural %}{{ n }} days{% endblocktranslate %}',
            [("document", "a day")],
        ),
        ('{% comment %}{% translate "Total" context "document" %}{% endcomment %}{# {% translate "Net" %} #}', []),
    ],
)
def test_a_text_of_a_template_is_found_however_it_is_written(template, texts):
    assert list(texts_of_template(template)) == texts


@of_every_app
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language, app):
    assert missing(shipped(language, app), app) == []


@of_every_app
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_nothing_that_nobody_says(language, app):
    assert translations(shipped(language, app)).keys() - texts_of(app) == set()


@of_every_app
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_no_entry_that_is_fuzzy_obsolete_or_empty(language, app):
    written = source(language, app).read_text(encoding="utf-8")

    assert re.findall(r"^#,.*\bfuzzy\b.*", written, re.MULTILINE) == []
    assert re.findall(r"^#~.*", written, re.MULTILINE) == []
    assert re.findall(r'^msgstr(?:\[\d\])? ""\n(?!")', written, re.MULTILINE) == []


@of_every_app
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_the_markup_of_its_text(language, app):
    for (_context, text), translation in translations(shipped(language, app)).items():
        assert sorted(MARKS.findall(text)) == sorted(MARKS.findall(translation)), text


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="msgfmt (gettext) is not installed")
@of_every_app
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_was_written(language, app):
    assert compiled(language, app) == shipped(language, app)


def test_what_is_missing_is_an_entry_to_fill_in():
    assert unwritten(None, "Invoice") == 'msgid "Invoice"\nmsgstr ""'
    assert unwritten("document", 'a <b class="x">%(n)s</b>') == (
        '#, python-format\nmsgctxt "document"\nmsgid "a <b class=\\"x\\">%(n)s</b>"\nmsgstr ""'
    )
