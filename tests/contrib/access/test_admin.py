"""The admin of a member of one company, to whom Django allows everything: nothing of another company is there."""

import json
import re

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from invoicing import scoping
from invoicing.admin.scoped import ScopedAdmin
from invoicing.contrib.access.models import Membership
from invoicing.contrib.delivery.models import ReminderPause
from invoicing.contrib.payments.models import BankEntry, BankStatement, Payment
from invoicing.contrib.reports.models import Report
from invoicing.models import Company, Party, PaymentTerm, Product, get_invoice_model
from tests.contrib.access.trade import fill

pytestmark = pytest.mark.django_db

OWN, FOREIGN = "Oolong", "Zweigelt"

REGISTERED = sorted(
    (model for model in site._registry if model.__module__.startswith("invoicing.") and model is not Report),
    key=lambda model: model._meta.label,
)
TABLES = [model for model in REGISTERED if model._meta.app_label not in {"invoicing_collaboration", "invoicing_api"}]
SCOPED = [model for model in TABLES if scoping.company_path(model)]


def label(model):
    return model._meta.label


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def issued(company):
    return get_invoice_model()._default_manager.filter(company=company).exclude(status="DRAFT").get()


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def worlds():
    return fill(OWN), fill(FOREIGN)


@pytest.fixture
def petra(worlds, make_member):
    """On the staff, allowed everything by Django, and the administrator of the first company."""
    user = make_member(worlds[0], "ADMIN", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def desk(client, petra):
    client.force_login(petra)
    return client


@pytest.mark.parametrize("model", REGISTERED, ids=label)
def test_every_page_of_ours_is_scoped(model):
    assert isinstance(site._registry[model], ScopedAdmin)


@pytest.mark.parametrize("model", SCOPED, ids=label)
def test_nothing_of_another_company_is_there(desk, worlds, model):
    own, foreign = (list(scoping.of_company(model._default_manager.all(), company)) for company in worlds)
    assert own, "the test has no row of the company"
    assert foreign, "the test has no row of the other company"

    listed = desk.get(address(model, "changelist"))
    assert listed.status_code == 200
    assert listed.context["cl"].result_count == len(own)
    assert FOREIGN not in listed.content.decode()
    searched = desk.get(address(model, "changelist"), {"q": FOREIGN})
    assert searched.context["cl"].result_count == (0 if site._registry[model].get_search_fields(None) else len(own))
    for row in own:
        page = desk.get(address(model, "change", row.pk))
        assert page.status_code == 200
        assert FOREIGN not in page.content.decode()
    for row in foreign:
        for page in ("change", "delete", "history"):
            answer = desk.get(address(model, page, row.pk))
            assert answer.status_code in {302, 403, 404}, page
            assert FOREIGN not in answer.content.decode()
        assert desk.post(address(model, "change", row.pk), {"name": "taken"}).status_code in {302, 403}
        assert desk.post(address(model, "delete", row.pk), {"post": "yes"}).status_code in {302, 403}
    assert {row.pk for row in foreign} == {row.pk for row in scoping.of_company(model._default_manager.all(), worlds[1])}


@pytest.mark.parametrize("model", TABLES, ids=label)
def test_what_can_be_added_offers_nothing_of_another_company(desk, worlds, model):
    page = desk.get(address(model, "add"))

    assert page.status_code in {200, 403}
    assert FOREIGN not in page.content.decode()


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (get_invoice_model(), "company"),
        (get_invoice_model(), "party"),
        (get_invoice_model(), "related_invoices"),
        (get_invoice_model().item_model(), "product"),
        (Payment, "invoice"),
        (Payment, "party"),
        (BankStatement, "company"),
    ],
)
def test_what_is_searched_while_typing_is_of_the_own_company(desk, model, field):
    asked = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": ""}

    found = json.loads(desk.get(reverse("admin:autocomplete"), asked).content)["results"]

    assert found
    assert not any(FOREIGN in row["text"] for row in found)


def test_no_act_reaches_a_document_of_another_company(desk, worlds):
    acts = {get_invoice_model(): "cancel", Payment: "reverse", BankEntry: "confirm"}
    for model, act in acts.items():
        for row in scoping.of_company(model._default_manager.all(), worlds[1]):
            assert desk.post(address(model, "act", row.pk, act), {"reason": "Mine"}).status_code == 404


