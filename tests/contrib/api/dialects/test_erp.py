"""The examples of the erp document, as they stand in it, and what the dialect refuses."""

import json
from decimal import Decimal

import pytest

from invoicing.contrib.api.dialects.erp import WORDS
from invoicing.models import Party, Product, get_invoice_model
from tests.contrib.api.dialects.samples import differences
from tests.contrib.api.dialects.states import in_state, untaxed
from tests.factories import line, make_company, make_invoice

OUTSTANDING = json.loads("""
[
  {
    "id": "uuid",
    "invoice_number": "INV-2025-00001",
    "invoice_date": "2025-12-26",
    "due_date": "2026-01-26",
    "party_name": "Customer Name",
    "invoice_type": "SALES",
    "status": "PARTIALLY_PAID",
    "currency_code": "USD",
    "total_value": "1050.00",
    "amount_received": "500.00",
    "outstanding_amount": "550.00",
    "created_at": "2025-12-26T10:00:00Z"
  }
]
""")

DETAIL = json.loads("""
{
  "id": "uuid",
  "invoice_number": "INV-2025-00001",
  "invoice_date": "2025-12-26",
  "due_date": "2026-01-26",
  "party": "party-uuid",
  "party_name": "Customer Name",
  "invoice_type": "SALES",
  "status": "POSTED",
  "currency": "currency-uuid",
  "currency_code": "USD",
  "sales_order": "so-uuid",
  "sales_order_number": "SO-00001",
  "voucher": "voucher-uuid",
  "voucher_number": "JV-2025-00001",
  "total_value": "1050.00",
  "amount_received": "500.00",
  "outstanding_amount": "550.00",
  "shipping_address": "123 Main St",
  "billing_address": "123 Main St",
  "notes": "Special delivery instructions",
  "lines": [
    {
      "id": "line-uuid",
      "line_no": 1,
      "item": "item-uuid",
      "item_name": "Product A",
      "item_sku": "SKU001",
      "description": "High quality product",
      "quantity": "10.000",
      "unit_rate": "100.00",
      "uom": "uom-uuid",
      "uom_name": "Piece",
      "discount_pct": "5.00",
      "line_total": "950.00",
      "tax_amount": "100.00"
    }
  ],
  "created_at": "2025-12-26T10:00:00Z",
  "updated_at": "2025-12-26T11:00:00Z"
}
""")

NOT_YET = ("sales_order", "sales_order_number", "voucher", "voucher_number")
"""What belongs to orders and to the ledger."""

URL = "/erp/api"


@pytest.fixture(autouse=True)
def day_of_the_examples(time_machine):
    time_machine.move_to("2025-12-26T10:00:00+00:00", tick=False)


@pytest.fixture
def company(db):
    number_format = "INV-{{ invoice.date_issue|date:'Y' }}-{{ invoice.sequence|stringformat:'05d' }}"
    return make_company(code="ERP", name="Coral Bay Hardware", number_format=number_format)


@pytest.fixture
def party(company):
    return Party.objects.create(company=company, name="Customer Name", street="123 Main St", email="office@example.com")


@pytest.fixture
def example(company, party):
    """The document of the samples: 10 pieces at 100.00, 5 % off, taxed at 10 %."""
    product = Product.objects.create(company=company, sku="SKU001", name="Product A", unit_price="100.00")
    item = {"quantity": Decimal(10), "unit": "PIECES", "unit_price": Decimal(100), "discount": Decimal(5), "tax_rate": Decimal(10)}
    return make_invoice(
        [line("Product A", description="High quality product", product=product, **item)],
        company=company,
        party=party,
        currency="USD",
        date_issue="2025-12-26",
        date_tax_point="2025-12-26",
        date_due="2026-01-26",
        shipping_street="123 Main St",
        note="Special delivery instructions",
    )


def pay(client, invoice, amount="500.00"):
    return client.post(f"{URL}/payments/", {"invoice_id": str(invoice.uuid), "amount": amount, "payment_date": "2025-12-27"})


