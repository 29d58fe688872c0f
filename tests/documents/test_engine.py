"""What kind of PDF it is: for the archive (PDF/A-3u), for people who cannot see it (PDF/UA-1), with files inside."""

import base64
import io
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pypdf
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from invoicing.documents.attachments import Attachment
from invoicing.documents.metadata import XmpProperty, XmpSchema
from invoicing.documents.pdf import WeasyPrintRenderer, render_pdf
from tests.factories import line, make_company, make_issued_invoice

pytestmark = pytest.mark.django_db

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"


def reader(content):
    return pypdf.PdfReader(io.BytesIO(content))


def xmp(content):
    return reader(content).trailer["/Root"]["/Metadata"].get_data().decode()


def parsed(text):
    return ET.fromstring(text[text.index("<x:xmpmeta") : text.index("</x:xmpmeta>") + 12])  # noqa: S314 -- our own text


def objects(content):
    """Every object of a file."""
    pdf = reader(content)
    return [pdf.get_object(number) for number in range(1, int(pdf.trailer["/Size"]))]


def of_kind(content, key, value):
    return [thing for thing in objects(content) if isinstance(thing, dict) and thing.get(key) == value]


@pytest.fixture
def with_logo(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), (122, 35, 72, 128)).save(out, "PNG")
    return render_pdf(
        make_issued_invoice([line(), line("Printed handbook", tax_rate=7)], company=make_company(logo=ContentFile(out.getvalue(), "l.png")))
    )


def test_it_says_what_it_is_in_one_block(with_logo):
    text = xmp(with_logo)
    root = parsed(text)
    (rdf,) = root.iter(f"{RDF}RDF")
    facts = {name: value for description in rdf for name, value in description.attrib.items()}
    parts = {child.tag: child.text for description in rdf for child in description}

    assert facts["{http://www.aiim.org/pdfa/ns/id/}part"] == "3"
    assert facts["{http://www.aiim.org/pdfa/ns/id/}conformance"] == "U"
    assert parts["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
    assert [node.text for node in rdf.iter("{http://www.aiim.org/pdfa/ns/schema#}prefix")] == ["pdfuaid"]
    assert "Invoice 2026/1" in text


def test_it_is_tagged_and_has_title_language_and_colours(with_logo):
    root = reader(with_logo).trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"] is not False
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] is not False
    assert root["/Lang"] == "en"
    assert reader(with_logo).metadata.title == "Invoice 2026/1"
    (intent,) = root["/OutputIntents"]
    assert intent.get_object()["/S"] == "/GTS_PDFA1"
    assert len(intent.get_object()["/DestOutputProfile"].get_data()) > 1000
    assert len(reader(with_logo).trailer["/ID"]) == 2


def test_every_picture_says_what_it_shows(with_logo):
    figures = of_kind(with_logo, "/S", "/Figure")

    assert [figure["/Alt"] for figure in figures] == ["Lindner & Vogt Medien GmbH", "Scan to pay (SEPA QR)"]


def test_tables_are_data_with_heads_and_the_layout_is_none(with_logo):
    tables = of_kind(with_logo, "/S", "/Table")
    heads = of_kind(with_logo, "/S", "/TH")
    cells = of_kind(with_logo, "/S", "/TD")

    # Facts, lines, VAT summary, totals.
    assert len(tables) == 4
    assert len(heads) > 15
    assert all(cell["/A"]["/Headers"] for cell in cells)


def test_fonts_are_inside_with_the_meaning_of_their_letters(with_logo):
    fonts = of_kind(with_logo, "/Subtype", "/Type0")
    descriptors = of_kind(with_logo, "/Type", "/FontDescriptor")

    assert len(fonts) == len(descriptors) == 4  # two weights, and both with figures of one width
    assert all("/ToUnicode" in font for font in fonts)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in descriptors)