def test_a_payment_settles_no_invoice_of_another_company(desk, worlds):
    (payment,) = Payment.objects.filter(company=worlds[0])
    foreign = issued(worlds[1])

    page = desk.post(address(Payment, "act", payment.pk, "allocate"), {"invoice": foreign.pk, "amount": "1"})

    assert page.status_code == 200
    assert page.context["form"].errors["invoice"]
    assert FOREIGN not in page.content.decode()


def test_a_product_of_another_company_says_nothing(desk, worlds):
    own, foreign = (Product.objects.get(company=company) for company in worlds)
    page = address(get_invoice_model(), "product")

    assert desk.get(page, {"id": own.pk}).status_code == 200
    assert desk.get(page, {"id": foreign.pk}).status_code == 404


def test_a_typed_key_tells_no_name_of_another_company(desk, worlds):
    pause = ReminderPause.objects.get(invoice__company=worlds[0])
    foreign = issued(worlds[1])

    page = desk.post(address(type(pause), "change", pause.pk), {"invoice": foreign.pk, "party": "", "until": "", "reason": "x"})

    assert page.status_code == 200
    assert page.context["adminform"].form.errors["invoice"]
    assert FOREIGN not in page.content.decode()


def test_nothing_is_given_to_another_company_nor_to_none(desk, worlds):
    facts = {"name": "New customer", "is_business": "on", "additional_info": "null"}

    for company in (worlds[1].pk, ""):
        page = desk.post(address(Party, "add"), {**facts, "company": company})
        assert page.status_code == 200
        assert page.context["adminform"].form.errors["company"]
    assert desk.post(address(Party, "add"), {**facts, "company": worlds[0].pk}).status_code == 302
    assert Party.objects.get(name="New customer").company == worlds[0]


def test_the_only_company_is_filled_in(desk, worlds):
    assert desk.get(address(Party, "add")).context["adminform"].form["company"].initial == worlds[0].pk


def test_no_company_is_added_by_a_member(desk, worlds):
    page = desk.post(address(Company, "add"), {"name": "Third", "additional_info": "null"})

    assert page.status_code in {200, 403}
    assert Company.objects.count() == 2


def test_reports_are_of_the_own_companies(desk, worlds):
    page = desk.get(reverse("admin:invoicing_reports_report_report", args=["invoices"]))

    assert page.status_code == 200
    assert FOREIGN not in page.content.decode()
    assert OWN in page.content.decode()
    assert site._registry[Report].companies(page.wsgi_request) == [worlds[0]]


def test_a_document_of_another_company_is_not_found(desk, worlds):
    for company, status in zip(worlds, (200, 404), strict=True):
        invoice = issued(company)
        assert desk.get(reverse("invoicing:invoice_html", args=[invoice.uuid])).status_code == status
    assert desk.get(reverse("invoicing:invoice_pdf", args=[invoice.uuid])).status_code == 404


# Roles in the admin


def test_the_role_is_enough_without_permissions_of_django(client, worlds, make_member):
    client.force_login(make_member(worlds[0], "ACCOUNTANT", is_staff=True))
    invoice = issued(worlds[0])

    index = client.get(reverse("admin:index")).content.decode()
    page = client.get(address(get_invoice_model(), "change", invoice.pk))

    assert "/admin/invoicing_payments/payment/" in index
    assert {act["label"] for act in page.context["acts"]} >= {"Write off…"}
    assert client.get(address(Company, "change", worlds[0].pk)).status_code == 200
    assert client.post(address(Company, "change", worlds[0].pk), {"name": "x"}).status_code == 403
    assert client.post(address(get_invoice_model(), "act", invoice.pk, "write_off"), {"reason": "Lost"}).status_code == 302


