"""The examples of the crm document, as they stand in it, and what the dialect refuses."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from invoicing.contrib.api.dialects.crm import INVOICE, WORDS
from invoicing.models import Invoice, get_invoice_model
from tests.contrib.api.dialects.samples import differences
from tests.contrib.api.dialects.states import in_state, untaxed
from tests.factories import line, make_company, make_invoice

HOST = "http://testserver/crm"

LIST = json.loads("""
{
"count": 25,
"next": "/api/invoices/?limit=5&offset=5",
"previous": null,
"results": [
{
"id": "invoice-uuid",
"invoice_title": "Monthly Service",
"invoice_number": "INV-001",
"status": "Draft",
"due_date": "2024-01-15",
"name": "ACME Corporation",
"email": "billing@acme.com",
"phone": "+1234567890",
"quantity": 40,
"rate": "150.00",
"total_amount": "6000.00",
"currency": "USD",
"created_on": "2024-01-01T10:00:00Z",
"assigned_to": ["user-uuid"],
"teams": ["team-uuid"]
}
]
}
""")

CREATE = """
{
"invoice_title": "Web Development Services",
"name": "Tech Solutions Inc",
"email": "billing@techsolutions.com",
"quantity": 80,
"rate": "125.00",
"currency": "USD",
"due_date": "2024-02-15",
"assigned_to": ["user-uuid"],
"teams": ["dev-team-uuid"]
}
"""

UPDATE = {"status": "Sent", "total_amount": "6500.00"}

MAIL = {"recipients": ["customer@example.com"], "subject": "Invoice INV-001", "message": "Please find attached invoice"}

INVOICE_CLASS = {
    *("id", "invoice_title", "invoice_number", "status", "due_date", "name", "email", "phone", "quantity", "rate", "total_amount", "tax"),
    *("currency", "created_on", "created_by", "org", "assigned_to", "teams", "from_address", "to_address"),
}
"""The attributes of the document's Invoice."""

HISTORY_CLASS = {"id", "invoice", "updated_by", "updated_on", "status_changed_from", "status_changed_to"}


@pytest.fixture(autouse=True)
def day_of_the_examples(time_machine):
    """The day that the answers of the document are of."""
    time_machine.move_to("2024-01-05T10:00:00+00:00", tick=False)


@pytest.fixture
def company(db):
    """A firm that charges no tax."""
    number_format = "INV-{{ invoice.sequence|stringformat:'03d' }}"
    return make_company(
        code="CRC", name="Cedar Ridge Consulting LLC", country="US", vat_id="", number_format=number_format, counter_period="INFINITE"
    )


@pytest.fixture
def team(admin):
    """A team that the user is in."""
    group = Group.objects.create(name="Development")
    admin.user.groups.add(group)
    return group


@pytest.fixture
def acme(company):
    """The document of the list: 40 hours at 150.00."""
    fields = {"customer_name": "ACME Corporation", "customer_email": "billing@acme.com", "customer_phone": "+1234567890"}
    item = {"quantity": 40, "unit_price": "150.00", "tax_rate": None}
    return make_invoice(
        [line("Monthly Service", **item)],
        company=company,
        customer={},
        title="Monthly Service",
        currency="USD",
        date_issue="2024-01-01",
        date_tax_point="2024-01-01",
        date_due="2024-01-15",
        **fields,
    )


def created(client, team):
    body = CREATE.replace('"user-uuid"', f'"{client.user.pk}"').replace('"dev-team-uuid"', f'"{team.pk}"')
    return client.post("/crm/api/invoices/", body, content_type="application/json")


def test_the_list_answers_as_the_document_shows(admin, acme, company):
    for day in range(1, 6):
        dates = {"date_issue": f"2023-12-0{day}", "date_tax_point": f"2023-12-0{day}"}
        make_invoice([untaxed()], company=company, customer={"name": "Acme Tools"}, **dates)
    answer = admin.get("/crm/api/invoices/?status=Draft&name=acme&limit=5").json()

    assert differences(answer, LIST) == []
    assert list(answer["results"][0]) == list(LIST["results"][0])
    assert answer["count"] == 6
    wanted = {**LIST["results"][0], "id": str(acme.uuid), "created_on": answer["results"][0]["created_on"], "assigned_to": [], "teams": []}
    assert answer["results"][0] == wanted


def test_the_links_of_pages_lead_to_the_same_dialect(admin, acme, company):
    make_invoice([untaxed()], company=company)

    first = admin.get("/crm/api/invoices/?limit=1&status=Draft").json()
    second = admin.get(first["next"]).json()

    assert first["next"] == f"{HOST}/api/invoices/?limit=1&offset=1&status=Draft"
    assert {row["id"] for row in first["results"] + second["results"]} == {str(one.uuid) for one in get_invoice_model().objects.all()}


