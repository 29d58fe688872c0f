"""Memberships: one of a user and a company, and at most one active."""

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from invoicing.contrib.access.models import Membership
from invoicing.exceptions import InvalidDataError

pytestmark = pytest.mark.django_db


def test_a_user_is_a_member_of_a_company_once(company, make_member):
    user = make_member(company)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership(user=user, company=company, role="ADMIN").save()


@pytest.mark.parametrize("role", ["KING", "", "admin"])
def test_a_role_that_there_is_not_is_refused(company, make_member, role):
    user = make_member(company)
    membership = Membership.objects.get(user=user)
    membership.role = role

    with pytest.raises(InvalidDataError) as caught:
        membership.save()
    assert list(caught.value.errors) == ["role"]
    with pytest.raises(InvalidDataError):
        Membership.objects.update(role=role)
    assert Membership.objects.get().role == "VIEWER"


def test_a_role_of_the_host_is_taken(company, make_member, settings):
    settings.INVOICING_ROLES = {"AUDITOR": ["invoicing.view_party"]}
    make_member(company, "AUDITOR")

    assert [membership.role for membership in Membership.objects.in_role("AUDITOR")] == ["AUDITOR"]


def test_one_company_at_a_time_is_active(company, other, make_member):
    user = make_member(company, is_active=True)
    second = Membership(user=user, company=other, role="ADMIN")
    second.save()
    assert [membership.company for membership in Membership.objects.of(user).active()] == [company]

    second.activate()

    assert [membership.company for membership in Membership.objects.of(user).active()] == [other]


def test_the_active_companies_of_others_stay(company, other, make_member):
    petra = make_member(company, is_active=True)
    olga = make_member(other, name="olga", is_active=True)

    Membership.objects.get(user=olga).activate()

    assert Membership.objects.of(petra).active().exists()


def test_not_active_is_stored_in_one_way_alone(company, make_member):
    make_member(company, is_active=False)

    assert Membership.objects.get().is_active is None
    assert not Membership.objects.active().exists()


def test_the_database_holds_that_one_is_active(company, other, make_member):
    user = make_member(company, is_active=True)
    second = Membership(user=user, company=other, role="ADMIN")
    second.save()

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=second.pk).update(is_active=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=second.pk).update(is_active=False)


def test_a_membership_goes_with_its_user(company, make_member):
    user = make_member(company)
    get_user_model().objects.filter(pk=user.pk).delete()

    assert not Membership.objects.exists()


def test_a_membership_says_whose_where_and_what_it_is(company, make_member):
    make_member(company, "ACCOUNTANT")

    assert str(Membership.objects.get()) == "petra · Teehaus Lindner · ACCOUNTANT"
