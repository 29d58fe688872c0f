"""What apps add to the page of an invoice: shown where they have something to show, and to whom they show it."""

import pytest

from invoicing.admin import extensions
from invoicing.admin.extensions import Link, Panel, compute_on_invoices, show_on_invoices
from tests.admin.conftest import address
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_added(monkeypatch):
    """No app has added anything yet."""
    monkeypatch.setattr(extensions, "_extensions", {})
    monkeypatch.setattr(extensions, "_computed", {})


def notes_of(invoice, *, request, site):
    return f"<p>{site.name} shows {invoice} to {request.user.username}</p>"


def test_a_panel_stands_below_the_totals_and_brings_its_styles(admin_client):
    show_on_invoices(Panel(name="notes", title="Notes", render=notes_of, css=("notes/notes.css",)))
    invoice = make_issued_invoice()

    page = admin_client.get(address("change", invoice.pk)).content.decode()

    # The text is escaped unless whoever renders it says that it is safe.
    assert "&lt;p&gt;admin shows 2026/1 to admin" in page
    assert page.index("invoicing-totals") < page.index("invoicing-panel-notes") < page.index("What happened")
    assert "notes/notes.css" in page


def test_a_link_stands_beside_the_acts(admin_client):
    show_on_invoices(Link(name="map", label="Show on a map", address=lambda invoice, **_where: f"/map/{invoice.pk}/"))
    invoice = make_invoice([line()])

    assert f'href="/map/{invoice.pk}/">Show on a map</a>' in admin_client.get(address("change", invoice.pk)).content.decode()


def test_what_is_empty_is_not_shown(admin_client):
    show_on_invoices(
        Panel(name="notes", title="Notes", render=lambda _invoice, **_where: ""),
        Link(name="map", label="Show on a map", address=lambda _invoice, **_where: ""),
    )

    page = admin_client.get(address("change", make_issued_invoice().pk)).content.decode()

    assert "invoicing-panel-notes" not in page
    assert "Show on a map" not in page


def test_a_name_that_is_there_already_takes_the_place(admin_client):
    for label in ("Old", "New"):
        show_on_invoices(Link(name="map", label=label, address=lambda _invoice, **_where: "/map/"))

    (link,) = admin_client.get(address("change", make_issued_invoice().pk)).context["links"]
    assert link["label"] == "New"


def test_a_new_page_shows_nothing_of_them(admin_client):
    show_on_invoices(Panel(name="notes", title="Notes", render=notes_of))

    assert "panels" not in admin_client.get(address("add")).context


@pytest.mark.parametrize("make", [make_issued_invoice, lambda **fields: make_invoice([line()], **fields)])
def test_what_an_app_computes_is_not_typed(admin_client, make):
    compute_on_invoices("payments", lambda invoice: ["already_paid"] if invoice.title == "Paid" else [])

    def typed(invoice):
        return set(admin_client.get(address("change", invoice.pk)).context["adminform"].form.fields)

    assert "already_paid" in typed(make())
    assert "already_paid" not in typed(make(title="Paid"))
