"""Counters, voided numbers, history and answers about VAT ids can be read, by a superuser too, and only read."""

import pytest
from django.urls import reverse

from invoicing.models import Counter, InvoiceEvent, VatIdCheck, VoidedNumber
from tests.factories import line, make_invoice

pytestmark = pytest.mark.django_db
REGISTERS = {"counter": Counter, "voidednumber": VoidedNumber, "invoiceevent": InvoiceEvent, "vatidcheck": VatIdCheck}


@pytest.fixture
def filled():
    invoice, _later = make_invoice([line()]), make_invoice([line()])
    invoice.delete(reason="Ordered twice")
    VatIdCheck.objects.create(vat_id="ATU98765434", answer="VALID", consultation_id="WAPIAAAAY1234")


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_read_and_never_written(admin_client, filled, name):
    row = REGISTERS[name].objects.first()
    pages = {page: reverse(f"admin:invoicing_{name}_{page}", args=[row.pk]) for page in ("change", "delete")}

    assert admin_client.get(reverse(f"admin:invoicing_{name}_changelist")).status_code == 200
    assert admin_client.get(pages["change"]).status_code == 200
    assert admin_client.post(pages["change"], {}).status_code == 403
    assert admin_client.post(pages["delete"], {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse(f"admin:invoicing_{name}_add")).status_code == 403


def test_a_voided_number_shows_its_reason(admin_client, filled):
    page = admin_client.get(reverse("admin:invoicing_voidednumber_changelist")).content.decode()

    assert "2026/1" in page
    assert "Ordered twice" in page


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_searched(admin_client, filled, name):
    assert admin_client.get(reverse(f"admin:invoicing_{name}_changelist"), {"q": "2026"}).status_code == 200
