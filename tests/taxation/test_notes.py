"""Notes: the official terms, and what a language without a text gets."""

import pytest

from invoicing.taxation.notes import note, note_languages

OFFICIAL = {
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
    *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
}

# Directive 2006/112/EC, Art. 226 point 11a, in its language versions.
REVERSE_CHARGE = {
    "bg": "Обратно начисляване",
    "cs": "Daň odvede zákazník",
    "de": "Steuerschuldnerschaft des Leistungsempfängers",
    "el": "Αντίστροφη επιβάρυνση",
    "en": "Reverse charge",
    "es": "Inversión del sujeto pasivo",
    "fr": "Autoliquidation",
    "hu": "Fordított adózás",
    "it": "Inversione contabile",
    "nl": "Btw verlegd",
    "pl": "Odwrotne obciążenie",
    "pt": "Autoliquidação",
    "ro": "Taxare inversă",
    "sk": "Prenesenie daňovej povinnosti",
}


@pytest.mark.parametrize(("language", "text"), REVERSE_CHARGE.items())
def test_reverse_charge_is_called_as_the_directive_calls_it(language, text):
    assert note("reverse_charge", language=language) == text


def test_every_official_language_but_irish_has_a_term_of_its_own():
    assert OFFICIAL - note_languages("reverse_charge") == {"ga"}
    assert note("reverse_charge", language="ga") == "Reverse charge"


@pytest.mark.parametrize(
    ("name", "article"),
    [("intra_community", "138"), ("export", "146"), ("outside_scope", "44"), ("small_business", "284"), ("exempt", "132")],
)
@pytest.mark.parametrize("language", sorted(OFFICIAL))
def test_the_other_notes_name_their_article(name, article, language):
    assert article in note(name, language=language)
    assert "2006/112" in note(name, language=language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de-AT", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("PT_br", "Autoliquidação"),
        ("ja", "Reverse charge"),
        ("", "Reverse charge"),
    ],
)
def test_variants_fall_back_to_their_language_and_strangers_to_english(language, text):
    assert note("reverse_charge", language=language) == text
