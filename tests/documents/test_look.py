"""What a document is dressed in: the company's word, the settings', and what is usual."""

import base64
import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from invoicing.documents.composition import document_context
from invoicing.documents.html import render_html
from invoicing.documents.look import template_of
from invoicing.exceptions import InvalidDataError
from tests.factories import LINDNER, build_invoice, columns, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def logo():
    out = io.BytesIO()
    Image.new("RGB", (30, 10), "red").save(out, "PNG")
    return out.getvalue()


def look(invoice):
    return document_context(invoice).look


def test_what_nobody_says_is_plain():
    plain = look(build_invoice())

    assert (plain.accent, plain.on_accent, plain.accent_text) == ("#23477a", "#ffffff", "#23477a")
    assert (plain.paper, plain.logo, plain.footer) == ("A4", "", "")


def test_the_company_outranks_the_settings(settings, logo, tmp_path):
    (tmp_path / "other.png").write_bytes(logo + b"other")
    settings.INVOICING_LOOK = {
        "logo": str(tmp_path / "other.png"),
        "accent_color": "#000000",
        "footer": "ours",
        "paper": "LETTER",
        "template": "invoicing/compact.html",
    }
    company = make_company(
        logo=ContentFile(logo, name="logo.png"),
        accent_color="#f2c230",
        document_footer="theirs",
        document_paper="A4",
        document_template="invoicing/letterhead.html",
    )
    own, general = look(make_invoice(company=company)), look(build_invoice())

    assert (own.accent, own.on_accent, own.accent_text, own.paper, own.footer) == ("#f2c230", "#1b2330", "#1b2330", "A4", "theirs")
    assert own.logo == f"data:image/png;base64,{base64.b64encode(logo).decode()}"
    assert (general.accent, general.paper, general.footer) == ("#000000", "LETTER", "ours")
    assert general.logo == f"data:image/png;base64,{base64.b64encode(logo + b'other').decode()}"
    assert template_of(make_invoice(company=company)) == "invoicing/letterhead.html"
    assert template_of(build_invoice()) == "invoicing/compact.html"


@pytest.mark.parametrize(("country", "paper"), [("US", "LETTER"), ("CA", "LETTER"), ("DE", "A4"), ("GB", "A4"), ("", "A4")])
def test_the_paper_is_that_of_the_country(country, paper):
    invoice = build_invoice(supplier_country=country)

    assert look(invoice).paper == paper
    assert ("size: Letter" in render_html(invoice)) == (paper == "LETTER")


def test_a_logo_that_is_gone_is_left_out_with_a_word(logo, caplog):
    company = make_company(logo=ContentFile(logo, name="logo.png"))
    company.logo.storage.delete(company.logo.name)

    assert look(make_invoice(company=company)).logo == ""
    assert "The logo cannot be read" in caplog.text


def test_a_received_document_has_nothing_of_our_own(logo):
    company = make_company(logo=ContentFile(logo, name="logo.png"), document_footer="ours", accent_color="#7a2348")
    received = look(make_invoice(company=company, origin="RECEIVED", number="R-1", **columns("supplier", LINDNER)))

    assert (received.logo, received.footer, received.accent) == ("", "", "#23477a")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"colour": "#000000"}, "“colour” is not known: use accent_color, footer, logo, paper, template"),
        ({"accent_color": "red; }"}, "“red; }” is no colour: write it as #23477a"),
        ({"paper": "A5"}, "“A5” is no paper: use A4 or LETTER"),
    ],
)
def test_settings_that_cannot_be_followed_are_named(settings, said, sentence):
    settings.INVOICING_LOOK = said

    with pytest.raises(InvalidDataError, match="INVOICING_LOOK") as caught:
        look(build_invoice())
    assert sentence in str(caught.value)


@pytest.mark.parametrize("template", ["invoicing/document.html", "invoicing/compact.html", "invoicing/letterhead.html"])
def test_every_look_says_the_same(template, settings):
    settings.INVOICING_DOCUMENT_TEMPLATE = template
    html = render_html(make_issued_invoice())

    for wanted in ("Lindner &amp; Vogt Medien GmbH", "2026/1", "Website redesign", "952.00", "To pay", "DE89 3704 0044 0532 0130 00"):
        assert wanted in html, wanted


def test_a_colour_that_came_past_the_checks_is_not_written_into_styles(caplog):
    company = make_company()
    type(company).objects.update(accent_color="#12345x")
    company.refresh_from_db()

    assert look(make_invoice(company=company)).accent == "#23477a"
    assert "is none: write it as #23477a" in caplog.text


def test_a_storage_that_fails_in_its_own_way_costs_the_logo_alone(logo, monkeypatch, caplog):
    company = make_company(logo=ContentFile(logo, name="logo.png"))

    def fail(_name):
        raise RuntimeError("the bucket is gone")

    monkeypatch.setattr(company.logo.storage, "open", fail)

    assert look(make_invoice(company=company)).logo == ""
    assert "The logo cannot be read (the bucket is gone)" in caplog.text