def test_outstanding_answers_as_the_document_shows(admin, example, company):
    example.issue()
    in_state("PAID", company=company)
    in_state("DRAFT", company=company)
    pay(admin, example)

    answer = admin.get(f"{URL}/invoices/outstanding/")

    said = answer.json()
    assert differences(said, OUTSTANDING) == []
    assert list(said[0]) == list(OUTSTANDING[0])
    # 950.00 and 10 % are 1045.00; the sample taxes what the discount takes off.
    wanted = {"id": str(example.uuid), "total_value": "1045.00", "outstanding_amount": "545.00", "created_at": said[0]["created_at"]}
    assert said == [{**OUTSTANDING[0], **wanted}]
    assert answer["X-Total-Count"] == "1"


def test_the_detail_answers_as_the_document_shows(admin, example, party):
    example.issue()

    said = admin.get(f"{URL}/invoices/{example.uuid}/").json()

    sample = {**DETAIL, **dict.fromkeys(NOT_YET)}
    assert differences(said, sample) == []
    assert list(said) == list(DETAIL)
    assert list(said["lines"][0]) == list(DETAIL["lines"][0])
    for name in ("invoice_number", "invoice_date", "due_date", "party_name", "invoice_type", "status", "currency_code", "notes"):
        assert said[name] == DETAIL[name]
    assert (said["party"], said["currency"]) == (str(party.uuid), "USD")
    assert (said["shipping_address"], said["billing_address"]) == ("123 Main St", "123 Main St")
    assert [said[name] for name in NOT_YET] == [None] * 4
    item = said["lines"][0]
    for name in ("line_no", "item_name", "item_sku", "description", "quantity", "unit_rate", "discount_pct", "line_total"):
        assert item[name] == DETAIL["lines"][0][name]
    assert (item["uom"], item["uom_name"], item["tax_amount"]) == ("PIECES", "pieces", "95.00")


def test_the_list_is_a_bare_array_of_all_documents(admin, example, company):
    in_state("PAID", company=company)

    said = admin.get(f"{URL}/invoices/").json()

    assert len(said) == 2
    assert differences(said, OUTSTANDING) == []


def test_more_rows_than_a_page_holds_are_linked(admin, company, settings):
    settings.INVOICING_API_MAX_PAGE_SIZE = 2
    for _ in range(3):
        in_state("NEW", company=company)

    first = admin.get(f"{URL}/invoices/?invoice_type=SALES")
    link = f'<http://testserver{URL}/invoices/?invoice_type=SALES&limit=2&offset=2>; rel="next"'
    second = admin.get(f"{URL}/invoices/?invoice_type=SALES&limit=2&offset=2")

    assert (len(first.json()), first["Link"], first["X-Total-Count"]) == (2, link, "3")
    assert (len(second.json()), second["X-Total-Count"]) == (1, "3")
    assert 'rel="prev"' in second["Link"]


def test_a_payment_is_applied_as_the_workflow_shows(admin, example):
    example.issue()

    answer = pay(admin, example, amount="1045.00")
    said = admin.get(f"{URL}/invoices/{example.uuid}/").json()

    assert answer.status_code == 201
    assert {**answer.json(), "id": ""} == {
        "id": "",
        "invoice_id": str(example.uuid),
        "amount": "1045.00",
        "payment_date": "2025-12-27",
        "currency_code": "USD",
        "status": "RECEIVED",
    }
    assert admin.get(answer["Location"]).json() == answer.json()
    assert (said["status"], said["amount_received"], said["outstanding_amount"]) == ("PAID", "1045.00", "0.00")
    assert admin.get(f"{URL}/invoices/outstanding/").json() == []


def test_outstanding_is_filtered_as_the_document_says(admin, example, company, party):
    example.issue()
    day = {"date_issue": "2025-12-01", "date_tax_point": "2025-12-01"}
    supplier = {"supplier_name": "Nordlicht Druck GmbH", "supplier_country": "DE"}
    received = make_invoice([untaxed()], company=company, customer={}, origin="RECEIVED", number="R-1", **day, **supplier)
    received.issue()

    def found(asked):
        return [row["id"] for row in admin.get(f"{URL}/invoices/outstanding/?{asked}").json()]

    assert found("") == [str(example.uuid), str(received.uuid)]
    assert found("invoice_type=SALES") == [str(example.uuid)]
    assert found("invoice_type=PURCHASE&end_date=2025-12-26") == [str(received.uuid)]
    assert found(f"party={party.uuid}") == [str(example.uuid)]
    assert found("start_date=2025-12-02") == [str(example.uuid)]


