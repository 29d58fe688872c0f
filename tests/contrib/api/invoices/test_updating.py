"""Changing and deleting documents over HTTP, while they are open and after."""

from decimal import Decimal

import pytest

from invoicing.models import get_invoice_model
from tests.factories import line, make_invoice, make_issued_invoice

Invoice = get_invoice_model()

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(company):
    return make_invoice([line(), line("Hosting", quantity=1, unit_price=Decimal("19.99"))], company=company)


def address(invoice, *parts):
    return "/".join(["/api/invoices", str(invoice.uuid), *parts]) + "/"


@pytest.mark.parametrize("method", ["put", "patch"])
def test_what_is_sent_is_written_and_the_rest_stays(admin, invoice, method):
    answer = getattr(admin, method)(address(invoice), {"title": "Relaunch", "date_due": "2026-12-31"})

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["title"], shown["date_due"], shown["customer_name"]) == ("Relaunch", "2026-12-31", "Buchhandlung Sommer KG")
    assert len(shown["items"]) == 2


def test_an_answer_may_be_sent_back_as_it_is(admin, invoice):
    shown = admin.get(address(invoice)).json()

    answer = admin.put(address(invoice), shown)

    assert answer.status_code == 200
    changed = {name for name in shown if shown[name] != answer.json()[name]}
    assert changed <= {"modified"}


def test_items_that_are_sent_are_all_that_there_are_then(admin, invoice):
    first, second = admin.get(address(invoice)).json()["items"]

    answer = admin.patch(
        address(invoice),
        {"items": [{"title": "Setup", "unit_price": "50", "tax_rate": "19"}, {"id": second["id"], "quantity": "3"}]},
    )

    shown = answer.json()
    # 50.00 and 3 × 19.99 = 59.97: 109.97 net, 20.89 tax.
    assert [(item["title"], item["subtotal"]) for item in shown["items"]] == [("Setup", "50.00"), ("Hosting", "59.97")]
    assert (shown["net_total"], shown["vat"], shown["total"]) == ("109.97", "20.89", "130.86")
    assert first["id"] not in {item["id"] for item in shown["items"]}


def test_an_item_of_another_document_is_not_taken_along(admin, invoice, company):
    other = make_invoice([line("Elsewhere")], company=company)
    foreign = admin.get(address(other)).json()["items"][0]["id"]

    answer = admin.patch(address(invoice), {"items": [{"id": foreign, "title": "Mine now"}]})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["items[0].id"])
    assert other.item_set.get().title == "Elsewhere"


def test_a_total_that_disagrees_is_refused_and_nothing_is_written(admin, invoice):
    answer = admin.put(address(invoice), {"title": "Changed", "total": "6500.00"})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["total"])
    invoice.refresh_from_db()
    assert invoice.title == ""


def test_what_only_is_read_cannot_be_set(admin, invoice):
    answer = admin.patch(address(invoice), {"sequence": 99, "is_overdue": False})

    assert answer.json()["errors"] == {"sequence": ["It cannot be set: leave it out, or leave it as it is."]}


def test_an_item_is_added_at_the_end(admin, invoice):
    answer = admin.post(address(invoice, "items"), {"title": "Setup", "unit_price": "50.00", "tax_rate": "19"})

    assert answer.status_code == 201
    assert [item["title"] for item in answer.json()["items"]] == ["Website redesign", "Hosting", "Setup"]
    assert [item["position"] for item in admin.get(address(invoice, "items")).json()["results"]] == [1, 2, 3]


def test_what_is_issued_is_frozen(admin, company):
    issued = make_issued_invoice(company=company)

    answer = admin.patch(address(issued), {"title": "Changed"})

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_frozen")
    assert "Credit or cancel it instead" in answer.json()["error"]


@pytest.mark.parametrize("given", [{"items": []}, {"items": [{"title": "More", "unit_price": "1"}]}, {"rate": "1.00"}])
def test_the_items_of_what_is_issued_are_frozen(admin, company, given):
    issued = make_issued_invoice(company=company)

    answer = admin.patch(address(issued), given)

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_frozen")
    assert issued.item_set.get().unit_price == Decimal(80)


def test_notes_of_ones_own_change_after_the_issue_too(admin, company):
    issued = make_issued_invoice(company=company)
    shown = admin.get(address(issued)).json()

    answer = admin.put(address(issued), {**shown, "internal_note": "Called on Monday", "metadata": {"project": "4711"}})

    assert (answer.status_code, answer.json()["internal_note"]) == (200, "Called on Monday")


def test_who_is_in_charge_changes_after_the_issue_too(admin, company):
    issued = make_issued_invoice(company=company)

    answer = admin.patch(address(issued), {"assigned_to": [str(admin.user.pk)]})

    assert (answer.status_code, answer.json()["assigned_to"]) == (200, [str(admin.user.pk)])
    assert admin.get("/api/invoices/", {"assigned_to": str(admin.user.pk)}).json()["count"] == 1


def test_an_old_version_is_not_overwritten(admin, invoice):
    tag = admin.get(address(invoice)).headers["ETag"]
    assert admin.patch(address(invoice), {"title": "First"}, headers={"If-Match": tag}).status_code == 200

    answer = admin.patch(address(invoice), {"title": "Second"}, headers={"If-Match": tag})

    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    invoice.refresh_from_db()
    assert invoice.title == "First"


def test_whoever_has_it_already_is_told_so(admin, invoice):
    tag = admin.get(address(invoice)).headers["ETag"]

    answer = admin.get(address(invoice), headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content) == (304, b"")


def test_a_draft_is_deleted(admin, company):
    draft = make_invoice(company=company, status="DRAFT")

    assert admin.delete(address(draft)).status_code == 204
    assert not Invoice.objects.exists()


def test_the_last_of_a_series_gives_its_number_back(admin, company):
    make_invoice(company=company)
    last = make_invoice(company=company)

    assert admin.delete(address(last)).status_code == 204
    assert make_invoice(company=company).number == last.number


def test_a_number_in_the_middle_is_voided_and_answered(admin, company):
    middle = make_invoice(company=company)
    make_invoice(company=company)

    answer = admin.delete(address(middle))

    assert (answer.status_code, answer.json()["status"], answer.json()["number"]) == (200, "CANCELED", middle.number)


def test_what_is_issued_is_not_deleted(admin, company):
    issued = make_issued_invoice(company=company)

    answer = admin.delete(address(issued))

    assert (answer.status_code, answer.json()["code"]) == (409, "invoice_frozen")


@pytest.mark.parametrize("role", ["ACCOUNTANT", "SALES_MANAGER", "VIEWER"])
def test_only_admins_delete(client_of, invoice, role):
    answer = client_of(role).delete(address(invoice))

    assert (answer.status_code, answer.json()["error"]) == (403, "Permission denied. Requires ADMIN role.")


@pytest.mark.parametrize("key", ["not-a-uuid", "00000000-0000-4000-8000-000000000000", "1", "%00"])
def test_what_is_not_there_is_not_found(admin, key):
    answer = admin.get(f"/api/invoices/{key}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
