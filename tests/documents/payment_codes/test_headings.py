"""The headings of a QR-bill."""

import dataclasses

import pytest

from invoicing.documents.payment_codes.headings import HEADINGS, swiss_headings


@pytest.mark.parametrize(
    ("language", "receipt"),
    [("de", "Empfangsschein"), ("de-ch", "Empfangsschein"), ("fr", "Récépissé"), ("it", "Ricevuta"), ("en", "Receipt"), ("sk", "Receipt")],
)
def test_they_are_in_the_language_of_the_document_or_in_english(language, receipt):
    assert swiss_headings(language).receipt == receipt


@pytest.mark.parametrize("language", ["de", "fr", "it"])
def test_no_heading_is_left_in_english(language):
    english, other = dataclasses.astuple(HEADINGS["en"]), dataclasses.astuple(HEADINGS[language])

    assert not set(english) & set(other)


def test_another_implementation_has_the_same_words():
    from qrbill.bill import LABELS

    english = HEADINGS["en"]
    for field in dataclasses.fields(english):
        theirs = LABELS[getattr(english, field.name)]
        assert {language: getattr(HEADINGS[language], field.name) for language in theirs} == theirs
