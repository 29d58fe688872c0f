"""Payment methods: added and renamed by hosts, their codes kept once something names them."""

import pytest
from django.urls import reverse

from invoicing.contrib.payments.models import PaymentMethod
from tests.contrib.payments.admin.conftest import errors
from tests.contrib.payments.claims import claim, pay

pytestmark = pytest.mark.django_db


def address(page, *args):
    return reverse(f"admin:invoicing_payments_paymentmethod_{page}", args=args)


def data(**fields):
    return {"name": "Direct debit", "code": "DIRECT_DEBIT", "means_code": "59", "is_active": "on", **fields}


def fields(client, method):
    return set(client.get(address("change", method.pk)).context["adminform"].form.fields)


def test_a_host_adds_its_own(admin_client):
    admin_client.post(address("add"), data())

    method = PaymentMethod.objects.get(code="DIRECT_DEBIT")
    assert (method.name, method.means_code, method.is_cash, method.is_active) == ("Direct debit", "59", False, True)
    assert "Direct debit" in admin_client.get(address("changelist")).content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("code", "direct debit"), ("code", "CASH"), ("code", ""), ("means_code", "#59"), ("name", "a\x00b")]
)
def test_what_a_method_may_not_say_is_said_beside_its_field(admin_client, field, value):
    assert list(errors(admin_client.post(address("add"), data(**{field: value})))) == [field]


def test_the_code_of_a_method_that_was_used_stays(admin_client):
    pay(claim(payment_method="CASH"), "100", method="PAYMENT_CARD")
    by_code = {method.code: method for method in PaymentMethod.objects.all()}

    for used in ("CASH", "PAYMENT_CARD"):
        assert "code" not in fields(admin_client, by_code[used])
        assert admin_client.post(address("delete", by_code[used].pk), {"post": "yes"}).status_code == 403
    assert "code" in fields(admin_client, by_code["CASH_ON_DELIVERY"])
    admin_client.post(address("delete", by_code["CASH_ON_DELIVERY"].pk), {"post": "yes"})
    assert set(PaymentMethod.objects.values_list("code", flat=True)) == {"BANK_TRANSFER", "CASH", "PAYMENT_CARD"}


def test_a_method_that_was_used_is_renamed_and_retired(admin_client):
    method = pay(method="PAYMENT_CARD").method

    admin_client.post(address("change", method.pk), {"name": "Card", "means_code": "48"})

    method.refresh_from_db()
    assert (method.name, method.code, method.is_active) == ("Card", "PAYMENT_CARD", False)