def test_the_document_is_created_as_the_example_asks(admin, team):
    answer = created(admin, team)

    said = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"{HOST}/api/invoices/{said['id']}/"
    assert set(said) == {*INVOICE_CLASS, "history"}
    assert (said["invoice_number"], said["status"], said["total_amount"]) == ("INV-001", "Draft", "10000.00")
    assert (said["quantity"], said["rate"], said["due_date"]) == (80, "125.00", "2024-02-15")
    assert (said["assigned_to"], said["teams"]) == ([str(admin.user.pk)], [str(team.pk)])
    assert said["from_address"] == {"street": "Kastanienallee 12", "city": "Berlin", "state": "", "postcode": "10435", "country": "US"}


def test_a_draft_has_no_number_until_it_is_pending(admin):
    body = {"name": "Tech Solutions Inc", "email": "billing@example.com", "quantity": 1, "rate": "5.00", "status": "Draft"}
    said = admin.post("/crm/api/invoices/", body).json()

    after = admin.post(f"/crm/api/invoices/{said['id']}/status/", {"status": "Pending"}).json()

    assert (said["status"], said["invoice_number"]) == ("Draft", "")
    assert (after["status"], after["invoice_number"]) == ("Pending", "INV-001")


def test_an_address_that_is_sent_in_part_leaves_the_rest(admin, acme):
    url = f"/crm/api/invoices/{acme.uuid}/"
    admin.put(url, {"to_address": {"street": "500 Industrial Way", "zip": "60607", "country": "US"}})

    said = admin.put(url, {"to_address": {"city": "Chicago"}, "from_address": {"postcode": "97209"}}).json()

    assert said["to_address"] == {"street": "500 Industrial Way", "city": "Chicago", "state": "", "postcode": "60607", "country": "US"}
    assert said["from_address"]["postcode"] == "97209"
    assert said["from_address"]["city"] == "Berlin"


def test_the_example_of_an_update_is_refused_unless_the_total_agrees(admin, acme):
    url = f"/crm/api/invoices/{acme.uuid}/"

    refused = admin.put(url, UPDATE)
    # 40 hours at 162.50 are 6500.00.
    agreed = admin.put(url, {**UPDATE, "rate": "162.50"})

    text = "It follows from the rest and is 6000.00: leave it out."
    assert refused.status_code == 422
    assert refused.json() == {"error": f"total_amount: {text}", "code": "invalid_data", "errors": {"total_amount": [text]}}
    assert (agreed.status_code, agreed.json()["status"], agreed.json()["total_amount"]) == (200, "Sent", "6500.00")


def test_an_answer_can_be_sent_back(admin, acme):
    url = f"/crm/api/invoices/{acme.uuid}/"
    said = admin.get(url).json()

    answer = admin.put(url, said)

    assert answer.status_code == 200
    assert answer.json() == said


def test_a_document_with_several_items_has_no_quantity_of_its_own_and_can_be_sent_back(admin, company):
    invoice = make_invoice([untaxed(), untaxed()], company=company)
    url = f"/crm/api/invoices/{invoice.uuid}/"
    said = admin.get(url).json()

    assert (said["quantity"], said["rate"]) == (None, None)
    assert admin.put(url, said).json() == said


def test_the_workflow_of_the_document(admin, django_capture_on_commit_callbacks):
    invoice_data = {
        "invoice_title": "Q1 Consulting Services",
        "name": "Global Tech Corp",
        "email": "finance@globaltech.com",
        "quantity": 120,
        "rate": "200.00",
        "currency": "USD",
        "due_date": "2024-02-28",
        "assigned_to": [str(admin.user.pk)],
    }
    response = admin.post(f"{HOST}/api/invoices/", invoice_data)
    invoice = response.json()
    invoice_id = invoice["id"]
    sent = admin.post(f"{HOST}/api/invoices/{invoice_id}/status/", {"status": "Sent"})
    email_data = {
        "recipients": ["finance@globaltech.com"],
        "subject": f"Invoice {invoice['invoice_number']}",
        "message": "Please find your invoice attached. Payment due within 30 days.",
    }
    mailed = admin.post(f"{HOST}/api/invoices/{invoice_id}/send-mail/", email_data)
    noted = admin.post(f"{HOST}/api/invoices/comment/{invoice_id}/", {"comment": "Payment reminder sent via email"})

    assert (response.status_code, invoice["invoice_number"], invoice["total_amount"]) == (201, "INV-001", "24000.00")
    assert (sent.status_code, sent.json()["status"]) == (200, "Sent")
    assert mailed.status_code == 202
    assert (mailed.json()["recipients"], mailed.json()["subject"]) == (["finance@globaltech.com"], "Invoice INV-001")
    assert noted.status_code == 201
    assert noted.json()["comment"] == "Payment reminder sent via email"
    assert noted.json()["commented_by"]["id"] == str(admin.user.pk)


