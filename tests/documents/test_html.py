"""The page: what stands in it, who may override it, and that nothing in it is markup of the data."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from invoicing.documents.html import render_html
from invoicing.exceptions import DocumentError
from invoicing.models import get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert(1)</script><img src="https://example.com/x.png">{{ document.number }}{% now "Y" %}'


def templates(folder, **options):
    """The TEMPLATES of a host that keeps templates of its own in `folder`."""
    return [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [folder], "APP_DIRS": True, "OPTIONS": options}]


def text_of(html):
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", html.split("</head>")[1]))


def test_the_page_says_all_that_counts():
    text = text_of(render_html(make_issued_invoice([line(description="Concept and design")])))

    for wanted in (
        "Invoice 2026/1",
        "Lindner &amp; Vogt Medien GmbH",
        "Buchhandlung Sommer KG",
        "Website redesign",
        "Concept and design",
        "DE89 3704 0044 0532 0130 00",
        "COBADEFFXXX",
        "EUR\u00a0952.00",
        "DE987654328",
        "DE287654308",
        "Dec. 4, 2026",
    ):
        assert wanted in text, wanted


def test_it_is_in_the_language_of_the_document_and_not_of_the_reader():
    invoice = make_invoice([line()], language="fr")
    with translation.override("de"):
        html = render_html(invoice)

    assert '<html lang="fr" dir="ltr">' in html
    assert "Facture <span" in html
    assert "952,00\u00a0EUR" in html


@pytest.mark.parametrize("options", [{}, {"autoescape": False}], ids=["escaping host", "host that does not escape"])
def test_no_data_becomes_markup(settings, tmp_path, options):
    settings.TEMPLATES = templates(tmp_path, **options)
    invoice = make_invoice(
        [line(HOSTILE, description=HOSTILE)],
        title=HOSTILE,
        note=HOSTILE,
        buyer_reference=HOSTILE,
        order_reference=HOSTILE,
        supplier_name=HOSTILE,
        supplier_additional_info={HOSTILE: HOSTILE},
        issuer_name=HOSTILE,
        shipping_name=HOSTILE,
        bank_name=HOSTILE,
        customer={"name": HOSTILE, "street": HOSTILE, "city": HOSTILE},
    )
    html = render_html(invoice)

    assert "<script" not in html
    assert [source[:22] for source in re.findall(r'<img[^>]* src="([^"]*)', html)] in ([], ["data:image/png;base64,"])
    assert html.count("{{ document.number }}") > 10


def test_the_page_loads_nothing_and_holds_no_script_and_no_style_of_an_element():
    html = re.sub(r' src="data:image/png;base64,[\w+/=]+"', "", render_html(make_issued_invoice()))

    assert re.findall(r"\b(?:src|href|style|on\w+)=|url\(|@import|<script", html) == []


def test_a_host_overrides_one_block(settings, tmp_path):
    (tmp_path / "letter.html").write_text(
        '{% extends "invoicing/document.html" %}{% block closing %}<p>Yours, {{ document.supplier.name }}</p>{% endblock %}'
    )
    settings.TEMPLATES = templates(tmp_path)
    settings.INVOICING_DOCUMENT_TEMPLATE = "letter.html"
    html = render_html(make_issued_invoice())

    assert "<p>Yours, Lindner &amp; Vogt Medien GmbH</p>" in html
    assert "Website redesign" in html


def test_a_host_overrides_the_styles_by_a_file_of_their_name(settings, tmp_path):
    (tmp_path / "invoicing").mkdir()
    (tmp_path / "invoicing" / "document.css").write_text("h1 { color: green }")
    settings.TEMPLATES = templates(tmp_path)

    assert "<style>h1 { color: green }</style>" in render_html(make_issued_invoice())


def test_a_host_without_templates_has_the_document_all_the_same(settings):
    settings.TEMPLATES = []

    assert "Website redesign" in render_html(make_issued_invoice())


@pytest.mark.parametrize("source", [None, "{% nonsense %}"], ids=["missing", "broken"])
def test_a_template_that_does_not_work_is_named(settings, tmp_path, source):
    if source:
        (tmp_path / "letter.html").write_text(source)
    settings.TEMPLATES = templates(tmp_path)
    settings.INVOICING_DOCUMENT_TEMPLATE = "letter.html"

    with pytest.raises(DocumentError, match=r"2026/1 .*letter\.html"):
        render_html(make_issued_invoice())


@pytest.mark.parametrize("size", [1, 300])
def test_the_page_takes_at_most_six_queries(django_assert_max_num_queries, size):
    invoice = make_issued_invoice([line() for _ in range(size)])

    with django_assert_max_num_queries(6):
        html = render_html(get_invoice_model().objects.get(uuid=invoice.uuid))
    assert html.count("Website redesign") == size


def test_columns_that_nobody_needs_are_not_there():
    plain = render_html(make_invoice([line(unit="EMPTY", tax_rate=None)]))
    full = render_html(make_invoice([line(discount=5)]))

    assert [f'class="{name}"' in plain for name in ("unit", "discount", "rate")] == [False, False, False]
    assert [f'class="{name}"' in full for name in ("unit", "discount", "rate")] == [True, True, True]


def broken_hook(invoice, *, document):
    raise KeyError("customer_number")


def test_a_hook_that_fails_is_a_document_error(settings):
    settings.INVOICING_DOCUMENT_EXTRA_CONTEXT = f"{__name__}.broken_hook"

    with pytest.raises(DocumentError, match=r"2026/1.*KeyError: 'customer_number'"):
        render_html(make_issued_invoice())


def test_a_template_that_fails_while_it_is_rendered_is_a_document_error(settings, tmp_path):
    (tmp_path / "letter.html").write_text("{% url 'nowhere' %}")
    settings.TEMPLATES = templates(tmp_path)
    settings.INVOICING_DOCUMENT_TEMPLATE = "letter.html"

    with pytest.raises(DocumentError, match="NoReverseMatch"):
        render_html(make_issued_invoice())


QUICK = {"early_discount_percent": Decimal(2), "early_discount_until": date(2026, 11, 30)}


@pytest.mark.parametrize("look", ["document", "compact", "letterhead"])
def test_every_look_says_once_what_is_saved_by_paying_soon(settings, look):
    settings.INVOICING_DOCUMENT_TEMPLATE = f"invoicing/{look}.html"

    text = text_of(render_html(make_issued_invoice(**QUICK)))

    assert text.count("2% discount (EUR\u00a019.04) if paid by Nov. 30, 2026: EUR\u00a0932.96") == 1


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("cs", "Skonto 2\u00a0% (19,04\u00a0EUR) při platbě do 30. listopadu 2026: 932,96\u00a0EUR"),
        ("de", "2\u00a0% Skonto (19,04\u00a0EUR) bei Zahlung bis zum 30. November 2026: 932,96\u00a0EUR"),
        ("es", "Descuento por pronto pago del 2\u00a0% (19,04\u00a0EUR) si se paga hasta el 30 de noviembre de 2026: 932,96\u00a0EUR"),
        ("fr", "Escompte de 2\u00a0% (19,04\u00a0EUR) pour paiement au plus tard le 30 novembre 2026\u00a0: 932,96\u00a0EUR"),
        ("hu", "2% skontó (19,04\u00a0EUR) 2026. november 30. napjáig történő fizetés esetén: 932,96\u00a0EUR"),
        ("it", "Sconto 2% (19,04\u00a0EUR) per pagamento entro il 30 novembre 2026: 932,96\u00a0EUR"),
        ("nl", "2% betalingskorting (EUR\u00a019,04) bij betaling uiterlijk op 30 november 2026: EUR\u00a0932,96"),
        ("pl", "Skonto 2% (19,04\u00a0EUR) przy płatności do 30 listopada 2026: 932,96\u00a0EUR"),
        ("pt", "Desconto de 2% (19,04\u00a0EUR) para pagamento até 30 de novembro de 2026: 932,96\u00a0EUR"),
        ("ro", "Reducere de 2\u00a0% (19,04\u00a0EUR) la plata până la 30 noiembrie 2026: 932,96\u00a0EUR"),
        ("sk", "Skonto 2\u00a0% (19,04\u00a0EUR) pri platbe do 30. novembra 2026: 932,96\u00a0EUR"),
    ],
)
def test_what_is_saved_is_said_in_the_language_of_the_document(language, sentence):
    assert sentence in text_of(render_html(make_issued_invoice(language=language, **QUICK)))


def test_it_stands_by_itself_where_a_swiss_bill_takes_the_place_of_the_payment_part():
    supplier = {"supplier_country": "CH", "supplier_vat_id": "CHE-123.456.788", "bank_country": "CH", "bank_iban": "CH9300762011623852957"}

    html = render_html(make_issued_invoice(currency="CHF", bank_swift_bic="", **supplier, **QUICK))

    assert "swiss-bill" in html
    assert text_of(html).count("if paid by Nov. 30, 2026: CHF\u00a0932.96") == 1


@pytest.mark.parametrize(
    ("fields", "is_said"),
    [({}, False), (QUICK, True), (QUICK | {"already_paid": Decimal("932.96")}, False), (QUICK | {"already_paid": Decimal(952)}, False)],
)
def test_nothing_is_said_where_nothing_is_promised_or_left_to_pay(fields, is_said):
    assert ("if paid by" in text_of(render_html(make_invoice([line()], **fields)))) is is_said
