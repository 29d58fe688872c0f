"""Payment methods over HTTP, each known by its code."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments.models import PaymentMethod
from invoicing.contrib.payments.services import receive_payment
from tests.factories import TODAY

URL = "/api/payment-methods/"


def test_the_standard_methods_are_there(viewer):
    codes = [row["id"] for row in viewer.get(URL).data["results"]]

    assert sorted(codes) == ["BANK_TRANSFER", "CASH", "CASH_ON_DELIVERY", "PAYMENT_CARD"]
    assert viewer.get(f"{URL}CASH/").data["is_cash"] is True


def test_a_method_is_added_renamed_and_deleted(admin):
    added = admin.post(URL, {"code": "DIRECT_DEBIT", "name": "Direct debit", "means_code": "59"})
    changed = admin.patch(f"{URL}DIRECT_DEBIT/", {"name": "SEPA direct debit"})

    assert (added.status_code, added["Location"]) == (201, "http://testserver/api/payment-methods/DIRECT_DEBIT/")
    assert (changed.status_code, changed.data["name"]) == (200, "SEPA direct debit")
    assert admin.delete(f"{URL}DIRECT_DEBIT/").status_code == 204
    assert not PaymentMethod.objects.filter(code="DIRECT_DEBIT").exists()


@pytest.mark.parametrize(
    "body", [{"code": "CASH", "name": "Again"}, {"code": "small", "name": "Small"}, {"code": "X" * 17, "name": "Long"}]
)
def test_a_code_that_cannot_be_is_refused(admin, body):
    answer = admin.post(URL, body)

    assert answer.status_code in {400, 422}
    assert "code" in answer.data["errors"]
    assert PaymentMethod.objects.count() == 4


def test_a_method_that_payments_have_is_neither_deleted_nor_renamed(admin, company):
    receive_payment(amount=Decimal("10.00"), on=TODAY, method="CASH", company=company, currency="EUR")

    deleted, renamed = admin.delete(f"{URL}CASH/"), admin.patch(f"{URL}CASH/", {"code": "COINS"})

    assert [(answer.status_code, answer.data["code"]) for answer in (deleted, renamed)] == [(409, "in_use")] * 2
    assert admin.patch(f"{URL}CASH/", {"is_active": False}).data["is_active"] is False


def test_with_two_companies_one_of_them_changes_nothing(admin, other_company):
    assert admin.post(URL, {"code": "BARTER", "name": "Barter"}).status_code == 403


def test_filters(viewer, db):
    PaymentMethod.objects.filter(code="CASH").update(is_active=False)

    assert [row["id"] for row in viewer.get(f"{URL}?is_active=false").data["results"]] == ["CASH"]
    assert [row["id"] for row in viewer.get(f"{URL}?search=card").data["results"]] == ["PAYMENT_CARD"]