def test_the_history_tells_the_steps_in_the_words_of_the_dialect(admin, acme):
    for word in ("Sent", "Paid"):
        assert admin.post(f"/crm/api/invoices/{acme.uuid}/status/", {"status": word}).status_code == 200

    history = admin.get(f"/crm/api/invoices/{acme.uuid}/").json()["history"]

    steps = [(step["status_changed_from"], step["status_changed_to"]) for step in history]
    assert steps == [("Draft", "Pending"), ("Pending", "Sent"), ("Sent", "Paid")]
    assert all(set(step) == HISTORY_CLASS for step in history)
    assert history[0]["invoice"] == str(acme.uuid)
    assert history[0]["updated_by"] == {"id": str(admin.user.pk), "name": admin.user.get_username()}


def test_mail_files_comments_and_the_pdf_are_where_the_document_has_them(admin, acme):
    url = f"/crm/api/invoices/{acme.uuid}"
    mailed = admin.post(f"{url}/send-mail/", MAIL)
    noted = admin.post(f"/crm/api/invoices/comment/{acme.uuid}/", {"comment": "Customer requested payment extension"})
    file = SimpleUploadedFile("terms.txt", b"Thirty days.", content_type="text/plain")
    attached = admin.post(f"/crm/api/invoices/attachment/{acme.uuid}/", {"attachment": file}, format="multipart")
    printed = admin.post(f"{url}/download/")

    assert (mailed.status_code, mailed.json()["recipients"]) == (202, ["customer@example.com"])
    assert (noted.status_code, noted.json()["comment"]) == (201, "Customer requested payment extension")
    assert (attached.status_code, attached.json()["file_name"], attached.json()["size"]) == (201, "terms.txt", 12)
    assert admin.get(f"{attached['Location']}download/").getvalue() == b"Thirty days."
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")


def test_the_pdf_asks_for_nothing(admin, acme):
    answer = admin.post(f"/crm/api/invoices/{acme.uuid}/download/", {"assigned_to": ["99"]})

    assert (answer.status_code, answer.json()["errors"]) == (400, {"assigned_to": ["There is no such field."]})


def test_whoever_deletes_is_told_what_became_of_the_document(admin, acme, company):
    make_invoice([untaxed()], company=company)

    voided = admin.delete(f"/crm/api/invoices/{acme.uuid}/")
    draft = make_invoice([untaxed()], company=company, status="DRAFT")
    deleted = admin.delete(f"/crm/api/invoices/{draft.uuid}/")

    assert (voided.status_code, voided.json()) == (200, {"message": "Invoice INV-001 was voided: its number stays in the register."})
    assert (deleted.status_code, deleted.json()) == (200, {"message": "The invoice was deleted."})
    assert not get_invoice_model().objects.filter(pk=draft.pk).exists()


def test_an_issued_document_is_not_deleted(admin, acme):
    acme.issue()

    answer = admin.delete(f"/crm/api/invoices/{acme.uuid}/")

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_frozen")


@pytest.mark.parametrize("missing", ["name", "email"])
def test_a_document_needs_a_name_and_an_address_for_mail(admin, missing):
    body = {"name": "Tech Solutions Inc", "email": "billing@example.com", "quantity": 1, "rate": "5.00"}
    del body[missing]

    answer = admin.post("/crm/api/invoices/", body)

    assert (answer.status_code, answer.json()["errors"]) == (400, {missing: ["This field is required."]})


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({"title": "Canonical"}, 400, "title"),
        ({"customer_name": "Canonical"}, 400, "customer_name"),
        ({"items": []}, 400, "items"),
        ({"to_address": "Berlin"}, 400, "to_address"),
        ({"to_address": {"planet": "Earth"}}, 400, "to_address.planet"),
        ({"to_address": {"country": "Germany"}}, 422, "to_address.country"),
        ({"to_address": {"zip": "1", "postcode": "2"}}, 422, "to_address.zip"),
        ({"created_on": "2020-01-01T00:00:00Z"}, 422, "created_on"),
        ({"org": {"id": "x"}}, 422, "org"),
        ({"rate": 1.5}, 400, "rate"),
        ({"rate": "much"}, 400, "rate"),
        ({"quantity": "0"}, 422, "quantity"),
        ({"due_date": "2023-12-01"}, 422, "due_date"),
        ({"due_date": "tomorrow"}, 400, "due_date"),
        ({"status": "Lost"}, 422, "status"),
        ({"assigned_to": ["99"]}, 422, "assigned_to[0]"),
        ({"tax": "5.00"}, 422, "tax"),
    ],
)
def test_what_is_refused_is_named_in_the_words_of_the_dialect(admin, acme, body, status, name):
    answer = admin.put(f"/crm/api/invoices/{acme.uuid}/", body)

    assert (answer.status_code, list(answer.json()["errors"])) == (status, [name])
    assert answer.json()["error"].startswith(f"{name}: ")


