"""The examples of the agency document, as they stand in it, and what the dialect refuses."""

import json

import pytest

from invoicing.contrib.api.dialects.agency import INVOICE, WORDS
from invoicing.contrib.payments.models import Payment, PaymentMethod
from invoicing.models import Party, PaymentTerm, Product, get_invoice_model
from tests.contrib.api.dialects.samples import differences
from tests.contrib.api.dialects.states import in_state
from tests.factories import SOMMER, line, make_company, make_invoice

LIST = json.loads("""
{
	"success": true,
	"invoices": [
		{
			"id": 1,
			"invoice_id": "st1DEC25",
			"client": {"id": 10, "first_name": "Alice", "last_name": "Smith", "email": "alice@acme.com"},
			"date": "2025-12-16",
			"due_date": "2026-01-15",
			"total_amount": "15000.00",
			"paid_amount": "5000.00",
			"pending_amount": "10000.00",
			"status": "partially_paid"
		}
	]
}
""")

DETAIL = json.loads("""
{
	"id": 1,
	"invoice_id": "st1DEC25",
	"client": {"id": 10, "first_name": "Alice", "last_name": "Smith", "email": "alice@acme.com"},
	"date": "2025-12-16",
	"due_date": "2026-01-15",
	"items": [
		{"id": 5, "service": 3, "service_name": "Website Design", "description": "Basic site", "unit_price": "5000.00", "quantity": 1, "line_total": "5000.00"},
		{"id": 6, "service": 4, "service_name": "SEO", "description": "Monthly SEO", "unit_price": "10000.00", "quantity": 1, "line_total": "10000.00"}
	],
	"gst_percentage": "18.00",
	"gst_amount": "2700.00",
	"total_amount": "17700.00",
	"paid_amount": "5000.00",
	"pending_amount": "12700.00",
	"status": "partially_paid",
	"payment_mode": {"id": 1, "name": "Bank Transfer"},
	"payment_term": {"id": 1, "name": "Net 30", "days": 30},
	"authorized_by": {"id": 2, "first_name": "John", "last_name": "Doe"},
	"sender_name": "Tarviz Digimart",
	"sender_bank_account_number": "1234567890"
}
""")  # noqa: E501  # as it stands in the document

CREATE = """
{
	"client": 10,
	"due_date": "2026-01-15",
	"gst_percentage": "18.00",
	"payment_mode": 1,
	"payment_term": 1,
	"sender_name": "Tarviz Digimart",
	"sender_bank_account_name": "Tarviz Pvt Ltd",
	"sender_bank_account_number": "1234567890",
	"sender_bank_name": "Example Bank",
	"sender_ifsc": "EXAMP0001",
	"authorized_by": 2
}
"""

CREATED = json.loads("""
{
	"success": true,
	"invoice": {
		"id": 12,
		"invoice_id": "st12DEC25",
		"client": {"id": 10, "first_name": "Alice"},
		"date": "2025-12-16",
		"due_date": "2026-01-15",
		"total_amount": null,
		"status": "unpaid"
	}
}
""")

CREATE_WITH_ITEMS = """
{
"client": 3,
"payment_mode": 1,
"payment_term": 1,
"gst_percentage": 0,
"items": [
{
"service": 1,
"description": "Service #1",
"unit_price": "5000.00",
"quantity": 3
}
]}
"""

PAYMENT = """
{
"invoice": 12,
"amount": "5000.00",
"payment_mode": 1,
"reference": "TXN12345"
}
"""

CLIENT = frozenset({"name", "last_name", "email"})
"""What is said of a client in every answer, and not in every sample; the notes of the document name it."""

SENDER = frozenset({"sender_bank_account_name", "sender_bank_name", "sender_ifsc"})
"""Fields of the sender that the notes of the document name, and its sample leaves out."""

URL = "/agency/api/invoice"


@pytest.fixture(autouse=True)
def day_of_the_examples(time_machine):
    """The day that the answers of the document are of."""
    time_machine.move_to("2025-12-16T10:00:00+00:00", tick=False)


@pytest.fixture
def company(db):
    """An agency that may charge tax."""
    number_format = "{{ invoice.customer_code }}{{ invoice.pk }}{{ invoice.date_issue|date:'My'|upper }}"
    return make_company(code="TD", name="Tarviz Digimart", number_format=number_format)


@pytest.fixture
def client(company):
    """Alice, who has a code."""
    return Party.objects.create(company=company, name="Alice Smith", email="alice@acme.com", country="DE", code="st")


