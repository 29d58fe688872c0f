"""What every view of the API does, whatever it shows."""

import pytest
from django.db import transaction
from django.http import Http404
from rest_framework.test import APIClient

from invoicing.contrib.api.invoices.parent import OfInvoiceViewSet
from invoicing.contrib.api.payments import views as payment_views
from invoicing.contrib.api.views import CompanyViewSet
from invoicing.models import Party, PaymentTerm, get_invoice_model
from tests.factories import line, make_invoice

Invoice = get_invoice_model()

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


@pytest.fixture
def overtaken(monkeypatch):
    """As if a term of the same name were added just after it was asked whether there is one."""
    asked = []
    look = PaymentTerm.validate_unique

    def look_too_early(term, exclude=None):
        asked.append(term)
        if len(asked) > 1:
            look(term, exclude)

    monkeypatch.setattr(PaymentTerm, "validate_unique", look_too_early)
    PaymentTerm.objects.create(name="14 days", days=14)
    return asked


@pytest.mark.django_db(transaction=True)
def test_what_others_add_between_the_question_and_the_write_is_refused_by_name(admin, overtaken):
    answer = admin.post("/api/payment-terms/", {"name": "14 days", "days": 14})

    assert (answer.status_code, list(answer.json()["errors"]), len(overtaken)) == (422, ["name"], 2)


def test_in_a_transaction_of_the_host_what_others_add_meanwhile_is_a_conflict(admin, overtaken):
    answer = admin.post("/api/payment-terms/", {"name": "14 days", "days": 14})

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "try_again", "1")


@pytest.mark.django_db(transaction=True)
def test_a_row_that_others_delete_meanwhile_is_not_found(admin, company, monkeypatch):
    invoice = make_invoice([line()], company=company)
    record = payment_views.receive_payment

    def too_late(*args, **told):
        monkeypatch.setattr(payment_views, "receive_payment", record)
        # Behind the back of the transaction, which is rolled back: the row is gone for the second attempt.
        transaction.set_rollback(True)
        monkeypatch.setattr(OfInvoiceViewSet, "invoice", gone)
        raise Invoice.DoesNotExist

    def gone(_view):
        raise Http404

    monkeypatch.setattr(payment_views, "receive_payment", too_late)
    answer = admin.post(f"/api/invoices/{invoice.uuid}/payments/", {"amount": "5.00"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("key", [None, "a-key"])
@pytest.mark.parametrize(("method", "address"), [("get", "payment-methods/a%00b/"), ("post", "invoices/a%00b/issue/")])
def test_an_address_with_a_nul_character_names_nothing(admin, method, address, key):
    headers = {"Idempotency-Key": key} if key else {}

    answer = getattr(admin, method)(f"/api/{address}", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
