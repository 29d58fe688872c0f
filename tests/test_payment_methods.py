"""The four payment methods, and the codes that others register."""

import pytest
from django.utils import translation

from invoicing import payment_methods
from invoicing.exceptions import InvalidDataError
from invoicing.models import get_invoice_model
from tests.factories import make_invoice

Invoice = get_invoice_model()
FOUR = ["BANK_TRANSFER", "CASH", "CASH_ON_DELIVERY", "PAYMENT_CARD"]


@pytest.fixture
def sources(monkeypatch):
    """No source but those that a test registers."""
    monkeypatch.setattr(payment_methods, "_sources", [])


@pytest.fixture
def cheques(sources):
    """A host with a table of its own; gives the databases that were asked."""
    asked = []

    def source(using):
        asked.append(using)
        return {"CHEQUE": "cheque", "CASH": "notes and coins"}

    payment_methods.register(source)
    payment_methods.register(source)
    return asked


def test_without_a_source_there_are_four(sources):
    assert list(payment_methods.names(using="default")) == FOUR
    assert [payment_methods.is_known(code, using="default") for code in (*FOUR, "CHEQUE", "")] == [True] * 4 + [False] * 2


def test_a_source_adds_its_codes_and_renames_none_of_the_four(cheques):
    assert list(payment_methods.names(using="archive")) == [*FOUR, "CHEQUE"]
    assert payment_methods.names(using="archive")["CASH"] == "cash"
    assert payment_methods.is_known("CHEQUE", using="archive")
    assert not payment_methods.is_known("GOLD", using="archive")
    assert set(cheques) == {"archive"}


def test_the_four_are_known_and_named_without_asking(cheques):
    for code in FOUR:
        payment_methods.check(code, using="default")
        payment_methods.name_of(code, using="default")

    assert cheques == []


def test_the_four_speak_the_language_of_the_moment(cheques):
    with translation.override("de"):
        assert payment_methods.name_of("CASH", using="default") == "bar"
        assert payment_methods.name_of("CHEQUE", using="default") == "cheque"


def test_a_code_that_nobody_knows_any_more_is_its_own_name(cheques):
    assert payment_methods.name_of("GOLD", using="default") == "GOLD"
    assert payment_methods.name_of("", using="default") == ""


def test_an_unknown_code_is_refused_with_those_that_are_known(cheques):
    with pytest.raises(InvalidDataError) as caught:
        payment_methods.check("GOLD", using="default")

    sentence = "“GOLD” is no payment method: use one of BANK_TRANSFER, CASH, CASH_ON_DELIVERY, PAYMENT_CARD, CHEQUE."
    assert caught.value.errors == {"payment_method": [sentence]}


@pytest.mark.parametrize(
    ("code", "is_code"),
    [
        ("CHEQUE", True),
        ("SEPA_DD2", True),
        ("A" * 16, True),
        ("A" * 17, False),
        ("cheque", False),
        ("2PAY", False),
        ("CASH\n", False),
        (5, False),
    ],
)
def test_how_a_code_is_written(code, is_code):
    assert payment_methods.is_code(code) is is_code


@pytest.mark.django_db
def test_an_invoice_is_paid_as_a_host_says(cheques):
    invoice = make_invoice(payment_method="CHEQUE")

    assert Invoice.objects.get(pk=invoice.pk).get_payment_method_display() == "cheque"


@pytest.mark.django_db
def test_an_invoice_of_the_four_asks_no_source(cheques):
    assert make_invoice(payment_method="PAYMENT_CARD").get_payment_method_display() == "payment card"
    assert cheques == []


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["GOLD", "cash", "CASH ", "X" * 17])
def test_an_invoice_with_another_one_is_refused(cheques, code):
    with pytest.raises(InvalidDataError) as caught:
        make_invoice(payment_method=code)

    assert list(caught.value.errors) == ["payment_method"]
