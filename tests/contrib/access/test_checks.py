"""What is wrong with roles, resolver, tables and memberships is said when the project starts."""

import pytest
from django.db import models

from invoicing.contrib.access import checks
from invoicing.contrib.access.models import Membership
from invoicing.models import Party


def ids(messages):
    return [message.id.partition(".")[2] for message in messages]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests.contrib.access.resolving.last_company", []),
        ("tests.contrib.access.resolving.nothing", ["E001"]),
        ("nowhere", ["E001"]),
        ("tests.contrib.access.resolving.__doc__", ["E001"]),
        (7, []),
    ],
)
def test_the_resolver(settings, path, expected):
    settings.INVOICING_COMPANY_RESOLVER = path

    assert ids(checks.check_resolver()) == expected


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({}, []),
        ({"AUDITOR": ["invoicing.view_party", "*"]}, []),
        ({"AUDITOR": ["invoicing.see_party"]}, ["W001"]),
        ({"AUDITOR": "invoicing.view_party"}, ["E002"]),
        ({"AUDITOR": [7]}, ["E002"]),
        ({"AUDITOR": None}, ["E002"]),
        (7, []),
    ],
)
def test_the_roles(settings, roles, expected):
    settings.INVOICING_ROLES = roles

    assert ids(checks.check_roles()) == expected


def test_a_table_that_says_nothing_of_companies_is_found(monkeypatch):
    class Silent(models.Model):
        name = models.CharField(max_length=10)

        class Meta:
            app_label = "access_check"
            managed = False

        def __str__(self):
            return self.name

    class Wrong(Silent):
        COMPANY_PATH = "silent_ptr__name"

        class Meta:
            app_label = "access_check"
            managed = False

    monkeypatch.setattr(checks, "our_models", lambda: [Party, Silent, Wrong])

    found = checks.check_models()

    assert [(message.id, message.obj) for message in found] == [("invoicing_access.E003", Silent), ("invoicing_access.E003", Wrong)]


@pytest.mark.django_db
def test_companies_without_members(company, make_member):
    assert ids(checks.check_memberships(databases=["default"])) == ["W002"]
    assert checks.check_memberships(databases=None) == []

    make_member(company)

    assert checks.check_memberships(databases=["default"]) == []


@pytest.mark.django_db
def test_members_in_a_role_that_is_gone(company, make_member, settings):
    settings.INVOICING_ROLES = {"AUDITOR": ["invoicing.view_party"]}
    make_member(company, "AUDITOR")
    del settings.INVOICING_ROLES

    (message,) = checks.check_memberships(databases=["default"])

    assert message.id == "invoicing_access.W003"
    assert "AUDITOR" in message.msg
    assert Membership.objects.exists()


@pytest.mark.django_db
def test_a_host_without_companies_hears_nothing():
    assert checks.check_memberships(databases=["default"]) == []
