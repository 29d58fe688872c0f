"""The Czech descriptor."""

from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.payment_codes import PaymentParty
from invoicing.documents.payment_codes.spayd import escaped, spayd_payload
from invoicing.exceptions import InvalidDataError
from tests.documents.payment_codes.orders import INJECTIONS, czech_order

NOBODY = PaymentParty()


def fields(payload):
    head, version, *rest = payload.split("*")
    assert (head, version) == ("SPD", "1.0")
    pairs = [field.split(":", 1) for field in rest]
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def test_the_example_of_the_specification():
    order = czech_order(
        creditor=NOBODY,
        amount=Decimal("480.50"),
        reference="7004139146",
        variable_symbol="1234567890",
        date_due=date(2012, 5, 24),
        message="PLATBA ZA ZBOZI",
    )
    example = "SPD*1.0*ACC:CZ5855000000001265098001*AM:480.50*CC:CZK*RF:7004139146*X-VS:1234567890*DT:20120524*MSG:PLATBA ZA ZBOZI"

    assert fields(spayd_payload(order)) == fields(example)


def test_the_short_example_of_the_specification():
    order = czech_order(creditor=NOBODY, amount=Decimal("480.50"), reference="", message="Payment for the goods")

    assert spayd_payload(order) == "SPD*1.0*ACC:CZ5855000000001265098001*AM:480.50*CC:CZK*MSG:Payment for the goods"


def test_the_bic_follows_the_account_and_the_symbols_are_extensions():
    payload = spayd_payload(
        czech_order(
            bic="RZBCCZPP", variable_symbol="20260007", constant_symbol="0308", specific_symbol="42", message="2026/7", currency="EUR"
        )
    )

    assert payload == (
        "SPD*1.0*ACC:CZ5855000000001265098001+RZBCCZPP*AM:1949.75*CC:EUR*RN:Lindner %26 Vogt Medien GmbH"
        "*MSG:2026/7*X-VS:20260007*X-KS:0308*X-SS:42"
    )


def test_signs_are_escaped_as_the_reference_implementation_escapes_them():
    text = "abc  123\u2665\u2620**123  abc-+ěščřžýáíé---%20"

    assert escaped(text) == "abc  123%E2%99%A5%E2%98%A0%2A%2A123  abc-%2B%C4%9B%C5%A1%C4%8D%C5%99%C5%BE%C3%BD%C3%A1%C3%AD%C3%A9---%2520"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("20260007", {"X-VS": "20260007"}), ("202600070001", {"RF": "202600070001"}), ("2026/7", {}), ("12345678901234567", {})],
)
def test_a_reference_of_digits_is_the_variable_symbol_if_it_is_short_enough(reference, expected):
    found = fields(spayd_payload(czech_order(reference=reference)))

    assert {key: found[key] for key in ("X-VS", "RF") if key in found} == expected


@pytest.mark.parametrize(
    ("reference", "message", "words"),
    [
        ("RF18539007547034", "2026/7", "RF18539007547034 2026/7"),
        ("2026/7", "2026/7", "2026/7"),
        ("Garden party", "", "Garden party"),
        ("20260007", "2026/7", "2026/7"),
        ("20260007", "", "20260007"),
    ],
)
def test_what_the_payer_is_to_quote_is_said(reference, message, words):
    assert unquote(fields(spayd_payload(czech_order(reference=reference, message=message)))["MSG"]) == words


def test_texts_that_are_too_long_are_cut():
    found = fields(spayd_payload(czech_order(creditor=PaymentParty(name="Ž" * 36), message="*" * 61, reference="")))

    assert unquote(found["RN"]) == "Ž" * 35
    assert found["MSG"] == "%2A" * 60


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_begins_a_field(text):
    found = fields(spayd_payload(czech_order(creditor=PaymentParty(name=text), message=text, reference=text)))

    assert set(found) == {"ACC", "AM", "CC", "RN", "MSG"}
    assert found["AM"] == "1949.75"


@given(name=st.text(), message=st.text(), reference=st.text())
def test_every_text_can_be_read_back(name, message, reference):
    found = fields(spayd_payload(czech_order(creditor=PaymentParty(name=name), message=message, reference=reference)))

    assert set(found) <= {"ACC", "AM", "CC", "RF", "RN", "MSG", "X-VS"}
    assert len(unquote(found.get("MSG", ""))) <= 60
    assert len(unquote(found.get("RN", ""))) <= 35


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidDataError) as caught:
        spayd_payload(
            czech_order(
                account="CZ1", bic="X", amount=Decimal("10000000.00"), currency="USD",
                variable_symbol="2026/7", constant_symbol="A", specific_symbol="12345678901",
            )
        )  # fmt: skip

    assert set(caught.value.errors) == {
        "account", "bic", "amount", "currency", "variable_symbol", "constant_symbol", "specific_symbol",
    }  # fmt: skip
