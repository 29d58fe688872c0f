"""Which characters can be drawn."""

import importlib.util
from importlib.machinery import SourceFileLoader
from importlib.resources import files
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from invoicing.exceptions import InvalidDataError, MissingDependencyError
from invoicing.fonts.coverage import undrawable

ROOT = Path(__file__).parents[2]
CHEROKEE = "\u13a0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Invoice 2026/1, 1,234.50 €",
        "Lindner & Vogt\r\n\tŁódź, Ελληνικά, Български, Việt Nam",
        "فاتورة رقم ١٢٣",
        "חשבונית מס",
        "請求書 发票 계산서 ｶﾅ",
        "चालान বিল பில் బిల్లు ಬಿಲ್ ബിൽ ਬਿੱਲ બિલ බිල්පත",
        "ใบแจ้งหนี้ ინვოისი հաշիվ",
        "✓ ☎ ₹ ₺ ½ × – “quoted” …",
        "co\u00adop zero\u200bwidth \u200fmark \ufeff",
    ],
)
def test_what_the_fonts_have_can_be_drawn(text):
    assert undrawable(text) == []


def test_what_no_font_has_is_named_once_and_in_its_order():
    assert undrawable("Party 🎉 for 𓀀 and 🎉, bell \x07") == ["🎉", "𓀀", "\x07"]


def test_the_ends_of_a_range_are_inside_and_their_neighbours_are_not():
    first, last = files("invoicing.fonts").joinpath("coverage.txt").read_text().splitlines()[-1].split("-")

    assert undrawable(chr(int(first, 16)) + chr(int(last, 16))) == []
    assert undrawable(chr(int(last, 16) + 1)) == [chr(int(last, 16) + 1)]


def test_the_ranges_are_those_of_the_files():
    loader = SourceFileLoader("font_coverage", str(ROOT / "scripts/font-coverage"))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("font_coverage", loader))
    loader.exec_module(script)

    assert files("invoicing.fonts").joinpath("coverage.txt").read_text() == script.text()


def test_a_font_of_the_host_adds_what_it_has(settings, tmp_path):
    font = TTFont(ROOT / "invoicing/fonts/files/NotoSansHebrew-Regular.ttf")
    table = font["cmap"].getcmap(3, 1)
    table.cmap[0x13A0] = table.cmap[0x05D0]  # a Cherokee letter that looks like an alef
    font.save(tmp_path / "Cherokee.ttf")
    assert undrawable(CHEROKEE) == [CHEROKEE]

    settings.INVOICING_FONTS = [tmp_path / "Cherokee.ttf"]

    assert undrawable(CHEROKEE + "𓀀") == ["𓀀"]


@pytest.mark.parametrize("content", [None, b"", b"no font at all"], ids=["no file", "empty", "a text"])
def test_a_font_that_cannot_be_read_is_named(settings, tmp_path, content):
    path = tmp_path / "Broken.ttf"
    if content is not None:
        path.write_bytes(content)
    settings.INVOICING_FONTS = [path]

    with pytest.raises(InvalidDataError, match=r"INVOICING_FONTS: .*Broken\.ttf is no font that can be read"):
        undrawable("𓀀")


def test_without_font_tools_it_is_said_what_to_install(settings, monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "fontTools.ttLib", None)
    settings.INVOICING_FONTS = [tmp_path / "Other.ttf"]

    with pytest.raises(MissingDependencyError, match=r"pip install 'django-invoicekit\[pdf\]'"):
        undrawable("𓀀")
