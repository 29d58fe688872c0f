"""Files of documents over HTTP: taken up to a size, given out to be saved."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.services import attach
from tests.factories import make_issued_invoice

PDF = b"%PDF-1.7 the contract"


@pytest.fixture
def invoice(company):
    return make_issued_invoice(company=company)


@pytest.fixture
def url(invoice):
    return f"/api/invoices/{invoice.uuid}/attachments/"


def upload(client, url, *, name="contract.pdf", content=PDF, **fields):
    return client.post(url, {"attachment": SimpleUploadedFile(name, content), **fields}, format="multipart")


def test_a_file_is_attached_with_author_time_and_digest(sales, url):
    answer = upload(sales, url, is_public="true")

    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver{url}{answer.data['id']}/"
    assert {name: answer.data[name] for name in ("name", "media_type", "size", "sha256", "is_public")} == {
        "name": "contract.pdf",
        "media_type": "application/pdf",
        "size": 21,
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "is_public": True,
    }
    assert answer.data["uploaded_by"] == {"id": str(sales.user.pk), "name": sales.user.username}
    assert sales.get(url).data["results"] == [answer.data]


@pytest.mark.parametrize("accept", ["*/*", "application/pdf", "application/json"])
def test_a_file_is_given_out_to_be_saved_alone(viewer, url, invoice, accept):
    stored = attach(invoice, SimpleUploadedFile("contract.pdf", PDF))

    answer = viewer.get(f"{url}{stored.uuid}/download/", headers={"Accept": accept})

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="contract.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_refusal_is_json_also_where_files_are(viewer, url, invoice):
    answer = viewer.get(f"{url}{invoice.uuid}/download/", headers={"Accept": "application/pdf"})

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("name", "content"), [("../../x.html", b"<html>"), ("x.exe", b"MZ\0"), ("x.pdf", b"no pdf"), ("empty.pdf", b""), ("x.svg", b"<svg/>")]
)
def test_what_no_document_should_have_is_refused(sales, url, name, content):
    answer = upload(sales, url, name=name, content=content)

    assert answer.status_code == 422
    assert not Attachment.objects.exists()


def test_a_path_leads_nowhere(sales, url):
    assert upload(sales, url, name="../../etc/contract.pdf").data["name"] == "contract.pdf"


def test_a_file_that_is_too_large_is_refused(sales, url, settings):
    settings.INVOICING_ATTACHMENT_MAX_BYTES = 20

    answer = upload(sales, url)

    assert (answer.status_code, answer.data["code"]) == (413, "attachment_too_large")


def test_a_body_that_is_no_form_is_refused(sales, url):
    assert sales.post(url, {"attachment": "x"}).status_code == 415
    assert sales.post(url, {"attachment": "x"}, format="multipart").status_code == 400
    assert upload(sales, url, other="x").data["errors"].keys() == {"other"}


def test_the_same_key_attaches_once(sales, url):
    answers = [
        sales.post(url, {"attachment": SimpleUploadedFile("a.pdf", PDF)}, format="multipart", headers={"Idempotency-Key": "a"})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert Attachment.objects.count() == 1


def test_an_accountant_removes_a_file_and_others_do_not(accountant, sales, url, invoice):
    row = f"{url}{attach(invoice, SimpleUploadedFile('contract.pdf', PDF)).uuid}/"

    assert sales.delete(row).status_code == 403
    assert accountant.delete(row).status_code == 204
    assert accountant.get(row).status_code == 404


def test_files_of_another_company_or_another_document_are_not_there(admin, company, other_company, url):
    foreign = make_issued_invoice(company=other_company)
    theirs = attach(foreign, SimpleUploadedFile("contract.pdf", PDF))
    ours = attach(make_issued_invoice(company=company), SimpleUploadedFile("contract.pdf", PDF))
    rows = [f"/api/invoices/{foreign.uuid}/attachments/{theirs.uuid}/", f"{url}{theirs.uuid}/", f"{url}{ours.uuid}/"]

    assert [admin.get(row).status_code for row in rows] == [404, 404, 404]
    assert [admin.get(f"{row}download/").status_code for row in rows] == [404, 404, 404]
    assert [admin.delete(row).status_code for row in rows] == [404, 404, 404]
    assert upload(admin, f"/api/invoices/{foreign.uuid}/attachments/").status_code == 404
    assert Attachment.objects.count() == 2
