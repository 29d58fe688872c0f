"""Acts over HTTP: each leads where the lifecycle says, and is refused elsewhere."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments.models import Payment
from invoicing.models import get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

Invoice = get_invoice_model()

pytestmark = pytest.mark.django_db


def address(invoice, *parts):
    return "/".join(["/api/invoices", str(invoice.uuid), *parts]) + "/"


def test_issuing_freezes(admin, company):
    invoice = make_invoice([line()], company=company)

    answer = admin.post(address(invoice, "issue"))

    assert (answer.status_code, answer.json()["is_issued"], answer.json()["number"]) == (200, True, invoice.number)


def test_what_the_law_misses_is_said_at_once(admin, company):
    invoice = make_invoice(company=company, customer={"name": "Buchhandlung Sommer KG"})

    answer = admin.post(address(invoice, "issue"))

    assert (answer.status_code, answer.json()["code"]) == (422, "content_missing")
    assert {"customer_street", "items"} <= set(answer.json()["errors"])


def test_issuing_twice_is_a_conflict(admin, company):
    invoice = make_issued_invoice(company=company)

    answer = admin.post(address(invoice, "issue"))

    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")


def test_canceling_says_why(admin, company):
    invoice = make_issued_invoice(company=company)

    assert admin.post(address(invoice, "cancel"), {}).status_code == 400
    answer = admin.post(address(invoice, "cancel"), {"reason": "Ordered twice"})

    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELED")
    assert invoice.events.last().reason == "Ordered twice"


def test_a_credit_note_over_all_of_it(admin, company):
    invoice = make_issued_invoice(company=company)

    answer = admin.post(address(invoice, "credit"), {"reason": "Damaged"})

    note = answer.json()
    assert (answer.status_code, note["type"], note["total"], note["note"]) == (201, "CREDIT_NOTE", "952.00", "Damaged")
    assert note["related_invoices"] == [str(invoice.uuid)]
    assert answer.headers["Location"].endswith(f"/api/invoices/{note['id']}/")
    assert admin.get(address(invoice)).json()["status"] == "CREDITED"


def test_a_credit_note_over_a_part(admin, company):
    invoice = make_issued_invoice(company=company)
    item = admin.get(address(invoice)).json()["items"][0]["id"]

    note = admin.post(address(invoice, "credit"), {"lines": [{"item": item, "quantity": "2"}]}).json()

    # 2 × 80.00 and 19 %.
    assert (note["net_total"], note["total"]) == ("160.00", "190.40")


def test_more_than_is_left_is_not_credited(admin, company):
    invoice = make_issued_invoice(company=company)
    item = admin.get(address(invoice)).json()["items"][0]["id"]

    answer = admin.post(address(invoice, "credit"), {"lines": [{"item": item, "quantity": "11"}]})

    assert (answer.status_code, answer.json()["code"]) == (422, "over_credit")


def test_a_line_that_is_not_there_is_not_credited(admin, company):
    invoice = make_issued_invoice(company=company)

    answer = admin.post(address(invoice, "credit"), {"lines": [{"item": str(invoice.uuid)}]})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["lines[0].item"])


def test_a_copy_is_of_today_and_new(admin, company):
    invoice = make_issued_invoice(company=company)

    answer = admin.post(address(invoice, "copy"), {"title": "Once more", "date_issue": "2026-12-01"})

    copy = answer.json()
    assert (answer.status_code, copy["status"], copy["title"], copy["date_issue"]) == (201, "NEW", "Once more", "2026-12-01")
    assert (copy["total"], copy["number"]) == ("952.00", "2026/2")


def test_a_bad_debt_is_written_off(admin, company):
    invoice = make_issued_invoice(company=company)

    assert admin.post(address(invoice, "write-off"), {"reason": "Insolvent"}).json()["status"] == "UNCOLLECTIBLE"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Sent", "SENT"),
        ("PENDING", "NEW"),
        ("issued", "NEW"),
        ("Cancelled", "CANCELED"),
        ("in collection", "IN_COLLECTION"),
        ("uncollectible", "UNCOLLECTIBLE"),
        ("Paid", "PAID"),
    ],
)
def test_any_word_brings_a_document_to_its_state(admin, company, word, status):
    invoice = make_invoice([line()], company=company)

    answer = admin.post(address(invoice, "status"), {"status": word})

    assert (answer.status_code, answer.json()["status"]) == (200, status)


def test_a_state_that_is_there_already_stays(admin, company):
    invoice = make_issued_invoice(company=company)
    invoice.mark_sent()
    events = invoice.events.count()

    assert admin.post(address(invoice, "status"), {"status": "Sent"}).json()["status"] == "SENT"
    assert invoice.events.count() == events


@pytest.mark.parametrize("word", ["overdue", "partially_paid", "unpaid", "posted", "draft"])
def test_a_state_that_only_follows_is_refused(admin, company, word):
    invoice = make_issued_invoice(company=company)

    answer = admin.post(address(invoice, "status"), {"status": word})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["status"])


def test_a_word_that_is_none_is_answered_with_those_that_are(admin, company):
    answer = admin.post(address(make_invoice(company=company), "status"), {"status": "gone"})

    assert answer.status_code == 422
    assert "UNCOLLECTIBLE" in answer.json()["errors"]["status"][0]


def test_calling_it_paid_records_the_payment(admin, company):
    invoice = make_issued_invoice(company=company)

    shown = admin.post(address(invoice, "status"), {"status": "Paid"}).json()

    assert (shown["payment_status"], shown["to_pay"]) == ("PAID", "0.00")
    assert Payment.objects.get().amount == Decimal("952.00")


@pytest.mark.parametrize(("word", "role"), [("Paid", "ACCOUNTANT"), ("Cancelled", "ACCOUNTANT")])
def test_a_word_needs_the_permission_of_its_act(sales, company, word, role):
    invoice = make_issued_invoice(company=company)

    answer = sales.post(address(invoice, "status"), {"status": word})

    assert (answer.status_code, answer.json()["error"]) == (403, f"Permission denied. Requires {role} role.")
    invoice.refresh_from_db()
    assert invoice.status == "NEW"


def test_a_draft_that_is_called_new_takes_its_number_and_stays_open(admin, company):
    draft = make_invoice([line()], company=company, status="DRAFT")

    shown = admin.post(address(draft, "status"), {"status": "new"}).json()

    assert (shown["status"], shown["number"], shown["is_issued"]) == ("NEW", "2026/1", False)


def test_the_history_tells_all_of_it(admin, company):
    invoice = make_invoice([line()], company=company)
    admin.post(address(invoice, "issue"))
    admin.post(address(invoice, "status"), {"status": "Sent"})

    told = admin.get(address(invoice, "history")).json()

    assert [(one["kind"], one["status_from"], one["status_to"]) for one in told["results"]] == [
        ("CREATED", "", "NEW"),
        ("ISSUED", "NEW", "NEW"),
        ("STATUS_CHANGED", "NEW", "SENT"),
    ]
    assert told["results"][1]["actor_name"] == admin.user.username


def test_a_key_makes_one_document_of_two_requests(admin):
    given = {"customer_name": "Ada", "items": [{"title": "Tea", "unit_price": "5", "tax_rate": None}]}

    first = admin.post("/api/invoices/", given, headers={"Idempotency-Key": "order-4711"})
    second = admin.post("/api/invoices/", given, headers={"Idempotency-Key": "order-4711"})

    assert (second.status_code, second.json()) == (201, first.json())
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert second.headers["Location"] == first.headers["Location"]
    assert Invoice.objects.count() == 1


def test_a_key_with_another_body_is_a_conflict(admin):
    admin.post("/api/invoices/", {"customer_name": "Ada"}, headers={"Idempotency-Key": "order-4711"})

    answer = admin.post("/api/invoices/", {"customer_name": "Grace"}, headers={"Idempotency-Key": "order-4711"})

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


def test_a_key_that_was_refused_is_free_again(admin):
    assert admin.post("/api/invoices/", {"titel": "x"}, headers={"Idempotency-Key": "a"}).status_code == 400

    assert admin.post("/api/invoices/", {"title": "x"}, headers={"Idempotency-Key": "a"}).status_code == 201


def test_a_credit_note_is_made_by_whoever_may_credit_whichever_way(client_of, company):
    """Else a sales manager credits by a copy that he then issues."""
    sales, invoice, opened = client_of("SALES_MANAGER"), make_issued_invoice(company=company), make_invoice([line()], company=company)
    note = {"type": "CREDIT_NOTE"}

    answers = [
        sales.post(address(invoice, "copy"), note),
        sales.post("/api/invoices/", {**note, "customer_name": "Buchhandlung Sommer KG"}),
        sales.patch(address(opened), note),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "permission_denied")] * 3
    invoice.refresh_from_db()
    assert (invoice.status, Invoice.objects.filter(type="CREDIT_NOTE").count()) == ("NEW", 0)


def test_the_copy_of_a_credit_note_is_one(client_of, admin, company):
    note = make_issued_invoice(company=company).create_credit_note()

    assert client_of("SALES_MANAGER").post(address(note, "copy"), {}).status_code == 403
    assert client_of("SALES_MANAGER").post(address(note, "copy"), {"type": "INVOICE"}).status_code == 201
    assert client_of("SALES_MANAGER").patch(address(note), {"type": "CREDIT_NOTE", "internal_note": "as it is"}).status_code == 200


def test_a_copy_beyond_the_calendar_is_refused_in_words(admin, company):
    answer = admin.post(address(make_issued_invoice(company=company), "copy"), {"date_issue": "9999-12-31"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["date_issue"])
