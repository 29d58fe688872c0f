"""The pages of the library: who sees a document, and how it is sent."""

import base64
import hashlib
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from invoicing.exceptions import MissingDependencyError
from invoicing.models import get_invoice_model
from tests.factories import line, make_issued_invoice

pytestmark = pytest.mark.django_db

PAGES = ("invoice_html", "invoice_pdf")


def address(invoice, page="invoice_html"):
    return reverse(f"invoicing:{page}", kwargs={"uuid": getattr(invoice, "uuid", invoice)})


@pytest.fixture
def clerk(client):
    """A client that may view invoices, of whatever model stands in for them."""
    user = User.objects.create_user("ida", password="a good one")
    meta = get_invoice_model()._meta
    user.user_permissions.add(Permission.objects.get(content_type__app_label=meta.app_label, codename=f"view_{meta.model_name}"))
    client.force_login(user)
    return client


@pytest.fixture
def stranger(client):
    """A client that is logged in and may do nothing."""
    client.force_login(User.objects.create_user("otto", password="a good one"))
    return client


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_logged_in_is_asked_to(client, page):
    for invoice in (make_issued_invoice(), uuid4()):
        answer = client.get(address(invoice, page))
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_view_cannot_tell_that_there_is_one(stranger, page):
    assert stranger.get(address(make_issued_invoice(), page)).status_code == 404
    assert stranger.get(address(uuid4(), page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_what_does_not_exist_is_not_found(clerk, page):
    assert clerk.get(address(uuid4(), page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_nothing_can_be_posted(clerk, page):
    assert clerk.post(address(make_issued_invoice(), page)).status_code == 405


def test_the_page_is_sent_with_a_policy_that_allows_its_styles_and_nothing_else(clerk):
    answer = clerk.get(address(make_issued_invoice()))
    styles = re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
    prints = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)

    assert "Website redesign" in answer.content.decode()
    assert len(styles) >= 2
    assert f"default-src 'none'; style-src {prints}; img-src data:" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_the_pdf_is_shown_or_saved_under_the_number(clerk):
    invoice = make_issued_invoice()
    shown = clerk.get(address(invoice, "invoice_pdf"))
    saved = clerk.get(address(invoice, "invoice_pdf"), {"download": "1"})

    assert shown.content.startswith(b"%PDF-")
    assert (shown["Content-Type"], shown["Content-Disposition"]) == ("application/pdf", 'inline; filename="invoice-2026-1.pdf"')
    assert saved["Content-Disposition"] == 'attachment; filename="invoice-2026-1.pdf"'


def test_a_number_cannot_break_the_header(clerk):
    invoice = make_issued_invoice(number='7"; x="š')
    disposition = clerk.get(address(invoice, "invoice_pdf"))["Content-Disposition"]

    assert disposition == "inline; filename*=utf-8''invoice-7-x-%C5%A1.pdf"


def test_where_no_pdf_can_be_made_it_is_said_what_to_install(clerk, monkeypatch):
    def fail(invoice):
        raise MissingDependencyError(feature="A PDF", package="WeasyPrint", mend="pip install it")

    monkeypatch.setattr("invoicing.views.pdf_of", fail)
    answer = clerk.get(address(make_issued_invoice(), "invoice_pdf"))

    assert (answer.status_code, answer.content.decode()) == (501, "A PDF needs WeasyPrint: pip install it")


def test_the_page_of_an_invoice_is_where_it_says(clerk):
    invoice = make_issued_invoice()

    assert invoice.get_absolute_url() == address(invoice)


def test_the_detail_page_takes_at_most_six_queries(clerk, django_assert_max_num_queries):
    invoice = make_issued_invoice([line() for _ in range(50)])
    clerk.get(address(invoice))

    with django_assert_max_num_queries(6):
        clerk.get(address(invoice))
