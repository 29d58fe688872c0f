"""The pictures of payment codes, and the codes as they are read from a real PDF."""

import io
import re
import sys
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from invoicing.documents.html import render_html
from invoicing.documents.payment_codes import payload, payment_order, standard_for
from invoicing.documents.payment_qr import data_url, qr_png, swiss_qr_png
from invoicing.documents.pdf import render_pdf
from invoicing.exceptions import InvalidDataError, MissingDependencyError
from tests.factories import LINDNER, SOMMER, columns, line, make_invoice

POINTS = Decimal(72) / Decimal("25.4")
"""Points of a millimetre."""

SCHNEIDER = {"name": "Robert Schneider AG", "street": "Rue du Lac 1268", "zip": "2501", "city": "Biel", "country": "CH"}
RUTSCHMANN = {
    "name": "Pia-Maria Rutschmann-Schnyder",
    "street": "Grosse Marktgasse 28",
    "zip": "9400",
    "city": "Rorschach",
    "country": "CH",
}

SWISS = {
    **columns("supplier", {**LINDNER, **SCHNEIDER, "vat_id": ""}),
    "bank_iban": "CH4431999123000889012",
    "bank_swift_bic": "",
    "currency": "CHF",
    "reference": "210000000003139471430009017",
}
ACCOUNTS = {
    "EPC": {"bank_iban": "DE89370400440532013000"},
    "SWISS": SWISS,
    "SPAYD": {"bank_iban": "CZ5855000000001265098001", "bank_swift_bic": "RZBCCZPP", "currency": "CZK", "variable_symbol": "20260007"},
    "PAY_BY_SQUARE": {"bank_iban": "SK9611000000002918599669", "bank_swift_bic": "TATRSKBX", "variable_symbol": "20260007"},
    "UPI": {"bank_iban": "50100123456789", "bank_swift_bic": "HDFC0000001", "currency": "INR", "supplier_country": "IN"},
}


def numbered(lines=1, **fields):
    """Each line comes to 800.00, untaxed."""
    items = [line(title=f"Part {number}", tax_rate=None) for number in range(lines)]
    customer = RUTSCHMANN if fields.get("currency") == "CHF" else SOMMER
    return make_invoice(items, **{"customer": customer, "payment_method": "BANK_TRANSFER", **fields})


def opened(png):
    return Image.open(io.BytesIO(png))


