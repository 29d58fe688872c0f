"""The Slovak code, against strings that other implementations publish."""

import base64
import lzma
import zlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.payment_codes import PaymentParty
from invoicing.documents.payment_codes.pay_by_square import COMPRESSION, pay_by_square_payload
from invoicing.documents.payment_codes.values import one_line
from invoicing.exceptions import InvalidDataError
from tests.documents.payment_codes.orders import INJECTIONS, slovak_order

ACCOUNT = "SK7700000000000000000000"
FOO = PaymentParty(name="Foo", street="address 1", zip="address", city="2")


def unpacked(payload):
    """The fields of a code, after header, length and checksum are checked."""
    content = base64.b32hexdecode(payload + "=" * (-len(payload) % 8))
    header, length, squeezed = content[:2], int.from_bytes(content[2:4], "little"), content[4:]
    summed = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=COMPRESSION).decompress(squeezed, max_length=length)
    assert header == b"\x00\x00"
    assert len(summed) == length
    assert zlib.crc32(summed[4:]) == int.from_bytes(summed[:4], "little")
    return summed[4:].decode().split("\t")


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({}, "000440007S3VT0DFSETNDU5J8KF4EI1MT7B3BBH3P91D830QDBA6IRPF97451V4U11PHMI423IDK7VVU5P800"),
        (
            {"bic": "FIOZSKBAXXX"},
            "0004Q000DS03UHKLF59M2IK7FUCM3SBUK5FM62CCKLR4QOKAJSBPPL4ND4R66LSI1K92GURM0FH5E3DASNBTNAKASV94PB5VVU1BRO00",
        ),
        (
            {
                "bic": "FIOZSKBAXXX",
                "variable_symbol": "11",
                "constant_symbol": "22",
                "specific_symbol": "33",
                "creditor": FOO,
                "message": "money",
            },
            (
                "0006Q0006GO7VIPNP2PPLDV1MO04PTB6C4OSM4KU3JKSDNJLJ0GBAT9GTI9DD7MFQKGMLI4RD7996S1K78MKT8S0F46HK5TF6A6GP881BBMM66JVFMBBSM9KQRM"
                "2TN2VRABUV7KFD22BFFIVVTFKO000"
            ),
        ),
    ],
)
def test_the_code_says_what_published_codes_say(fields, published):
    order = slovak_order(
        **{"creditor": PaymentParty(), "account": ACCOUNT, "amount": Decimal(1), "date_due": date(2020, 7, 5), "reference": "", **fields}
    )
    payload = pay_by_square_payload(order)

    assert unpacked(payload) == unpacked(published)
    assert payload == published


def test_the_example_that_needs_no_more_than_account_and_symbol():
    published = "0004G0005ES17OQ09C98Q7ME34TCR3V71LVKD2AE6EGHKR82DKS5NBJ3331VUFQIV0JGMR743UJCKSAKEM9QGVVVOIVH000"
    order = slovak_order(creditor=PaymentParty(), amount=Decimal(100), variable_symbol="123", reference="")
    ours, theirs = unpacked(pay_by_square_payload(order)), unpacked(published)

    # They write 100 for 100.00, and leave the two extensions blank instead of 0.
    assert (ours[:3], ours[4:14]) == (theirs[:3], theirs[4:14])
    assert (ours[3], theirs[3]) == ("100.00", "100")


def test_the_fields_in_their_order():
    order = slovak_order(
        bic="TATRSKBX", variable_symbol="20260007", constant_symbol="0308", specific_symbol="42", date_due=date(2026, 12, 4)
    )

    assert unpacked(pay_by_square_payload(order)) == [
        "", "1", "1", "1949.75", "EUR", "20261204", "20260007", "0308", "42", "", "2026/7",
        "1", "SK9611000000002918599669", "TATRSKBX", "0", "0", "Lindner & Vogt Medien GmbH", "Kastanienallee 12", "10435 Berlin",
    ]  # fmt: skip


def test_a_reference_of_digits_is_the_variable_symbol():
    assert unpacked(pay_by_square_payload(slovak_order(reference="20260007")))[6] == "20260007"


def test_it_is_written_in_digits_and_the_letters_to_v():
    assert set(pay_by_square_payload(slovak_order())) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUV")


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_begins_a_field(text):
    party = PaymentParty(name=text, street=text, zip=text, city=text)
    found = unpacked(pay_by_square_payload(slovak_order(creditor=party, message=text, reference=text)))

    assert len(found) == 19
    assert found[10] == one_line(text)


def test_what_the_payer_is_to_quote_is_said():
    order = slovak_order(reference="RF18539007547034", message="2026/7", variable_symbol="")

    assert unpacked(pay_by_square_payload(order))[10] == "RF18539007547034 2026/7"


@given(name=st.text(), message=st.text(min_size=1).filter(one_line))
def test_every_text_can_be_read_back(name, message):
    found = unpacked(pay_by_square_payload(slovak_order(creditor=PaymentParty(name=name), message=message, reference="")))

    assert len(found) == 19
    assert (found[10], found[16]) == (one_line(message, longest=140), one_line(name, longest=70))


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidDataError) as caught:
        pay_by_square_payload(
            slovak_order(
                account="SK1", bic="X", amount=Decimal("1000000000000.00"), currency="CZK",
                variable_symbol="2026/7", constant_symbol="12345", specific_symbol="12345678901",
            )
        )  # fmt: skip

    assert set(caught.value.errors) == {
        "account", "bic", "amount", "currency", "variable_symbol", "constant_symbol", "specific_symbol",
    }  # fmt: skip
