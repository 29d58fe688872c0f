"""From an invoice to what its template may read."""

import dataclasses
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest
from django.utils import translation

from invoicing.documents.composition import document_context
from invoicing.models import get_invoice_model
from tests.factories import ALPENBLICK, TODAY, build_invoice, columns, line, make_invoice, make_issued_invoice

pytestmark = pytest.mark.django_db

PLAIN = (str, int, bool, Decimal, type(TODAY), type(None))


def reachable(value):
    """Every value that a template can get to from `value`."""
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from reachable(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from reachable(part)
    elif isinstance(value, MappingProxyType | dict):
        for part in value.values():
            yield from reachable(part)


def test_a_template_reaches_plain_values_only():
    invoice = make_issued_invoice(
        [line(description="Two pages")],
        issuer_name="Ida Lindner",
        metadata={"project": {"code": "P-7"}},
        **columns("shipping", ALPENBLICK_ADDRESS),
    )
    strange = [
        value
        for value in reachable(document_context(invoice))
        if not isinstance(value, (*PLAIN, tuple, list, dict, MappingProxyType)) and not dataclasses.is_dataclass(value)
    ]

    assert strange == []


ALPENBLICK_ADDRESS = {key: ALPENBLICK[key] for key in ("name", "street", "zip", "city", "country")}


def test_nothing_of_the_context_can_be_changed():
    context = document_context(make_invoice([line()], metadata={"tags": ["a"]}))

    with pytest.raises(dataclasses.FrozenInstanceError):
        context.number = "1"
    with pytest.raises(TypeError):
        context.metadata["tags"] = []


def test_the_amounts_of_an_invoice():
    # 10 × 80.00 = 800.00, 19 % = 152.00, total 952.00; 5.00 credit and 100.00 paid leave 847.00.
    context = document_context(make_invoice([line()], credit=Decimal(5), already_paid=Decimal(100)))

    assert (context.net_total.figure, context.vat.figure, context.credit.figure, context.total.figure) == (
        "800.00",
        "152.00",
        "5.00",
        "947.00",
    )
    assert (context.already_paid.figure, context.balance_name, context.balance.figure) == ("100.00", "To pay", "847.00")


def test_what_is_zero_is_left_out():
    context = document_context(make_invoice([line(tax_rate=None)]))

    assert (context.vat, context.credit, context.discount, context.already_paid) == (None, None, None, None)
    assert (context.has_tax, context.has_discount) == (False, False)


def test_a_line():
    context = document_context(
        make_invoice(
            [
                line(
                    "Cable",
                    description="Sold by the metre",
                    quantity=Decimal("37.250"),
                    unit="MTR",
                    unit_price=Decimal("0.0475"),
                    discount=Decimal(10),
                )
            ]
        )
    )
    (row,) = context.lines

    # 37.25 × 0.0475 = 1.769375, less 10 % = 1.5924375.
    assert (row.position, row.title, row.description, str(row.quantity), row.unit) == ("1", "Cable", "Sold by the metre", "37.25", "m")
    assert (row.unit_price.figure, str(row.discount), str(row.rate), row.net.figure) == ("0.0475", "10%", "19%", "1.59")


def test_the_lines_keep_their_order():
    invoice = make_invoice([line("second", weight=2), line("first", weight=1), line("third", weight=2)])

    assert [row.title for row in document_context(invoice).lines] == ["first", "second", "third"]


def test_a_credit_note_names_what_it_corrects():
    invoice = make_issued_invoice()
    note = invoice.create_credit_note({invoice.item_set.get(): Decimal(2)})
    context = document_context(note)

    assert [(correction.number, correction.date_issue.value) for correction in context.corrects] == [(invoice.number, TODAY)]
    # 2 × 80.00 and 19 %.
    assert (context.heading, context.balance_name, context.balance.figure) == ("Credit note", "Amount credited", "190.40")
    assert context.payment is None


def test_a_proforma_and_an_advance_are_called_so():
    assert document_context(make_invoice([line()], type="PROFORMA")).heading == "Proforma invoice"
    assert document_context(make_invoice([line()], type="ADVANCE")).heading == "Advance invoice"


def test_a_draft_is_marked_and_has_no_number():
    context = document_context(make_invoice([line()], status="DRAFT"))

    assert (context.watermark, context.number) == ("Draft", "")


def test_a_canceled_document_is_marked_and_asks_for_nothing():
    invoice = make_issued_invoice()
    invoice.cancel("Entered twice")
    context = document_context(invoice)

    assert (context.watermark, context.balance, context.payment) == ("Canceled", None, None)
    assert context.total.figure == "952.00"


def test_too_much_paid_is_said_as_such():
    context = document_context(make_invoice([line()], already_paid=Decimal(1000)))

    assert (context.balance_name, context.balance.figure, context.payment) == ("Overpaid", "48.00", None)


def test_a_received_document_shows_its_place_in_our_register():
    invoice = make_invoice([line()], origin="RECEIVED", number="RE-99813")
    context = document_context(invoice)

    assert (context.number, context.register_number) == ("RE-99813", str(invoice.sequence))
    assert document_context(make_invoice([line()])).register_number == ""


def test_reverse_charge_is_noted_in_the_language_of_the_document():
    invoice = build_invoice(customer=ALPENBLICK, language="de")
    rate = invoice.decide_tax().rate
    invoice.save_with_items([line(tax_rate=rate, tax_category="AE")])
    with translation.override("fr"):
        context = document_context(invoice)

    assert context.tax_notes == ("Steuerschuldnerschaft des Leistungsempfängers",)
    assert (context.language, context.heading, context.date_issue.text) == ("de", "Rechnung", "20. November 2026")
    assert context.customer.country == "Österreich"


def test_a_delivery_address_is_shown_where_it_is_another():
    elsewhere = make_invoice([line()], **columns("shipping", ALPENBLICK_ADDRESS))
    same = make_invoice([line()], customer=ALPENBLICK, **columns("shipping", ALPENBLICK_ADDRESS))

    assert document_context(elsewhere).delivery.name == "Alpenblick Hotelbetriebe GmbH"
    assert document_context(same).delivery is None
    assert document_context(make_invoice([line()])).delivery is None


def test_large_figures_get_wider_columns():
    assert document_context(make_invoice([line(unit_price=Decimal(99999999))])).is_wide
    assert not document_context(make_invoice([line()])).is_wide


def test_an_invoice_that_is_not_saved_can_be_looked_at():
    context = document_context(build_invoice(status="DRAFT", date_due=None))

    assert (context.lines, context.total.figure, context.supplier.name) == ((), "0.00", "Lindner & Vogt Medien GmbH")


def test_looking_at_an_issued_invoice_fills_nothing_in(settings):
    settings.INVOICING_CONTENT_RULES = "NONE"
    invoice = make_issued_invoice(supplier_name="", customer={"name": "Nobody"})
    settings.INVOICING_SUPPLIER = {"name": "Somebody new"}

    assert document_context(invoice).supplier.name == ""


def test_the_queries_do_not_grow_with_the_items(django_assert_max_num_queries):
    invoice = make_issued_invoice([line() for _ in range(300)])
    stored = get_invoice_model().objects.get(pk=invoice.pk)

    with django_assert_max_num_queries(2):
        assert len(document_context(stored).lines) == 300


def test_the_discount_for_early_payment_carries_its_values():
    promised = {"early_discount_percent": Decimal("2.50"), "early_discount_until": date(2026, 11, 30)}

    early = document_context(make_invoice([line()], already_paid=Decimal(100), **promised)).early_discount

    assert (early.percent.text, early.until.value) == ("2.5%", date(2026, 11, 30))
    assert (early.amount.value, early.to_pay.value) == (Decimal("23.80"), Decimal("828.20"))
