"""Payments over HTTP: recorded once, allocated, taken back, and of one company alone."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments.models import Payment
from invoicing.contrib.payments.services import receive_payment
from invoicing.models import Party
from tests.factories import SOMMER, TODAY, make_issued_invoice

URL = "/api/payments/"


@pytest.fixture
def party(company):
    return Party.objects.create(company=company, **SOMMER)


@pytest.fixture
def invoice(company, party):
    """952.00 to pay."""
    return make_issued_invoice(company=company, party=party)


@pytest.fixture
def foreign(other_company):
    """An invoice of the other company."""
    return make_issued_invoice(company=other_company)


def test_a_payment_for_an_invoice_settles_it(accountant, invoice, party):
    body = {"invoice": str(invoice.uuid), "amount": "952.00", "method": "CASH", "date": "2026-12-01", "reference": "2026/1"}

    answer = accountant.post(URL, body)

    invoice.refresh_from_db()
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver/api/payments/{answer.data['id']}/"
    assert {
        name: answer.data[name] for name in ("direction", "status", "date", "amount", "currency", "method", "allocated", "unallocated")
    } == {
        "direction": "IN",
        "status": "RECEIVED",
        "date": "2026-12-01",
        "amount": "952.00",
        "currency": "EUR",
        "method": "CASH",
        "allocated": "952.00",
        "unallocated": "0.00",
    }
    assert (answer.data["invoice"], answer.data["party"]) == (str(invoice.uuid), str(party.uuid))
    assert (invoice.status, invoice.already_paid) == ("PAID", Decimal("952.00"))


def test_what_several_invoices_do_not_need_is_left(accountant, company, party, invoice):
    second = make_issued_invoice(company=company, party=party)
    lines = [{"invoice": str(invoice.uuid), "amount": "500.00"}, {"invoice": str(second.uuid), "amount": "300.00"}]

    answer = accountant.post(URL, {"invoices": lines, "amount": "1000.00"})

    invoice.refresh_from_db()
    second.refresh_from_db()
    assert (answer.data["allocated"], answer.data["unallocated"], answer.data["invoice"]) == ("800.00", "200.00", None)
    assert (invoice.already_paid, second.already_paid) == (Decimal("500.00"), Decimal("300.00"))


def test_money_on_account_is_of_the_day_of_the_company(accountant, company, party):
    answer = accountant.post(URL, {"party": str(party.uuid), "amount": "100.00"})

    assert (answer.status_code, answer.data["date"], answer.data["invoice"]) == (201, company.today().isoformat(), None)
    assert (answer.data["allocated"], answer.data["unallocated"]) == ("0.00", "100.00")


def test_what_a_provider_reports_twice_is_recorded_once(accountant, invoice):
    body = {"invoice": str(invoice.uuid), "amount": "100.00", "provider": "bank", "provider_id": "tx-1"}

    first, again = accountant.post(URL, body), accountant.post(URL, body)
    other = accountant.post(URL, {**body, "amount": "90.00"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.data["id"] == first.data["id"]
    assert (other.status_code, other.data["code"]) == (409, "duplicate_payment")
    assert Payment.objects.count() == 1


def test_a_providers_id_of_another_company_tells_nothing(accountant, other_company, party):
    receive_payment(amount="77.70", on=TODAY, company=other_company, currency="EUR", provider="bank", provider_id="tx-1")

    answer = accountant.post(URL, {"party": str(party.uuid), "amount": "77.70", "provider": "bank", "provider_id": "tx-1"})

    assert answer.status_code == 201
    assert Payment.objects.filter(provider_id="tx-1").count() == 2


def test_the_same_key_has_one_effect(accountant, invoice):
    headers = {"Idempotency-Key": "pay-1"}
    body = {"invoice": str(invoice.uuid), "amount": "100.00"}

    answers = [accountant.post(URL, body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        ({}, 400, "amount"),
        ({"amount": 19.99}, 400, "amount"),
        ({"amount": "0.00"}, 422, "amount"),
        ({"amount": "-5.00"}, 422, "amount"),
        ({"amount": "1.005"}, 422, "amount"),
        ({"amount": "5.00", "method": "GOLD"}, 422, "method"),
        ({"amount": "5.00", "currency": "EUX"}, 422, "currency"),
        ({"amount": "5.00", "status": "REVERSED"}, 422, "status"),
        ({"amount": "5.00", "amuont": "5.00"}, 400, "amuont"),
        ({"amount": "5.00", "allocated": "5.00"}, 400, "allocated"),
        ({"amount": "5.00", "invoice": "2f1b6f1e-6c0e-4a53-9b0e-3d6f0c1a7d55"}, 422, "invoice"),
    ],
)
def test_bad_values_are_refused_by_name(accountant, body, status, name):
    answer = accountant.post(URL, body)

    assert name in answer.data["errors"]
    # What cannot be set is refused as such.
    assert answer.status_code in ({status, 422} if name == "allocated" else {status})
    assert not Payment.objects.exists()


def test_nothing_of_another_company_is_paid(accountant, foreign, other_company):
    stranger = Party.objects.create(company=other_company, **SOMMER)
    bodies = [
        {"amount": "5.00", "invoice": str(foreign.uuid)},
        {"amount": "5.00", "invoices": [{"invoice": str(foreign.uuid)}]},
        {"amount": "5.00", "party": str(stranger.uuid)},
    ]

    answers = [accountant.post(URL, body) for body in bodies]

    assert [(answer.status_code, list(answer.data["errors"])) for answer in answers] == [
        (422, ["invoice"]),
        (422, ["invoices[0].invoice"]),
        (422, ["party"]),
    ]
    assert accountant.post(f"/api/invoices/{foreign.uuid}/payments/", {"amount": "5.00"}).status_code == 404
    assert not Payment.objects.exists()


def test_a_payment_of_another_company_is_not_there(admin, other_company, foreign):
    theirs = receive_payment(foreign, amount="100.00", on=TODAY)
    row = f"{URL}{theirs.uuid}/"
    acts = [f"{row}allocations/", f"{row}refund/", f"{row}confirm/", f"{row}fail/"]

    assert admin.get(URL).data["count"] == 0
    assert admin.get(row).status_code == 404
    assert admin.delete(row).status_code == 404
    assert [admin.post(act, {"oldest": True} if "allocations" in act else {}).status_code for act in acts] == [404] * 4
    assert admin.get(f"{URL}?invoice={foreign.uuid}").data["count"] == 0


def test_a_payment_that_is_deleted_is_taken_back_and_stays(accountant, invoice):
    paid = accountant.post(URL, {"invoice": str(invoice.uuid), "amount": "952.00"}).data

    answer = accountant.delete(f"{URL}{paid['id']}/", {"reason": "It bounced."})

    invoice.refresh_from_db()
    assert (answer.status_code, answer.data["status"], answer.data["reversal_reason"]) == (200, "REVERSED", "It bounced.")
    assert (answer.data["allocated"], answer.data["unallocated"]) == ("0.00", "0.00")
    assert (invoice.status, invoice.already_paid) == ("NEW", Decimal(0))
    assert accountant.get(f"{URL}{paid['id']}/").data == answer.data
    assert accountant.delete(f"{URL}{paid['id']}/").data["code"] == "payment_state"


def test_the_reason_may_stand_in_the_query(accountant, party):
    paid = accountant.post(URL, {"party": str(party.uuid), "amount": "10.00"}).data

    assert accountant.delete(f"{URL}{paid['id']}/?reason=Typing+error").data["reversal_reason"] == "Typing error"


def test_a_version_that_changed_meanwhile_is_not_taken_back(accountant, party, invoice):
    paid = accountant.post(URL, {"party": str(party.uuid), "amount": "10.00"})
    accountant.post(f"{URL}{paid.data['id']}/allocations/", {"invoices": [{"invoice": str(invoice.uuid)}]})

    assert accountant.delete(f"{URL}{paid.data['id']}/", headers={"If-Match": paid["ETag"]}).status_code == 412
    assert Payment.objects.get().status == "RECEIVED"


def test_a_pending_payment_is_confirmed_or_fails(accountant, invoice):
    def pending():
        body = {"invoice": str(invoice.uuid), "amount": "100.00", "status": "PENDING", "date": "2026-11-25"}
        return f"{URL}{accountant.post(URL, body).data['id']}/"

    confirmed = accountant.post(f"{pending()}confirm/", {"date": "2026-11-27"})
    failed = accountant.post(f"{pending()}fail/", {"reason": "No funds."})
    deleted = accountant.delete(pending())

    assert (confirmed.data["status"], confirmed.data["date"], confirmed.data["allocated"]) == ("RECEIVED", "2026-11-27", "100.00")
    assert (failed.data["status"], deleted.data["status"]) == ("FAILED", "FAILED")
    invoice.refresh_from_db()
    assert invoice.already_paid == Decimal("100.00")


def test_money_is_allocated_and_the_allocation_undone(accountant, party, invoice):
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '1000.00'}).data['id']}/"

    allocated = accountant.post(f"{row}allocations/", {"invoices": [{"invoice": str(invoice.uuid), "amount": "400.00"}]})
    (allocation,) = accountant.get(f"{row}allocations/").data["results"]
    undone = accountant.delete(f"{row}allocations/{allocation['id']}/", {"reason": "Another one was meant."})
    rows = accountant.get(f"{row}allocations/").data["results"]

    assert (allocated.status_code, allocated.data["unallocated"]) == (201, "600.00")
    assert (allocation["kind"], allocation["amount"], allocation["invoice"], allocation["invoice_number"]) == (
        "PAYMENT",
        "400.00",
        str(invoice.uuid),
        invoice.number,
    )
    assert (undone.status_code, undone.data["unallocated"]) == (200, "1000.00")
    assert [(one["amount"], one["is_undone"], one["undoes"]) for one in rows] == [
        ("400.00", True, None),
        ("-400.00", False, allocation["id"]),
    ]
    assert accountant.delete(f"{row}allocations/{allocation['id']}/").status_code == 422
    assert accountant.delete(f"{row}allocations/{invoice.uuid}/").status_code == 404


def test_the_oldest_is_settled_first(accountant, company, party, invoice):
    older = make_issued_invoice(company=company, party=party, date_due=date(2026, 11, 21))
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '1000.00'}).data['id']}/"

    answer = accountant.post(f"{row}allocations/", {"oldest": True})

    invoice.refresh_from_db()
    older.refresh_from_db()
    assert (answer.status_code, answer.data["unallocated"]) == (201, "0.00")
    assert (older.already_paid, invoice.already_paid) == (Decimal("952.00"), Decimal("48.00"))


@pytest.mark.parametrize(
    "body", [{}, {"oldest": False}, {"oldest": True, "invoices": []}, {"invoices": []}, {"invoices": [{"amount": "1"}]}]
)
def test_allocating_says_to_what(accountant, party, body):
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '10.00'}).data['id']}/"

    assert accountant.post(f"{row}allocations/", body).status_code == 400


def test_more_than_there_is_cannot_be_allocated(accountant, party, invoice):
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '10.00'}).data['id']}/"

    answer = accountant.post(f"{row}allocations/", {"invoices": [{"invoice": str(invoice.uuid), "amount": "10.01"}]})

    assert (answer.status_code, answer.data["code"]) == (422, "over_allocation")


def test_what_is_left_goes_back(accountant, party):
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '30.00', 'method': 'CASH'}).data['id']}/"

    part = accountant.post(f"{row}refund/", {"amount": "10.00", "reference": "too much"})
    rest = accountant.post(f"{row}refund/")

    assert (part.status_code, part.data["direction"], part.data["amount"], part.data["reference"]) == (201, "OUT", "10.00", "too much")
    assert (rest.data["amount"], rest.data["method"]) == ("20.00", "CASH")
    assert accountant.get(row).data["unallocated"] == "0.00"
    assert accountant.post(f"{row}refund/").data["code"] == "over_allocation"


def test_payments_of_one_invoice(accountant, company, party, invoice):
    meant = accountant.post(f"/api/invoices/{invoice.uuid}/payments/", {"amount": "100.00", "method": "CASH"})
    on_account = receive_payment(amount="50.00", on=TODAY, party=party)
    accountant.post(f"{URL}{on_account.uuid}/allocations/", {"invoices": [{"invoice": str(invoice.uuid)}]})
    receive_payment(amount="70.00", on=TODAY, party=party)

    answer = accountant.get(f"/api/invoices/{invoice.uuid}/payments/")

    assert (meant.status_code, meant.data["invoice"], meant.data["allocated"]) == (201, str(invoice.uuid), "100.00")
    assert sorted(row["amount"] for row in answer.data["results"]) == ["100.00", "50.00"]
    assert accountant.post(f"/api/invoices/{invoice.uuid}/payments/", {"amount": "1.00", "invoices": []}).status_code == 400


def test_filters(viewer, company, party, invoice):
    settling = receive_payment(invoice, amount="100.00", on=date(2026, 11, 25), method="CASH", reference="Order 77")
    receive_payment(amount="60.00", on=date(2026, 12, 2), party=party)
    receive_payment(amount="5.00", on=date(2026, 12, 3), company=company, currency="USD", direction="OUT", payer_name="Zola")

    def found(query):
        answer = viewer.get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.data
        return [row["amount"] for row in answer.data["results"]]

    assert found("") == ["5.00", "60.00", "100.00"]
    assert found(f"invoice={invoice.uuid}") == ["100.00"]
    assert found(f"party={party.uuid}") == ["60.00", "100.00"]
    assert found("method=cash") == ["100.00"]
    assert found("direction=out") == ["5.00"]
    assert found("currency=usd") == ["5.00"]
    assert found("start_date=2026-11-26&end_date=2026-12-02") == ["60.00"]
    assert found("unallocated=true&currency=EUR") == ["60.00"]
    assert found("unallocated=false") == ["100.00"]
    assert found("search=order+77") == ["100.00"]
    assert found("status=received,pending&ordering=amount") == ["5.00", "60.00", "100.00"]
    assert viewer.get(f"{URL}?state=x").status_code == 400
    assert settling.allocated == Decimal("100.00")


def test_who_may_what(viewer, sales, accountant, party):
    row = f"{URL}{accountant.post(URL, {'party': str(party.uuid), 'amount': '10.00'}).data['id']}/"

    assert viewer.get(row).status_code == 200
    for client in (viewer, sales):
        answers = [client.post(URL, {"amount": "1.00"}), client.delete(row), client.post(f"{row}allocations/", {"oldest": True})]
        assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Payment.objects.count() == 1


def test_fifty_payments_are_read_with_a_few_queries(viewer, party, django_assert_max_num_queries):
    for _ in range(50):
        receive_payment(amount="1.00", on=TODAY, party=party)

    with django_assert_max_num_queries(8):
        assert len(viewer.get(f"{URL}?limit=50").data["results"]) == 50


def test_an_expected_payment_is_locked(admin, invoice, monkeypatch):
    """Of several refunds at once with one ETag only one finds the payment as it was."""
    payment = receive_payment(invoice, amount=Decimal("2000.00"), on=TODAY)
    address = f"{URL}{payment.uuid}/refund/"
    tag = admin.get(f"{URL}{payment.uuid}/").headers["ETag"]
    locks = []
    monkeypatch.setattr("invoicing.contrib.api.views.locked", lambda rows, using: locks.append(using) or rows)

    first = admin.post(address, {"amount": "10.00"}, headers={"If-Match": tag})
    second = admin.post(address, {"amount": "10.00"}, headers={"If-Match": tag})

    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 412, "precondition_failed")
    assert len(locks) == 2
