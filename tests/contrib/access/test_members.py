"""Whom work in a company can be given to."""

import pytest
from django.contrib.auth.models import Group

from invoicing.contrib.access import members
from invoicing.contrib.access.members import groups_of, members_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(company, other, make_member):
    """Petra in one company, Olga in the other one; each in a group of her own, both in a third."""
    petra, olga = make_member(company), make_member(other, name="olga")
    for name, users in {"tea": [petra], "wine": [olga], "all": [petra, olga]}.items():
        Group.objects.create(name=name).user_set.set(users)
    Group.objects.create(name="nobody")
    return petra, olga


def test_members_are_the_users_of_the_company(company, people):
    assert list(members_of(company)) == [people[0]]


def test_whoever_was_locked_out_is_no_member(company, people):
    people[0].is_active = False
    people[0].save()

    assert not members_of(company).exists()
    assert not groups_of(company).exists()


def test_groups_are_those_with_a_member(company, people):
    assert sorted(groups_of(company).values_list("name", flat=True)) == ["all", "tea"]


def test_without_companies_everybody_is_at_hand(people):
    assert members_of(None).count() == 2
    assert groups_of(None).count() == 4


def test_without_the_app_everybody_is_at_hand(company, people, monkeypatch):
    monkeypatch.setattr(members, "is_installed", lambda: False)

    assert members_of(company).count() == 2
    assert groups_of(company).count() == 4
