"""The UPI link."""

from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.payment_codes import PaymentParty
from invoicing.documents.payment_codes.upi import upi_payload
from invoicing.documents.payment_codes.values import one_line
from invoicing.exceptions import InvalidDataError
from tests.documents.payment_codes.orders import INJECTIONS, indian_order


def fields(link):
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("upi", "pay", "")
    pairs = parse_qsl(parts.query, strict_parsing=True)
    assert len(pairs) == len(dict(pairs))
    return dict(pairs)


def test_the_example_of_the_specification():
    example = fields(
        "upi://pay?pa=nadeem@npci&pn=nadeem%20chinna&mc=0000&tid=cxnkjcnkjdfdvjndkjfvn&tr=4894398cndhcd23&tn=Pay%20to%20mystar%20store"
        "&am=10&mam=null&cu=INR&url=https://mystar.com/orderid=9298yw89e8973e87389e78923ue892"
    )
    link = upi_payload(indian_order(amount=Decimal(10), reference="4894398cndhcd23", message="Pay to mystar store"))

    assert link == "upi://pay?pa=nadeem@npci&pn=nadeem%20chinna&tr=4894398cndhcd23&tn=Pay%20to%20mystar%20store&am=10.00&cu=INR"
    assert fields(link) == {**{key: example[key] for key in ("pa", "pn", "tr", "tn", "cu")}, "am": "10.00"}


def test_account_number_and_ifsc_make_an_address():
    link = upi_payload(indian_order(account="5010 0123 4567 89", bic="hdfc0000001"))

    assert fields(link)["pa"] == "50100123456789@HDFC0000001.ifsc.npci"


@pytest.mark.parametrize(
    ("account", "ifsc"), [("50100123456789", ""), ("50100123456789", "HDFC1000001"), ("nadeem@", ""), ("a@b&am=1", ""), ("", "HDFC0000001")]
)
def test_anything_else_is_no_address(account, ifsc):
    with pytest.raises(InvalidDataError) as caught:
        upi_payload(indian_order(account=account, bic=ifsc))

    assert list(caught.value.errors) == ["account"]


def test_texts_that_are_too_long_are_cut():
    found = fields(upi_payload(indian_order(creditor=PaymentParty(name="N" * 100), reference="R" * 36, message="M" * 51)))

    assert (found["pn"], found["tr"], found["tn"]) == ("N" * 99, "R" * 35, "M" * 50)


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_begins_a_field(text):
    found = fields(upi_payload(indian_order(creditor=PaymentParty(name=text), reference=text, message=text)))

    assert found == {"pa": "nadeem@npci", "pn": one_line(text), "tr": one_line(text), "tn": one_line(text), "am": "1949.75", "cu": "INR"}


@given(name=st.text(min_size=1).filter(one_line), message=st.text(min_size=1).filter(one_line))
def test_every_text_can_be_read_back(name, message):
    found = fields(upi_payload(indian_order(creditor=PaymentParty(name=name), message=message)))

    assert (found["pn"], found["tn"]) == (one_line(name, longest=99), one_line(message, longest=50))


def test_all_that_is_wrong_is_said():
    with pytest.raises(InvalidDataError) as caught:
        upi_payload(indian_order(creditor=PaymentParty(), account="?", amount=Decimal(0), currency="EUR"))

    assert set(caught.value.errors) == {"account", "creditor", "amount", "currency"}
