"""A payment is recorded on a page: what it settles is chosen, what is refused stands beside its field, and nothing is half done."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from invoicing.contrib.payments.models import Payment, PaymentMethod
from invoicing.models import get_invoice_model
from tests.contrib.payments.admin.conftest import address, errors, record, said
from tests.contrib.payments.claims import MONDAY, TUESDAY, bill, claim, everything, rows_of, stands
from tests.factories import make_company, make_invoice, make_issued_invoice, make_party

pytestmark = pytest.mark.django_db


def initial(client, **query):
    return client.get(address("add"), query).context["adminform"].form


# What it settles


def test_a_payment_of_one_invoice(admin_client):
    invoice = claim()

    response = record(
        admin_client, settles="INVOICE", invoice=invoice.pk, amount="190", currency="", reference="2026/1", note="By telephone"
    )

    payment = Payment.objects.get()
    assert response.url == address("changelist")
    assert (payment.amount, payment.currency, payment.date, payment.reference, payment.note) == (
        Decimal(190),
        "EUR",
        MONDAY,
        "2026/1",
        "By telephone",
    )
    assert (payment.invoice, payment.actor_name) == (invoice, "admin")
    assert rows_of(invoice) == [("PAYMENT", "190.00", MONDAY)]
    assert stands(invoice) == ("190.00", "1000.00", "NEW", "PARTIALLY_PAID", False)


def test_what_was_recorded_is_said_with_the_document_as_a_link(admin_client, admin_user):
    invoice = claim()

    texts = said(record(admin_client, settles="INVOICE", invoice=invoice.pk, amount="1200"))

    opts = get_invoice_model()._meta
    link = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[invoice.pk])
    assert texts[0] == (f'It settles <a href="{link}">2026/1</a> (1190.00\N{NO-BREAK SPACE}EUR). Left of it: 10.00\N{NO-BREAK SPACE}EUR.')
    assert admin_user.logentry_set.get().object_id == str(Payment.objects.get().pk)


def test_a_payment_of_a_partys_oldest_invoices(admin_client):
    party = make_party()
    late, soon = claim("100", party=party), claim("100", party=party, date_due=date(2026, 11, 30))
    claim("100")

    record(admin_client, settles="OLDEST", party=party.pk, amount="150")

    # 119.00 each: the one that is due first is settled, 31.00 are left for the other.
    assert rows_of(soon) == [("PAYMENT", "119.00", MONDAY)]
    assert rows_of(late) == [("PAYMENT", "31.00", MONDAY)]


def test_money_on_account(admin_client):
    party = make_party()

    response = record(admin_client, party=party.pk, payer_name="Alpenblick", payer_iban="at61 1904 3002 3457 3201")

    payment = Payment.objects.get()
    assert (payment.party, payment.unallocated, payment.payer_name, payment.payer_iban) == (
        party,
        Decimal("100.00"),
        "Alpenblick",
        "AT611904300234573201",
    )
    assert said(response)[0] == "It settles nothing yet. Left of it: 100.00\N{NO-BREAK SPACE}EUR."


def test_money_that_goes_out(admin_client):
    invoice = bill()

    record(admin_client, settles="INVOICE", invoice=invoice.pk, amount="1190", direction="OUT")

    assert stands(invoice)[2] == "PAID"


def test_a_pending_payment_settles_nothing_yet(admin_client):
    invoice = claim()

    record(admin_client, settles="INVOICE", invoice=invoice.pk, amount="1190", state="PENDING", provider="Kartenhaus", provider_id="ch_1")

    payment = Payment.objects.get()
    assert (payment.status, payment.invoice, payment.provider_id, rows_of(invoice)) == ("PENDING", invoice, "ch_1", [])


# What is refused


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("amount", {"amount": "0"}),
        ("amount", {"amount": "-5"}),
        ("amount", {"amount": ""}),
        ("amount", {"amount": "0.005"}),
        ("currency", {"currency": "EURO"}),
        ("currency", {"currency": "XYZ"}),
        ("date", {"date": "yesterday"}),
        ("method", {"method": ""}),
        ("settles", {"settles": ""}),
        ("state", {"state": "REVERSED"}),
        ("invoice", {"settles": "INVOICE"}),
        ("party", {"settles": "OLDEST"}),
        ("provider", {"provider_id": "ch_1"}),
        ("reference", {"reference": "R" * 141}),
        ("note", {"note": "a\x00b"}),
    ],
)
def test_what_a_payment_may_not_say_is_said_beside_its_field(admin_client, field, data):
    assert list(errors(record(admin_client, **data))) == [field]
    assert not Payment.objects.exists()


def test_an_invoice_is_named_only_where_it_is_settled(admin_client):
    assert list(errors(record(admin_client, invoice=claim().pk))) == ["invoice"]


def test_the_oldest_invoices_are_those_of_a_currency(admin_client):
    assert list(errors(record(admin_client, settles="OLDEST", party=make_party().pk, currency=""))) == ["currency"]


def test_a_pending_payment_waits_for_no_more_than_one_invoice(admin_client):
    party = make_party()
    claim(party=party)

    assert list(errors(record(admin_client, settles="OLDEST", party=party.pk, state="PENDING"))) == ["settles"]


def test_nothing_open_is_said_and_nothing_is_recorded(admin_client):
    page = errors(record(admin_client, settles="OLDEST", party=make_party().pk))

    assert list(page) == ["settles"]
    assert "nothing open in EUR" in page["settles"][0]
    assert not Payment.objects.exists()


def test_an_invoice_in_another_currency_is_refused_beside_the_invoice(admin_client):
    invoice = claim(currency="CHF")
    before = everything()

    page = errors(record(admin_client, settles="INVOICE", invoice=invoice.pk, currency="EUR"))

    assert list(page) == ["invoice"]
    assert "record it in CHF" in page["invoice"][0]
    assert everything() == before


def test_a_closed_invoice_is_refused_beside_the_invoice(admin_client):
    invoice = claim()
    invoice.cancel("Ordered twice")
    before = everything()

    assert list(errors(record(admin_client, settles="INVOICE", invoice=invoice.pk))) == ["invoice"]
    assert everything() == before


def test_a_locked_day_is_refused_beside_the_date(admin_client):
    company = make_company()
    company.lock_books(TUESDAY, reason="November is done")

    assert list(errors(record(admin_client, company=company.pk))) == ["date"]
    assert not Payment.objects.exists()


def test_an_invoice_that_cannot_be_issued_keeps_its_payment_from_being_recorded(admin_client):
    invoice = make_invoice(customer_name="", customer_street="", customer_city="")
    before = everything()

    page = errors(record(admin_client, settles="INVOICE", invoice=invoice.pk))

    assert "__all__" in page
    assert everything() == before


def test_a_providers_id_is_recorded_once(admin_client):
    known = {"provider": "Kartenhaus", "provider_id": "ch_1"}
    record(admin_client, **known)

    page = errors(record(admin_client, **known))

    assert page == {"provider_id": ["It is recorded already: 2026-11-23 100.00 EUR."]}
    assert Payment.objects.count() == 1


def test_a_method_that_is_no_longer_used_is_not_offered(admin_client):
    PaymentMethod.objects.filter(code="CASH").update(is_active=False)
    cash = PaymentMethod.objects.get(code="CASH")

    assert cash not in initial(admin_client).fields["method"].queryset
    assert list(errors(record(admin_client, method=cash.pk))) == ["method"]


# What is filled in


def test_a_new_page_says_today_and_the_usual_method(admin_client):
    form = initial(admin_client)

    assert (form.initial["date"], form.initial["method"].code) == (timezone.localdate(), "BANK_TRANSFER")


def test_a_page_that_comes_from_an_invoice_is_filled_in(admin_client):
    company, party = make_company(), make_party()
    invoice = make_issued_invoice(company=company, party=party, payment_method="CASH", already_paid=Decimal("52.00"))

    form = initial(admin_client, invoice=invoice.pk)

    assert (form.initial["settles"], form.initial["amount"], form.initial["currency"]) == ("INVOICE", Decimal("900.00"), "EUR")
    assert (form.initial["company"], form.initial["party"], form.initial["direction"]) == (company.pk, party.pk, "IN")
    assert (form.initial["method"].code, form.initial["date"]) == ("CASH", company.today())


@pytest.mark.parametrize("key", ["404", "nonsense", ""])
def test_an_invoice_that_is_none_fills_in_nothing(admin_client, key):
    assert "amount" not in initial(admin_client, invoice=key).initial


def test_whoever_may_not_see_invoices_learns_nothing_of_them(clerk, django_user_model):
    client = clerk("add", "view")
    invoice = claim()
    assert initial(client, invoice=invoice.pk).initial["amount"] == Decimal("1190.00")

    user = django_user_model.objects.get(username="petra")
    user.user_permissions.remove(user.user_permissions.get(codename=f"view_{get_invoice_model()._meta.model_name}"))

    assert "amount" not in initial(client, invoice=invoice.pk).initial


def test_whoever_may_not_add_records_nothing(clerk):
    client = clerk("view", "change", "delete")

    assert client.get(address("add")).status_code == 403
    assert record(client).status_code == 403
    assert not Payment.objects.exists()


def test_money_of_a_party_is_money_of_the_company_in_whose_address_book_it_is(admin_client):
    company = make_company()
    party = make_party(company=company)
    invoice = claim(company=company, party=party)

    record(admin_client, settles="OLDEST", party=party.pk, amount="190")
    record(admin_client, party=party.pk, amount="10")

    assert rows_of(invoice) == [("PAYMENT", "190.00", MONDAY)]
    assert {payment.company for payment in Payment.objects.all()} == {company}


def test_a_pending_payment_that_could_never_settle_its_invoice_is_refused(admin_client):
    page = errors(record(admin_client, settles="INVOICE", invoice=claim(currency="CHF").pk, currency="EUR", state="PENDING"))

    assert list(page) == ["invoice"]
    assert not Payment.objects.exists()


@pytest.mark.parametrize("key", ["", "nobody", "-1", "\x00", "99999999999999999999"])
def test_an_address_that_names_no_invoice_fills_nothing_in(admin_client, key):
    assert "amount" not in initial(admin_client, invoice=key).initial
