"""The address book over HTTP: found, written, deleted, and of one company alone."""

import pytest

from invoicing.models import Party, PaymentTerm
from tests.factories import ALPENBLICK, RIVIERE, SOMMER, make_invoice

URL = "/api/parties/"


@pytest.fixture
def sommer(company):
    return Party.objects.create(company=company, **SOMMER)


@pytest.fixture
def foreign(other_company):
    return Party.objects.create(company=other_company, **ALPENBLICK)


def test_the_list_has_the_parties_of_the_company_alone(viewer, sommer, foreign):
    answer = viewer.get(URL)

    assert answer.status_code == 200
    assert [row["name"] for row in answer.data["results"]] == ["Buchhandlung Sommer KG"]
    assert answer.data["results"][0]["id"] == str(sommer.uuid)


def test_a_new_party_belongs_to_the_company_of_the_request(sales, company):
    answer = sales.post(URL, {"name": "Camille Rivière", "country": "FR", "city": "Strasbourg", "currency": "EUR"})

    stored = Party.objects.get(uuid=answer.data["id"])
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/api/parties/{stored.uuid}/"
    assert (stored.company, stored.name, str(stored.country)) == (company, "Camille Rivière", "FR")


def test_an_answer_can_be_sent_back_as_it_is(sales, sommer):
    read = sales.get(f"{URL}{sommer.uuid}/").data

    answer = sales.put(f"{URL}{sommer.uuid}/", read)

    assert answer.status_code == 200
    assert {**answer.data, "modified": ""} == {**read, "modified": ""}


def test_a_change_keeps_what_is_left_out(sales, sommer):
    term = PaymentTerm.objects.create(name="30 days", days=30)

    answer = sales.patch(f"{URL}{sommer.uuid}/", {"phone": "+49 351 555 0", "payment_term": term.pk})

    assert (answer.data["phone"], answer.data["payment_term"]) == ("+49 351 555 0", term.pk)
    assert answer.data["city"] == "Dresden"


def test_a_version_that_changed_meanwhile_is_not_overwritten(sales, sommer):
    seen = sales.get(f"{URL}{sommer.uuid}/")["ETag"]
    sales.patch(f"{URL}{sommer.uuid}/", {"city": "Leipzig"})

    answer = sales.patch(f"{URL}{sommer.uuid}/", {"city": "Meißen"}, headers={"If-Match": seen})

    assert answer.status_code == 412
    assert Party.objects.get().city == "Leipzig"


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({}, 400, "name"),
        ({"name": " "}, 422, "name"),
        ({"name": "X", "nme": "Y"}, 400, "nme"),
        ({"name": "X", "country": "XX"}, 422, "country"),
        ({"name": "X", "currency": "EURO"}, 422, "currency"),
        ({"name": "X", "currency": "EUX"}, 422, "currency"),
        ({"name": "X", "email": "nobody"}, 400, "email"),
        ({"name": "X", "payment_term": 4711}, 422, "payment_term"),
        ({"name": "X\x01"}, 422, "name"),
        ({"name": "X", "company": "2f1b6f1e-6c0e-4a53-9b0e-3d6f0c1a7d55"}, 400, "company"),
    ],
)
def test_bad_values_are_refused_by_name(sales, body, status, name):
    answer = sales.post(URL, body)

    assert answer.status_code == status
    assert name in answer.data["errors"]
    assert not Party.objects.exists()


def test_a_party_that_a_document_names_cannot_be_deleted(admin, company, sommer):
    make_invoice(company=company, party=sommer)

    answer = admin.delete(f"{URL}{sommer.uuid}/")

    assert (answer.status_code, answer.data["code"]) == (409, "in_use")
    assert Party.objects.filter(pk=sommer.pk).exists()


def test_a_party_that_nothing_names_is_deleted(admin, sommer):
    assert admin.delete(f"{URL}{sommer.uuid}/").status_code == 204
    assert not Party.objects.exists()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_party_of_another_company_is_not_there(admin, foreign, method):
    answer = getattr(admin, method)(f"{URL}{foreign.uuid}/", {"name": "Taken"} if method in {"put", "patch"} else None)

    assert answer.status_code == 404
    assert Party.objects.get().name == ALPENBLICK["name"]


def test_whoever_only_looks_on_writes_nothing(viewer, sommer):
    answers = [viewer.post(URL, {"name": "X"}), viewer.patch(f"{URL}{sommer.uuid}/", {"name": "X"}), viewer.delete(f"{URL}{sommer.uuid}/")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert answers[0].data["error"] == "Permission denied. Requires SALES_MANAGER role."


def test_words_are_searched_in_several_columns(viewer, company, sommer):
    Party.objects.create(company=company, **RIVIERE)

    def found(query):
        return [row["name"] for row in viewer.get(f"{URL}?{query}").data["results"]]

    assert found("search=sommer+dresden") == ["Buchhandlung Sommer KG"]
    assert found("country=fr") == ["Camille Rivière"]
    assert found("name=SOMM") == ["Buchhandlung Sommer KG"]
    assert found("ordering=-name") == ["Camille Rivière", "Buchhandlung Sommer KG"]
    assert viewer.get(f"{URL}?town=Dresden").status_code == 400


def test_fifty_parties_are_read_with_a_few_queries(viewer, company, django_assert_max_num_queries):
    term = PaymentTerm.objects.create(name="30 days", days=30)
    Party.objects.bulk_create(Party(company=company, name=f"Party {place}", payment_term=term) for place in range(50))

    with django_assert_max_num_queries(8):
        answer = viewer.get(f"{URL}?limit=50")

    assert len(answer.data["results"]) == 50
