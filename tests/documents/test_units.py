"""What units are called on paper."""

import pytest
from django.utils import translation

from invoicing.documents.units import NAMES, unit_on_paper
from invoicing.domain.choices import Unit
from invoicing.domain.codes.units import is_unit_code


@pytest.mark.parametrize(
    ("unit", "language", "name"),
    [
        ("EMPTY", "en", ""),
        ("PIECES", "en", "pcs"),
        ("PIECES", "de", "Stk."),
        ("HOURS", "sk", "h"),
        ("KGM", "fr", "kg"),
        ("DAY", "es", "días"),
        ("B22", "en", "B22"),
    ],
)
def test_a_unit_has_a_name_of_the_language_or_shows_as_its_code(unit, language, name):
    with translation.override(language):
        assert unit_on_paper(unit) == name


def test_every_code_that_has_a_name_is_in_the_list():
    assert [code for code in NAMES if code not in Unit.values and not is_unit_code(code)] == []
