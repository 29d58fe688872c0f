"""What every view of the API does, whatever it shows."""

import pytest
from rest_framework.test import APIClient

from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Invoice, Party

pytestmark = pytest.mark.django_db


def test_a_view_without_a_model_cannot_be_written():
    with pytest.raises(TypeError, match="names no model"):
        type("ForgetfulViewSet", (CompanyViewSet,), {})


def test_a_view_with_rows_of_its_own_making_cannot_be_written():
    with pytest.raises(TypeError, match="override rows"):
        type("LeakyViewSet", (CompanyViewSet,), {"model": Party, "get_queryset": lambda _self: Party.objects.all()})


def test_an_action_without_a_permission_is_found_at_its_first_request():
    view = type("OpenViewSet", (CompanyViewSet,), {"model": Party})

    with pytest.raises(TypeError, match="says nothing of export"):
        view.permission_for("export")


def test_whoever_is_not_logged_in_is_told_how_to(company):
    answer = APIClient().get("/api/invoices/")

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"]


def test_whoever_works_for_no_company_sees_none(company, django_user_model):
    client = APIClient()
    client.force_authenticate(django_user_model.objects.create_user("stranger"))

    answer = client.get("/api/invoices/")

    assert (answer.status_code, answer.json()["code"]) == (403, "no_company")


def test_the_header_names_the_company(client_of, company, other_company):
    from invoicing.contrib.access.models import Membership

    client = client_of("ADMIN")
    Membership.objects.create(user=client.user, company=other_company, role="VIEWER")

    here = client.post("/api/invoices/", {}).json()
    there = client.get("/api/invoices/", headers={"organization-id": str(other_company.uuid)})
    refused = client.post("/api/invoices/", {}, headers={"organization-id": str(other_company.uuid)})

    assert here["company"] == str(company.uuid)
    assert (there.json()["count"], refused.status_code) == (0, 403)


@pytest.mark.parametrize("header", ["not-a-uuid", "00000000-0000-4000-8000-000000000000", ""])
def test_a_company_that_is_not_ones_own_is_not_found(admin, header):
    answer = admin.get("/api/invoices/", headers={"organization-id": header})

    assert (answer.status_code, answer.json()["code"]) == (404, "company_not_found")


def test_the_company_of_others_is_not_found(admin, other_company):
    answer = admin.get("/api/invoices/", headers={"organization-id": str(other_company.uuid)})

    assert (answer.status_code, answer.json()["code"]) == (404, "company_not_found")


def test_a_host_without_companies_needs_none(django_user_model, settings):
    settings.INVOICING_SUPPLIER = {"name": "Teehaus Lindner GmbH", "country_code": "DE"}
    client = APIClient()
    client.force_authenticate(django_user_model.objects.create_superuser("petra"))

    made = client.post("/api/invoices/", {"customer_name": "Ada"}, format="json").json()

    assert (made["company"], made["supplier_name"]) == (None, "Teehaus Lindner GmbH")
    assert Invoice.objects.get().company is None


def test_answers_are_kept_by_nobody_on_the_way(admin):
    answer = admin.get("/api/invoices/")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "organization-id" in answer.headers["Vary"]


@pytest.mark.parametrize("method", ["delete", "put", "options", "trace"])
def test_a_method_that_is_not_known_is_refused_in_the_one_body(admin, method):
    answer = admin.generic(method.upper(), "/api/invoices/")

    assert (answer.status_code, set(answer.json())) == (405, {"error", "code", "errors"})


def test_the_history_names_whoever_asked(admin):
    made = admin.post("/api/invoices/", {}).json()

    assert [event.actor for event in Invoice.objects.get(uuid=made["id"]).events.all()] == [admin.user]


def test_rates_of_the_host_are_kept(admin, settings):
    settings.INVOICING_API_THROTTLE_RATES = {"write": "2/hour"}

    answers = [admin.post("/api/invoices/", {}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[-1].headers["Retry-After"]
    assert admin.get("/api/invoices/").status_code == 200
