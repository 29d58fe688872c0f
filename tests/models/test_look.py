"""The look that a company gives its documents is checked when it is saved."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from invoicing.exceptions import InvalidDataError
from invoicing.models import Company
from tests.factories import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


NO_IMAGE = "This is no PNG, JPEG or GIF: export the logo as one of them, about 1,000 pixels wide."


def image(kind="PNG", size=(4, 4)):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return ContentFile(out.getvalue(), name=f"logo.{kind.lower()}")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_logo_is_stored(kind):
    company = make_company(logo=image(kind))

    assert Company.objects.get().logo.name.startswith("invoicing/logos/logo")
    assert company.logo.size > 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            NO_IMAGE,
        ),
        (b"", NO_IMAGE),
        (b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024**2), "The image has 5 MB, a document takes up to 5 MB."),
    ],
    ids=["svg", "empty", "huge"],
)
def test_a_file_that_no_document_can_show_is_refused(content, sentence):
    company = make_company()
    company.logo = ContentFile(content, name="logo.png")

    with pytest.raises(InvalidDataError) as caught:
        company.save()

    assert caught.value.errors == {"logo": [sentence]}
    assert Company.objects.get().logo.name == ""


def test_a_logo_that_is_stored_is_not_read_again():
    company = make_company(logo=image())
    company.logo.storage.delete(company.logo.name)
    company.name = "Lindner & Vogt Verlag GmbH"
    company.save()

    assert Company.objects.get().name == "Lindner & Vogt Verlag GmbH"


@pytest.mark.parametrize("colour", ["red", "#12345", "#123456; } body { display: none"[:7] + "x"])
def test_a_colour_that_is_none_is_refused(colour):
    company = make_company()
    company.accent_color = colour

    with pytest.raises(InvalidDataError) as caught:
        company.save()

    assert caught.value.errors == {"accent_color": [f"“{colour}” is no colour: write it as #23477a."]}


def test_logo_and_colour_are_refused_together_with_the_rest():
    company = make_company()
    company.accent_color, company.logo = "blue", ContentFile(b"text", name="logo.txt")

    with pytest.raises(InvalidDataError) as caught:
        company.save()

    assert set(caught.value.errors) == {"accent_color", "logo"}


@pytest.mark.parametrize(
    ("footer", "sentence"),
    [
        ("line\n" * 11, "That is too long for the foot of a page: use up to 10 lines of about 100 letters."),
        ("x" * 1001, "That is too long for the foot of a page: use up to 10 lines of about 100 letters."),
        ("Call us 📞", "No font has “📞” (U+1F4DE): leave them out, or name a font that has them in INVOICING_FONTS."),
    ],
)
def test_a_footer_that_does_not_fit_or_cannot_be_drawn_is_refused(footer, sentence):
    company = make_company()
    company.document_footer = footer

    with pytest.raises(InvalidDataError) as caught:
        company.save()

    assert caught.value.errors == {"document_footer": [sentence]}


@pytest.mark.parametrize("name", ["invoicing/nope.html", "../settings.py"])
def test_a_template_that_is_not_there_is_refused(name):
    company = make_company()
    company.document_template = name

    with pytest.raises(InvalidDataError, match=f"The template “{name}” cannot be used: TemplateDoesNotExist"):
        company.save()


def test_books_are_locked_also_where_the_template_is_gone():
    company = make_company()
    Company.objects.update(document_template="billing/gone.html")
    company.refresh_from_db()
    company.lock_books("2026-10-31", reason="VAT return of October")

    assert str(Company.objects.get().locked_until) == "2026-10-31"
    with pytest.raises(InvalidDataError, match=r"billing/gone\.html"):
        company.save()