def test_no_image_is_smoothed_and_nothing_acts(with_logo):
    images = of_kind(with_logo, "/Subtype", "/Image")

    assert len(images) >= 2
    assert [image["/Interpolate"] for image in images if "/Interpolate" in image] == [False] * len(images)
    assert not any(key in thing for thing in objects(with_logo) if isinstance(thing, dict) for key in ("/JS", "/AA", "/OpenAction"))


@pytest.mark.parametrize("style", ["img { image-rendering: auto }", "p { background: url(URL) }", "p::before { content: url(URL) }"])
def test_styles_cannot_ask_for_smoothing(style):
    out = io.BytesIO()
    Image.new("RGB", (3, 3), "red").save(out, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    page = f'<!DOCTYPE html><html lang="en"><style>{style.replace("URL", url)}</style><title>x</title><p>x<img alt="x" src="{url}">'

    assert {image["/Interpolate"].value for image in of_kind(WeasyPrintRenderer().render(page), "/Subtype", "/Image")} == {False}


# Files inside

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=1)))
XML = Attachment(
    name="factur-x.xml",
    content=b"<Invoice/>",
    media_type="text/xml",
    modified=MOMENT,
    relationship="Alternative",
    description="The invoice as data",
)
SHEET = Attachment(name="Stunden November.csv", content=b"day;hours\n", media_type="text/csv", modified=MOMENT)
FACTURX = XmpSchema(
    name="Factur-X",
    namespace=FX,
    prefix="fx",
    properties=(
        XmpProperty(name="DocumentType", value="INVOICE", description="Kind of document"),
        XmpProperty(name="ConformanceLevel", value="EN 16931", description="Profile"),
    ),
)


def test_files_travel_inside():
    content = render_pdf(make_issued_invoice(), attachments=[XML, SHEET])
    pdf = reader(content)
    specs = {spec["/UF"]: spec for spec in of_kind(content, "/Type", "/Filespec")}

    assert pdf.attachments == {"factur-x.xml": [b"<Invoice/>"], "Stunden November.csv": [b"day;hours\n"]}
    assert [reference.get_object()["/UF"] for reference in pdf.trailer["/Root"]["/AF"]] == ["factur-x.xml", "Stunden November.csv"]
    assert {name: spec["/AFRelationship"] for name, spec in specs.items()} == {
        "factur-x.xml": "/Alternative",
        "Stunden November.csv": "/Unspecified",
    }
    assert specs["factur-x.xml"]["/Desc"] == "The invoice as data"
    stream = specs["factur-x.xml"]["/EF"]["/F"].get_object()
    assert stream["/Subtype"] == "/text/xml"
    assert stream["/Params"]["/ModDate"] == "D:20261120083000Z"
    assert specs["Stunden November.csv"]["/EF"]["/F"].get_object()["/Subtype"] == "/text/csv"


def test_facts_of_an_e_invoice_join_the_one_block():
    text = xmp(render_pdf(make_issued_invoice(), attachments=[XML], schemas=[FACTURX]))
    root = parsed(text)

    assert len(list(root.iter(f"{RDF}RDF"))) == 1
    assert next(root.iter(f"{{{FX}}}ConformanceLevel")).text == "EN 16931"
    assert [node.text for node in root.iter("{http://www.aiim.org/pdfa/ns/schema#}prefix")] == ["pdfuaid", "fx"]
    assert len(list(root.iter("{http://www.aiim.org/pdfa/ns/extension/}schemas"))) == 1
    names = [node.text for node in root.iter("{http://www.aiim.org/pdfa/ns/property#}name")]
    assert names == ["part", "DocumentType", "ConformanceLevel"]


def test_the_same_files_give_the_same_bytes_and_others_do_not():
    invoice = make_issued_invoice()
    other = Attachment(name="factur-x.xml", content=b"<Other/>", media_type="text/xml", modified=MOMENT.astimezone(UTC))

    assert render_pdf(invoice, attachments=[XML]) == render_pdf(invoice, attachments=[XML])
    assert len({render_pdf(invoice, attachments=files) for files in ([], [XML], [other])}) == 3