def test_a_role_in_one_company_is_none_in_another(client, worlds, make_member):
    user = make_member(worlds[0], "ACCOUNTANT", is_staff=True)
    Membership(user=user, company=worlds[1], role="VIEWER").save()
    client.force_login(user)
    model = get_invoice_model()
    own, seen = map(issued, worlds)

    assert client.get(address(model, "change", seen.pk)).status_code == 200
    assert client.post(address(model, "act", seen.pk, "write_off"), {"reason": "Lost"}).status_code == 403
    answer = client.post(address(model, "changelist"), {"action": "write_off", "_selected_action": [own.pk, seen.pk]})

    assert f"{seen} stays as it is: you may not do that." in said(answer)
    assert model._default_manager.get(pk=seen.pk).status != "UNCOLLECTIBLE"
    assert model._default_manager.get(pk=own.pk).status != own.status


def test_a_member_sees_memberships_of_his_company_and_changes_them_as_its_administrator_alone(client, worlds, make_member):
    user = make_member(worlds[0], "ADMIN", is_staff=True)
    Membership(user=user, company=worlds[1], role="VIEWER").save()
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    his = Membership.objects.get(user=user, company=worlds[1])

    assert client.post(address(Membership, "change", his.pk), {"role": "ADMIN"}).status_code == 403
    typed = {"user": f"{OWN}-clerk", "company": worlds[1].pk, "role": "ADMIN"}
    assert client.post(address(Membership, "add"), typed).context["adminform"].form.errors["company"]
    assert Membership.objects.filter(company=worlds[1]).count() == 2
    colleague = Membership.objects.get(user__username=f"{OWN}-clerk")
    assert client.post(address(Membership, "change", colleague.pk), {"role": "VIEWER"}).status_code == 302
    colleague.refresh_from_db()
    assert colleague.role == "VIEWER"


def test_an_administrator_adds_a_member_by_name(client, worlds, make_member, make_user):
    client.force_login(make_member(worlds[0], "ADMIN", is_staff=True))
    make_user("olga")

    assert client.post(address(Membership, "add"), {"user": "nobody", "company": worlds[0].pk, "role": "VIEWER"}).status_code == 200
    assert client.post(address(Membership, "add"), {"user": "olga", "company": worlds[0].pk, "role": "VIEWER"}).status_code == 302

    assert Membership.objects.get(user__username="olga").company == worlds[0]


def test_permissions_of_django_raise_nobody_in_memberships(client, worlds, make_member):
    user = make_member(worlds[0], "VIEWER", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    his = Membership.objects.get(user=user)

    assert client.post(address(Membership, "change", his.pk), {"role": "ADMIN"}).status_code == 403


def test_somebody_in_no_company_sees_nothing(client, worlds, make_user):
    user = make_user("nobody", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)

    assert client.get(address(Party, "changelist")).status_code == 403
    invoice = issued(worlds[0])
    assert client.get(reverse("invoicing:invoice_html", args=[invoice.uuid])).status_code == 404


def test_a_superuser_sees_everything(admin_client, worlds):
    page = admin_client.get(address(Party, "changelist")).content.decode()

    assert re.search(OWN, page)
    assert re.search(FOREIGN, page)


def test_without_companies_permissions_of_django_decide(client, make_user):
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_party"))
    Party.objects.create(name="Sommer")
    client.force_login(user)

    assert "Sommer" in client.get(address(Party, "changelist")).content.decode()
    assert client.get(address(Product, "changelist")).status_code == 403


def test_what_all_companies_share_is_changed_by_whoever_may_in_every_one(worlds, make_member, client):
    """The role in one company is not enough to change what the others use."""
    term = PaymentTerm.objects.create(name="30 days", days=30)
    user = make_member(worlds[0], "ADMIN", is_staff=True)
    client.force_login(user)
    page = address(PaymentTerm, "change", term.pk)

    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "30 days", "days": "0", "months": "0"}).status_code == 403
    assert client.post(address(PaymentTerm, "delete", term.pk), {"post": "yes"}).status_code == 403
    added = client.post(address(PaymentTerm, "add"), {"name": "Mine", "days": "3", "months": "0"})
    assert added.status_code == 200
    assert [*PaymentTerm.objects.values_list("name", "days")] == [("30 days", 30)]

    Membership(user=user, company=worlds[1], role="ACCOUNTANT").save()
    assert client.post(page, {"name": "30 days", "days": "31", "months": "0"}).status_code == 302
    term.refresh_from_db()
    assert term.days == 31
