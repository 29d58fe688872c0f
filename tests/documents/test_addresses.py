"""Names and addresses as they stand on paper."""

import pytest
from django.utils import translation

from invoicing.documents.addresses import country_name, issuer_block, party_block
from tests.factories import ALPENBLICK, SOMMER, SUMMIT, build_invoice


@pytest.mark.parametrize(
    ("customer", "address"),
    [
        (SOMMER, ("Hauptstraße 21", "01067 Dresden")),
        (SUMMIT, ("480 Larimer Street", "Denver, CO 80204")),
        ({"name": "Nobody", "country": "GB", "city": "Leeds"}, ("Leeds",)),
        ({"name": "Nobody", "country": "CA", "zip": "K1A 0B1"}, ("K1A 0B1",)),
        ({"name": "Nobody"}, ()),
    ],
)
def test_the_postal_code_stands_where_the_country_has_it(customer, address):
    assert party_block(build_invoice(customer=customer), prefix="customer", home="DE").address == address


def test_a_country_is_named_only_abroad():
    assert party_block(build_invoice(customer=SOMMER), prefix="customer", home="DE").country == ""
    with translation.override("en"):
        assert party_block(build_invoice(customer=ALPENBLICK), prefix="customer", home="DE").country == "Austria"


@pytest.mark.parametrize(("language", "name"), [("en", "Italy"), ("de", "Italien"), ("sk", "Taliansko"), ("fr", "Italie")])
def test_a_country_has_the_name_of_the_language(language, name):
    with translation.override(language):
        assert country_name("IT") == name


def test_of_the_additional_information_what_can_be_printed_is():
    info = {"Managing director": "Ida Lindner", "Share capital": 25000, "secret": {"deep": 1}, "flag": True, "blank": ""}
    details = party_block(build_invoice(supplier_additional_info=info), prefix="supplier", home="DE").details

    assert [(detail.label, detail.text) for detail in details] == [("Managing director", "Ida Lindner"), ("Share capital", "25000")]


def test_no_issuer_is_none():
    assert issuer_block(build_invoice()) is None
    assert issuer_block(build_invoice(issuer_name="Ida Lindner")).name == "Ida Lindner"
