"""The list of invoices: filters, search, what a row costs, and acts to many at once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from invoicing.admin import InvoiceAdmin
from invoicing.domain.choices import Status
from invoicing.models import InvoiceEvent, get_invoice_model
from tests.admin.conftest import address, said
from tests.factories import ALPENBLICK, line, make_company, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


def shown(client, **query):
    """The invoices of the list, in its order."""
    response = client.get(address("changelist"), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def act(client, action, *invoices, **data):
    return client.post(address("changelist"), {"action": action, "_selected_action": [invoice.pk for invoice in invoices], **data})


@pytest.fixture
def ledger():
    """Five documents that differ in every way that the list is narrowed by."""
    today = timezone.localdate()
    long_ago = {"date_issue": today - timedelta(60), "date_tax_point": today - timedelta(60), "date_due": today - timedelta(46)}
    recent = {"date_issue": today, "date_tax_point": today, "date_due": today + timedelta(14)}
    received = make_invoice(
        [line()],
        origin="RECEIVED",
        number="R-77",
        supplier_name="Papierfabrik Wald AG",
        supplier_vat_id="ATU12345675",
        currency="CHF",
        **recent,
    )
    draft = make_invoice([line()], status="DRAFT", title="Spring campaign", **recent)
    overdue = make_issued_invoice(customer=ALPENBLICK, order_reference="PO-4711", **long_ago)
    paid = make_issued_invoice(**long_ago)
    paid.mark_paid()
    proforma = make_invoice([line()], type="PROFORMA", already_paid=Decimal(100), **recent)
    return {"received": received, "draft": draft, "overdue": overdue, "paid": paid, "proforma": proforma}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status__exact": "PAID"}, {"paid"}),
        ({"status__exact": "DRAFT"}, {"draft"}),
        ({"payment_status": "PARTIALLY_PAID"}, {"proforma"}),
        ({"payment_status": "PAID"}, {"paid"}),
        ({"payment_status": "UNPAID"}, {"received", "draft", "overdue"}),
        ({"payment_status": "nonsense"}, {"received", "draft", "overdue", "paid", "proforma"}),
        ({"overdue": "yes"}, {"overdue"}),
        ({"overdue": "no"}, {"received", "draft", "paid", "proforma"}),
        ({"type__exact": "PROFORMA"}, {"proforma"}),
        ({"origin__exact": "RECEIVED"}, {"received"}),
        ({"currency": "CHF"}, {"received"}),
        ({"q": "R-77"}, {"received"}),
        ({"q": "spring"}, {"draft"}),
        ({"q": "alpenblick"}, {"overdue"}),
        ({"q": "papierfabrik"}, {"received"}),
        ({"q": "ATU98765434"}, {"overdue"}),
        ({"q": "ATU12345675"}, {"received"}),
        ({"q": "PO-4711"}, {"overdue"}),
    ],
)
def test_the_list_is_narrowed(admin_client, ledger, query, names):
    assert set(shown(admin_client, **query)) == {ledger[name] for name in names}


def test_the_list_is_narrowed_to_a_company(admin_client):
    ours, theirs = (make_company(name=name, code=code) for name, code in (("Lindner & Vogt", "LV"), ("Vogt Verlag", "VV")))
    mine = make_invoice([line()], company=ours)
    make_invoice([line()], company=theirs)

    assert shown(admin_client, company__id__exact=ours.pk) == [mine]


def test_the_list_goes_by_days(admin_client):
    autumn, spring = make_invoice(), make_invoice(date_issue=date(2026, 3, 2), date_tax_point=date(2026, 3, 2), date_due=date(2026, 3, 16))

    assert shown(admin_client, date_issue__year=2026, date_issue__month=3) == [spring]
    assert shown(admin_client) == [autumn, spring]


def test_a_row_shows_money_with_its_currency(admin_client):
    make_issued_invoice(already_paid=Decimal("52.00"))

    page = admin_client.get(address("changelist")).content.decode()

    assert "952.00\N{NO-BREAK SPACE}EUR" in page
    assert "900.00\N{NO-BREAK SPACE}EUR" in page
    assert "partially paid" in page


def test_money_is_written_as_the_reader_is_used_to(admin_client, settings):
    settings.LANGUAGE_CODE, settings.USE_THOUSAND_SEPARATOR = "de", True
    make_issued_invoice([line(quantity=1000)])

    assert "95.200,00\N{NO-BREAK SPACE}EUR" in admin_client.get(address("changelist")).content.decode()


def test_a_row_says_for_how_long_money_is_overdue(admin_client, ledger):
    page = admin_client.get(address("changelist")).content.decode()

    # Due 46 days ago; the paid one of the same age is not overdue.
    assert page.count("46 days") == 1


def test_a_list_of_fifty_costs_what_a_list_of_five_costs(admin_client, django_assert_max_num_queries):
    company = make_company()

    def cost():
        with django_assert_max_num_queries(100) as queries:
            assert admin_client.get(address("changelist")).status_code == 200
        return len(queries)

    for _each in range(5):
        make_invoice([line()], company=company)
    admin_client.get(address("changelist"))
    few = cost()
    for _each in range(45):
        make_invoice([line()], company=company)

    assert cost() == few


def test_an_action_does_what_it_can_and_says_what_it_could_not(admin_client, admin_user):
    good, also_good = make_invoice([line()]), make_invoice([line()])
    empty, canceled = make_invoice(), make_issued_invoice()
    canceled.cancel("Ordered twice")

    response = act(admin_client, "issue", good, empty, canceled, also_good)

    issued = get_invoice_model().objects.filter(issued_at__isnull=False).exclude(pk=canceled.pk)
    assert set(issued) == {good, also_good}
    assert InvoiceEvent.objects.filter(kind="ISSUED", actor=admin_user, invoice__in=[good, also_good]).count() == 2
    texts = said(response)
    assert len(texts) == 3
    assert texts[0].startswith(f"{empty} stays as it is: ")
    assert texts[1].startswith(f"{canceled} stays as it is: ")
    assert texts[2] == "Issue: 2 invoices done."


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("mark_sent", Status.SENT),
        ("mark_paid", Status.PAID),
        ("send_to_collection", Status.IN_COLLECTION),
        ("write_off", Status.UNCOLLECTIBLE),
    ],
)
def test_many_are_marked_at_once(admin_client, action, status):
    invoices = [make_issued_invoice(), make_issued_invoice()]

    assert said(act(admin_client, action, *invoices))[0].endswith("2 invoices done.")

    assert {fresh.status for fresh in get_invoice_model().objects.all()} == {status}


def test_many_are_returned_at_once(admin_client):
    invoice = make_issued_invoice()
    invoice.mark_sent()

    act(admin_client, "mark_returned", invoice)

    invoice.refresh_from_db()
    assert invoice.status == Status.RETURNED


def test_drafts_are_issued_in_the_order_of_their_days(admin_client):
    late = make_invoice([line()], status="DRAFT", date_issue=date(2026, 11, 20))
    early = make_invoice([line()], status="DRAFT", date_issue=date(2026, 11, 18), date_tax_point=date(2026, 11, 18))

    act(admin_client, "issue", late, early)

    late.refresh_from_db()
    early.refresh_from_db()
    assert (early.number, late.number) == ("2026/1", "2026/2")


def test_tax_is_decided_for_many(admin_client):
    open_invoice, issued = make_invoice([line()], customer=ALPENBLICK), make_issued_invoice()

    (refusal, done) = said(act(admin_client, "recalculate_tax", open_invoice, issued))

    assert refusal.startswith(f"{issued} stays as it is: ")
    assert done == "Calculate tax by policy: 1 invoice done."
    open_invoice.refresh_from_db()
    assert open_invoice.vat is None


def test_whoever_may_only_look_has_no_action(client, user_who_may):
    client.force_login(user_who_may("view"))
    invoice = make_invoice([line()])

    page = client.get(address("changelist"))
    act(client, "issue", invoice)

    assert b'value="issue"' not in page.content
    invoice.refresh_from_db()
    assert not invoice.is_issued


def test_drafts_are_deleted_in_the_list(admin_client):
    drafts = [make_invoice([line()], status="DRAFT") for _each in range(2)]

    act(admin_client, "delete_selected", *drafts, post="yes")

    assert not get_invoice_model().objects.exists()


def test_issued_invoices_are_not_deleted_in_the_list(admin_client):
    draft, issued = make_invoice([line()], status="DRAFT"), make_issued_invoice()

    response = act(admin_client, "delete_selected", draft, issued, post="yes")

    assert response.status_code == 403
    assert get_invoice_model().objects.count() == 2


def test_an_invoice_that_is_issued_meanwhile_is_refused_in_words(admin_client, monkeypatch):
    issued = make_issued_invoice()
    monkeypatch.setattr(InvoiceAdmin, "has_delete_permission", lambda *_args, **_kwargs: True)

    response = act(admin_client, "delete_selected", issued, post="yes")

    assert response.status_code == 302
    assert "can no longer change" in said(response)[0]
    assert get_invoice_model().objects.exists()
