"""The tax summary."""

from decimal import Decimal

import pytest

from invoicing.documents.composition import document_context
from tests.factories import ALPENBLICK, build_invoice, line, make_invoice

pytestmark = pytest.mark.django_db

BENGALURU = {"street": "24 MG Road", "zip": "560001", "city": "Bengaluru", "state": "KA", "country": "IN"}


def rows(invoice):
    return [(tax.name, tax.rate and tax.rate.text, tax.base.figure, tax.tax.figure) for tax in document_context(invoice).taxes]


def test_each_rate_has_a_row_and_a_discount_counts_before_tax():
    # 10 × 80 = 800 at 19 %; 3 × 24.90 less 10 % = 67.23 at 7 %, which is 4.7061.
    books = line("Books", quantity=Decimal(3), unit_price=Decimal("24.90"), discount=Decimal(10), tax_rate=Decimal(7))
    invoice = make_invoice([line(), books])

    assert rows(invoice) == [("VAT", "19%", "800.00", "152.00"), ("VAT", "7%", "67.23", "4.71")]


def test_an_untaxed_row_says_why():
    invoice = make_invoice([line(tax_rate=None, tax_category="AE")], customer=ALPENBLICK)

    assert rows(invoice) == [("Reverse charge", None, "800.00", "0.00")]


def test_a_tax_that_the_law_splits_has_a_row_for_each_part():
    # 33.35 at 18 % is 6.003, so 6.00: two halves of 3.00.
    invoice = build_invoice(
        customer={"name": "Mysuru Fabrics", **BENGALURU},
        currency="INR",
        supplier_vat_id="29AABCK1234L1Z5",
        **{f"supplier_{key}": value for key, value in BENGALURU.items()},
    )
    rate = invoice.decide_tax().rate
    invoice.save_with_items([line(quantity=Decimal(1), unit_price=Decimal("33.35"), tax_rate=rate)])
    context = document_context(invoice)

    assert rows(invoice) == [("CGST", "9%", "33.35", "3.00"), ("SGST", "9%", "33.35", "3.00")]
    assert (context.tax_name, context.tax_id_name) == ("GST", "GSTIN")


def test_the_parts_of_a_tax_add_up_to_it_also_when_it_is_odd():
    # 0.28 at 18 % is 0.0504, so 0.05: one half takes the odd paisa.
    invoice = build_invoice(
        customer={"name": "Mysuru Fabrics", **BENGALURU},
        currency="INR",
        supplier_vat_id="29AABCK1234L1Z5",
        **{f"supplier_{key}": value for key, value in BENGALURU.items()},
    )
    rate = invoice.decide_tax().rate
    invoice.save_with_items([line(quantity=Decimal(1), unit_price=Decimal("0.28"), tax_rate=rate)])

    assert [tax.tax.figure for tax in document_context(invoice).taxes] == ["0.03", "0.02"]
