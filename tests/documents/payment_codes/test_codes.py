"""The code of an invoice, for a host and on the document."""

import base64
import logging
import re
import sys
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.documents.context import PaymentCode, SwissBill
from invoicing.documents.payment_codes import payment_code, payment_order, swiss_bill
from invoicing.documents.payment_codes.codes import codes_on_paper
from invoicing.exceptions import InvalidDataError, MissingDependencyError
from tests.factories import build_invoice, columns

SCHNEIDER = {"name": "Robert Schneider AG", "street": "Rue du Lac 1268", "zip": "2501", "city": "Biel", "country": "CH"}

PAGE = Path(__file__).parents[3] / "docs/reference/document-context.md"


def unpaid(**values):
    invoice = build_invoice(total=Decimal("1949.75"), number="2026/7", payment_method="BANK_TRANSFER")
    for name, value in values.items():
        setattr(invoice, name, value)
    return invoice


def swiss(**values):
    account = {"bank_iban": "CH4431999123000889012", "reference": "210000000003139471430009017", "currency": "CHF"}
    return unpaid(**{**columns("supplier", SCHNEIDER), **account, **values})


def test_a_host_gets_payload_and_picture():
    code = payment_code(unpaid())

    assert (code.kind, code.name, code.label) == ("EPC", "SEPA QR", "Scan to pay")
    assert code.payload.split("\n")[6:8] == ["DE89370400440532013000", "EUR1949.75"]
    assert base64.b64decode(code.image.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")


def test_a_host_gets_the_swiss_code_too():
    code = payment_code(swiss())

    assert (code.kind, code.name) == ("SWISS", "QR-bill")
    assert code.image == swiss_bill(payment_order(swiss()), language="de").image


def test_there_is_none_without_a_standard_or_without_anything_to_pay():
    assert payment_code(unpaid(currency="USD")) is None
    assert payment_code(unpaid(type="CREDIT_NOTE")) is None


def test_a_host_is_told_what_is_wrong_and_a_document_goes_without(caplog):
    invoice = swiss(reference="")
    with pytest.raises(InvalidDataError, match="needs a QR reference"):
        payment_code(invoice)

    with caplog.at_level(logging.INFO, logger="invoicing.documents"):
        assert codes_on_paper(invoice, language="en") == (None, None)
    assert "2026/7 has no payment code (SWISS): reference: A QR-IBAN needs a QR reference" in caplog.text


def test_a_host_is_told_what_to_install_and_a_document_goes_without(monkeypatch):
    monkeypatch.setitem(sys.modules, "segno", None)

    with pytest.raises(MissingDependencyError, match=re.escape("pip install 'django-invoicekit[qr]'")):
        payment_code(unpaid())
    assert codes_on_paper(unpaid(), language="en") == (None, None)
    assert codes_on_paper(swiss(), language="en") == (None, None)


def test_a_document_has_a_code_or_a_bill():
    code, no_bill = codes_on_paper(unpaid(), language="en")
    no_code, bill = codes_on_paper(swiss(), language="en")

    assert (code.kind, no_bill, no_code, bill.currency) == ("EPC", None, None, "CHF")


@pytest.mark.parametrize("invoice", [unpaid, swiss])
def test_a_host_may_want_none(invoice, settings):
    settings.INVOICING_PAYMENT_CODES = False

    assert codes_on_paper(invoice(), language="en") == (None, None)


def test_the_bill_is_written_as_its_guidelines_want_it():
    bill = swiss_bill(payment_order(swiss(total=Decimal("1234567.50"))), language="de")

    assert (bill.receipt_heading, bill.payment_part_heading, bill.payable_by_heading) == ("Empfangsschein", "Zahlteil", "Zahlbar durch")
    assert bill.account == "CH44 3199 9123 0008 8901 2"
    assert bill.creditor == ("Robert Schneider AG", "Rue du Lac 1268", "2501 Biel")
    assert bill.reference == "21 00000 00003 13947 14300 09017"
    assert bill.additional_information == "2026/7"
    assert bill.debtor == ("Buchhandlung Sommer KG", "Hauptstraße 21", "DE-01067 Dresden")
    assert (bill.currency, bill.amount) == ("CHF", "1 234 567.50")


def test_a_creditor_reference_is_written_in_groups_of_four():
    bill = swiss_bill(payment_order(swiss(bank_iban="CH5800791123000889012", reference="RF18539007547034")), language="en")

    assert bill.reference == "RF18 5390 0754 7034"


def test_a_bill_without_a_reference_or_a_debtor_has_their_places_blank():
    bill = swiss_bill(payment_order(swiss(bank_iban="CH5800791123000889012", reference="", customer_zip="")), language="fr")

    assert (bill.reference, bill.additional_information, bill.debtor) == ("", "2026/7", ())
    assert bill.payable_by_heading == "Payable par (nom/adresse)"


@pytest.mark.parametrize("part", [PaymentCode, SwissBill], ids=lambda part: part.__name__)
def test_the_reference_names_every_field(part):
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {part.__name__}\n")[1].split("\n## ")[0]

    assert {field.name for field in fields(part)} <= set(re.findall(r"`(\w+)`", section))
