"""The SEPA QR code, by EPC069-12."""

from decimal import Decimal

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from segno import helpers

from invoicing.documents.payment_codes import PaymentParty
from invoicing.documents.payment_codes.epc import epc_payload
from invoicing.exceptions import InvalidDataError
from tests.documents.payment_codes.orders import INJECTIONS, order


def named(name):
    return PaymentParty(name=name)


def test_the_example_of_the_guidelines():
    red_cross = order(
        creditor=named("Red Cross of Belgium"), account="BE72000000001616", bic="BPOTBEB1", amount=Decimal(1), reference="Urgency fund"
    )

    # The purpose CHAR and the note to the payer are left out: an invoice has neither.
    assert epc_payload(red_cross) == "BCD\n002\n1\nSCT\nBPOTBEB1\nRed Cross of Belgium\nBE72000000001616\nEUR1.00\n\n\nUrgency fund"


def test_a_creditor_reference_goes_where_banks_match_it():
    mustermann = order(
        creditor=named("Franz Mustermänn"),
        account="DE71110220330123456789",
        bic="BHBLDEHHXXX",
        amount=Decimal("12.30"),
        reference="RF18 5390 0754 7034",
        message="2026/7",
    )

    assert epc_payload(mustermann) == (
        "BCD\n002\n1\nSCT\nBHBLDEHHXXX\nFranz Mustermänn\nDE71110220330123456789\nEUR12.30\n\nRF18539007547034"
    )


def test_another_implementation_writes_the_same_symbol():
    theirs = helpers.make_epc_qr("Lindner & Vogt Medien GmbH", "DE89370400440532013000", "1949.75", text="2026/7", encoding="utf-8")
    ours = segno.make(epc_payload(order()), error="m", boost_error=False, micro=False)

    assert list(theirs.matrix) == list(ours.matrix)


def test_the_message_stands_in_where_there_is_no_reference():
    assert epc_payload(order(reference="", message="Invoice 7")).endswith("\n\n\nInvoice 7")


def test_names_and_texts_that_are_too_long_are_cut():
    lines = epc_payload(order(creditor=named("N" * 71), reference="R" * 141)).split("\n")

    assert (lines[5], lines[10]) == ("N" * 70, "R" * 140)


def test_letters_of_many_bytes_are_cut_to_what_a_symbol_holds():
    lines = epc_payload(order(creditor=named("ア" * 70), reference="テ" * 140)).split("\n")

    # 331 bytes less the 52 of the other lines leave 93 letters of three bytes.
    assert (lines[5], lines[10]) == ("ア" * 46, "テ" * 47)


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_begins_a_line(text):
    lines = epc_payload(order(creditor=named(text), reference=text, message=text, bic="")).split("\n")

    assert len(lines) == 11
    assert lines[7] == "EUR1949.75"


@given(name=st.text(min_size=1).filter(str.strip), reference=st.text())
def test_it_always_fits_into_version_13(name, reference):
    try:
        payload = epc_payload(order(creditor=named(name), reference=reference))
    except InvalidDataError as error:
        assert list(error.errors) == ["creditor"]  # noqa: PT017 -- only a name of invisible signs is refused
        return

    assert len(payload.encode()) <= 331
    assert payload.split("\n")[:5] == ["BCD", "002", "1", "SCT", ""]
    assert payload.split("\n")[6:8] == ["DE89370400440532013000", "EUR1949.75"]
    assert len(payload.split("\n")) <= 11


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidDataError) as caught:
        epc_payload(order(creditor=named("\n"), account="DE00", bic="X", amount=Decimal(1000000000), currency="USD"))

    assert set(caught.value.errors) == {"account", "bic", "creditor", "amount", "currency"}


@pytest.mark.parametrize("account", ["GB29NWBK60161331926819", "MC5811222000010123456789030"])
def test_an_account_outside_the_economic_area_needs_a_bic(account):
    with pytest.raises(InvalidDataError, match="needs a BIC"):
        epc_payload(order(account=account))

    assert epc_payload(order(account=account, bic="NWBKGB2L")).split("\n")[4] == "NWBKGB2L"