@pytest.fixture
def term():
    return PaymentTerm.objects.create(name="Net 30", days=30)


@pytest.fixture
def mode():
    return PaymentMethod.objects.get(code="BANK_TRANSFER")


@pytest.fixture
def services(company):
    names = ("Website Design", "SEO")
    return [Product.objects.create(company=company, name=name, unit_price="1.00") for name in names]


def asked(text, **keys):
    """The body of an example with keys that are there."""
    return {**json.loads(text), **keys}


@pytest.fixture
def example(admin, client, term, mode, services):
    """The document of the samples: 5000.00 and 10000.00, taxed at 18 %, and 5000.00 paid."""
    keys = {"client": client.pk, "payment_mode": mode.pk, "payment_term": term.pk, "authorized_by": admin.user.pk}
    items = [
        {"service": services[0].pk, "description": "Basic site", "unit_price": "5000.00", "quantity": 1},
        {"service": services[1].pk, "description": "Monthly SEO", "unit_price": "10000.00", "quantity": 1},
    ]
    key = admin.post(f"{URL}/invoices/", asked(CREATE, **keys, items=items)).json()["invoice"]["id"]
    admin.post(f"{URL}/payments/", asked(PAYMENT, invoice=key, payment_mode=mode.pk))
    return key


def test_the_list_answers_as_the_document_shows(admin, example, client):
    answer = admin.get(f"{URL}/invoices/")

    said = answer.json()
    assert differences(said, LIST, beside=CLIENT) == []
    assert answer["X-Total-Count"] == "1"
    assert said["invoices"][0]["client"] == {
        "id": client.pk,
        "name": "Alice Smith",
        "first_name": "Alice",
        "last_name": "Smith",
        "email": "alice@acme.com",
    }
    row = {name: value for name, value in said["invoices"][0].items() if name not in {"id", "invoice_id", "client"}}
    # The sample of the list forgets the tax that its detail has.
    wanted = {"total_amount": "17700.00", "paid_amount": "5000.00", "pending_amount": "12700.00", "status": "partially_paid"}
    assert row == {"date": "2025-12-16", "due_date": "2026-01-15", **wanted}


def test_the_detail_answers_as_the_document_shows(admin, example, services, mode, term):
    said = admin.get(f"{URL}/invoices/{example}/").json()

    assert differences(said, DETAIL, beside=CLIENT | SENDER) == []
    assert said["invoice_id"] == f"st{example}DEC25"
    # 15000.00 × 18 % = 2700.00, and 17700.00 − 5000.00 = 12700.00.
    for name in ("gst_percentage", "gst_amount", "total_amount", "paid_amount", "pending_amount", "status", "sender_name"):
        assert said[name] == DETAIL[name]
    assert [item["service"] for item in said["items"]] == [service.pk for service in services]
    for item, sample in zip(said["items"], DETAIL["items"], strict=True):
        assert {**item, "id": 0, "service": 0} == {**sample, "id": 0, "service": 0}
    assert said["payment_mode"] == {"id": mode.pk, "name": "Bank transfer"}
    assert said["payment_term"] == {"id": term.pk, "name": "Net 30", "days": 30}
    assert (said["authorized_by"]["first_name"], said["authorized_by"]["last_name"]) == ("Petra", "Lindner")
    assert {name: said[name] for name in (*SENDER, "sender_bank_account_number")} == {
        "sender_bank_account_name": "Tarviz Pvt Ltd",
        "sender_bank_account_number": "1234567890",
        "sender_bank_name": "Example Bank",
        "sender_ifsc": "EXAMP0001",
    }


def test_a_document_is_created_without_items_and_gets_them_later(admin, client, term, mode, services):
    keys = {"client": client.pk, "payment_mode": mode.pk, "payment_term": term.pk, "authorized_by": admin.user.pk}

    answer = admin.post(f"{URL}/invoices/", asked(CREATE, **keys))
    key = answer.json()["invoice"]["id"]
    empty = admin.get(f"{URL}/invoices/{key}/").json()
    item = {"service": services[0].pk, "description": "Basic site", "unit_price": "5000.00", "quantity": 3}
    added = admin.post(f"{URL}/invoices/{key}/items/", item).json()

    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver{URL}/invoices/{key}/"
    assert differences(answer.json(), CREATED, beside=CLIENT) == []
    assert (answer.json()["invoice"]["total_amount"], answer.json()["invoice"]["due_date"]) == (None, "2026-01-15")
    assert (empty["gst_percentage"], empty["gst_amount"], empty["pending_amount"], empty["items"]) == ("18.00", "0.00", "0.00", [])
    # 3 × 5000.00 = 15000.00, with 18 % 17700.00.
    assert (added["success"], added["invoice"]["total_amount"]) == (True, "17700.00")


