"""Public links: whoever has one sees one document for a time, and nobody else sees anything."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing

from invoicing.actor import acting
from invoicing.contrib.delivery.exceptions import NotDeliverableError
from invoicing.contrib.delivery.links import SALT, public_link, revoke_links
from invoicing.contrib.delivery.models import LinkRevocation
from invoicing.exceptions import AppendOnlyError
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.contrib.delivery.urls")]

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

PAGES = ("", "pdf/")


def test_a_link_is_absolute_where_the_host_says_its_address(settings):
    invoice = make_issued_invoice()
    assert re.fullmatch(r"/documents/[\w:-]+/", public_link(invoice))

    settings.INVOICING_BASE_URL = "https://billing.example.com/"
    assert public_link(invoice).startswith("https://billing.example.com/documents/")


def test_whoever_has_the_link_sees_the_document_and_needs_no_session(client):
    answer = client.get(public_link(make_issued_invoice()))
    html = answer.content.decode()
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    prints = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)

    assert (answer.status_code, "Website redesign" in html) == (200, True)
    assert 'href="pdf/?download=1"' in html
    assert f"default-src 'none'; style-src {prints}; img-src data:" in answer["Content-Security-Policy"]
    assert {"no-store", "private"} <= {word.strip() for word in answer["Cache-Control"].split(",")}
    assert (answer["Referrer-Policy"], answer["X-Frame-Options"]) == ("no-referrer", "DENY")
    assert "noindex" in answer["X-Robots-Tag"]
    assert (answer.cookies, answer.get("Set-Cookie")) == ({}, None)


def test_the_pdf_can_be_saved(client):
    answer = client.get(public_link(make_issued_invoice()) + "pdf/", {"download": "1"})

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == 'attachment; filename="invoice-2026-1.pdf"'
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", PAGES)
def test_a_middleware_that_asks_everybody_to_log_in_lets_it_pass(client, settings, page):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"]

    assert client.get(public_link(make_issued_invoice()) + page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_link_ends_with_its_time(client, time_machine, page):
    time_machine.move_to(NOON, tick=False)
    link = public_link(make_issued_invoice(language="de"), days=3) + page
    time_machine.move_to(NOON + timedelta(days=3, seconds=-1), tick=False)
    assert client.get(link).status_code == 200

    time_machine.move_to(NOON + timedelta(days=3), tick=False)
    answer = client.get(link)
    text = answer.content.decode()
    assert (answer.status_code, "noindex" in answer["X-Robots-Tag"]) == (410, True)
    assert "Dieser Link ist abgelaufen" in text
    assert "Lindner &amp; Vogt Medien GmbH" in text
    assert "Sommer" not in text
    assert "952" not in text


def test_how_long_a_link_is_valid_is_a_setting(client, settings, time_machine):
    settings.INVOICING_PUBLIC_LINK_DAYS = 10
    time_machine.move_to(NOON, tick=False)
    link = public_link(make_issued_invoice())

    time_machine.move_to(NOON + timedelta(days=10, seconds=-1), tick=False)
    assert client.get(link).status_code == 200
    time_machine.move_to(NOON + timedelta(days=10), tick=False)
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("change", ["cut", "letter", "foreign key", "foreign salt", "junk", "null"])
def test_a_forged_link_shows_nothing(client, settings, change, page):
    invoice = make_issued_invoice()
    token = public_link(invoice).split("/")[-2]
    far = int((NOON + timedelta(days=9999)).timestamp() * 1000)
    forged = {
        "cut": token[:-1],
        "letter": ("A" if token[0] != "A" else "B") + token[1:],
        "foreign key": signing.dumps([invoice.uuid.hex, 0, far], salt=SALT, key="another"),
        "foreign salt": signing.dumps([invoice.uuid.hex, 0, far], salt="another"),
        "junk": "..%2f..%2fetc",
        "null": "%00",
    }[change]
    answer = client.get(f"/documents/{forged}/{page}", headers={"accept-language": "fr"})

    assert answer.status_code == 404
    if change in {"cut", "letter"}:
        assert "Ce lien ne fonctionne pas" in answer.content.decode()
    assert "Lindner" not in answer.content.decode()


@pytest.mark.parametrize("said", [None, {}, [], ["x"], ["x", 1, 2], [None, 1, 2], ["0" * 32, "a", "b"], ["0" * 32, 10**30, 10**30]])
def test_what_was_signed_for_something_else_shows_nothing(client, said):
    assert client.get(f"/documents/{signing.dumps(said, salt=SALT)}/").status_code == 404


def test_links_can_be_revoked_and_made_anew(client, time_machine):
    time_machine.move_to(NOON, tick=False)
    invoice, other = make_issued_invoice(), make_issued_invoice()
    old, others = public_link(invoice), public_link(other)
    with acting("petra"):
        revoke_links(invoice)
    time_machine.move_to(NOON + timedelta(milliseconds=1), tick=False)
    new = public_link(invoice)

    assert [client.get(link).status_code for link in (old, f"{old}pdf/", new, others)] == [410, 410, 200, 200]
    assert LinkRevocation.objects.get().actor_name == "petra"
    with pytest.raises(AppendOnlyError):
        LinkRevocation.objects.get().delete()


def test_links_end_with_the_key_they_were_signed_by(client, settings):
    link = public_link(make_issued_invoice())
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new one"
    assert client.get(link).status_code == 404

    settings.SECRET_KEY_FALLBACKS = [old]
    assert client.get(link).status_code == 200


def test_a_canceled_document_says_so(client):
    invoice = make_issued_invoice(language="de")
    link = public_link(invoice)
    assert "storniert" not in client.get(link).content.decode()

    invoice.cancel("entered twice")
    answer = client.get(link)
    assert (answer.status_code, "Dieses Dokument ist storniert." in answer.content.decode()) == (200, True)


def test_there_are_links_only_to_what_is_issued_by_us():
    with pytest.raises(NotDeliverableError, match="issue it first"):
        public_link(make_invoice([line()]))
    with pytest.raises(NotDeliverableError, match="somebody else"):
        public_link(make_issued_invoice(origin="RECEIVED", number="R-1"))


def test_nothing_can_be_posted(client):
    assert client.post(public_link(make_issued_invoice())).status_code == 405


def test_a_page_takes_few_queries(client, django_assert_max_num_queries):
    link = public_link(make_issued_invoice([line() for _ in range(50)]))
    client.get(link)

    with django_assert_max_num_queries(6):
        client.get(link)
