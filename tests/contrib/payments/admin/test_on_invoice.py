"""The page of an invoice shows its payments (S0-25) and leads to a new one; what is paid is not typed any more."""

from decimal import Decimal

import pytest
from django.urls import reverse

from invoicing.contrib.payments.services import reverse_payment, undo_allocation
from invoicing.models import get_invoice_model
from tests.contrib.payments.admin.conftest import address
from tests.contrib.payments.claims import TUESDAY, bill, claim, early, pay
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


def page_of(client, invoice):
    opts = get_invoice_model()._meta
    return client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[invoice.pk]))


def panel(client, invoice):
    """The HTML of the payments on the page."""
    return {shown["name"]: shown["html"] for shown in page_of(client, invoice).context["panels"]}.get("payments", "")


def links(client, invoice):
    return [link["address"] for link in page_of(client, invoice).context["links"] if link["name"] == "record_payment"]


def test_all_payments_of_an_invoice_with_date_kind_amount_and_status(admin_client):
    invoice = early()
    pay(invoice, "190", reference="First part")
    bounced = pay(invoice, "300", on=TUESDAY, method="PAYMENT_CARD", payer_name="Buchhandlung Sommer KG")
    reverse_payment(bounced, reason="Returned by the bank", on=TUESDAY)
    waiting = pay(invoice, "400", status="PENDING", reference="Card")

    html = panel(admin_client, invoice)

    assert html.count("<tr") == 5
    assert "11/23/2026" in html
    assert "190.00\N{NO-BREAK SPACE}EUR" in html
    assert "Bank transfer · First part" in html
    assert "Payment card · Buchhandlung Sommer KG" in html
    assert "undone on 11/24/2026" in html
    assert "-300.00\N{NO-BREAK SPACE}EUR" in html
    assert "400.00\N{NO-BREAK SPACE}EUR" in html
    assert 'invoicing-state-pending">pending<' in html
    assert 'invoicing-state-received">received<' in html
    assert address("change", waiting.pk) in html


def test_what_settles_without_money_is_shown_with_its_tax(admin_client):
    invoice = early()
    pay(invoice, "1166.20", on=TUESDAY)

    html = panel(admin_client, invoice)

    assert "early-payment discount" in html
    assert "of it 20.00 base and 3.80 tax at 19 % (S)" in html


def test_a_credit_note_is_shown_on_both_documents(admin_client):
    invoice = claim()
    note = invoice.create_credit_note()

    assert f"{note}</a>" in panel(admin_client, invoice)
    assert f"{invoice}</a>" in panel(admin_client, note)


def test_what_was_paid_before_payments_were_recorded(admin_client):
    invoice = make_issued_invoice(already_paid=Decimal("52.00"))
    pay(invoice, "100")

    assert "paid before payments were recorded" in panel(admin_client, invoice)


def test_an_invoice_without_payments_says_so(admin_client):
    assert "No payment yet." in panel(admin_client, claim())


def test_a_payment_of_an_invoice_that_needed_nothing_is_shown(admin_client):
    invoice = claim()
    pay(invoice, "1190")
    second = pay(invoice, "1190")

    html = panel(admin_client, invoice)

    assert address("change", second.pk) in html
    assert "payment, settles nothing here" in html


def test_a_payment_whose_allocation_was_undone_is_shown_once_for_each_step(admin_client):
    invoice = claim()
    undo_allocation(pay(invoice, "190").allocations.get(), reason="Meant for December")

    html = panel(admin_client, invoice)

    assert html.count("<tr") == 3
    assert "Meant for December" in html


def test_the_page_leads_to_a_new_payment_while_money_is_owed(admin_client):
    owed, taken, canceled, new = claim(), bill(), claim(), make_invoice([line()])
    canceled.cancel("Ordered twice")
    paid = claim()
    pay(paid, "1190")

    for invoice in (owed, taken, new):
        assert links(admin_client, invoice) == [f"{address('add')}?invoice={invoice.pk}"]
    assert links(admin_client, canceled) == links(admin_client, paid) == []


def test_what_is_paid_is_typed_only_where_no_payment_is_recorded(admin_client):
    by_hand, recorded = claim(), claim()
    pay(recorded, "190")

    assert "already_paid" in page_of(admin_client, by_hand).context["adminform"].form.fields
    assert "already_paid" not in page_of(admin_client, recorded).context["adminform"].form.fields


def test_whoever_may_not_see_payments_sees_none(clerk):
    invoice = claim()
    pay(invoice, "190")
    client = clerk()

    assert panel(client, invoice) == ""
    assert links(client, invoice) == []


def test_whoever_may_only_see_payments_records_none(clerk):
    invoice = claim()
    pay(invoice, "190")
    client = clerk("view")

    assert "190.00" in panel(client, invoice)
    assert links(client, invoice) == []


def test_the_page_costs_the_same_however_often_an_invoice_was_paid(admin_client, django_assert_max_num_queries):
    seldom, often = claim(), claim()
    pay(seldom, "10")
    for _each in range(10):
        pay(often, "10")
    page_of(admin_client, seldom)

    with django_assert_max_num_queries(80) as few:
        page_of(admin_client, seldom)
    with django_assert_max_num_queries(80) as many:
        page_of(admin_client, often)

    assert len(many) == len(few)
