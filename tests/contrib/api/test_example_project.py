"""The example project's companies: keys that programs count on, and people who may do what their role says."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from example.companies import TEAMS, USERS, make_agency, make_agency_invoices, make_users
from rest_framework.test import APIClient
from stdnum.in_ import gstin

from invoicing.contrib.access.companies import role_in
from invoicing.models import Company, Party, PaymentTerm, Product, get_invoice_model

pytestmark = pytest.mark.skipif(get_invoice_model()._meta.label != "invoicing.Invoice", reason="it has settings of its own")


@pytest.fixture
def agency(db):
    made = make_agency()
    make_agency_invoices(made)
    for code in ("NW", "ELA", "CRC", "CBH"):
        Company.objects.create(name=code, code=code)
    make_users("a long password")
    return made


def user(login):
    return get_user_model().objects.get(username=login)


def test_the_agency_is_known_by_keys(agency):
    assert [Party.objects.get(pk=key).name for key in (10, 3)] == ["Alice Smith", "Meera Kulkarni"]
    assert [Product.objects.get(pk=key).name for key in (1, 3, 4)] == ["Service #1", "Website Design", "SEO"]
    assert PaymentTerm.objects.get(pk=1).days == 30
    assert get_user_model().objects.get(pk=2).get_full_name() == "Rohan Deshpande"
    assert gstin.is_valid(agency.vat_id)


def test_numbers_of_the_agency_are_made_of_code_key_month_and_year(agency):
    first, second = (get_invoice_model().objects.get(pk=key) for key in (1, 12))

    # 5000.00 + 10000.00 at 9 % + 9 %; 5000.00 of the first are paid.
    assert (first.number, str(first.total), str(first.to_pay), first.is_issued) == ("st1DEC25", "17700.00", "12700.00", True)
    assert (second.number, str(second.total), str(second.to_pay), second.is_issued) == ("st12DEC25", "17700.00", "17700.00", False)


@pytest.mark.parametrize("known", USERS, ids=lambda known: known[1])
def test_everybody_has_his_roles_and_works_in_the_first_company(agency, known):
    key, login, first, last, roles = known
    who = user(login)

    assert (who.pk, who.get_full_name(), who.check_password("a long password")) == (key, f"{first} {last}", True)
    assert {code: role_in(who, Company.objects.get(code=code)) for code in roles} == roles
    assert who.invoicing_memberships.get(is_active=True).company.code == next(iter(roles))


def test_teams_have_their_members(agency):
    found = {(team.pk, team.name): {member.username for member in team.user_set.all()} for team in Group.objects.all()}

    assert found == {(key, name): set(members) for key, name, members in TEAMS}


def test_without_a_password_nobody_can_log_in(db):
    for code in ("SD", "NW", "ELA", "CRC", "CBH"):
        Company.objects.create(name=code, code=code)
    make_users(None)

    assert not any(who.has_usable_password() for who in get_user_model().objects.all())


def test_one_agency_sees_its_own_invoices_through_the_api(agency):
    get_invoice_model().objects.create(company=Company.objects.get(code="NW"), supplier_name="NW", customer_name="Somebody")
    client = APIClient()
    client.force_authenticate(user("rohan"))

    rows = client.get("/api/invoices/").json()["results"]

    assert {row["number"] for row in rows} == {"st1DEC25", "st12DEC25"}
    assert {row["authorized_by"] for row in rows} == {"2"}
