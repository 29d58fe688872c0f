"""A document is written in its own language where its words are known, else in English: never in the host's."""

import pytest

from invoicing.documents.html import render_html
from invoicing.documents.languages import document_language
from tests.catalogues import write_catalogue
from tests.factories import make_issued_invoice


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("de", "de"),
        ("de-at", "de-at"),
        ("pt-br", "pt-br"),
        ("en", "en"),
        ("en-gb", "en-gb"),
        ("", "en"),
        ("xx", "en"),
        ("sv", "en"),
        ("ja", "en"),
        ("../../etc", "en"),
    ],
)
def test_languages_whose_words_are_known(code, language):
    assert document_language(code) == language


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["sv", "he"])
def test_a_language_without_words_is_not_that_of_the_host(settings, language):
    settings.LANGUAGE_CODE = "de"
    html = render_html(make_issued_invoice(language=language))

    assert '<html lang="en" dir="ltr">' in html
    assert "To pay" in html
    assert "Nov. 20, 2026" in html


@pytest.mark.django_db
def test_a_catalogue_of_the_host_brings_a_language(settings, tmp_path):
    write_catalogue(tmp_path, "sv", {("document", "To pay"): "Att betala"})
    settings.LOCALE_PATHS = [tmp_path]
    html = render_html(make_issued_invoice(language="sv"))

    assert '<html lang="sv" dir="ltr">' in html
    assert "Att betala" in html
