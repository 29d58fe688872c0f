"""GST: halves within a state, IGST between states; a supplier in Maharashtra unless said otherwise."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.domain.choices import TaxClass
from invoicing.exceptions import InvalidDataError
from invoicing.taxation.india import IndiaGSTPolicy, find_state

BENGALURU = "29AAACK9876C1Z6"


def parts(facts):
    return [(part.name, str(part.rate)) for part in IndiaGSTPolicy.decide(facts).parts]


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({"customer_state": "MH"}, [("CGST", "9"), ("SGST", "9")]),
        ({"customer_state": "27"}, [("CGST", "9"), ("SGST", "9")]),
        ({"customer_state": "in-mh"}, [("CGST", "9"), ("SGST", "9")]),
        ({"customer_state": "Maharashtra"}, [("CGST", "9"), ("SGST", "9")]),
        ({"customer_state": "MH", "tax_class": "REDUCED"}, [("CGST", "2.5"), ("SGST", "2.5")]),
        ({"customer_state": "KA"}, [("IGST", "18")]),
        ({"customer_vat_id": BENGALURU}, [("IGST", "18")]),
        ({"customer_vat_id": BENGALURU, "customer_state": "MH"}, [("CGST", "9"), ("SGST", "9")]),
        ({"customer_vat_id": BENGALURU, "tax_class": "REDUCED"}, [("IGST", "5")]),
        ({"supplier_vat_id": "04AAACH9876D1ZJ", "customer_state": "CH"}, [("CGST", "9"), ("UTGST", "9")]),
        ({"supplier_state": "7", "customer_state": "DL"}, [("CGST", "9"), ("SGST", "9")]),
    ],
)
def test_the_states_decide_the_parts(indian_facts, changes, shares):
    assert parts(indian_facts(**changes)) == shares


def test_the_rate_is_the_sum_of_its_parts(indian_facts):
    decision = IndiaGSTPolicy.decide(indian_facts(customer_state="MH"))

    assert (decision.rate, decision.category.value) == (18, "S")
    assert decision.explanation == "GST 18 %: supplier and customer are both in Maharashtra, so CGST and SGST are half each."
    assert IndiaGSTPolicy.get_tax_rate(indian_facts(customer_state="KA")) == 18


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"customer_country": "US"}, "G"),
        ({"supply": "GOODS", "customer_country": "IN", "shipping_country": "AE"}, "G"),
        ({"tax_class": "EXEMPT"}, "E"),
        ({"tax_class": "ZERO"}, "Z"),
        ({"supplier_vat_id": ""}, "O"),
    ],
)
def test_what_bears_no_tax_needs_no_state(indian_facts, changes, category):
    decision = IndiaGSTPolicy.decide(indian_facts(**changes))

    assert decision.category.value == category
    assert not decision.is_taxed
    assert decision.parts == ()


def test_an_export_carries_the_endorsement_of_rule_46(indian_facts):
    decision = IndiaGSTPolicy.decide(indian_facts(customer_country="US"))

    assert decision.note == "Supply meant for export under bond or letter of undertaking without payment of integrated tax"
    assert "IGST Act 2017, s. 16(1)(a)" in decision.citations
    assert decision.reason_code == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "customer_state"),
        ({"customer_state": "XY"}, "customer_state"),
        ({"customer_state": "99"}, "customer_state"),
        ({"supplier_vat_id": "unknown", "customer_state": "MH"}, "supplier_state"),
        ({"supplier_country": "DE"}, "supplier_country"),
        ({"customer_country": "India"}, "customer_country"),
        ({"customer_state": "MH", "tax_class": "SECOND_REDUCED"}, "tax_class"),
        ({"customer_state": "MH", "on": date(2017, 6, 30)}, "on"),
    ],
)
def test_what_cannot_be_decided_is_an_error_at_its_field(indian_facts, changes, field):
    with pytest.raises(InvalidDataError) as raised:
        IndiaGSTPolicy.decide(indian_facts(**changes))

    assert list(raised.value.errors) == [field]


@pytest.mark.parametrize(
    ("tax_class", "before", "after"),
    [("STANDARD", "18", "18"), ("REDUCED", "5", "5"), ("SECOND_REDUCED", "12", None), ("DEMERIT", "28", "40")],
)
def test_the_reform_of_22_september_2025(tax_class, before, after):
    assert IndiaGSTPolicy.rate(tax_class, on=date(2025, 9, 21)) == Decimal(before)
    if after:
        assert IndiaGSTPolicy.rate(tax_class, on=date(2025, 9, 22)) == Decimal(after)
    else:
        with pytest.raises(InvalidDataError, match="IN has no SECOND_REDUCED rate on 2025-09-22"):
            IndiaGSTPolicy.rate(tax_class, on=date(2025, 9, 22))


def test_a_subclass_sets_rates_of_its_own(indian_facts):
    class Cars(IndiaGSTPolicy):
        tax_rates = {TaxClass.STANDARD: Decimal(40)}

    assert Cars.get_tax_rate(indian_facts(customer_state="KA")) == 40
    assert Cars.get_tax_rate(indian_facts(customer_state="KA", tax_class="REDUCED")) == 5


@pytest.mark.parametrize(
    ("text", "code"), [("Odisha", "21"), ("OR", "21"), ("25", "26"), ("28", "37"), ("TS", "36"), ("TG", "36"), ("1", "01")]
)
def test_old_and_new_spellings_are_one_state(text, code):
    assert find_state(text).gst_code == code