def test_a_document_is_created_with_items_and_without_a_due_date(admin, client, term, mode, services):
    body = asked(CREATE_WITH_ITEMS, client=client.pk, payment_mode=mode.pk, payment_term=term.pk)
    body["items"][0]["service"] = services[0].pk

    answer = admin.post(f"{URL}/invoices/", body)
    said = admin.get(f"{URL}/invoices/{answer.json()['invoice']['id']}/").json()

    assert (answer.status_code, answer.json()["success"]) == (201, True)
    # 2025-12-16 and 30 days; 3 × 5000.00 without tax.
    assert (said["due_date"], said["total_amount"], said["gst_amount"], said["gst_percentage"]) == (
        "2026-01-15",
        "15000.00",
        "0.00",
        "0.00",
    )
    assert said["items"][0]["service_name"] == "Website Design"
    assert (said["items"][0]["quantity"], said["items"][0]["line_total"]) == (3, "15000.00")
    assert said["sender_name"] == "Tarviz Digimart"


def test_the_sender_that_is_named_keeps_what_the_company_says_of_itself(admin, example):
    invoice = get_invoice_model().objects.get(pk=example)

    assert (invoice.supplier_name, invoice.supplier_vat_id, invoice.supplier_city) == ("Tarviz Digimart", "DE987654328", "Berlin")
    assert (invoice.bank_name, invoice.bank_iban, invoice.bank_swift_bic) == ("Example Bank", "1234567890", "EXAMP0001")


def test_a_payment_is_recorded_listed_and_taken_back(admin, example, mode):
    listed = admin.get(f"{URL}/payments/?invoice={example}").json()
    payment = listed["payments"][0]
    rest = admin.post(f"{URL}/payments/", {"invoice": example, "amount": "12700.00", "payment_mode": mode.pk})
    paid = admin.get(f"{URL}/invoices/{example}/").json()
    taken = admin.delete(f"{URL}/payments/{payment['id']}/").json()
    after = admin.get(f"{URL}/invoices/{example}/").json()

    assert listed["success"] is True
    assert {**payment, "id": 0} == {
        "id": 0,
        "invoice": example,
        "amount": "5000.00",
        "payment_mode": {"id": mode.pk, "name": "Bank transfer"},
        "reference": "TXN12345",
        "date": "2025-12-16",
        "status": "received",
    }
    assert (rest.status_code, rest.json()["success"]) == (201, True)
    assert rest["Location"] == f"http://testserver{URL}/payments/{rest.json()['payment']['id']}/"
    assert (paid["status"], paid["pending_amount"]) == ("paid", "0.00")
    assert taken["payment"]["status"] == "reversed"
    assert (after["status"], after["paid_amount"]) == ("partially_paid", "12700.00")
    assert Payment.objects.count() == 2


def test_a_document_is_deleted_or_voided_and_never_once_it_is_issued(admin, client, example):
    first, last = (admin.post(f"{URL}/invoices/", {"client": client.pk}).json()["invoice"]["id"] for _ in range(2))

    voided = admin.delete(f"{URL}/invoices/{first}/")
    deleted = admin.delete(f"{URL}/invoices/{last}/")
    refused = admin.delete(f"{URL}/invoices/{example}/")

    assert (voided.status_code, voided.json()["success"], voided.json()["invoice"]["status"]) == (200, True, "cancelled")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (refused.status_code, refused.json()["code"]) == (409, "invoice_frozen")


def test_the_preview_has_the_four_keys_of_the_document(admin, example):
    said = admin.get(f"{URL}/invoices/{example}/preview/").json()

    assert set(said) == {"success", "context", "html"}
    assert set(said["context"]) == {"company", "client", "invoice", "bank"}
    assert (said["context"]["company"]["name"], said["context"]["client"]["name"]) == ("Tarviz Digimart", "Alice Smith")
    assert said["context"]["bank"]["account"] == "1234567890"
    assert "<html" in said["html"]


def test_the_pdf_is_an_attachment(admin, example):
    answer = admin.get(f"{URL}/invoices/{example}/generate_pdf/")

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert answer["Content-Disposition"].startswith("attachment;")


