"""Days in words."""

from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import reset_format_cache

from invoicing.documents.dates import GENITIVES, day_text

DAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "May 4, 2026"),
        ("de", "4. Mai 2026"),
        ("fr", "4 mai 2026"),
        ("es", "4 de mayo de 2026"),
        ("it", "4 maggio 2026"),
        ("nl", "4 mei 2026"),
        ("pl", "4 maja 2026"),
        ("cs", "4. května 2026"),
        ("sk", "4. mája 2026"),
        ("hu", "2026. május 4."),
        ("ro", "4 mai 2026"),
        ("pt", "4 de maio de 2026"),
        ("ja", "2026年5月4日"),
    ],
)
def test_a_day(language, text):
    with translation.override(language):
        assert day_text(DAY, language=language) == text


def test_slovak_months_are_all_there():
    with translation.override("sk"):
        assert [day_text(date(2026, month, 1), language="sk") for month in (1, 12)] == ["1. januára 2026", "1. decembra 2026"]
    assert len(GENITIVES["sk"]) == 12


def test_a_host_may_have_its_own_format(settings, tmp_path, monkeypatch):
    (tmp_path / "house_formats" / "sk").mkdir(parents=True)
    for folder in (tmp_path / "house_formats", tmp_path / "house_formats" / "sk"):
        (folder / "__init__.py").touch()
    (tmp_path / "house_formats" / "sk" / "formats.py").write_text('DATE_FORMAT = "Y-m-d"\n')
    monkeypatch.syspath_prepend(tmp_path)
    settings.FORMAT_MODULE_PATH = "house_formats"

    reset_format_cache()
    try:
        with translation.override("sk"):
            assert day_text(DAY, language="sk") == "2026-05-04"
    finally:
        reset_format_cache()