@pytest.mark.parametrize("asked", ["title=x", "customer_name=x", "party=x", "cursor=", "ordering=number", "invoice_title=x"])
def test_a_list_is_asked_in_the_words_of_the_dialect_alone(admin, asked):
    answer = admin.get(f"/crm/api/invoices/?{asked}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [asked.partition("=")[0]])


def test_nothing_of_another_company_is_found(other_admin, acme):
    assert other_admin.get("/crm/api/invoices/").json()["results"] == []
    assert other_admin.get(f"/crm/api/invoices/{acme.uuid}/").status_code == 404
    assert other_admin.post(f"/crm/api/invoices/comment/{acme.uuid}/", {"comment": "?"}).status_code == 404


def test_whoever_only_looks_on_creates_nothing(viewer, team):
    assert created(viewer, team).status_code == 403


def test_a_key_makes_one_document_and_gives_one_answer(admin):
    body = {"name": "Tech Solutions Inc", "email": "billing@example.com", "quantity": 1, "rate": "5.00"}
    first, second = (admin.post("/crm/api/invoices/", body, headers={"Idempotency-Key": "k-1"}) for _ in range(2))

    assert get_invoice_model().objects.count() == 1
    assert second.json() == first.json()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Draft", "DRAFT"),
        ("Draft", "NEW"),
        ("Pending", "ISSUED"),
        ("Sent", "SENT"),
        ("Pending", "RETURNED"),
        ("Paid", "PAID"),
        ("Pending", "IN_COLLECTION"),
        ("Cancelled", "CANCELED"),
        ("Cancelled", "CREDITED"),
        ("Cancelled", "UNCOLLECTIBLE"),
    ],
)
def test_a_document_is_found_under_the_word_that_is_said_of_it(admin, company, word, state):
    invoice = in_state(state, company=company)

    said = admin.get(f"/crm/api/invoices/{invoice.uuid}/").json()["status"]
    found = {one.word: admin.get(f"/crm/api/invoices/?status={one.word}&name=Sommer").json()["results"] for one in WORDS}

    assert said == word
    assert [one for one, rows in found.items() if str(invoice.uuid) in [row["id"] for row in rows]] == [word]


def test_several_words_find_the_documents_of_each(admin, company):
    for state in ("DRAFT", "SENT", "PAID"):
        in_state(state, company=company)

    found = admin.get("/crm/api/invoices/?status=Sent,PAID").json()["results"]
    canonical = admin.get("/crm/api/invoices/?status=in_collection,sent").json()["results"]

    assert sorted(row["status"] for row in found) == ["Paid", "Sent"]
    assert [row["status"] for row in canonical] == ["Sent"]


def test_a_list_of_fifty_asks_the_database_nine_times_at_most(admin, company, django_assert_max_num_queries):
    for _ in range(50):
        make_invoice([untaxed()], company=company)

    with django_assert_max_num_queries(9):
        answer = admin.get("/crm/api/invoices/?limit=50")

    assert len(answer.json()["results"]) == 50


def test_the_table_says_every_field_of_the_document():
    assert {one.name for one in INVOICE.fields} == {*INVOICE_CLASS, "history"}


@pytest.mark.parametrize(("day", "issued"), [("2026-11-22", "2024-02-15"), ("2024-02-15", "2024-02-15"), ("2024-02-14", "2024-02-14")])
def test_the_example_is_taken_whenever_it_is_sent(admin, team, time_machine, day, issued):
    time_machine.move_to(f"{day}T10:00:00+00:00", tick=False)

    answer = created(admin, team)

    assert (answer.status_code, answer.json()["due_date"]) == (201, "2024-02-15")
    assert Invoice.objects.get(uuid=answer.json()["id"]).date_issue.isoformat() == issued


def test_a_due_date_that_is_none_is_refused_under_its_name(admin):
    answer = admin.post("/crm/api/invoices/", {"name": "Ada", "email": "ada@example.com", "due_date": "soon"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["due_date"])
