"""The OpenAPI document says what each operation is, and its examples are requests that are taken."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import make_issued_invoice

pytestmark = pytest.mark.django_db
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(admin):
    """The document of the API."""
    return admin.get("/api/schema/", {"format": "json"}).json()


def operations(document):
    """Every operation by its id."""
    return {one["operationId"]: one for path in document["paths"].values() for method, one in path.items() if method in METHODS}


def examples(operation):
    """The bodies that an operation is shown with."""
    return [example["value"] for example in operation["requestBody"]["content"]["application/json"]["examples"].values()]


def test_every_operation_has_a_summary_and_a_chapter(document):
    found = operations(document)
    chapters = {chapter["name"] for chapter in document["tags"]}

    assert [name for name, one in found.items() if not one.get("summary") or not one.get("description")] == []
    assert {tag for one in found.values() for tag in one["tags"]} == chapters
    assert (found["invoice_list"]["summary"], found["invoice_credit"]["summary"]) == ("List invoices", "Credit an invoice, or a part of it")


def test_chapters_come_in_their_order_and_say_what_they_are_about(document):
    assert [chapter["name"] for chapter in document["tags"]][:2] == ["Invoices", "Sending"]
    assert all(chapter["description"] for chapter in document["tags"])


def test_acts_say_that_they_compare_versions_and_what_makes_new_rows_does_not(document):
    found = operations(document)
    named = {name: {one["name"] for one in found[name]["parameters"]} for name in ("invoice_issue", "payment_refund", "invoice_create")}

    assert "If-Match" in named["invoice_issue"] & named["payment_refund"]
    assert "If-Match" not in named["invoice_create"]
    assert "If-None-Match" in {one["name"] for one in found["invoice_retrieve"]["parameters"]}


def test_a_payment_that_is_taken_back_is_answered(document):
    found = operations(document)

    assert {"200"} == {status for name in ("payment_destroy", "payment_undo") for status in found[name]["responses"] if status < "300"}


@pytest.mark.parametrize(
    ("operation", "address", "status"),
    [
        ("party_create", "/api/parties/", 201),
        ("product_create", "/api/products/", 201),
        ("comment_create", "/api/invoices/{invoice}/comments/", 201),
        ("invoice_payment_create", "/api/invoices/{invoice}/payments/", 201),
        ("payment_create", "/api/payments/", 201),
        ("delivery_send", "/api/invoices/{invoice}/send/", 202),
    ],
)
def test_an_example_is_taken(admin, company, operation, address, status):
    shown = examples(operations(admin.get("/api/schema/", {"format": "json"}).json())[operation])

    assert shown
    for body in shown:
        invoice = str(make_issued_invoice(company=company, customer_email="rechnung@sommer.example.com").uuid)
        real = {"invoices": [{"invoice": invoice}], "invoice": invoice}
        answer = admin.post(address.format(invoice=invoice), {name: real.get(name, value) for name, value in body.items()})
        assert answer.status_code == status, answer.json()


def test_moments_are_in_utc_wherever_the_company_is(admin, company, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    address = f"/api/invoices/{make_issued_invoice(company=company).uuid}/"
    admin.post(f"{address}comments/", {"text": "Called."})

    moments = [admin.get(f"{address}{part}/").json()["results"][0][name] for part, name in (("comments", "created"), ("history", "at"))]
    assert [moment[-1] for moment in (*moments, admin.get(address).json()["created"])] == ["Z", "Z", "Z"]


def test_a_file_that_is_refused_is_told_under_the_name_of_its_field(admin, company):
    address = f"/api/invoices/{make_issued_invoice(company=company).uuid}/attachments/"
    answer = admin.post(address, {"attachment": SimpleUploadedFile("../../x.html", b"<html>")}, format="multipart")

    assert (answer.status_code, answer.json()["code"], list(answer.json()["errors"])) == (422, "attachment_refused", ["attachment"])
