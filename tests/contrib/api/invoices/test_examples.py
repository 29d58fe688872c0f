"""The requests that the OpenAPI document shows are sent as they stand there."""

import pytest

from invoicing.contrib.api.invoices import examples
from tests.factories import line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", examples.CREATE)
def test_a_document_is_made_of_the_example(admin, name):
    answer = admin.post("/api/invoices/", examples.CREATE[name])

    assert answer.status_code == 201, answer.json()


@pytest.mark.parametrize(
    ("part", "example", "status"),
    [("items", examples.ITEM, 201), ("cancel", examples.CANCEL, 200), ("status", examples.STATUS, 200), ("copy", examples.COPY, 201)],
)
def test_an_open_document_takes_the_example(admin, company, part, example, status):
    invoice = make_invoice([line()], company=company)

    assert [admin.post(f"/api/invoices/{invoice.uuid}/{part}/", given).status_code for given in example.values()] == [status]


@pytest.mark.parametrize(("part", "example", "status"), [("credit", examples.CREDIT, 201), ("write-off", examples.WRITE_OFF, 200)])
def test_an_issued_document_takes_the_example(admin, company, part, example, status):
    for given in example.values():
        address = f"/api/invoices/{make_issued_invoice([line(quantity=2)], company=company).uuid}/"
        item = admin.get(address).json()["items"][0]["id"]
        lines = {"lines": [{**one, "item": item} for one in given["lines"]]} if "lines" in given else {}

        assert admin.post(f"{address}{part}/", {**given, **lines}).status_code == status


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_document_is_changed_by_the_example(admin, company, method):
    invoice = make_invoice(company=company)

    answers = [getattr(admin, method)(f"/api/invoices/{invoice.uuid}/", given) for given in examples.UPDATE.values()]

    assert [answer.status_code for answer in answers] == [200]


def test_the_document_shows_them(admin):
    document = admin.get("/api/schema/", {"format": "json"}).json()

    shown = document["paths"]["/api/invoices/"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    assert [example["value"] for example in shown.values()] == list(examples.CREATE.values())
    assert document["openapi"].startswith("3.1")
