"""The system checks of documents find their mistakes, and are silent about what is right."""

import io

import pytest
from PIL import Image

from invoicing.documents.checks import check_fonts, check_look
from invoicing.fonts.catalogue import OWN


def said(messages):
    return [(message.id, message.msg) for message in messages]


def test_nothing_is_wrong_with_nothing():
    assert said([*check_fonts(), *check_look()]) == []


def test_a_font_that_is_one_is_right(settings, tmp_path):
    (tmp_path / "Own.ttf").write_bytes(OWN[0].content())
    settings.INVOICING_FONTS = [tmp_path / "Own.ttf"]

    assert said(check_fonts()) == []


def test_fonts_that_are_none_are_named(settings, tmp_path):
    (tmp_path / "text.ttf").write_text("no font")
    settings.INVOICING_FONTS = [str(tmp_path / "text.ttf"), tmp_path / "gone.ttf", tmp_path]

    assert said(check_fonts()) == [
        ("invoicing.E008", f"INVOICING_FONTS names '{tmp_path}/text.ttf': it is no font."),
        ("invoicing.E008", f"INVOICING_FONTS names '{tmp_path}/gone.ttf': No such file or directory."),
        ("invoicing.E008", f"INVOICING_FONTS names '{tmp_path}': Is a directory."),
    ]


def test_a_look_that_can_be_followed_is_right(settings, tmp_path):
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, "PNG")
    (tmp_path / "logo.png").write_bytes(out.getvalue())
    settings.INVOICING_LOOK = {
        "accent_color": "#7a2348",
        "footer": "Amtsgericht Berlin",
        "logo": str(tmp_path / "logo.png"),
        "paper": "LETTER",
        "template": "invoicing/compact.html",
    }

    assert said(check_look()) == []


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        ({"color": "#7a2348"}, "“color” is not known: use accent_color, footer, logo, paper, template."),
        ({"accent_color": "red"}, "“red” is no colour: write it as #23477a."),
        ({"paper": "A3"}, "“A3” is no paper: use A4 or LETTER."),
        ({"template": "gone.html"}, "the template gone.html cannot be used (TemplateDoesNotExist: gone.html)."),
    ],
)
def test_a_look_that_cannot_is_named(settings, look, sentence):
    settings.INVOICING_LOOK = look

    assert said(check_look()) == [("invoicing.E009", f"INVOICING_LOOK: {sentence}")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<svg/>", "it is no PNG, JPEG or GIF"),
        (b"GIF89a" + bytes(5 * 1024**2), "it is too large"),
        (None, "No such file or directory"),
    ],
)
def test_a_logo_that_cannot_be_shown_is_named(settings, tmp_path, content, fault):
    path = tmp_path / "logo"
    if content is not None:
        path.write_bytes(content)
    settings.INVOICING_LOOK = {"logo": str(path)}

    assert said(check_look()) == [("invoicing.W006", f"INVOICING_LOOK names the logo '{path}': {fault}.")]


def test_values_of_another_type_are_told_by_another_check(settings):
    settings.INVOICING_LOOK, settings.INVOICING_FONTS = "red", "Own.ttf"

    assert said([*check_fonts(), *check_look()]) == []
