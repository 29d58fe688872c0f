"""From an invoice to the order that is coded."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.documents.payment_codes import PaymentOrder, PaymentParty, payment_order
from tests.factories import build_invoice


def unpaid(**fields):
    return build_invoice(**{"total": Decimal("952.00"), "number": "2026/7", "payment_method": "BANK_TRANSFER", **fields})


def test_the_order_says_what_the_document_asks_for():
    invoice = unpaid(already_paid=Decimal(52), constant_symbol="0308", specific_symbol="42")

    assert payment_order(invoice) == PaymentOrder(
        creditor=PaymentParty(name="Lindner & Vogt Medien GmbH", street="Kastanienallee 12", zip="10435", city="Berlin", country="DE"),
        account="DE89370400440532013000",
        bic="COBADEFFXXX",
        amount=Decimal("900.00"),
        currency="EUR",
        reference="2026/7",
        message="2026/7",
        constant_symbol="0308",
        specific_symbol="42",
        date_due=date(2026, 12, 4),
        debtor=PaymentParty(name="Buchhandlung Sommer KG", street="Hauptstraße 21", zip="01067", city="Dresden", country="DE"),
    )


@pytest.mark.parametrize(
    ("fields", "reference"),
    [({"variable_symbol": "20260007"}, "20260007"), ({"variable_symbol": "20260007", "reference": "RF18539007547034"}, "RF18539007547034")],
)
def test_the_reference_is_the_one_that_is_printed(fields, reference):
    order = payment_order(unpaid(**fields))

    assert (order.reference, order.variable_symbol, order.message) == (reference, "20260007", "2026/7")


def test_a_proforma_may_be_paid():
    assert payment_order(unpaid(type="PROFORMA")).amount == Decimal("952.00")


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "CREDIT_NOTE"},
        {"status": "CANCELED"},
        {"status": "CREDITED"},
        {"already_paid": Decimal(952)},
        {"already_paid": Decimal(1000)},
        {"payment_method": "CASH"},
        {"bank_iban": ""},
        {"number": ""},
    ],
)
def test_there_is_none_where_nothing_can_be_transferred(fields):
    assert payment_order(unpaid(**fields)) is None
