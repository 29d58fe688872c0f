"""What issue() asks for: each demand of Art. 226 with its article, all that is missing at once, and the sets that ask for less."""

from decimal import Decimal

import pytest

from invoicing.exceptions import ContentMissingError, InvalidDataError
from invoicing.models import Item, get_invoice_model
from tests.factories import ALPENBLICK, SOMMER, build_invoice, line, make_invoice

pytestmark = pytest.mark.django_db

Invoice = get_invoice_model()

NOTHING_OF_THE_CUSTOMER = dict.fromkeys(SOMMER, "")


def refused(invoice):
    with pytest.raises(ContentMissingError) as refusal:
        invoice.issue()
    assert refusal.value.code == "content_missing"
    assert not Invoice.objects.get(pk=invoice.pk).is_issued
    return refusal.value.errors


def reverse_charge(**fields):
    invoice = make_invoice([line(tax_rate=None)], customer=ALPENBLICK, **fields)
    invoice.recalculate_tax()
    return invoice


def test_a_whole_invoice_is_issued():
    make_invoice([line()]).issue()


# Each rule alone


@pytest.mark.parametrize(
    ("lack", "field", "article"),
    [
        ({"supplier_name": " "}, "supplier_name", "Art. 226(5)"),
        ({"supplier_street": "", "supplier_city": ""}, "supplier_street", "Art. 226(5)"),
        ({"supplier_country": ""}, "supplier_country", "Art. 226(5)"),
        ({"customer_name": ""}, "customer_name", "Art. 226(5)"),
        ({"customer_street": "", "customer_city": ""}, "customer_street", "Art. 226(5)"),
        ({"customer_country": ""}, "customer_country", "Art. 226(5)"),
        ({"origin": "RECEIVED", "number": ""}, "number", "Art. 226(2)"),
        ({"type": "CREDIT_NOTE"}, "related_invoices", "Art. 219"),
    ],
)
def test_what_the_document_lacks_is_named_with_its_article(lack, field, article):
    errors = refused(make_invoice([line()], **lack))

    assert list(errors) == [field]
    assert errors[field][0].endswith(f"({article})")


def test_an_invoice_without_items_is_refused():
    errors = refused(make_invoice())

    assert errors == {"items": ["Add at least one item, each with a title. (Art. 226(6))"]}


def test_a_city_is_address_enough():
    make_invoice([line()], customer_street="").issue()


def test_reverse_charge_wants_both_vat_ids():
    invoice = reverse_charge()
    invoice.customer_vat_id = invoice.supplier_vat_id = ""
    invoice.save()

    errors = refused(invoice)
    assert sorted(errors) == ["customer_vat_id", "supplier_vat_id"]
    assert (errors["customer_vat_id"][0][-13:], errors["supplier_vat_id"][0][-13:]) == ("(Art. 226(4))", "(Art. 226(3))")


@pytest.mark.parametrize("category", ["AE", "K", "E"])
def test_an_untaxed_line_wants_its_reason(category):
    invoice = make_invoice([line(tax_rate=None, tax_category=category)], customer=ALPENBLICK)

    errors = refused(invoice)
    assert list(errors) == ["tax_decisions"]
    assert "(Art. 226(11" in errors["tax_decisions"][0]


@pytest.mark.parametrize("category", ["AE", "K", "E"])
def test_a_reason_may_be_written_by_hand(category):
    make_invoice([line(tax_rate=None, tax_category=category)], customer=ALPENBLICK, note="Reverse charge").issue()


def test_a_reason_of_the_policy_is_enough():
    reverse_charge().issue()


def test_a_supplier_without_vat_id_may_issue_what_is_not_taxed():
    make_invoice([line(tax_rate=None)], supplier_vat_id="").issue()


def test_a_credit_note_that_names_what_it_corrects_is_issued():
    original = make_invoice([line()])
    original.issue()
    note = original.create_copy(type="CREDIT_NOTE")

    note.issue()

    assert note.is_issued


def test_a_received_credit_note_need_not_name_our_invoice():
    make_invoice([line()], type="CREDIT_NOTE", origin="RECEIVED", number="GS-5").issue()


# All at once


def test_all_that_is_missing_is_said_at_once():
    invoice = make_invoice(customer=NOTHING_OF_THE_CUSTOMER, supplier_name="", supplier_street="", supplier_city="", supplier_country="")

    assert sorted(refused(invoice)) == [
        "customer_country",
        "customer_name",
        "customer_street",
        "items",
        "supplier_country",
        "supplier_name",
        "supplier_street",
    ]


