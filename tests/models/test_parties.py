"""Supplier, customer, bank and shipping address are copied onto the invoice; later changes elsewhere leave it as it is."""

import pytest

from invoicing.exceptions import InvalidDataError
from invoicing.models import PaymentTerm, get_invoice_model
from tests.factories import (
    ALPENBLICK,
    BANK,
    LINDNER,
    TODAY,
    build_invoice,
    columns,
    make_company,
    make_invoice,
    make_issued_invoice,
    make_party,
)

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

SETTING = {
    "name": "Lindner & Vogt Medien GmbH",
    "street": "Kastanienallee 12",
    "zip": "10435",
    "city": "Berlin",
    "state": "",
    "country_code": "DE",
    "registration_id": "HRB 198765 B",
    "tax_id": "30/123/45678",
    "vat_id": "DE987654328",
    "additional_info": {"managing director": "Jonas Vogt"},
    "bank": {
        "name": "Musterbank Berlin",
        "street": "Am Markt 1",
        "zip": "10117",
        "city": "Berlin",
        "country_code": "DE",
        "iban": "DE89370400440532013000",
        "swift_bic": "COBADEFFXXX",
    },
    "issuer": {"name": "Petra Lang", "email": "petra.lang@example.com", "phone": "+49 30 5550 1235"},
}


def values(invoice, prefix):
    """The columns of a side that hold something."""
    names = [field.name for field in Invoice._meta.concrete_fields if field.name.startswith(f"{prefix}_")]
    return {name: str(getattr(invoice, name)) for name in names if getattr(invoice, name)}


# Dictionaries


def test_supplier_data_fills_supplier_bank_and_issuer():
    invoice = Invoice()
    invoice.set_supplier_data(SETTING)
    invoice.save()
    invoice.refresh_from_db()

    assert values(invoice, "supplier") == {
        "supplier_name": "Lindner & Vogt Medien GmbH",
        "supplier_street": "Kastanienallee 12",
        "supplier_zip": "10435",
        "supplier_city": "Berlin",
        "supplier_country": "DE",
        "supplier_registration_id": "HRB 198765 B",
        "supplier_tax_id": "30/123/45678",
        "supplier_vat_id": "DE987654328",
        "supplier_additional_info": "{'managing director': 'Jonas Vogt'}",
    }
    assert values(invoice, "bank") == {
        "bank_name": "Musterbank Berlin",
        "bank_street": "Am Markt 1",
        "bank_zip": "10117",
        "bank_city": "Berlin",
        "bank_country": "DE",
        "bank_iban": "DE89370400440532013000",
        "bank_swift_bic": "COBADEFFXXX",
    }
    assert values(invoice, "issuer") == {
        "issuer_name": "Petra Lang",
        "issuer_email": "petra.lang@example.com",
        "issuer_phone": "+49 30 5550 1235",
    }


def test_customer_data():
    invoice = Invoice()
    invoice.set_customer_data({"name": "Alpenblick Hotelbetriebe GmbH", "city": "Mondsee", "country": "AT", "email": "office@example.com"})

    assert values(invoice, "customer") == {
        "customer_name": "Alpenblick Hotelbetriebe GmbH",
        "customer_city": "Mondsee",
        "customer_country": "AT",
        "customer_email": "office@example.com",
    }


def test_shipping_data():
    invoice = Invoice()
    invoice.set_shipping_data(
        {"name": "Alpenblick Lager", "street": "Industriestraße 3", "zip": "5310", "city": "Mondsee", "country_code": "AT"}
    )

    assert values(invoice, "shipping") == {
        "shipping_name": "Alpenblick Lager",
        "shipping_street": "Industriestraße 3",
        "shipping_zip": "5310",
        "shipping_city": "Mondsee",
        "shipping_country": "AT",
    }


def test_what_a_dictionary_lacks_is_emptied():
    invoice = build_invoice(customer=ALPENBLICK)
    invoice.set_customer_data({"name": "Camille Rivière", "vat_id": None})

    assert values(invoice, "customer") == {"customer_name": "Camille Rivière"}


def test_supplier_data_without_a_bank_leaves_the_bank():
    invoice = build_invoice()
    invoice.set_supplier_data({"name": "Lindner & Vogt Wien GmbH"})

    assert values(invoice, "bank") == columns("bank", BANK)


def test_the_dictionary_is_not_changed():
    given = {**SETTING, "bank": dict(SETTING["bank"])}
    Invoice().set_supplier_data(given)

    assert given == SETTING


@pytest.mark.parametrize(
    ("setter", "data", "field"),
    [
        ("set_supplier_data", {"vat": "DE987654328"}, "supplier.vat"),
        ("set_supplier_data", {"bank": {"bic": "COBADEFFXXX"}}, "bank.bic"),
        ("set_customer_data", {"iban": "DE89370400440532013000"}, "customer.iban"),
        ("set_shipping_data", {"vat_id": "DE987654328"}, "shipping.vat_id"),
    ],
)
def test_a_key_that_is_not_known_is_refused_with_those_that_are(setter, data, field):
    with pytest.raises(InvalidDataError, match=r"There is no such key\. Known: name, street") as refusal:
        getattr(Invoice(), setter)(data)

    assert list(refusal.value.errors) == [field]


# Filled on saving


