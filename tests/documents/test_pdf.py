"""The PDF: what can be read in it, page by page, and what is said when none can be made."""

import gc
import importlib.abc
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pypdfium2
import pytest

from invoicing.documents import pdf
from invoicing.documents.pdf import render_pdf
from invoicing.exceptions import DocumentError, MissingDependencyError
from tests.catalogues import write_catalogue
from tests.factories import ALPENBLICK, LINDNER, build_invoice, columns, line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


def texts(content):
    """The text of each page, white space evened out."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def test_the_document_can_be_read():
    (text,) = texts(render_pdf(make_issued_invoice([line(description="Concept and design")])))

    for wanted in (
        "Invoice 2026/1",
        "Lindner & Vogt Medien GmbH",
        "Buchhandlung Sommer KG",
        "Hauptstraße 21",
        "Concept and design",
        "800.00",
        "152.00",
        "To pay EUR 952.00",
        "DE89 3704 0044 0532 0130 00",
        "Page 1 of 1",
    ):
        assert wanted in text, wanted


def test_it_is_an_a4_sheet_with_our_fonts_inside_and_a_title():
    document = pypdfium2.PdfDocument(render_pdf(make_issued_invoice()))

    assert [round(float(side)) for side in document[0].get_size()] == [595, 842]
    assert document.get_metadata_dict()["Title"] == "Invoice 2026/1"
    assert document.get_metadata_dict()["Author"] == "Lindner & Vogt Medien GmbH"
    document.close()


def test_the_customer_stands_in_the_window_of_the_envelope():
    document = pypdfium2.PdfDocument(render_pdf(make_issued_invoice()))
    page = document[0]
    found = page.get_textpage().search("Buchhandlung").get_next()
    left, bottom, right, top = page.get_textpage().get_charbox(found[0])
    document.close()

    # DIN 5008, form B: the window shows what lies 20 to 105 mm from the left and 45 to 90 mm from the top.
    millimetre = 72 / 25.4
    assert 20 * millimetre < left < right < 105 * millimetre
    assert 45 * millimetre < 842 - top < 842 - bottom < 90 * millimetre


def test_300_lines_repeat_the_head_of_the_table_and_number_every_page():
    invoice = make_issued_invoice([line(f"Article {number}") for number in range(1, 301)])
    pages = texts(render_pdf(invoice))

    assert len(pages) > 5
    for position, text in enumerate(pages, start=1):
        assert f"{invoice.number} Page {position} of {len(pages)}" in text
        assert ("Description Quantity" in text) == ("Article " in text)
    assert sum(text.count("Article ") for text in pages) == 300
    # What is to be paid and how stand together.
    assert "To pay" in pages[-1]
    assert "IBAN" in pages[-1]


def test_long_words_and_long_texts_stay_on_the_sheet():
    invoice = make_issued_invoice(
        [line("Donaudampfschifffahrt" * 12, description="word " * 3000), line(unit_price=Decimal("99999999.123456"))],
        title="T" * 255,
        note="n" * 5000,
        customer={**ALPENBLICK, "name": "A" * 255},
        supplier_name="S" * 255,
        supplier_registration_id="R" * 64,
        bank_name="B" * 255,
        bank_iban="5" * 64,
        reference="V" * 140,
        number="2026/" + "7" * 120,
    )
    document = pypdfium2.PdfDocument(render_pdf(invoice))
    sheets = [page.get_textpage() for page in document]
    edges = [sheet.get_rect(index) for sheet in sheets for index in range(sheet.count_rects())]
    document.close()

    assert max(right for _left, _bottom, right, _top in edges) < 595
    assert min(left for left, _bottom, _right, _top in edges) > 0


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", "To pay EUR 952.00"),
        ("de", "Zu zahlen 952,00 EUR"),
        ("fr", "À payer 952,00 EUR"),
        ("es", "A pagar 952,00 EUR"),
        ("it", "Da pagare 952,00 EUR"),
        ("sk", "Na úhradu 952,00 EUR"),
    ],
)
def test_it_speaks_the_language_of_the_document(language, wanted):
    (text,) = texts(render_pdf(make_issued_invoice(language=language)))

    assert wanted in text


def test_greek_and_cyrillic_and_signs_of_currencies_have_letters():
    sample = "Ελληνικά Български Żółć ₹ ₺ ₴ €"
    (text,) = texts(render_pdf(make_issued_invoice([line(sample)])))

    assert sample in text


@pytest.mark.parametrize(("status", "word"), [("DRAFT", "DRAFT"), ("CANCELED", "CANCELED")])
def test_what_does_not_count_is_marked_on_every_page(status, word):
    invoice = make_invoice([line() for _ in range(60)], status="DRAFT" if status == "DRAFT" else "NEW")
    if status == "CANCELED":
        invoice.issue()
        invoice.cancel("Entered twice")
    pages = texts(render_pdf(invoice))

    assert len(pages) > 1
    assert all(word in text for text in pages)


def test_a_credit_note_says_what_it_corrects():
    invoice = make_issued_invoice()
    (text,) = texts(render_pdf(invoice.create_credit_note(reason="Goods came back")))

    assert "Credit note 2026/2" in text
    assert "Corrects 2026/1 Nov. 20, 2026" in text
    assert "Amount credited EUR 952.00" in text
    assert "Goods came back" in text
    assert "IBAN" not in text


def test_reverse_charge_is_printed():
    invoice = build_invoice(customer=ALPENBLICK)
    rate = invoice.decide_tax().rate
    invoice.save_with_items([line(tax_rate=rate, tax_category="AE")])
    (text,) = texts(render_pdf(invoice))

    assert text.count("Reverse charge") == 2
    assert "To pay EUR 800.00" in text


def test_the_same_document_gives_the_same_bytes():
    invoice = make_issued_invoice()

    assert render_pdf(invoice) == render_pdf(invoice)


def test_threads_may_draw_at_once():
    invoice = make_issued_invoice()
    page = pdf.render_html(invoice)
    with ThreadPoolExecutor(4) as pool:
        drawn = set(pool.map(lambda _: pdf.WeasyPrintRenderer().render(page), range(8)))

    assert len(drawn) == 1


def test_styles_that_change_do_not_pile_up():
    renderer = pdf.WeasyPrintRenderer()
    for number in range(40):
        renderer.render(f"<!DOCTYPE html><style>p {{ margin: {number}px }}</style><p>x")
    (text,) = texts(render_pdf(make_issued_invoice()))

    assert len(pdf._engine(pdf.os.getpid()).styles) <= 16
    assert "To pay EUR 952.00" in text


def test_the_garbage_collector_is_left_as_it_was():
    invoice = make_issued_invoice()
    gc.disable()
    try:
        render_pdf(invoice)
        assert not gc.isenabled()
    finally:
        gc.enable()
    render_pdf(invoice)
    assert gc.isenabled()


class Typewriter:
    """A renderer of a host."""

    def render(self, html):
        return b"%PDF-1.7 " + str(len(html)).encode()


class Jammed:
    def render(self, _html):
        raise AssertionError("the ribbon is torn")


def test_a_host_may_bring_a_renderer(settings):
    settings.INVOICING_PDF_RENDERER = f"{__name__}.Typewriter"

    assert render_pdf(make_issued_invoice()).startswith(b"%PDF-1.7 ")


def test_whatever_goes_wrong_in_a_renderer_is_a_document_error(settings):
    settings.INVOICING_PDF_RENDERER = f"{__name__}.Jammed"

    with pytest.raises(DocumentError, match=r"2026/1 .*the ribbon is torn"):
        render_pdf(make_issued_invoice())


class Missing(importlib.abc.MetaPathFinder):
    """An environment in which importing WeasyPrint fails."""

    def __init__(self, error):
        self.error = error

    def find_spec(self, name, *_place):
        if name.partition(".")[0] == "weasyprint":
            raise self.error


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (ModuleNotFoundError("No module named 'weasyprint'"), [r"pip install 'django-invoicekit[pdf]'"]),
        (OSError("cannot load library 'libpango-1.0-0'"), ["apt-get install libpango-1.0-0", "brew install pango"]),
    ],
    ids=["no package", "no libraries"],
)
def test_what_is_missing_is_said_with_its_mend(monkeypatch, error, wanted):
    adapters = {"invoicing.documents.engine", "invoicing.documents.fetcher"}
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint" or name in adapters]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(error), *sys.meta_path])
    pdf._engine.cache_clear()
    try:
        with pytest.raises(MissingDependencyError) as caught:
            render_pdf(make_issued_invoice())
    finally:
        pdf._engine.cache_clear()

    assert [text for text in wanted if text not in str(caught.value)] == []


def test_the_library_is_imported_without_weasyprint():
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup();"
        "import invoicing.documents.html, invoicing.documents.pdf, invoicing.views;"
        "print([name for name in sys.modules if name.startswith('weasyprint')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 -- our own program

    assert done.stdout.strip() == "[]"


# The same everywhere

PAGE = (
    '<!DOCTYPE html><html lang="en"><style>b { font-weight: 600 } i { font-style: italic } p { font-family: serif }</style><title>x</title>'
    "<h1>Rechnung 請求書 <b>فاتورة</b></h1><p>Żółć <i>चालान</i> ✓ <b>계산서</b>"
)


def test_a_machine_without_fonts_draws_the_same_bytes(tmp_path):
    program = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup();"
        "from invoicing.documents.pdf import WeasyPrintRenderer;"
        "sys.stdout.buffer.write(WeasyPrintRenderer().render(sys.argv[1]))"
    )
    bare = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "nowhere.conf"), "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", program, PAGE]
    done = subprocess.run(command, capture_output=True, check=True, env=bare)  # noqa: S603 -- our own program

    assert done.stdout == pdf.WeasyPrintRenderer().render(PAGE)
    assert len(done.stdout) > 10_000


# The layout


@pytest.mark.parametrize("template", ["document", "compact", "letterhead"])
@pytest.mark.parametrize("count", [1, 8, 9, 18, 19, 38, 39])
def test_totals_never_stand_alone_on_a_page(template, count, settings):
    settings.INVOICING_DOCUMENT_TEMPLATE = f"invoicing/{template}.html"
    pages = texts(render_pdf(make_issued_invoice([line(f"Article {number}") for number in range(count)])))

    assert "To pay EUR" in pages[-1]
    assert "Article" in pages[-1]
    assert "IBAN" in pages[-1]
    assert sum(page.count("Article ") for page in pages) == count


def boxes(content, *wanted):
    """Where texts stand on the first page: left, bottom, right, top in millimetres from the left and the top edge."""
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    height = page.get_height()
    sheet = page.get_textpage()
    found = []
    for text in wanted:
        index, _count = sheet.search(text).get_next()
        left, bottom, right, top = sheet.get_charbox(index)
        found.append([side * 25.4 / 72 for side in (left, height - bottom, right, height - top)])
    document.close()
    return found


def test_on_letter_paper_the_customer_stands_in_the_window_of_a_us_envelope():
    content = render_pdf(make_issued_invoice(supplier_country="US", supplier_vat_id="US123456789"))
    document = pypdfium2.PdfDocument(content)
    size = [round(float(side)) for side in document[0].get_size()]
    document.close()
    (first,), (last,) = boxes(content, "Buchhandlung"), boxes(content, "01067 Dresden")

    assert size == [612, 792]
    # A sheet that is folded in three slips by 11 mm in a #10 envelope: this part shows in any case.
    assert first[0] > 22
    assert first[3] > 54
    assert last[1] < 84


def test_what_is_written_from_right_to_left_is_laid_out_so(settings, tmp_path):
    write_catalogue(tmp_path, "he", {("document", "To pay"): "לתשלום"})
    settings.LOCALE_PATHS = [tmp_path]
    content = render_pdf(make_issued_invoice([line("עיצוב אתר")], language="he"))
    number, net, window, facts = boxes(content, "#", "Net, EUR", "Buchhandlung", "Issue date")

    assert number[0] > net[0]
    assert window[0] > facts[0]
    assert number[0] > 180
    assert net[0] < 30


@pytest.mark.parametrize("text", ["ウェブサイト制作", "网站维护", "웹사이트 유지보수", "เว็บไซต์", "გვერდი", "✓ ☎"])
def test_scripts_of_the_world_can_be_read(text):
    (page,) = texts(render_pdf(make_issued_invoice([line(text)], note=text)))

    assert page.count(text) == 2


def test_500_lines_are_all_there():
    pages = texts(render_pdf(make_issued_invoice([line(f"Article {number}", description="As ordered") for number in range(1, 501)])))

    assert 15 < len(pages) < 40
    assert sum(page.count("Article ") for page in pages) == 500
    assert all(f"Page {position} of {len(pages)}" in page for position, page in enumerate(pages, start=1))


@pytest.mark.parametrize(
    ("kind", "heading", "balance"),
    [
        ("INVOICE", "Invoice 2026/1", "To pay"),
        ("ADVANCE", "Advance invoice 2026/1", "To pay"),
        ("PROFORMA", "Proforma invoice 2026/1", "To pay"),
    ],
)
def test_every_type_has_its_heading(kind, heading, balance):
    (page,) = texts(render_pdf(make_issued_invoice(type=kind)))

    assert heading in page
    assert balance in page


def test_a_received_document_says_so():
    supplier = columns("supplier", {**LINDNER, "name": "Papierhaus Nord GmbH"})
    (page,) = texts(render_pdf(make_issued_invoice(company=make_company(), origin="RECEIVED", number="R-7781", **supplier)))

    assert "Invoice R-7781 Received document, as it stands in our books." in page
    assert "Our register no. 1" in page
    assert "Papierhaus Nord GmbH" in page


def test_threads_that_draw_first_share_one_engine_and_leave_the_environment_alone(monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/own.conf")
    pdf._engine.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        engines = set(pool.map(lambda _: pdf._own_engine(), range(8)))

    assert len(engines) == 1
    assert os.environ["FONTCONFIG_FILE"] == "/etc/fonts/own.conf"


def test_a_long_footer_has_its_room():
    footer = "\n".join(f"Line {number} of the foot" for number in range(1, 11))
    company = make_company(document_footer=footer)
    pages = texts(render_pdf(make_issued_invoice([line(f"Article {number}") for number in range(40)], company=company)))

    assert len(pages) > 2
    assert all(f"Line {number} of the foot" in page for page in pages for number in range(1, 11))


def test_a_long_quantity_is_not_printed_over_its_unit():
    content = render_pdf(
        make_issued_invoice([line(quantity=Decimal("1234567.125"), unit="KWH", unit_price=Decimal("0.02"))], language="de")
    )
    document = pypdfium2.PdfDocument(content)
    sheet = document[0].get_textpage()
    (first, count), (unit, _count) = sheet.search("1.234.567,125").get_next(), sheet.search("kWh").get_next()
    right, left = sheet.get_charbox(first + count - 1)[2], sheet.get_charbox(unit)[0]
    document.close()

    assert right < left