def test_documents_do_not_change(admin, example):
    assert admin.put(f"{URL}/invoices/{example}/", {"client": 1}).status_code == 405
    assert admin.patch(f"{URL}/invoices/{example}/", {"client": 1}).status_code == 405


def test_modes_and_terms_are_read_made_and_deleted(admin, term):
    admin.user.is_superuser = True
    admin.user.save()
    modes = admin.get(f"{URL}/payment-modes/").json()
    made = admin.post(f"{URL}/payment-modes/", {"name": "Bank draft (24 h)"})
    terms = admin.get(f"{URL}/payment-terms/").json()
    later = admin.post(f"{URL}/payment-terms/", {"name": "Net 45", "days": 45})

    assert [set(row) for row in modes["payment_modes"]] == [{"id", "name", "code", "is_active"}] * 4
    assert (made.status_code, made.json()["payment_mode"]["code"]) == (201, "BANK_DRAFT_24_H")
    assert terms == {"success": True, "payment_terms": [{"id": term.pk, "name": "Net 30", "days": 30}]}
    assert (later.status_code, later.json()["payment_term"]["days"]) == (201, 45)
    assert admin.delete(f"{URL}/payment-modes/{made.json()['payment_mode']['id']}/").status_code == 204
    assert admin.delete(f"{URL}/payment-terms/{later.json()['payment_term']['id']}/").status_code == 204


def test_the_sender_is_the_company(admin):
    said = admin.get(f"{URL}/senderinfo/").json()

    assert (said["sender_name"], said["sender_bank_account_name"]) == ("Tarviz Digimart", "Tarviz Digimart")
    assert (said["sender_bank_account_number"], said["sender_ifsc"]) == ("DE89370400440532013000", "COBADEFFXXX")
    assert admin.post(f"{URL}/senderinfo/", {}).status_code == 405


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({"party": 1}, 400, "party"),
        ({"total_amount": "5.00"}, 422, "total_amount"),
        ({"invoice_id": "st1"}, 422, "invoice_id"),
        ({"client": 9999}, 422, "client"),
        ({"client": "alice"}, 400, "client"),
        ({"client": True}, 400, "client"),
        ({"payment_mode": 9999}, 422, "payment_mode"),
        ({"payment_term": 9999}, 422, "payment_term"),
        ({"authorized_by": 9999}, 422, "authorized_by"),
        ({"gst_percentage": 18.5}, 400, "gst_percentage"),
        ({"gst_percentage": "101"}, 422, "gst_percentage"),
        ({"due_date": "tomorrow"}, 400, "due_date"),
        ({"items": [{"service": 9999, "unit_price": "1.00"}]}, 422, "items[0].service"),
        ({"items": [{"service_name": "SEO", "unit_price": "x"}]}, 400, "items[0].unit_price"),
        ({"items": [{"title": "SEO", "unit_price": "1.00"}]}, 400, "items[0].title"),
        ({"items": [{"unit_price": "1.00"}]}, 400, "items[0].service_name"),
    ],
)
def test_what_is_refused_is_named_in_the_words_of_the_dialect(admin, client, body, status, name):
    answer = admin.post(f"{URL}/invoices/", {"client": client.pk, **body})

    assert (answer.status_code, list(answer.json()["errors"])) == (status, [name])


def test_tax_without_a_vat_id_is_named_by_the_percentage(admin, client, company):
    company.vat_id = ""
    company.save()
    body = {"client": client.pk, "gst_percentage": "18.00", "items": [{"service_name": "SEO", "unit_price": "1.00"}]}

    answer = admin.post(f"{URL}/invoices/", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["gst_percentage"])


def test_keys_of_another_company_are_no_keys(other_admin, example, client, services):
    assert other_admin.get(f"{URL}/invoices/").json() == {"success": True, "invoices": []}
    assert other_admin.get(f"{URL}/invoices/{example}/").status_code == 404
    refused = other_admin.post(f"{URL}/invoices/", {"client": client.pk, "items": [{"service": services[0].pk}]})
    assert (refused.status_code, sorted(refused.json()["errors"])) == (422, ["client", "items[0].service"])
    paid = other_admin.post(f"{URL}/payments/", {"invoice": example, "amount": "1.00"})
    assert (paid.status_code, list(paid.json()["errors"])) == (422, ["invoice"])


