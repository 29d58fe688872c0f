"""Every Python example of the README and the docs runs, page by page, from top to bottom."""

import socket

import pytest
from django.apps import apps
from django.conf import settings as project

from invoicing import vies
from invoicing.exceptions import VatIdUnverifiedError
from invoicing.protection import remove_triggers
from tests.docs.pages import DOCS, ROOT, examples, run

# The pages speak of the invoice that the package brings; a host with its own has its own name for it.
pytestmark = pytest.mark.skipif(
    getattr(project, "INVOICING_INVOICE_MODEL", "invoicing.Invoice") != "invoicing.Invoice",
    reason="the pages use invoicing.models.Invoice",
)

# These pages are whole host projects: test_hosts.py makes them.
HOSTS = {DOCS / "how-to/extend-the-invoice.md"}

# This one needs a site that answers: tests/contrib/api/test_python_client.py is one.
CLIENT = DOCS / "how-to/python-client.md"

# This one makes triggers, which ends a transaction on MariaDB: it has a test of its own.
TRIGGERS = DOCS / "how-to/protect-issued-invoices.md"


def runs_here(page):
    """Whether the project of this run is the one that a page speaks of: with the optional apps, or without them."""
    needs_optional_apps = any("invoicing.contrib" in example.code for example in examples(page))
    return needs_optional_apps == apps.is_installed("invoicing.contrib.payments")


PAGES = [
    page
    for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
    if page not in {TRIGGERS, CLIENT, *HOSTS} and examples(page) and runs_here(page)
]


@pytest.fixture(autouse=True)
def register(monkeypatch):
    """The register of VAT ids as the pages find it: it knows two customers, and Greece does not answer today."""
    known = {"ATU98765434": "Alpenblick Hotelbetriebe GmbH"}

    def ask(vat_id, *, requester, **_connection):
        if vat_id.startswith("EL"):
            raise VatIdUnverifiedError(vat_id=vat_id, reason="MS_UNAVAILABLE")
        return vies.ViesAnswer(
            is_valid=vat_id in known,
            consultation_id="WAPIAAAAZ0000000" if requester else "",
            name=known.get(vat_id, ""),
            address="Seestraße 5, 5310 Mondsee" if vat_id in known else "",
        )

    monkeypatch.setattr(vies, "ask", ask)


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """The names of hosts as the pages find them: hooks.example.com is somewhere in the internet."""
    look_up = socket.getaddrinfo

    def known(host, port, *args, **options):
        return look_up("93.184.215.14" if host == "hooks.example.com" else host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", known)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page, settings, monkeypatch):
    run(page, settings=settings, monkeypatch=monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_page_of_triggers_run(settings, monkeypatch):
    try:
        run(TRIGGERS, settings=settings, monkeypatch=monkeypatch)
    finally:
        remove_triggers("default")


@pytest.mark.django_db
def test_the_tutorial_ends_where_it_says(settings, monkeypatch):
    invoice = run(DOCS / "tutorial/index.md", settings=settings, monkeypatch=monkeypatch)["invoice"]

    assert (str(invoice.vat), str(invoice.total)) == ("19.00", "119.00")
    assert invoice.issued_at is not None
