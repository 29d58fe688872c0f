"""Payment terms over HTTP: all companies share them, so that whoever changes them must be allowed to in all."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from invoicing.contrib.access.models import Membership
from invoicing.models import Party, PaymentTerm
from tests.factories import SOMMER

URL = "/api/payment-terms/"


@pytest.fixture
def thirty(db):
    return PaymentTerm.objects.create(name="30 days", days=30)


def test_everybody_reads_them(viewer, thirty):
    answer = viewer.get(URL)

    assert [(row["id"], row["name"], row["days"]) for row in answer.data["results"]] == [(thirty.pk, "30 days", 30)]
    assert viewer.get(f"{URL}{thirty.pk}/").data["name"] == "30 days"


def test_the_one_company_of_a_host_adds_its_own(accountant):
    answer = accountant.post(URL, {"name": "14 days, 2 % in 7", "days": 14, "early_discount_percent": "2", "early_discount_days": 7})

    term = PaymentTerm.objects.get(pk=answer.data["id"])
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/api/payment-terms/{term.pk}/"
    assert (term.days, term.early_discount_percent, term.early_discount_days) == (14, Decimal(2), 7)


def test_a_term_is_changed_and_deleted_by_its_number(admin, thirty):
    changed = admin.patch(f"{URL}{thirty.pk}/", {"days": 28})

    assert (changed.status_code, changed.data["days"]) == (200, 28)
    assert admin.delete(f"{URL}{thirty.pk}/").status_code == 204
    assert not PaymentTerm.objects.exists()


def test_an_accountant_deletes_no_terms(accountant, thirty):
    assert accountant.delete(f"{URL}{thirty.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": "30 days", "days": 30}, "name"),
        ({"name": "Half", "days": 14, "early_discount_percent": "2"}, "early_discount_days"),
        ({"name": "Late", "days": 7, "early_discount_percent": "2", "early_discount_days": 10}, "early_discount_days"),
        ({"name": "Odd", "day_of_month": 32}, "day_of_month"),
    ],
)
def test_terms_that_cannot_stand_are_refused_by_name(admin, thirty, body, name):
    answer = admin.post(URL, body)

    assert answer.status_code == 422
    assert name in answer.data["errors"]
    assert PaymentTerm.objects.count() == 1


def test_a_term_that_a_party_of_any_company_has_is_not_deleted(admin, thirty, company):
    Party.objects.create(company=company, payment_term=thirty, **SOMMER)

    answer = admin.delete(f"{URL}{thirty.pk}/")

    assert (answer.status_code, answer.data["code"]) == (409, "in_use")
    assert Party.objects.get().payment_term == thirty


@pytest.mark.parametrize("key", ["x", "-1", "0", "9" * 30, "4711", "%00"])
def test_what_is_no_number_of_a_term_is_not_there(admin, thirty, key):
    assert admin.get(f"{URL}{key}/").status_code == 404


def test_whoever_may_so_in_one_of_two_companies_changes_nothing(admin, thirty, other_company):
    answers = [
        admin.post(URL, {"name": "60 days", "days": 60}),
        admin.patch(f"{URL}{thirty.pk}/", {"days": 1}),
        admin.delete(f"{URL}{thirty.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert answers[0].data["error"] == "All companies share this: it is changed by whoever may do so in every one of them."
    assert PaymentTerm.objects.get().days == 30


def test_whoever_may_so_in_both_companies_changes_it(admin, thirty, other_company):
    Membership.objects.create(user=admin.user, company=other_company, role="ACCOUNTANT")

    assert admin.patch(f"{URL}{thirty.pk}/", {"days": 28}).status_code == 200
    # Of both companies he may delete in one alone.
    assert admin.delete(f"{URL}{thirty.pk}/").status_code == 403


def test_a_superuser_changes_it(company, other_company, thirty):
    client = APIClient()
    client.force_authenticate(get_user_model().objects.create_superuser("root"))

    answer = client.patch(f"{URL}{thirty.pk}/", {"days": 28}, format="json", headers={"organization-id": str(company.uuid)})

    assert (answer.status_code, PaymentTerm.objects.get().days) == (200, 28)
