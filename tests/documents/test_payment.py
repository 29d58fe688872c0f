"""The payment part."""

from decimal import Decimal

import pytest

from invoicing.documents.payment import grouped_iban, payment_block
from tests.factories import build_invoice


def unpaid(**fields):
    return build_invoice(total=Decimal(100), number="2026/7", payment_method="BANK_TRANSFER", **fields)


@pytest.mark.parametrize(
    ("account", "grouped"),
    [
        ("DE89370400440532013000", "DE89 3704 0044 0532 0130 00"),
        ("de89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
        ("NO9386011117947", "NO93 8601 1117 947"),
        ("50100123456789", ""),
        ("", ""),
    ],
)
def test_an_iban_is_written_in_groups_of_four(account, grouped):
    assert grouped_iban(account) == grouped


def test_an_account_that_is_no_iban_is_written_as_it_was_entered():
    block = payment_block(unpaid(bank_iban="50100123456789"))

    assert (block.account, block.is_iban) == ("50100123456789", False)


@pytest.mark.parametrize(
    ("fields", "reference"),
    [
        ({}, "2026/7"),
        ({"variable_symbol": "20260007"}, "20260007"),
        ({"variable_symbol": "20260007", "reference": "RF18 5390"}, "RF18 5390"),
    ],
)
def test_the_reference_is_the_number_unless_the_document_has_one(fields, reference):
    assert payment_block(unpaid(**fields)).reference == reference


@pytest.mark.parametrize(
    "fields", [{"type": "CREDIT_NOTE"}, {"status": "CANCELED"}, {"status": "CREDITED"}, {"already_paid": Decimal(100)}]
)
def test_nothing_is_asked_for_where_nothing_is_owed(fields):
    assert payment_block(unpaid(**fields)) is None
