"""Companies over HTTP: the one of the request, those of the user, and which one is active."""

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from invoicing.contrib.access.models import Membership
from invoicing.models import Company

URL = "/api/companies/"


@pytest.fixture
def nobody(db):
    """A user who works for no company."""
    client = APIClient()
    client.user = get_user_model().objects.create_user("nobody")
    client.force_authenticate(client.user)
    return client


def test_the_current_company_has_its_bank(viewer, company):
    answer = viewer.get(f"{URL}current/")

    assert answer.status_code == 200
    assert answer.data["id"] == str(company.uuid)
    assert (answer.data["name"], answer.data["bank_iban"]) == ("Lindner & Vogt Medien GmbH", "DE89370400440532013000")
    assert viewer.get(f"{URL}current/", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_without_companies_the_settings_say_who_it_is(settings, db):
    settings.INVOICING_SUPPLIER = {
        "name": "Atelier Nord",
        "country_code": "DE",
        "vat_id": "DE987654328",
        "bank": {"name": "Musterbank", "iban": "DE89370400440532013000"},
        "issuer": {"name": "Petra Nord"},
    }
    client = APIClient()
    client.force_authenticate(get_user_model().objects.create_superuser("root"))

    answer = client.get(f"{URL}current/")

    assert answer.status_code == 200
    assert (answer.data["id"], answer.data["name"], answer.data["country"]) == (None, "Atelier Nord", "DE")
    assert (answer.data["bank_iban"], answer.data["issuer_name"]) == ("DE89370400440532013000", "Petra Nord")


def test_without_companies_and_settings_it_is_empty_and_no_error(db):
    client = APIClient()
    client.force_authenticate(get_user_model().objects.create_superuser("root"))

    answer = client.get(f"{URL}current/")

    assert (answer.status_code, answer.data["id"], answer.data["name"]) == (200, None, "")


def test_the_list_has_the_companies_of_the_user_with_his_roles(viewer, company, other_company):
    Membership.objects.create(user=viewer.user, company=other_company, role="ACCOUNTANT")
    Company.objects.create(name="Nobody's GmbH")

    rows = viewer.get(URL).data["results"]

    assert [(row["name"], row["role"], row["is_active"]) for row in rows] == [
        ("Lindner & Vogt Medien GmbH", "VIEWER", True),
        ("Nordlicht Druck GmbH", "ACCOUNTANT", False),
    ]


def test_whoever_has_not_chosen_yet_may_list_and_choose(nobody, company, other_company):
    for one in (company, other_company):
        Membership.objects.create(user=nobody.user, company=one, role="VIEWER")

    asked = nobody.get("/api/invoices/")
    listed = nobody.get(URL)
    chosen = nobody.post(f"{URL}{other_company.uuid}/activate/")

    assert (asked.status_code, asked.data["code"]) == (400, "company_required")
    assert len(listed.data["results"]) == 2
    assert (chosen.status_code, chosen.data["id"], chosen.data["is_active"]) == (200, str(other_company.uuid), True)
    assert nobody.get(f"{URL}current/").data["id"] == str(other_company.uuid)


def test_only_one_company_is_active(viewer, company, other_company):
    Membership.objects.create(user=viewer.user, company=other_company, role="VIEWER")

    viewer.post(f"{URL}{other_company.uuid}/activate/")

    assert [row["is_active"] for row in viewer.get(URL).data["results"]] == [False, True]


def test_a_company_that_one_does_not_work_for_cannot_be_chosen(viewer, other_company):
    assert viewer.post(f"{URL}{other_company.uuid}/activate/").status_code == 404
    assert viewer.post(f"{URL}x/activate/").status_code == 404


def test_whoever_works_for_nobody_sees_no_company(nobody, company):
    assert nobody.get(URL).data["results"] == []
    assert nobody.get(f"{URL}current/").status_code == 403
    assert APIClient().get(URL).status_code == 401