def test_a_refusal_can_be_mended_and_issued():
    draft = make_invoice(status="DRAFT", customer=NOTHING_OF_THE_CUSTOMER)
    refused(draft)
    for name, value in SOMMER.items():
        setattr(draft, f"customer_{name}", value)
    draft.save()
    draft.add_items([line()])

    draft.issue()

    assert (draft.number, draft.status) == ("2026/1", "NEW")


def test_what_was_mended_in_memory_counts():
    invoice = make_invoice([line()], customer_name="")
    invoice.customer_name = "Buchhandlung Sommer KG"
    invoice.issue()

    assert Invoice.objects.get(pk=invoice.pk).customer_name == "Buchhandlung Sommer KG"


@pytest.mark.parametrize("act", ["mark_sent", "mark_paid", "write_off", "send_to_collection"])
def test_every_act_that_issues_asks_the_same(act):
    invoice = make_invoice([line()], customer_name="")

    with pytest.raises(ContentMissingError, match=r"customer_name: .*Art\. 226\(5\)"):
        getattr(invoice, act)()

    assert (invoice.status, Invoice.objects.get(pk=invoice.pk).status) == ("NEW", "NEW")


def test_canceling_asks_for_nothing():
    make_invoice(customer=NOTHING_OF_THE_CUSTOMER).cancel("entered by mistake")


# The sets of rules


def test_a_simplified_invoice_needs_no_customer(settings):
    settings.INVOICING_CONTENT_RULES = "EU_SIMPLIFIED"
    make_invoice([line()], customer=NOTHING_OF_THE_CUSTOMER, supplier_street="", supplier_city="").issue()


@pytest.mark.parametrize(
    ("lack", "field", "article"),
    [
        ({"supplier_name": ""}, "supplier_name", "(Art. 226b(b))"),
        ({"type": "CREDIT_NOTE"}, "related_invoices", "(Art. 226b(e))"),
    ],
)
def test_a_simplified_invoice_still_says_who_and_what(settings, lack, field, article):
    settings.INVOICING_CONTENT_RULES = "EU_SIMPLIFIED"
    errors = refused(make_invoice([line()], **lack))

    assert list(errors) == [field]
    assert errors[field][0].endswith(article)


def test_the_basic_rules_know_no_articles(settings):
    settings.INVOICING_CONTENT_RULES = "BASIC"
    invoice = make_invoice(customer=NOTHING_OF_THE_CUSTOMER, supplier_name="")

    errors = refused(invoice)
    assert sorted(errors) == ["customer_name", "items", "supplier_name"]
    assert "Art." not in str(errors)


def test_the_basic_rules_leave_the_address_to_the_host(settings):
    settings.INVOICING_CONTENT_RULES = "BASIC"
    make_invoice([line()], customer={**NOTHING_OF_THE_CUSTOMER, "name": "Camille Rivière"}, supplier_country="").issue()


def test_no_rules_ask_for_nothing(settings):
    settings.INVOICING_CONTENT_RULES = "NONE"
    Invoice.objects.create().issue()


def test_a_proforma_is_held_to_the_basic_rules():
    make_invoice([line()], type="PROFORMA", customer_street="", customer_city="", customer_country="").issue()
    assert list(refused(make_invoice([line()], type="PROFORMA", customer_name=""))) == ["customer_name"]


def test_a_proforma_is_held_to_none_where_there_are_none(settings):
    settings.INVOICING_CONTENT_RULES = "NONE"
    make_invoice(type="PROFORMA", customer_name="").issue()


@pytest.mark.parametrize("kind", ["INVOICE", "ADVANCE"])
def test_advance_invoices_are_invoices(kind):
    assert list(refused(make_invoice([line()], type=kind, customer_street="", customer_city=""))) == ["customer_street"]


def test_a_set_of_rules_that_is_none_is_refused(settings):
    settings.INVOICING_CONTENT_RULES = "US"

    with pytest.raises(
        InvalidDataError, match="INVOICING_CONTENT_RULES: “US” is no set of rules: use one of EU, EU_SIMPLIFIED, BASIC, NONE"
    ):
        make_invoice([line()]).issue()


def test_the_content_can_be_checked_without_issuing():
    invoice = make_invoice([line()], customer_street="", customer_city="")

    invoice.check_content(rule_set="BASIC")
    with pytest.raises(ContentMissingError):
        invoice.check_content()
    assert not invoice.is_issued


def test_an_invoice_that_is_not_saved_can_be_checked():
    with pytest.raises(ContentMissingError, match="items: Add at least one item"):
        build_invoice().check_content()


def test_items_that_came_meanwhile_count():
    invoice = make_invoice()
    with invoice.items_at_hand():
        Item(invoice_id=invoice.pk, **line(unit_price=Decimal(10))).save()
        invoice.issue()

    assert str(Invoice.objects.get(pk=invoice.pk).total) == "119.00"
