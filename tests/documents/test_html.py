"""The page: what stands in it, who may override it, and that nothing in it is markup of the data."""

import re

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
