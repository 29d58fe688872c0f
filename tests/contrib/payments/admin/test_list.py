"""The list of payments: what a row says, filters, search, and what it costs."""

from decimal import Decimal

import pytest

from invoicing.contrib.payments.services import fail_payment, reverse_payment
from tests.contrib.payments.admin.conftest import address
from tests.contrib.payments.claims import MONDAY, TUESDAY, bill, claim, pay
from tests.factories import make_company, make_party

pytestmark = pytest.mark.django_db


def listed(client, **query):
    response = client.get(address("changelist"), query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


@pytest.fixture
def book():
    """Payments that differ in every way that the list is narrowed by."""
    party, company = make_party(), make_company()
    paid = pay(claim(), "1200", payer_name="Buchhandlung Sommer KG", payer_iban="DE02 1203 0000 0000 2020 51", reference="RF18 5390")
    card = pay(party=party, method="PAYMENT_CARD", on=TUESDAY, company=company)
    out = pay(bill(), "50")
    pending, failed, bounced = pay(status="PENDING"), pay(status="PENDING"), pay(claim(), "20")
    fail_payment(failed, reason="Card refused")
    reverse_payment(bounced, reason="Returned by the bank")
    return {"paid": paid, "card": card, "out": out, "pending": pending, "failed": failed, "bounced": bounced}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status__exact": "PENDING"}, {"pending"}),
        ({"status__exact": "FAILED"}, {"failed"}),
        ({"status__exact": "REVERSED"}, {"bounced"}),
        ({"direction__exact": "OUT"}, {"out"}),
        ({"q": "5390"}, {"paid"}),
        ({"q": "buchhandlung"}, {"paid"}),
        ({"q": "DE02 1203 0000"}, {"paid"}),
        ({"q": "alpenblick"}, {"card"}),
        ({"q": "2026/1"}, {"paid"}),
        ({"q": "R-77"}, {"out"}),
        ({"date__year": 2026, "date__month": 11, "date__day": 24}, {"card"}),
    ],
)
def test_the_list_is_narrowed(admin_client, book, query, names):
    assert set(listed(admin_client, **query)) == {book[name] for name in names}


def test_the_list_is_narrowed_to_a_method_and_to_a_company(admin_client, book):
    card = book["card"]

    assert listed(admin_client, method__id__exact=card.method_id) == [card]
    assert listed(admin_client, company__id__exact=card.company_id) == [card]


def test_the_newest_payment_is_at_the_top(admin_client, book):
    days = [payment.date for payment in listed(admin_client)]

    assert days == [TUESDAY, *[MONDAY] * 5]


def test_a_payment_of_several_invoices_is_found_once(admin_client):
    payment = pay([claim("10"), claim("10")], "50")

    assert listed(admin_client, q="2026/") == [payment]


def test_a_row_says_what_there_is_and_what_is_left_of_it(admin_client):
    pay(claim(), "1200", payer_name="Sommer & Söhne", reference="Invoice <1>")

    page = admin_client.get(address("changelist")).content.decode()

    assert '<td class="field-amount_shown">1200.00\N{NO-BREAK SPACE}EUR</td>' in page
    assert '<td class="field-left_shown">10.00</td>' in page
    assert '<td class="field-direction_shown">in</td>' in page
    assert '<span class="invoicing-state invoicing-state-received">received</span>' in page
    assert "Sommer &amp; Söhne" in page
    assert "Bank transfer" in page
    assert "Invoice &lt;1&gt;" in page


def test_money_is_written_as_the_reader_is_used_to(admin_client, settings):
    settings.LANGUAGE_CODE, settings.USE_THOUSAND_SEPARATOR = "de", True
    pay(amount=Decimal("12345.60"))

    assert "12.345,60\N{NO-BREAK SPACE}EUR" in admin_client.get(address("changelist")).content.decode()


def test_a_list_of_fifty_costs_what_a_list_of_five_costs(admin_client, django_assert_max_num_queries):
    party, company = make_party(), make_company()

    def cost():
        with django_assert_max_num_queries(100) as queries:
            assert admin_client.get(address("changelist")).status_code == 200
        return len(queries)

    for _each in range(5):
        pay(claim("10", party=party, company=company), "12")
    admin_client.get(address("changelist"))
    few = cost()
    for _each in range(45):
        pay(party=party, company=company)

    assert cost() == few


def test_nothing_is_done_to_many_at_once(admin_client):
    pay()

    assert b'name="action"' not in admin_client.get(address("changelist")).content


def test_whoever_may_not_look_sees_no_list(clerk):
    assert clerk("add", "delete").get(address("changelist")).status_code == 403
