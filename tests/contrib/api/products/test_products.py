"""Products over HTTP: found, written, deleted, and of one company alone."""

from decimal import Decimal

import pytest

from invoicing.models import Product
from tests.factories import line, make_invoice, make_product

URL = "/api/products/"


@pytest.fixture
def consulting(company):
    return make_product(company=company)


def test_the_list_has_the_products_of_the_company_alone(viewer, consulting, other_company):
    make_product(company=other_company, sku="FOREIGN")

    answer = viewer.get(URL)

    assert [row["sku"] for row in answer.data["results"]] == ["CONS-H"]
    assert answer.data["results"][0]["unit_price"] == "80.00"


def test_a_new_product_belongs_to_the_company_of_the_request(sales, company):
    answer = sales.post(URL, {"name": "Hosting", "sku": "HOST", "unit": "MON", "unit_price": "19.995"})

    stored = Product.objects.get(uuid=answer.data["id"])
    assert (answer.status_code, answer.data["unit_price"]) == (201, "19.995")
    assert (stored.company, stored.unit_price, stored.tax_class) == (company, Decimal("19.995"), "STANDARD")


def test_a_product_is_changed_and_its_past_stays(sales, company, consulting):
    invoice = make_invoice([line(title="Consulting", product=consulting)], company=company)

    answer = sales.patch(f"{URL}{consulting.uuid}/", {"unit_price": "95.00"})

    assert answer.data["unit_price"] == "95.00"
    assert invoice.item_set.get().unit_price == Decimal(80)


def test_a_float_is_no_price(sales):
    answer = sales.post(URL, {"name": "Hosting", "unit_price": 19.99})

    assert (answer.status_code, list(answer.data["errors"])) == (400, ["unit_price"])


def test_a_product_on_a_document_cannot_be_deleted(admin, company, consulting):
    make_invoice([line(product=consulting)], company=company)

    answer = admin.delete(f"{URL}{consulting.uuid}/")

    assert (answer.status_code, answer.data["code"]) == (409, "in_use")


def test_a_product_of_another_company_is_not_there(admin, other_company):
    foreign = make_product(company=other_company)

    answers = [
        admin.get(f"{URL}{foreign.uuid}/"),
        admin.patch(f"{URL}{foreign.uuid}/", {"name": "X"}),
        admin.delete(f"{URL}{foreign.uuid}/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Product.objects.get().name == "Consulting"


def test_filters_find_by_part_of_the_name_and_by_class(viewer, company, consulting):
    make_product(company=company, sku="BOOK", name="Handbook", supply="GOODS", tax_class="REDUCED")

    def found(query):
        return [row["sku"] for row in viewer.get(f"{URL}?{query}").data["results"]]

    assert found("search=book") == ["BOOK"]
    assert found("sku=cons-h") == ["CONS-H"]
    assert found("supply=GOODS") == ["BOOK"]
    assert viewer.get(f"{URL}?supply=AIR").status_code in {400, 422}


def test_fifty_products_are_read_with_a_few_queries(viewer, company, django_assert_max_num_queries):
    Product.objects.bulk_create(Product(company=company, name=f"Product {place}") for place in range(50))

    with django_assert_max_num_queries(8):
        assert len(viewer.get(f"{URL}?limit=50").data["results"]) == 50
