"""What each role may do, and what a host can change about it."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser, Permission

from invoicing.contrib.access.checks import our_models, permissions
from invoicing.contrib.access.permissions import may, role_needed
from invoicing.contrib.access.roles import STANDARD, allows, least_role_with, roles
from invoicing.models import get_invoice_model

INVOICE = get_invoice_model()._meta
ITEM = get_invoice_model().item_model()._meta

# Nobody but an administrator has to do with these.
FOR_ADMINS = {"invoicing.protection", "invoicing_access.membership"}


def on_invoice(action):
    return f"{INVOICE.app_label}.{action}_{INVOICE.model_name}"


@pytest.mark.parametrize(
    ("permission", "able"),
    [
        (on_invoice("view"), "ADMIN ACCOUNTANT SALES_MANAGER VIEWER"),
        ("invoicing_payments.view_payment", "ADMIN ACCOUNTANT SALES_MANAGER VIEWER"),
        ("invoicing_reports.view_report", "ADMIN ACCOUNTANT SALES_MANAGER VIEWER"),
        ("invoicing_collaboration.view_comment", "ADMIN ACCOUNTANT SALES_MANAGER VIEWER"),
        (on_invoice("add"), "ADMIN ACCOUNTANT SALES_MANAGER"),
        (on_invoice("change"), "ADMIN ACCOUNTANT SALES_MANAGER"),
        ("invoicing.add_party", "ADMIN ACCOUNTANT SALES_MANAGER"),
        ("invoicing.change_product", "ADMIN ACCOUNTANT SALES_MANAGER"),
        ("invoicing_collaboration.add_comment", "ADMIN ACCOUNTANT SALES_MANAGER"),
        ("invoicing_collaboration.change_assignment", "ADMIN ACCOUNTANT SALES_MANAGER"),
        (f"{INVOICE.app_label}.void_invoice", "ADMIN ACCOUNTANT"),
        ("invoicing_payments.add_payment", "ADMIN ACCOUNTANT"),
        ("invoicing_payments.delete_payment", "ADMIN ACCOUNTANT"),
        ("invoicing_payments.add_bankstatement", "ADMIN ACCOUNTANT"),
        ("invoicing.change_paymentterm", "ADMIN ACCOUNTANT"),
        ("invoicing_collaboration.delete_comment", "ADMIN ACCOUNTANT"),
        (on_invoice("delete"), "ADMIN"),
        ("invoicing.change_company", "ADMIN"),
        ("invoicing_access.change_membership", "ADMIN"),
        ("invoicing_api.view_webhook", "ADMIN"),
    ],
)
def test_who_may_what(permission, able):
    assert [role.name for role in STANDARD if allows(role.name, permission)] == able.split()


def test_whoever_works_in_a_company_sees_every_table_of_the_documents():
    labels = {"invoicing", INVOICE.app_label, "invoicing_payments", "invoicing_delivery", "invoicing_reports"}
    tables = {model._meta.label_lower for model in our_models() if model._meta.app_label in labels} - FOR_ADMINS

    unseen = {label for label in tables if not allows("VIEWER", "{}.view_{}".format(*label.split(".")))}

    assert unseen == set()


@pytest.mark.parametrize("role", ["ACCOUNTANT", "SALES_MANAGER", "VIEWER"])
def test_every_permission_of_a_role_exists(role):
    installed = {config.label for config in apps.get_app_configs()}
    named = {permission for permission in roles()[role].permissions if permission.partition(".")[0] in installed}

    assert {name for name in named if not name.startswith("invoicing_collaboration.")} <= set(permissions())


@pytest.mark.django_db
def test_permissions_are_told_as_django_stores_them():
    stored = {f"{label}.{codename}" for label, codename in Permission.objects.values_list("content_type__app_label", "codename")}

    assert set(permissions()) == stored


@pytest.mark.parametrize(
    ("permission", "role"),
    [
        (on_invoice("view"), "VIEWER"),
        (on_invoice("add"), "SALES_MANAGER"),
        (f"{INVOICE.app_label}.void_invoice", "ACCOUNTANT"),
        (on_invoice("delete"), "ADMIN"),
    ],
)
def test_the_least_role_is_the_one_to_ask_for(permission, role):
    assert least_role_with(permission) == role
    assert role_needed(permission) == f"Requires {role} role."


def test_a_host_changes_a_role_and_adds_one(settings):
    settings.INVOICING_ROLES = {"ACCOUNTANT": ["invoicing.view_party"], "AUDITOR": ["invoicing.view_party", "invoicing.view_repair"]}

    assert list(roles()) == ["ADMIN", "ACCOUNTANT", "SALES_MANAGER", "VIEWER", "AUDITOR"]
    assert allows("ACCOUNTANT", "invoicing.view_party")
    assert not allows("ACCOUNTANT", f"{INVOICE.app_label}.void_invoice")
    assert allows("AUDITOR", "invoicing.view_repair")
    assert least_role_with("invoicing.view_party") == "ACCOUNTANT"


def test_what_a_host_writes_wrong_allows_nothing(settings):
    settings.INVOICING_ROLES = {"ADMIN": "*", "AUDITOR": ["invoicing.view_party", 7]}

    assert not allows("ADMIN", "invoicing.view_party")
    assert allows("AUDITOR", "invoicing.view_party")


def test_a_role_that_there_is_not_allows_nothing():
    assert not allows("KING", on_invoice("view"))
    assert not allows("", on_invoice("view"))


@pytest.mark.django_db
def test_the_role_in_the_company_decides_and_not_that_in_another(company, other, make_member):
    user = make_member(company, "ACCOUNTANT")

    assert may(user, "invoicing_payments.add_payment", company=company)
    assert not may(user, "invoicing_payments.add_payment", company=other)
    assert not may(user, "invoicing.change_company", company=company)


@pytest.mark.django_db
def test_permissions_of_django_count_where_there_is_no_company(make_user):
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="add_party", content_type__app_label="invoicing"))

    assert may(user, "invoicing.add_party", company=None)
    assert not may(user, "invoicing.change_party", company=None)


@pytest.mark.django_db
def test_in_a_company_permissions_of_django_do_not_count(company, make_member):
    user = make_member(company, "VIEWER")
    user.user_permissions.add(Permission.objects.get(codename="add_party", content_type__app_label="invoicing"))

    assert not may(user, "invoicing.add_party", company=company)


@pytest.mark.django_db
def test_superusers_may_everything_and_strangers_nothing(company, make_user, make_member):
    gone = make_member(company, "ADMIN", is_active=None)
    gone.is_active = False

    assert may(make_user("root", is_superuser=True), "invoicing.delete_company", company=company)
    assert not may(AnonymousUser(), on_invoice("view"), company=company)
    assert not may(gone, on_invoice("view"), company=company)