def pages(content, *, dots=150):
    """The pages of a PDF as pictures."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=dots / 72).to_pil() for page in document]
    finally:
        document.close()


def texts(content):
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def read(picture):
    """What the codes of a picture say."""
    return [code.text for code in zxingcpp.read_barcodes(picture)]


# Pictures


@pytest.mark.parametrize("text", ["upi://pay?pa=name@bank", "Žluťoučký kůň €", "0004G000", "A" * 300])
def test_the_picture_says_the_payload(text):
    assert read(opened(qr_png(text))) == [text]


def test_the_picture_has_two_colours_and_a_quiet_zone():
    picture = opened(qr_png("A" * 14))
    dark = picture.convert("L").point(lambda value: 255 - value).getbbox()

    # Version 1: 21 modules and twice 4 of white, 8 pixels each.
    assert (picture.mode, picture.size) == ("1", (232, 232))
    assert dark == (32, 32, 200, 200)


def test_the_error_level_is_the_one_that_was_asked_for():
    (code,) = zxingcpp.read_barcodes(opened(qr_png("A", error_level="M")))
    (better,) = zxingcpp.read_barcodes(opened(qr_png("A", error_level="H")))

    assert (code.ec_level, better.ec_level) == ("M", "H")


def test_the_same_payload_gives_the_same_bytes():
    assert qr_png("A") == qr_png("A") != qr_png("B")
    assert swiss_qr_png("A") == swiss_qr_png("A")


def test_a_payload_that_no_symbol_holds_is_refused():
    with pytest.raises(InvalidDataError, match="too long"):
        qr_png("a" * 3000)


@pytest.mark.parametrize("draw", [qr_png, swiss_qr_png])
def test_it_says_what_to_install(draw, monkeypatch):
    monkeypatch.setitem(sys.modules, "segno", None)

    with pytest.raises(MissingDependencyError, match=re.escape("pip install 'django-invoicekit[qr]'")):
        draw("A")


def test_a_data_url_holds_the_picture():
    assert data_url(b"\x89PNG") == "data:image/png;base64,iVBORw=="


def test_the_swiss_cross_is_in_the_middle_and_leaves_the_symbol_readable():
    text = "SPC\n0200\n" + "A" * 200
    picture = opened(swiss_qr_png(text))
    side = picture.width
    middle = side // 2

    def at(millimetres_right, millimetres_down):
        """1 for white, 0 for black, told from the middle."""
        place = [middle + int(Decimal(away) * side / 46) for away in (millimetres_right, millimetres_down)]
        return int(picture.getpixel(tuple(place)) > 0)

    assert read(picture) == [text]
    assert picture.convert("L").point(lambda value: 255 - value).getbbox() == (0, 0, side, side)
    # White cross of 3.89 x 1.17 mm, black field to 3 mm, white frame to 3.5 mm.
    assert [at(away, 0) for away in ("0", "1.8", "2.1", "2.9", "3.1", "3.4", "-1.8", "-2.1", "-2.9", "-3.1")] == [
        1,
        1,
        0,
        0,
        1,
        1,
        1,
        0,
        0,
        1,
    ]
    assert [at(0, away) for away in ("1.8", "2.1", "2.9", "3.1", "3.4")] == [1, 0, 0, 1, 1]
    assert [at(1, away) for away in ("0.5", "0.7", "-0.5", "-0.7")] == [1, 0, 1, 0]


# Documents


@pytest.mark.django_db
@pytest.mark.parametrize("standard", ACCOUNTS)
def test_the_code_is_read_from_the_pdf(standard):
    invoice = numbered(**ACCOUNTS[standard])
    order = payment_order(invoice)
    found = [text for page in pages(render_pdf(invoice)) for text in read(page)]

    assert standard_for(order) == standard
    assert found == [payload(order, standard=standard)]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"currency": "USD"}, {"payment_method": "CASH"}, {"bank_iban": "DE88370400440532013000"}])
def test_a_document_without_a_possible_code_has_no_trace_of_one(fields):
    page = render_html(numbered(**fields))

    assert 'class="payment-code"' not in page
    assert "swiss" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("standard", ACCOUNTS)
def test_the_page_keeps_to_its_content_security_policy(standard):
    page = render_html(numbered(**ACCOUNTS[standard]))

    assert " style=" not in page
    assert [source[:22] for source in re.findall(r'src="([^"]*)"', page)] == ["data:image/png;base64,"]
    assert set(re.findall("<style[^>]*>", page)) == {"<style>"}


@pytest.mark.django_db
def test_a_qr_bill_stands_in_place_of_the_payment_block():
    bill, code = render_html(numbered(**SWISS)), render_html(numbered())

    assert ('class="swiss-bill"' in bill, 'class="payment"' in bill, 'class="payment-code"' in bill) == (True, False, False)
    assert ('class="swiss-bill"' in code, 'class="payment"' in code, 'class="payment-code"' in code) == (False, True, True)


@pytest.mark.django_db
def test_hostile_texts_stay_texts():
    name = '"><script>alert(1)</script>'
    page = render_html(numbered(**{**SWISS, "supplier_name": name, "customer": {**RUTSCHMANN, "name": name}}))

    assert "<script" not in page


# The place of a QR-bill


def found_at(page, text, *, occurrence=0):
    """Millimetres from the left and the top of the sheet to the first letter of a text."""
    search = page.get_textpage().search(text, match_case=True)
    index, _count = [search.get_next() for _skipped in range(occurrence + 1)][-1]
    left, _bottom, _right, top = page.get_textpage().get_charbox(index, loose=False)
    return tuple(round(Decimal(str(points)) / POINTS, 1) for points in (left, Decimal(str(page.get_height())) - Decimal(str(top))))


@pytest.mark.django_db
def test_the_parts_of_the_bill_are_where_the_style_guide_has_them():
    document = pypdfium2.PdfDocument(render_pdf(numbered(**SWISS)))
    page = document[len(document) - 1]
    (image,) = (item for item in page.get_objects() if item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)
    left, bottom, right, top = (Decimal(str(points)) / POINTS for points in image.get_bounds())

    # The sheet is 297 mm high, so the bill begins at 192 mm; letters begin a little below and right of their line.
    assert [round(side, 1) for side in (left, 297 - top, right, 297 - bottom)] == [67, 209, 113, 255]
    for text, occurrence, x, y in (
        ("Receipt", 0, 5, 197),
        ("Account / Payable to", 0, 5, 204),
        ("Currency", 0, 5, 260),
        ("Payment part", 0, 67, 197),
        ("Currency", 1, 67, 260),
        ("Account / Payable to", 1, 118, 197),
    ):
        across, down = found_at(page, text, occurrence=occurrence)
        assert 0 <= across - x <= Decimal("0.5"), text
        assert 0 <= down - y <= Decimal("1.3"), text
    document.close()


@pytest.mark.django_db
@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5, 6, 12, 14, 16, 17, 18, 40])
def test_the_bill_is_at_the_foot_of_the_last_page_and_covers_nothing(lines):
    content = render_pdf(numbered(lines, note="Thank you" if lines % 2 else "", **SWISS))
    *before, last = texts(content)
    document = pypdfium2.PdfDocument(content)
    page = document[len(document) - 1].get_textpage()
    bill = page.get_text_bounded(bottom=0, top=float(105 * POINTS))
    above = page.get_text_bounded(bottom=float(105 * POINTS))
    document.close()

    assert f"Page {len(before) + 1} of {len(before) + 1}" in last.replace("\r\n", " ")
    assert all(f"Page {number} of" in text for number, text in enumerate(before, start=1))
    assert not any("Payment part" in text for text in before)
    assert all(word in bill for word in ("Receipt", "Acceptance point", "Payment part"))
    assert not any(word in bill for word in ("Part ", "Net total", "To pay", "Reg. no.", "Thank you"))
    assert "Separate before paying in" in above
    assert not any(word in above for word in ("Receipt", "Acceptance point", "Payment part"))


@pytest.mark.django_db
@pytest.mark.parametrize("footer", ["", "Managing director: Ida Lindner", "line\n" * 9 + "line"])
def test_a_bill_is_whole_however_long_the_footer_is(settings, footer):
    settings.INVOICING_LOOK = {"footer": footer}
    *_before, last = texts(render_pdf(numbered(1, **SWISS)))
    flat = " ".join(last.split())

    assert flat.count("Currency CHF") == 2
    assert flat.count("Amount 800.00") == 2
    assert flat.count("9400 Rorschach") >= 2
    assert "Acceptance point" in flat
