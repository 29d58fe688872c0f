"""Acts as buttons: only what is possible now and allowed to this user, each a POST, refusals in words."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.test import Client

from invoicing import vies
from invoicing.domain.choices import Status
from invoicing.models import InvoiceEvent, VatIdCheck, VoidedNumber, get_invoice_model
from tests.admin.conftest import address, said
from tests.factories import ALPENBLICK, columns, line, make_invoice, make_issued_invoice, make_product

pytestmark = pytest.mark.django_db


def offered(client, invoice):
    """The acts that the page offers, by the last part of their addresses."""
    page = client.get(address("change", invoice.pk))
    return [act["address"].rstrip("/").rsplit("/", 1)[-1] for act in page.context["acts"]]


def do(client, invoice, act, **data):
    return client.post(address("act", invoice.pk, act), data)


def test_an_open_invoice_offers_what_can_be_done_to_it(admin_client):
    assert offered(admin_client, make_invoice([line()])) == [
        "issue",
        "mark_sent",
        "mark_paid",
        "create_copy",
        "recalculate_tax",
        "verify_vat_id",
        "send_to_collection",
        "write_off",
        "cancel",
    ]


def test_a_sent_invoice_offers_what_can_be_done_to_it(admin_client):
    invoice = make_issued_invoice()
    invoice.mark_sent()

    assert offered(admin_client, invoice) == [
        "mark_sent",
        "mark_paid",
        "mark_returned",
        "create_copy",
        "create_credit_note",
        "send_to_collection",
        "write_off",
        "cancel",
    ]


def test_a_canceled_invoice_can_only_be_copied(admin_client):
    invoice = make_issued_invoice()
    invoice.cancel("Ordered twice")

    assert offered(admin_client, invoice) == ["create_copy"]


def test_a_new_page_offers_nothing(admin_client):
    assert "acts" not in admin_client.get(address("add")).context


@pytest.mark.parametrize(
    ("act", "status"),
    [("issue", Status.NEW), ("mark_sent", Status.SENT), ("mark_paid", Status.PAID)],
)
def test_a_button_does_its_act_as_the_user(admin_client, admin_user, act, status):
    invoice = make_invoice([line()])

    response = do(admin_client, invoice, act)

    assert response.url == address("change", invoice.pk)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.is_issued) == (status, True)
    event = InvoiceEvent.objects.last()
    assert (event.actor, event.status_to) == (admin_user, status)
    assert admin_user.logentry_set.get().object_id == str(invoice.pk)
    assert "2026/1" in said(response)[0]


def test_a_returned_invoice(admin_client):
    invoice = make_issued_invoice()
    invoice.mark_sent()

    do(admin_client, invoice, "mark_returned")

    invoice.refresh_from_db()
    assert invoice.status == Status.RETURNED


def test_an_act_needs_a_post(admin_client):
    invoice = make_invoice([line()])

    assert admin_client.get(address("act", invoice.pk, "issue")).status_code == 405
    invoice.refresh_from_db()
    assert not invoice.is_issued


def test_an_act_needs_a_token(admin_user):
    invoice, client = make_invoice([line()]), Client(enforce_csrf_checks=True)
    client.force_login(admin_user)

    assert do(client, invoice, "issue").status_code == 403


def test_an_act_that_is_none_is_not_found(admin_client):
    assert do(admin_client, make_invoice(), "delete").status_code == 404
    assert admin_client.post(address("act", 404, "issue")).status_code == 404


def test_an_act_that_is_not_possible_is_refused_in_words(admin_client):
    invoice = make_issued_invoice()
    invoice.cancel("Ordered twice")

    response = do(admin_client, invoice, "mark_paid")

    assert said(response) == ["2026/1 stays as it is: 2026/1 is CANCELED: mark_paid is not possible. Possible now: nothing."]
    invoice.refresh_from_db()
    assert invoice.status == Status.CANCELED


def test_what_the_law_misses_is_said_all_at_once(admin_client):
    invoice = make_invoice([line()], customer_name="", customer_street="", customer_city="")

    (text,) = said(do(admin_client, invoice, "issue"))

    assert text.count("Art. 226") >= 1
    assert "customer" in text
    invoice.refresh_from_db()
    assert not invoice.is_issued


def test_cancel_asks_for_a_reason_first(admin_client):
    invoice = make_issued_invoice()

    page = admin_client.get(address("act", invoice.pk, "cancel"))
    empty = do(admin_client, invoice, "cancel", reason=" ")

    assert "reason" in page.context["form"].fields
    assert "reason" in empty.context["form"].errors
    invoice.refresh_from_db()
    assert invoice.status == Status.NEW


def test_the_reason_goes_into_the_history(admin_client):
    invoice = make_issued_invoice()

    response = do(admin_client, invoice, "cancel", reason="Ordered twice")

    assert response.status_code == 302
    invoice.refresh_from_db()
    assert (invoice.status, InvoiceEvent.objects.last().reason) == (Status.CANCELED, "Ordered twice")
    assert "Ordered twice" in admin_client.get(response.url).content.decode()


@pytest.mark.parametrize(("act", "status"), [("send_to_collection", Status.IN_COLLECTION), ("write_off", Status.UNCOLLECTIBLE)])
def test_collection_and_write_off_may_name_a_reason(admin_client, act, status):
    invoice = make_issued_invoice()

    do(admin_client, invoice, act, reason="No answer since March")

    invoice.refresh_from_db()
    assert (invoice.status, InvoiceEvent.objects.last().reason) == (status, "No answer since March")


def test_a_copy_is_opened_with_dates_of_today(admin_client):
    invoice = make_issued_invoice(date_issue=date(2025, 1, 31), date_tax_point=date(2025, 1, 31), date_due=date(2025, 2, 14))

    response = do(admin_client, invoice, "create_copy")

    copy = get_invoice_model().objects.exclude(pk=invoice.pk).get()
    assert response.url == address("change", copy.pk)
    assert (copy.status, copy.total, copy.date_issue, copy.date_due > copy.date_issue) == (Status.NEW, 952, copy.today(), True)


def test_a_credit_note_over_everything(admin_client):
    invoice = make_issued_invoice()

    response = do(admin_client, invoice, "create_credit_note", reason="Project stopped")

    note = get_invoice_model().objects.get(type="CREDIT_NOTE")
    assert response.url == address("change", note.pk)
    assert (note.total, note.note, note.is_issued) == (952, "Project stopped", True)
    invoice.refresh_from_db()
    assert invoice.status == Status.CREDITED


def test_a_credit_note_over_a_part(admin_client):
    invoice = make_issued_invoice([line(), line("Hosting", quantity=1, unit_price=Decimal(50))])
    item = invoice.item_set.first()

    do(admin_client, invoice, "create_credit_note", **{f"quantity_{item.pk}": "4"})

    note = get_invoice_model().objects.get(type="CREDIT_NOTE")
    # 4 × 80.00 = 320.00 and 19 % of it.
    assert (note.total, note.item_set.get().quantity) == (Decimal("380.80"), 4)
    invoice.refresh_from_db()
    assert invoice.status == Status.NEW


def test_more_than_is_left_cannot_be_credited(admin_client):
    invoice = make_issued_invoice()
    item = invoice.item_set.get()
    invoice.create_credit_note({item: Decimal(8)})

    page = admin_client.get(address("act", invoice.pk, "create_credit_note")).content.decode()
    response = do(admin_client, invoice, "create_credit_note", **{f"quantity_{item.pk}": "3"})

    # 2 of 10 hours are left, 160.00.
    assert "At most 2, worth 160.00 EUR" in page
    assert "Only 2.000 of “Website redesign” is left to credit" in response.context["form"].non_field_errors()[0]
    assert get_invoice_model().objects.filter(type="CREDIT_NOTE").count() == 1


def test_the_policy_decides_on_the_tax_of_every_item(admin_client):
    invoice = make_invoice([line()], customer=ALPENBLICK)

    do(admin_client, invoice, "recalculate_tax")

    invoice.refresh_from_db()
    # A business in Austria owes the tax itself.
    assert (invoice.vat, invoice.total) == (None, 800)


def test_the_register_is_asked_about_a_vat_id(admin_client, monkeypatch):
    answer = vies.ViesAnswer(is_valid=True, consultation_id="WAPIAAAAY1234", name="Alpenblick", address="Mondsee")
    monkeypatch.setattr(vies, "ask", lambda *_args, **_kwargs: answer)
    invoice = make_invoice([line()], customer=ALPENBLICK)

    do(admin_client, invoice, "verify_vat_id")

    invoice.refresh_from_db()
    assert invoice.customer_vat_id_check.consultation_id == "WAPIAAAAY1234"


def test_a_register_that_gives_no_answer_is_said(admin_client, settings):
    # Nothing listens on port 1, and the machine itself says so at once.
    settings.INVOICING_VIES_URL = "http://127.0.0.1:1"

    response = do(admin_client, make_invoice([line()], customer=ALPENBLICK), "verify_vat_id")

    assert "could not be verified" in said(response)[0]
    assert VatIdCheck.objects.get().answer == "UNREACHABLE"


# Who may


def test_whoever_may_only_look_sees_no_act(client, user_who_may):
    client.force_login(user_who_may("view"))
    invoice = make_invoice([line()])

    assert offered(client, invoice) == []
    assert do(client, invoice, "issue").status_code == 403
    invoice.refresh_from_db()
    assert not invoice.is_issued


def test_whoever_may_change_but_neither_add_nor_void(client, user_who_may):
    client.force_login(user_who_may("view", "change"))
    invoice = make_issued_invoice()

    assert offered(client, invoice) == ["mark_sent", "mark_paid"]
    for act in ("cancel", "create_copy", "create_credit_note", "send_to_collection", "write_off"):
        assert do(client, invoice, act, reason="No").status_code == 403


@pytest.mark.parametrize(("more", "act"), [(["void"], "cancel"), (["void"], "write_off"), (["void", "add"], "create_credit_note")])
def test_what_voids_a_document_has_a_permission_of_its_own(client, user_who_may, more, act):
    client.force_login(user_who_may("view", "change", *more))
    invoice = make_issued_invoice()

    assert do(client, invoice, act, reason="Ordered twice").status_code == 302


def test_whoever_is_not_on_the_staff_is_sent_to_log_in(client, django_user_model):
    user = django_user_model.objects.create_user("visitor", password="leipzig")
    opts = get_invoice_model()._meta
    user.user_permissions.add(
        Permission.objects.get(codename=get_permission_codename("change", opts), content_type__app_label=opts.app_label)
    )
    client.force_login(user)
    invoice = make_invoice([line()])

    assert "login" in do(client, invoice, "issue").url
    invoice.refresh_from_db()
    assert not invoice.is_issued


# Deleting


def test_a_draft_is_deleted(admin_client):
    invoice = make_invoice([line()], status="DRAFT")

    admin_client.post(address("delete", invoice.pk), {"post": "yes"})

    assert not get_invoice_model().objects.exists()


def test_an_invoice_that_others_follow_is_voided_and_that_is_said(admin_client, admin_user):
    invoice, _later = make_invoice([line()]), make_invoice([line()])

    response = admin_client.post(address("delete", invoice.pk), {"post": "yes"})

    invoice.refresh_from_db()
    assert invoice.status == Status.CANCELED
    assert VoidedNumber.objects.get().actor_name == admin_user.get_username()
    assert said(response) == ["2026/1 is not the last of its series, so it is canceled and its number stays in the register."]


def test_an_issued_invoice_cannot_be_deleted(admin_client):
    invoice = make_issued_invoice()

    assert admin_client.post(address("delete", invoice.pk), {"post": "yes"}).status_code == 403
    assert "delete" not in admin_client.get(address("change", invoice.pk)).content.decode().split("submit-row")[1]
    assert get_invoice_model().objects.exists()


# Products


def test_the_page_asks_what_a_product_says_of_a_line(admin_client):
    product = make_product()

    answer = admin_client.get(address("product"), {"id": product.pk})

    assert answer.json() == {"title": "Consulting", "description": "", "unit": "HOURS", "unit_price": "80"}
    assert admin_client.get(address("product"), {"id": "x"}).status_code == 404


def test_whoever_may_only_look_gets_no_product(client, user_who_may):
    client.force_login(user_who_may("view"))

    assert client.get(address("product"), {"id": "1"}).status_code == 403


def test_links_to_the_document_stand_on_the_page_where_the_host_has_them(admin_client, settings):
    invoice = make_issued_invoice(**columns("customer", ALPENBLICK))
    settings.ROOT_URLCONF = "tests.admin.urls"

    page = admin_client.get(address("change", invoice.pk))

    assert [document["address"] for document in page.context["documents"]] == [
        f"/documents/{invoice.uuid}/",
        f"/documents/{invoice.uuid}.pdf",
    ]