def test_the_setting_fills_a_new_invoice(settings):
    settings.INVOICING_SUPPLIER = SETTING
    invoice = Invoice.objects.create(customer_name="Camille Rivière")

    assert (invoice.supplier_vat_id, invoice.bank_iban, invoice.issuer_name) == ("DE987654328", "DE89370400440532013000", "Petra Lang")


def test_a_supplier_that_was_entered_is_kept(settings):
    settings.INVOICING_SUPPLIER = SETTING
    invoice = Invoice.objects.create(supplier_name="Teehaus Lindner GmbH")

    assert (invoice.supplier_name, invoice.supplier_vat_id, invoice.bank_iban) == ("Teehaus Lindner GmbH", "", "")


def test_company_and_party_fill_their_sides():
    invoice = make_invoice(company=make_company(issuer_name="Petra Lang"), party=make_party())

    invoice.refresh_from_db()
    assert values(invoice, "supplier") == columns("supplier", LINDNER)
    assert values(invoice, "bank") == columns("bank", BANK)
    assert values(invoice, "customer") == columns("customer", ALPENBLICK)
    assert invoice.issuer_name == "Petra Lang"


def test_a_company_outranks_the_setting(settings):
    settings.INVOICING_SUPPLIER = {**SETTING, "name": "Somebody else"}

    assert make_invoice(company=make_company()).supplier_name == "Lindner & Vogt Medien GmbH"


def test_on_a_received_invoice_we_are_the_customer():
    invoice = make_invoice(origin="RECEIVED", number="A-77/26", company=make_company(), party=make_party())

    assert values(invoice, "customer") == columns("customer", LINDNER)
    assert values(invoice, "supplier") == columns("supplier", ALPENBLICK)
    assert invoice.bank_iban == ""


def test_on_a_received_invoice_the_setting_is_the_customer(settings):
    settings.INVOICING_SUPPLIER = SETTING
    invoice = Invoice.objects.create(origin="RECEIVED", number="A-77/26", supplier_name="Teehaus Lindner GmbH")

    assert (invoice.supplier_name, invoice.customer_name) == ("Teehaus Lindner GmbH", "Lindner & Vogt Medien GmbH")


@pytest.mark.parametrize("make", [make_invoice, make_issued_invoice], ids=["open", "issued"])
def test_a_later_change_of_company_or_party_changes_no_invoice(make):
    company, party = make_company(), make_party()
    invoice = make(company=company, party=party)
    party.name, party.street, company.vat_id, company.bank_iban = "Moved GmbH", "Elsewhere 1", "", "AT611904300234573201"
    party.save()
    company.save()

    invoice = Invoice.objects.get(pk=invoice.pk)
    invoice.internal_note = "saved again"
    invoice.save()

    invoice.refresh_from_db()
    assert values(invoice, "customer") == columns("customer", ALPENBLICK)
    assert (invoice.supplier_vat_id, invoice.bank_iban) == ("DE987654328", "DE89370400440532013000")


def test_language_currency_and_term_come_from_the_party_first():
    thirty, ten = PaymentTerm.objects.create(name="30 days", days=30), PaymentTerm.objects.create(name="10 days", days=10)
    company = make_company(language="de", currency="EUR", payment_term=ten)
    party = make_party(language="fr", currency="CHF", payment_term=thirty)
    blank = {"language": "", "currency": "", "date_due": None}

    theirs = make_invoice(company=company, party=party, **blank)
    ours = make_invoice(company=company, party=make_party(), **blank)

    assert (theirs.language, theirs.currency, theirs.payment_term) == ("fr", "CHF", 30)
    assert (ours.language, ours.currency, ours.payment_term) == ("de", "EUR", 10)


def test_what_nobody_says_the_settings_say(settings):
    settings.INVOICING_CURRENCY, settings.INVOICING_PAYMENT_DAYS, settings.INVOICING_PAYMENT_METHOD = "CZK", 21, "CASH"
    invoice = make_invoice(language="", currency="", date_due=None, date_tax_point=None)

    assert (invoice.currency, invoice.payment_term, invoice.payment_method, invoice.language) == ("CZK", 21, "CASH", "en-us")
    assert invoice.date_tax_point == TODAY


@pytest.mark.parametrize("code", ["ZZ", "Germany", "D"])
def test_a_country_that_is_none_is_refused(code):
    with pytest.raises(InvalidDataError, match="is no country: use an ISO 3166 code") as refusal:
        make_invoice(customer_country=code)

    assert list(refusal.value.errors) == ["customer_country"]


@pytest.mark.parametrize("field", ["supplier_name", "customer_street", "shipping_city", "bank_name", "issuer_name", "customer_name"])
def test_control_characters_are_refused(field):
    with pytest.raises(InvalidDataError, match=f"{field}: Remove the control characters"):
        make_invoice(**{field: "Ac\x00me"})


def test_names_of_every_script_are_kept():
    names = ["Ελληνικά Τρόφιμα", "株式会社山田製作所", "شركة النور", "Żółć 🍰 & <b>Söhne</b>"]
    for name in names:
        assert Invoice.objects.get(pk=make_invoice(customer_name=name).pk).customer_name == name


def test_several_bad_fields_are_said_at_once():
    with pytest.raises(InvalidDataError) as refusal:
        make_invoice(customer_email="not an address", supplier_country="ZZ", customer_zip="1" * 33)

    assert sorted(refusal.value.errors) == ["customer_email", "customer_zip", "supplier_country"]