@pytest.mark.parametrize("key", ["0", "-1", "abc", "1.0", "9" * 30, "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_key_finds_nothing(admin, key):
    assert admin.get(f"{URL}/invoices/{key}/").status_code == 404


def test_an_answer_is_given_again_when_the_document_is_gone(admin, client):
    body = {"client": client.pk, "items": [{"service_name": "SEO", "unit_price": "1.00"}]}
    first = admin.post(f"{URL}/invoices/", body, headers={"Idempotency-Key": "k-1"}).json()["invoice"]
    get_invoice_model().objects.get(pk=first["id"]).delete()

    again = admin.post(f"{URL}/invoices/", body, headers={"Idempotency-Key": "k-1"})

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.json()["invoice"] == {**first, "id": None, "client": {**first["client"], "id": None}}


def test_a_business_keeps_its_name_in_one_piece(admin, company):
    party = Party.objects.create(company=company, **SOMMER)
    invoice = make_invoice([line()], company=company, party=party)

    said = admin.get(f"{URL}/invoices/{invoice.pk}/").json()["client"]

    assert (said["first_name"], said["last_name"]) == ("Buchhandlung Sommer KG", "")


def test_several_rates_are_no_percentage(admin, company):
    invoice = make_invoice([line(), line(tax_rate=7)], company=company)

    assert admin.get(f"{URL}/invoices/{invoice.pk}/").json()["gst_percentage"] is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("unpaid", "DRAFT"),
        ("unpaid", "NEW"),
        ("unpaid", "SENT"),
        ("unpaid", "UNCOLLECTIBLE"),
        ("paid", "PAID"),
        ("cancelled", "CANCELED"),
        ("cancelled", "CREDITED"),
    ],
)
def test_a_document_is_found_under_the_word_that_is_said_of_it(admin, company, word, state):
    invoice = in_state(state, company=company)

    found = {one.word: admin.get(f"{URL}/invoices/?status={one.word}").json()["invoices"] for one in WORDS}

    assert admin.get(f"{URL}/invoices/{invoice.pk}/").json()["status"] == word
    assert [one for one, rows in found.items() if invoice.pk in [row["id"] for row in rows]] == [word]


def test_what_is_paid_in_part_is_found_as_such(admin, example, company):
    in_state("SENT", company=company)

    found = admin.get(f"{URL}/invoices/?status=partially_paid").json()["invoices"]

    assert [(row["id"], row["status"]) for row in found] == [(example, "partially_paid")]


def test_documents_of_a_client_are_found_by_its_key(admin, example, client, company):
    in_state("SENT", company=company)

    found = admin.get(f"{URL}/invoices/?client={client.pk}").json()["invoices"]

    assert [row["id"] for row in found] == [example]


def test_a_list_of_fifty_asks_the_database_nine_times_at_most(admin, company, client, django_assert_max_num_queries):
    for _ in range(50):
        make_invoice([line()], company=company, party=client)

    with django_assert_max_num_queries(9):
        answer = admin.get(f"{URL}/invoices/")

    assert len(answer.json()["invoices"]) == 50


def test_the_table_says_every_field_of_the_document():
    assert {one.name for one in INVOICE.fields} == {*DETAIL, *SENDER}


def test_the_example_is_taken_years_later_too(admin, client, term, mode, time_machine):
    time_machine.move_to("2027-03-01T10:00:00+00:00", tick=False)

    answer = admin.post(
        f"{URL}/invoices/", asked(CREATE, client=client.pk, payment_mode=mode.pk, payment_term=term.pk, authorized_by=admin.user.pk)
    )

    assert answer.status_code == 201
    assert (answer.json()["invoice"]["date"], answer.json()["invoice"]["due_date"]) == ("2026-01-15", "2026-01-15")


@pytest.mark.parametrize("rate", [{}, "abc", "1E+9", -5, None, [1]])
def test_what_others_keep_in_the_metadata_is_no_rate(admin, company, rate):
    invoice = make_invoice(company=company, metadata={"gst_percentage": rate, "payment_term": {}})
    url = f"/agency/api/invoice/invoices/{invoice.pk}/"

    assert admin.get(url).json()["gst_percentage"] == "0.00"
    assert admin.post(f"{url}items/", {"service_name": "SEO", "unit_price": "10.00", "quantity": 1}).status_code == 201


def test_a_status_that_is_asked_for_often_counts_once(admin):
    assert admin.get("/agency/api/invoice/invoices/", {"status": ",".join(["paid,unpaid"] * 1200)}).status_code == 200