def test_a_purchase_is_named_by_its_supplier(admin, company):
    supplier = {"supplier_name": "Nordlicht Druck GmbH", "supplier_country": "DE"}
    invoice = make_invoice([untaxed()], company=company, customer={}, origin="RECEIVED", number="R-1", **supplier)

    said = admin.get(f"{URL}/invoices/{invoice.uuid}/").json()

    assert (said["invoice_type"], said["party_name"]) == ("PURCHASE", "Nordlicht Druck GmbH")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("DRAFT", "DRAFT"),
        ("DRAFT", "NEW"),
        ("POSTED", "ISSUED"),
        ("POSTED", "SENT"),
        ("PAID", "PAID"),
        ("CANCELLED", "CANCELED"),
        ("CANCELLED", "CREDITED"),
        ("CANCELLED", "UNCOLLECTIBLE"),
    ],
)
def test_a_document_is_found_under_the_word_that_is_said_of_it(admin, company, word, state):
    invoice = in_state(state, company=company)

    assert said_and_found(admin, invoice) == (word, [word])


def test_what_is_late_is_overdue_until_something_is_paid(admin, example, time_machine):
    example.issue()
    time_machine.move_to("2026-01-27T10:00:00+00:00", tick=False)

    late = said_and_found(admin, example)
    pay(admin, example)

    assert late == ("OVERDUE", ["OVERDUE"])
    assert said_and_found(admin, example) == ("PARTIALLY_PAID", ["PARTIALLY_PAID"])


def said_and_found(client, invoice):
    """The word for a document, and the words that find it."""
    found = {one.word: client.get(f"{URL}/invoices/?status={one.word}").json() for one in WORDS}
    said = client.get(f"{URL}/invoices/{invoice.uuid}/").json()["status"]
    return said, [word for word, rows in found.items() if str(invoice.uuid) in [row["id"] for row in rows]]


@pytest.mark.parametrize("asked", ["origin=ISSUED", "payment_status=PAID", "name=x", "cursor=", "ordering=number", "customer_name=x"])
def test_a_list_is_asked_in_the_words_of_the_dialect_alone(admin, asked):
    answer = admin.get(f"{URL}/invoices/?{asked}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [asked.partition("=")[0]])


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({"amount": "1.00"}, 400, "invoice_id"),
        ({"invoice_id": "x", "amount": "1.00"}, 400, "invoice_id"),
        ({"invoice_id": "00000000-0000-4000-8000-000000000000", "amount": "1.00"}, 422, "invoice_id"),
        ({"invoice": "x", "invoice_id": "x", "amount": "1.00"}, 400, "invoice"),
        ({"invoice_id": "x", "amount": 1.5}, 400, "amount"),
        ({"invoice_id": "x", "amount": "1.00", "payment_date": "soon"}, 400, "payment_date"),
    ],
)
def test_a_payment_is_refused_in_the_words_of_the_dialect(admin, body, status, name):
    answer = admin.post(f"{URL}/payments/", body)

    assert answer.status_code == status
    assert name in answer.json()["errors"]
    assert answer.json()["error"]


def test_whoever_only_looks_on_reads_and_records_nothing(viewer, example):
    example.issue()

    assert len(viewer.get(f"{URL}/invoices/outstanding/").json()) == 1
    refused = pay(viewer, example)
    assert (refused.status_code, refused.json()["error"]) == (403, "Permission denied. Requires ACCOUNTANT role.")


def test_nothing_of_another_company_is_found(other_admin, example):
    assert other_admin.get(f"{URL}/invoices/").json() == []
    assert other_admin.get(f"{URL}/invoices/{example.uuid}/").status_code == 404
    assert pay(other_admin, example).status_code == 422


def test_documents_are_not_written_here(admin, example):
    assert admin.post(f"{URL}/invoices/", {}).status_code == 405
    assert admin.delete(f"{URL}/invoices/{example.uuid}/").status_code == 405
    assert get_invoice_model().objects.count() == 1


def test_a_list_of_fifty_asks_the_database_nine_times_at_most(admin, company, django_assert_max_num_queries):
    for _ in range(50):
        make_invoice([line()], company=company)

    with django_assert_max_num_queries(9):
        answer = admin.get(f"{URL}/invoices/")

    assert len(answer.json()) == 50
