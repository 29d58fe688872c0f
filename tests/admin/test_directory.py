"""Companies, parties, products and payment terms in the admin."""

from datetime import date

import pytest
from django.urls import reverse

from invoicing.models import Company, InvoiceEvent, Party, PaymentTerm, Product, Register, get_invoice_model
from tests.admin.conftest import address, page_data
from tests.factories import make_company, make_party, make_product

pytestmark = pytest.mark.django_db


def add(client, model, **data):
    return client.post(reverse(f"admin:invoicing_{model}_add"), data)


def errors(response):
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}


def test_a_company_is_added(admin_client):
    response = add(admin_client, "company", name="Teehaus Lindner GmbH", country="DE", currency="eur", one_stop_shop="unknown")

    assert response.status_code == 302
    assert (Company.objects.get().name, Company.objects.get().currency) == ("Teehaus Lindner GmbH", "EUR")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number_format", "{{ invoice.sequence }}"),
        ("number_format", "{{ invoice.delete }}"),
        ("time_zone", "Europe/Leipzig"),
        ("currency", "EURO"),
        ("currency", "XQX"),
        ("country", "QQ"),
        ("email", "nobody"),
        ("name", "Teehaus\x0bLindner"),
        ("additional_info", "{"),
    ],
)
def test_what_a_company_may_not_have_is_said_beside_its_field(admin_client, field, value):
    response = add(admin_client, "company", **{"name": "Teehaus Lindner GmbH", field: value})

    assert list(errors(response)) == [field]
    assert not Company.objects.exists()


def test_a_company_with_invoices_is_kept(admin_client):
    company = make_company()
    make_party(company=company)

    page = admin_client.post(reverse("admin:invoicing_company_delete", args=[company.pk]), {"post": "yes"})

    assert page.status_code == 200
    assert Company.objects.exists()


def test_a_party_is_added_and_found_by_its_vat_id(admin_client):
    assert add(admin_client, "party", name="Alpenblick Hotelbetriebe GmbH", vat_id="ATU98765434").status_code == 302

    found = admin_client.get(reverse("admin:invoicing_party_changelist"), {"q": "ATU987"})
    assert list(found.context["cl"].result_list) == [Party.objects.get()]


def test_a_product_is_added_with_its_unit_in_the_stored_form(admin_client):
    data = {"name": "Coffee", "unit": "kgm", "unit_price": "12.50", "supply": "GOODS", "tax_class": "REDUCED"}

    assert add(admin_client, "product", **data).status_code == 302
    assert (Product.objects.get().unit, Product.objects.get().unit_price) == ("KGM", 12.5)


def test_a_unit_that_is_none_is_said(admin_client):
    data = {"name": "Coffee", "unit": "bags", "unit_price": "12.50", "supply": "GOODS", "tax_class": "REDUCED"}

    assert list(errors(add(admin_client, "product", **data))) == ["unit"]


def test_products_are_found_while_somebody_types(admin_client):
    product = make_product()
    query = {"term": "CONS", "app_label": "invoicing", "model_name": "item", "field_name": "product"}

    answer = admin_client.get(reverse("admin:autocomplete"), query)

    assert [row["id"] for row in answer.json()["results"]] == [str(product.pk)]


def test_a_payment_term_is_added(admin_client):
    assert add(admin_client, "paymentterm", name="30 days", days="30", months="0").status_code == 302
    assert PaymentTerm.objects.get().days == 30


@pytest.mark.parametrize("model", ["company", "party", "product", "paymentterm"])
def test_every_page_opens(admin_client, model):
    make_product(company=make_company())
    make_party()

    assert admin_client.get(reverse(f"admin:invoicing_{model}_changelist")).status_code == 200
    assert admin_client.get(reverse(f"admin:invoicing_{model}_add")).status_code == 200


# The lock date of a company


def locking(client, company, **data):
    details = {"name": company.name, "country": "DE", "one_stop_shop": "unknown", **data}
    return client.post(reverse("admin:invoicing_company_change", args=[company.pk]), details)


def test_a_lock_date_moves_with_its_reason(admin_client, admin_user):
    company = make_company()

    assert locking(admin_client, company, locked_until="2026-10-31", lock_reason="VAT return of October").status_code == 302

    assert Company.objects.get().locked_until == Register.objects.get().locked_until == date(2026, 10, 31)
    event = InvoiceEvent.objects.get()
    assert (event.kind, event.reason, event.actor) == ("LOCKED", "VAT return of October", admin_user)
    assert event.data == {"from": None, "to": "2026-10-31"}


@pytest.mark.parametrize("data", [{}, {"lock_reason": " "}])
@pytest.mark.parametrize("until", ["2026-11-30", ""])
def test_a_lock_date_does_not_move_without_a_reason(admin_client, until, data):
    company = make_company()
    company.lock_books(date(2026, 10, 31), reason="VAT return of October")

    assert list(errors(locking(admin_client, company, locked_until=until, **data))) == ["lock_reason"]
    assert Company.objects.get().locked_until == date(2026, 10, 31)


def test_a_company_is_changed_without_a_word_about_its_lock(admin_client):
    company = make_company()
    company.lock_books(date(2026, 10, 31), reason="VAT return of October")

    assert locking(admin_client, company, locked_until="2026-10-31", phone="+49 30 5550 0000").status_code == 302

    assert (Company.objects.get().phone, InvoiceEvent.objects.count()) == ("+49 30 5550 0000", 1)


def test_a_lock_date_that_is_none_is_said_beside_its_field(admin_client):
    page = locking(admin_client, make_company(), locked_until="31.13.2026", lock_reason="VAT return")

    assert list(errors(page)) == ["locked_until"]


def test_a_new_company_may_start_with_locked_books(admin_client):
    data = {"name": "Teehaus Lindner GmbH", "country": "DE", "one_stop_shop": "unknown"}

    assert list(errors(add(admin_client, "company", locked_until="2025-12-31", **data))) == ["lock_reason"]
    assert add(admin_client, "company", locked_until="2025-12-31", lock_reason="Taken over", **data).status_code == 302

    assert Company.objects.get().locked_until == date(2025, 12, 31)
    assert InvoiceEvent.objects.get().reason == "Taken over"


def test_what_locked_books_refuse_is_said_on_the_page_of_the_invoice(admin_client):
    company = make_company()
    company.lock_books(date(2026, 11, 30), reason="VAT return of November")

    page = admin_client.post(address("add"), page_data({}, company=company.pk))

    assert page.status_code == 200
    assert "The books are locked until" in str(page.context["adminform"].form.non_field_errors())
    assert not get_invoice_model().objects.exists()
