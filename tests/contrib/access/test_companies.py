"""Which company a request is for: the one that it names, the active one, the only one; never a guess."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured

from invoicing.contrib.access import companies, installation, permissions
from invoicing.contrib.access.companies import companies_of, company_of, membership_of, role_in
from invoicing.contrib.access.exceptions import CompanyNotFoundError, CompanyRequiredError, NoCompanyError
from invoicing.contrib.access.models import Membership
from invoicing.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def _not_installed(monkeypatch):
    monkeypatch.setattr(companies, "is_installed", lambda: False)
    monkeypatch.setattr(permissions, "is_installed", lambda: False)


def test_the_header_names_one_of_several(company, other, make_member, request_of):
    user = make_member(company, is_active=True)
    Membership(user=user, company=other, role="ADMIN").save()

    assert company_of(request_of(user, other)) == other
    assert company_of(request_of(user, company)) == company


@pytest.mark.parametrize("name", ["no uuid", "", "\u0000", "00000000-0000-4000-8000-000000000000"])
def test_a_header_that_names_nothing_is_not_found(company, make_member, request_of, name):
    with pytest.raises(CompanyNotFoundError) as caught:
        company_of(request_of(make_member(company), name))

    assert caught.value.code == "company_not_found"


def test_a_company_of_others_is_not_found_like_one_that_there_is_not(company, other, make_member, request_of):
    user = make_member(company)

    with pytest.raises(CompanyNotFoundError, match=f"There is no company {other.uuid}, or it is none of yours."):
        company_of(request_of(user, other))


def test_without_a_header_it_is_the_active_one(company, other, make_member, request_of):
    user = make_member(company)
    Membership(user=user, company=other, role="VIEWER", is_active=True).save()

    assert company_of(request_of(user)) == other


def test_without_an_active_one_it_is_the_only_one(company, other, make_member, request_of):
    assert company_of(request_of(make_member(company))) == company


def test_of_several_none_is_guessed(company, other, make_member, request_of):
    user = make_member(company)
    Membership(user=user, company=other, role="VIEWER").save()

    with pytest.raises(CompanyRequiredError, match="organization-id"):
        company_of(request_of(user))


def test_whoever_is_in_no_company_has_none(company, make_user, request_of):
    with pytest.raises(NoCompanyError):
        company_of(request_of(make_user()))
    with pytest.raises(NoCompanyError):
        company_of(request_of(AnonymousUser()))


def test_a_host_without_companies_has_none_for_everybody(make_user, request_of):
    assert company_of(request_of(make_user())) is None
    assert company_of(request_of(make_user("root", is_superuser=True))) is None


def test_a_superuser_may_name_every_company_and_names_one_of_several(company, make_user, request_of):
    root = make_user("root", is_superuser=True)
    assert company_of(request_of(root)) == company

    other = Company(name="Weinkontor Brandt")
    other.save()
    assert company_of(request_of(root, other)) == other
    assert role_in(root, other) == "ADMIN"
    with pytest.raises(CompanyRequiredError):
        company_of(request_of(root))
    with pytest.raises(CompanyNotFoundError):
        company_of(request_of(root, uuid4()))


def test_somebody_who_was_locked_out_is_in_no_company(company, make_member, request_of):
    user = make_member(company, "ADMIN")
    user.is_active = False

    with pytest.raises(NoCompanyError):
        company_of(request_of(user))
    assert role_in(user, company) == ""
    assert not companies_of(user).exists()


def test_a_request_costs_one_query_in_all(company, make_member, request_of, django_assert_num_queries):
    request = request_of(make_member(company, "ACCOUNTANT", is_active=True), company)

    with django_assert_num_queries(1):
        assert company_of(request) == company
        assert company_of(request) == company
        assert role_in(request.user, company_of(request)) == "ACCOUNTANT"
        assert permissions.may(request.user, "invoicing.view_party", company=company_of(request))
        assert not permissions.may(request.user, "invoicing.delete_party", company=company_of(request))


def test_what_is_remembered_is_forgotten_when_another_user_turns_out_to_ask(company, other, make_member, request_of):
    request = request_of(make_member(company))
    assert company_of(request) == company

    request.user = make_member(other, name="olga")

    assert company_of(request) == other


def test_the_membership_of_a_request(company, make_member, request_of):
    user = make_member(company, "SALES_MANAGER")

    assert membership_of(request_of(user)).role == "SALES_MANAGER"


def test_companies_of_a_user(company, other, make_member, make_user):
    user = make_member(company)

    assert list(companies_of(user)) == [company]
    assert set(companies_of(make_user("root", is_superuser=True))) == {company, other}
    assert not companies_of(AnonymousUser()).exists()


def test_a_resolver_of_the_host_decides_and_roles_still_count(company, other, make_member, request_of, settings):
    settings.INVOICING_COMPANY_RESOLVER = "tests.contrib.access.resolving.last_company"
    user = make_member(company, "ADMIN")

    assert company_of(request_of(user)) == other
    assert role_in(user, other) == ""
    assert not permissions.may(user, "invoicing.view_party", company=other)


# Without the app

without_the_app = pytest.mark.usefixtures("_not_installed")


@without_the_app
def test_without_the_app_it_is_the_only_company(company, make_user, request_of):
    user = make_user()

    assert company_of(request_of(user)) == company
    assert company_of(request_of(user, company)) == company
    with pytest.raises(CompanyNotFoundError):
        company_of(request_of(user, uuid4()))
    assert list(companies_of(user)) == [company]
    assert role_in(user, company) == ""


@without_the_app
def test_without_the_app_there_may_be_no_company(make_user, request_of):
    assert company_of(request_of(make_user())) is None
    with pytest.raises(CompanyNotFoundError):
        company_of(request_of(make_user("olga"), uuid4()))


@without_the_app
def test_without_the_app_several_companies_are_refused(company, other, make_user, request_of):
    for asked in (request_of(make_user(), company), request_of(make_user("root", is_superuser=True))):
        with pytest.raises(CompanyRequiredError, match=r"install invoicing\.contrib\.access"):
            company_of(asked)


def test_the_app_is_known_by_its_name(settings):
    assert installation.is_installed()
    assert installation.membership_model() is Membership


def test_a_resolver_that_is_no_text_is_refused(company, make_member, request_of, settings):
    settings.INVOICING_COMPANY_RESOLVER = 7

    with pytest.raises(ImproperlyConfigured):
        company_of(request_of(make_member(company)))
