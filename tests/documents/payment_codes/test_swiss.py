"""The Swiss QR code, by the implementation guidelines 2.3."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrbill import QRBill

from invoicing.documents.payment_codes import PaymentParty
from invoicing.documents.payment_codes.swiss import swiss_address, swiss_code, swiss_payload, swiss_text
from invoicing.exceptions import InvalidDataError
from tests.documents.payment_codes.orders import INJECTIONS, MUSTER, SIMON, order, swiss_order

PLAIN_IBAN = "CH5800791123000889012"

NOBODY = [""] * 7


def test_the_example_of_the_guidelines_with_a_qr_reference():
    assert swiss_payload(swiss_order()).split("\n") == [
        *("SPC", "0200", "1", "CH4431999123000889012"),
        *("S", "Max Muster & Söhne", "Musterstrasse", "123", "8000", "Seldwyla", "CH"),
        *NOBODY,
        *("1949.75", "CHF"),
        *("S", "Simon Muster", "Musterstrasse", "1", "8000", "Seldwyla", "CH"),
        *("QRR", "210000000003139471430009017", "Bestellung vom 15.10.2020", "EPD"),
    ]


def test_the_example_of_the_guidelines_with_a_creditor_reference():
    lines = swiss_payload(
        swiss_order(account=PLAIN_IBAN, reference="RF18 5390 0754 7034", amount=Decimal("199.95"), message="", debtor=PaymentParty())
    ).split("\n")

    assert lines[3] == PLAIN_IBAN
    assert lines[18:] == ["199.95", "CHF", *NOBODY, "SCOR", "RF18539007547034", "", "EPD"]


def test_a_text_as_reference_is_told_to_the_creditor_as_a_message():
    lines = swiss_payload(order(creditor=MUSTER, account=PLAIN_IBAN, reference="2026/7", message="ignored")).split("\n")

    assert lines[-4:] == ["NON", "", "2026/7", "EPD"]


@pytest.mark.parametrize(
    ("fields", "theirs"),
    [
        ({}, {"reference_number": "210000000003139471430009017"}),
        ({"account": PLAIN_IBAN, "reference": "RF18539007547034"}, {"reference_number": "RF18539007547034"}),
        ({"account": PLAIN_IBAN, "reference": "Bestellung vom 15.10.2020", "currency": "EUR"}, {"currency": "EUR"}),
    ],
)
def test_another_implementation_writes_the_same(fields, theirs):
    ours = swiss_order(**fields)
    muster, simon = (
        {"name": party.name, "street": "Musterstrasse", "house_num": number, "pcode": party.zip, "city": party.city, "country": "CH"}
        for party, number in ((MUSTER, "123"), (SIMON, "1"))
    )
    bill = QRBill(
        account=ours.account, creditor=muster, debtor=simon, amount="1949.75", additional_information="Bestellung vom 15.10.2020", **theirs
    )

    assert swiss_payload(ours).split("\n") == bill.qr_data().split("\r\n")


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("Rue du Lac 1268", ("Rue du Lac", "1268")),
        ("Grosse Marktgasse 28a", ("Grosse Marktgasse", "28a")),
        ("Bahnhofstrasse, 12 B", ("Bahnhofstrasse", "12 B")),
        ("Seeweg 3-5", ("Seeweg", "3-5")),
        ("14 rue des Tilleuls", ("14 rue des Tilleuls", "")),
        ("Strasse des 17. Juni 135", ("Strasse des 17. Juni", "135")),
        ("Postfach", ("Postfach", "")),
        ("C5", ("C5", "")),
        ("", ("", "")),
    ],
)
def test_the_number_of_the_building_is_told_apart(street, parts):
    address = swiss_address(PaymentParty(name="A", street=street, zip="8000", city="Zürich", country="CH"))

    assert (address.street, address.building_number) == parts


def test_an_address_abroad_is_printed_with_its_country():
    address = swiss_address(PaymentParty(name="Ada", street="Hauptstraße 21", zip="01067", city="Dresden", country="DE"))

    assert address.lines == ("Ada", "Hauptstraße 21", "DE-01067 Dresden")
    assert swiss_address(MUSTER).lines == ("Max Muster & Söhne", "Musterstrasse 123", "8000 Seldwyla")


@pytest.mark.parametrize("lacking", ["name", "zip", "city", "country"])
def test_a_debtor_without_a_full_address_is_left_out(lacking):
    known = {"name": "Simon", "zip": "8000", "city": "Seldwyla", "country": "CH", lacking: ""}

    assert swiss_code(swiss_order(debtor=PaymentParty(**known))).debtor is None
    with pytest.raises(InvalidDataError, match="creditor"):
        swiss_code(swiss_order(creditor=PaymentParty(**known)))


def test_a_name_that_no_bank_can_read_is_no_name():
    debtor = PaymentParty(name="株式会社山田", street="丸の内 1", zip="8000", city="Zürich", country="CH")

    assert swiss_code(swiss_order(debtor=debtor)).debtor is None
    with pytest.raises(InvalidDataError, match="The creditor needs a name"):
        swiss_code(swiss_order(creditor=debtor))


@pytest.mark.parametrize(
    ("text", "permitted"),
    [
        ("Zoë Ščepić, Łódź – “Ost”", 'Zoë Ščepić, Łódź - "Ost"'),
        ("Ștefan Țepeș €", "Ștefan Țepeș €"),
        ("Nguyễn", "Nguyen"),
        ("Иван", "????"),
        ("ﬁn ½ №", "fin ½ No"),
    ],
)
def test_texts_keep_to_the_permitted_characters(text, permitted):
    assert swiss_text(text) == permitted


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"account": PLAIN_IBAN}, "A QR reference needs a QR-IBAN."),
        ({"reference": "RF18539007547034"}, "A QR-IBAN needs a QR reference of 27 digits."),
        ({"reference": "2026/7"}, "A QR-IBAN needs a QR reference of 27 digits."),
        ({"reference": "210000000003139471430009016"}, "The check digit of the QR reference is wrong."),
    ],
)
def test_a_qr_iban_and_a_qr_reference_belong_together(fields, sentence):
    with pytest.raises(InvalidDataError) as caught:
        swiss_payload(swiss_order(**fields))

    assert caught.value.errors == {"reference": [sentence]}


def test_texts_that_are_too_long_are_cut():
    long = PaymentParty(name="N" * 71, street="S" * 71, zip="1" * 17, city="C" * 36, country="CH")
    code = swiss_code(swiss_order(creditor=long, message="M" * 141))

    assert code.creditor.elements == ("S", "N" * 70, "S" * 70, "", "1" * 16, "C" * 35, "CH")
    assert code.message == "M" * 140


def test_more_bytes_than_a_symbol_holds_are_refused():
    wide = PaymentParty(name="Ž" * 70, street="Ž" * 70, zip="Ž" * 16, city="Ž" * 35, country="CH")

    with pytest.raises(InvalidDataError) as caught:
        swiss_payload(swiss_order(creditor=wide, debtor=wide, message="Ž" * 140))

    assert list(caught.value.errors) == ["payload"]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_begins_a_line(text):
    party = PaymentParty(name=text, street=text, zip=text, city=text, country="CH")
    lines = swiss_payload(swiss_order(creditor=party, debtor=party, message=text)).split("\n")

    assert len(lines) == 31
    assert (lines[18], lines[19], lines[30]) == ("1949.75", "CHF", "EPD")


@given(name=st.text(min_size=1), street=st.text(), message=st.text())
def test_it_always_has_31_lines_in_permitted_characters(name, street, message):
    try:
        payload = swiss_payload(
            swiss_order(creditor=PaymentParty(name=name, street=street, zip="1", city="C", country="CH"), message=message)
        )
    except InvalidDataError as error:
        assert list(error.errors) == ["creditor"]  # noqa: PT017 -- only a name of invisible signs is refused
        return

    assert len(payload.split("\n")) == 31
    assert all(" " <= sign <= "~" or "\u00a1" <= sign <= "\u017f" or sign in "\nȘșȚț€" for sign in payload)
    assert len(payload.encode()) <= 997


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidDataError) as caught:
        swiss_payload(swiss_order(creditor=PaymentParty(), account="DE89370400440532013000", amount=Decimal("NaN"), currency="USD"))

    assert set(caught.value.errors) == {"account", "creditor", "amount", "currency", "reference"}
