"""A preview is the page and its values."""

import json

import pytest

from invoicing.documents.html import render_html
from invoicing.documents.preview import preview
from tests.factories import build_invoice, line, make_issued_invoice

pytestmark = pytest.mark.django_db


def test_the_page_is_the_document():
    invoice = make_issued_invoice()

    assert preview(invoice).html == render_html(invoice)


def test_the_values_are_those_of_the_template_and_survive_json():
    invoice = make_issued_invoice([line(discount=10)], metadata={"project": {"codes": ["P-7"]}})
    context = json.loads(json.dumps(preview(invoice).context))

    assert context["number"] == "2026/1"
    assert context["customer"]["name"] == "Buchhandlung Sommer KG"
    assert context["date_issue"] == {"value": "2026-11-20", "text": "Nov. 20, 2026"}
    assert context["lines"][0]["net"] == {"value": "720.00", "figure": "720.00", "text": "EUR\u00a0720.00"}
    assert context["taxes"][0]["tax"]["value"] == "136.80"
    assert context["payment"]["account"] == "DE89 3704 0044 0532 0130 00"
    assert context["delivery"] is None
    assert context["metadata"] == {"project": {"codes": ["P-7"]}}


def test_what_is_not_saved_can_be_previewed():
    assert preview(build_invoice()).context["heading"] == "Invoice"


def more_values(invoice, *, document):
    return {"greeting": f"Dear {document.customer.name}", "days": (document.date_due.value - invoice.date_issue).days}


def test_a_hook_of_the_host_gives_a_template_more(settings, tmp_path):
    (tmp_path / "letter.html").write_text(
        '{% extends "invoicing/document.html" %}{% block closing %}<p>{{ extra.greeting }}, {{ extra.days }} days</p>{% endblock %}'
    )
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [tmp_path], "APP_DIRS": True}]
    settings.INVOICING_DOCUMENT_TEMPLATE = "letter.html"
    settings.INVOICING_DOCUMENT_EXTRA_CONTEXT = f"{__name__}.more_values"

    assert "<p>Dear Buchhandlung Sommer KG, 14 days</p>" in render_html(make_issued_invoice())
