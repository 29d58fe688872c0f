"""What a mail says: in the language of its document, as text and as HTML, and as a host wants it."""

import re
from decimal import Decimal

import pytest
from django.core import mail
from django.template import engines

from invoicing.contrib.delivery import mail as composing
from invoicing.contrib.delivery import services
from invoicing.contrib.delivery.services import send_invoice
from tests.catalogues import LANGUAGES
from tests.factories import line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    """These tests look at words; a page that is drawn takes its time."""
    for module in (services, composing):
        monkeypatch.setattr(module, "pdf_of", lambda _invoice: b"%PDF-1.7")


def sent(**fields):
    send_invoice(make_issued_invoice(**fields))
    return mail.outbox[-1]


def html_of(message):
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return html


SAID = {
    "en": ("Invoice 2026/1 from Lindner & Vogt Medien GmbH", "Please pay EUR\u00a0952.00 by Dec. 4, 2026."),
    "de": ("Rechnung 2026/1 von Lindner & Vogt Medien GmbH", "Bitte überweisen Sie 952,00\u00a0EUR bis zum 4. Dezember 2026."),
    "fr": ("Facture 2026/1 de Lindner & Vogt Medien GmbH", "Merci de régler 952,00\u00a0EUR avant le 4 décembre 2026 inclus."),
    "es": ("Factura 2026/1 de Lindner & Vogt Medien GmbH", "Le rogamos que pague 952,00\u00a0EUR a más tardar el 4 de diciembre de 2026."),
    "it": ("Fattura 2026/1 di Lindner & Vogt Medien GmbH", "La preghiamo di pagare 952,00\u00a0EUR entro il 4 dicembre 2026."),
    "nl": ("Factuur 2026/1 van Lindner & Vogt Medien GmbH", "Wij verzoeken u EUR\u00a0952,00 uiterlijk op 4 december 2026 te betalen."),
    "pl": ("Faktura 2026/1 od Lindner & Vogt Medien GmbH", "Prosimy o zapłatę kwoty 952,00\u00a0EUR do dnia 4 grudnia 2026."),
    "cs": ("Faktura 2026/1 od Lindner & Vogt Medien GmbH", "Prosíme o úhradu částky 952,00\u00a0EUR do 4. prosince 2026."),
    "sk": ("Faktúra 2026/1 od Lindner & Vogt Medien GmbH", "Prosíme o úhradu sumy 952,00\u00a0EUR do 4. decembra 2026."),
    "hu": (
        "2026/1 számú számla – Lindner & Vogt Medien GmbH",
        "Kérjük, fizessen 952,00\u00a0EUR összeget. Fizetési határidő: 2026. december 4.",
    ),
    "ro": ("Factura 2026/1 de la Lindner & Vogt Medien GmbH", "Vă rugăm să achitați 952,00\u00a0EUR până la 4 decembrie 2026."),
    "pt": ("Fatura 2026/1 de Lindner & Vogt Medien GmbH", "Agradecemos o pagamento de 952,00\u00a0EUR até 4 de dezembro de 2026."),
}


def test_every_language_of_documents_is_here():
    assert set(SAID) == {"en", *LANGUAGES}


@pytest.mark.parametrize("language", SAID)
def test_a_mail_speaks_the_language_of_its_document(language):
    message = sent(language=language)
    subject, sentence = SAID[language]

    assert message.subject == subject
    assert sentence in message.body
    assert sentence in html_of(message)
    assert f'<html lang="{language}"' in html_of(message)


def test_the_text_is_plain_and_complete():
    text = sent(supplier_name="Lindner & Vogt <Medien>", title="Website & Shop").body

    assert text == (
        "Hello,\n\n"
        "Please find attached invoice 2026/1 of Nov. 20, 2026. Please pay EUR\u00a0952.00 by Dec. 4, 2026.\n\n"
        "Number: 2026/1\nSubject: Website & Shop\nTotal: EUR\u00a0952.00\nDue date: Dec. 4, 2026\n\n"
        "Kind regards\nLindner & Vogt <Medien>\n\n"
        "-- \nLindner & Vogt <Medien>\nKastanienallee 12, 10435 Berlin\nrechnung@lindner-vogt.example.com\n+49 30 5550 1234\n"
    )


def test_what_is_paid_in_part_asks_for_the_rest():
    text = sent(already_paid=Decimal(200)).body

    assert "Please pay EUR\u00a0752.00 by" in text
    assert "Total: EUR\u00a0952.00\nTo pay: EUR\u00a0752.00\n" in text


def test_what_is_paid_asks_for_nothing():
    invoice = make_issued_invoice()
    invoice.mark_paid()
    send_invoice(invoice)

    assert "It is paid: thank you!" in mail.outbox[0].body
    assert "Please pay" not in mail.outbox[0].body


def test_a_credit_note_asks_for_nothing():
    note = make_issued_invoice().create_credit_note()
    send_invoice(note)

    text = mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("Credit note 2026/2 from")
    assert "Please find attached credit note 2026/2" in text
    assert "Amount credited: EUR\u00a0952.00" in text
    assert "pay" not in text.lower()


@pytest.mark.parametrize(("kind", "words", "asks"), [("PROFORMA", "proforma invoice", False), ("ADVANCE", "advance invoice", True)])
def test_a_document_of_another_kind(kind, words, asks):
    invoice = make_invoice([line()], type=kind)
    send_invoice(invoice)

    assert f"Please find attached {words}" in mail.outbox[0].body
    assert ("Please pay" in mail.outbox[0].body) == asks


def test_nothing_of_a_document_is_markup():
    html = html_of(sent(supplier_name="<script>alert(1)</script>", title="<img src=x>"))

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_a_mail_wears_the_colour_of_its_company_and_loads_nothing():
    html = html_of(sent(company=make_company(accent_color="#aa3311")))

    assert "#aa3311" in html
    assert re.findall(r"(?:src|url\(|@import|<link|<script)", html) == []


@pytest.mark.urls("tests.contrib.delivery.urls")
def test_a_mail_leads_to_the_public_page(settings, client):
    assert "billing.example.com" not in sent().body

    settings.INVOICING_BASE_URL = "https://billing.example.com"
    message = sent()
    (link,) = re.findall(r"https://billing\.example\.com(/documents/\S+/)", message.body)
    assert f'href="https://billing.example.com{link}"' in html_of(message)
    assert client.get(link).status_code == 200


def test_without_the_pages_there_is_no_link(settings):
    settings.INVOICING_BASE_URL = "https://billing.example.com"

    assert "View it online" not in sent().body


def test_a_host_may_write_its_own(tmp_path, settings):
    folder = tmp_path / "invoicing/delivery"
    folder.mkdir(parents=True)
    (folder / "invoice_words.txt").write_text("Here is {{ number }} & more.", encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    assert engines.all()
    message = sent()

    assert message.body.startswith("Hello,\n\nHere is 2026/1 & more.\n\nNumber: 2026/1")
    assert "Here is 2026/1 & more." in html_of(message)


def test_a_template_reads_values_and_no_rows(tmp_path, settings):
    folder = tmp_path / "invoicing/delivery"
    folder.mkdir(parents=True)
    (folder / "invoice.txt").write_text("{{ invoice }}{{ delivery }}{{ mail.sender }}|{{ mail.has_files }}", encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    assert sent().body == "Lindner & Vogt Medien GmbH|True\n"


def test_where_nobody_has_an_address_there_is_no_reply_to():
    message = sent(supplier_email="", issuer_email="").message()

    assert message["Reply-To"] is None
