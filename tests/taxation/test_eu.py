"""VAT decisions in the Union: where, who, which rate; with the numbers of January 2026 and a German supplier unless said otherwise."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.choices import Supply, TaxCategory, TaxClass, VatIdAnswer
from invoicing.exceptions import InvalidDataError
from invoicing.taxation import TaxFacts
from invoicing.taxation.eu import EUTaxationPolicy
from invoicing.taxation.grounds import UNTAXED
from invoicing.taxation.territories import MEMBER_STATES
from tests.taxation.test_vat_ids import IDS

PARIS = {"customer_country": "FR", "customer_vat_id": "FR40987603149"}
BELFAST = {"customer_country": "GB", "customer_vat_id": "XI987654353"}
GOODS = {"supply": "GOODS"}
OSS = {"one_stop_shop": True}


def decided(facts):
    """Rate, category and reason of a decision, as they would stand in a table."""
    decision = EUTaxationPolicy.decide(facts)
    return " ".join(filter(None, [str(decision.rate), decision.category.value, decision.reason_code]))


TABLE = [
    # At home
    ({}, "19 S"),
    ({"customer_country": "DE"}, "19 S"),
    ({"customer_country": "DE", "customer_vat_id": "DE987654328"}, "19 S"),
    ({"tax_class": "REDUCED"}, "7 S"),
    ({"tax_class": "ZERO"}, "0 Z"),
    ({"tax_class": "EXEMPT"}, "None E VATEX-EU-132"),
    ({"supplier_vat_id": ""}, "None O VATEX-EU-O"),
    ({"supplier_vat_id": "", "tax_class": "EXEMPT"}, "None O VATEX-EU-O"),
    # To a business in another member state
    (PARIS, "None AE VATEX-EU-AE"),
    (PARIS | GOODS, "None K VATEX-EU-IC"),
    (PARIS | OSS, "None AE VATEX-EU-AE"),
    (PARIS | {"tax_class": "REDUCED"}, "None AE VATEX-EU-AE"),
    (PARIS | {"tax_class": "EXEMPT"}, "None E VATEX-EU-132"),
    (PARIS | {"customer_vat_id": "fr 40 987.603-149"}, "None AE VATEX-EU-AE"),
    (PARIS | {"customer_country": "fr", "customer_vat_id": "40987603149"}, "None AE VATEX-EU-AE"),
    (PARIS | {"customer_country": ""}, "None AE VATEX-EU-AE"),
    (PARIS | {"customer_vat_id_answer": "VALID", "require_verified_vat_id": True}, "None AE VATEX-EU-AE"),
    ({"customer_country": "EL", "customer_vat_id": "EL987654324"}, "None AE VATEX-EU-AE"),
    ({"customer_country": "GR", "customer_vat_id": "gr987654324"} | GOODS, "None K VATEX-EU-IC"),
    # The country outranks the prefix of the id
    ({"customer_country": "AT", "customer_vat_id": "FR40987603149"}, "None AE VATEX-EU-AE"),
    ({"customer_country": "DE", "customer_vat_id": "FR40987603149"}, "19 S"),
    ({"customer_country": "FR", "customer_vat_id": "DE987654328"}, "19 S"),
    ({"customer_country": "FR", "customer_vat_id": "DE987654328"} | GOODS, "19 S"),
    # Where goods go decides, not where the bill goes
    (PARIS | GOODS | {"shipping_country": "DE"}, "19 S"),
    (PARIS | GOODS | {"shipping_country": "AT"}, "None K VATEX-EU-IC"),
    (PARIS | GOODS | {"shipping_country": "CH"}, "None G VATEX-EU-G"),
    (PARIS | {"shipping_country": "CH"}, "None AE VATEX-EU-AE"),
    ({"customer_country": "DE", "shipping_country": "US"} | GOODS, "None G VATEX-EU-G"),
    # Ids that carry nothing
    (PARIS | {"customer_vat_id_answer": "INVALID"}, "19 S"),
    (PARIS | {"customer_vat_id_answer": "UNREACHABLE"}, "19 S"),
    (PARIS | {"customer_vat_id_answer": "UNREACHABLE"} | GOODS, "19 S"),
    (PARIS | {"customer_vat_id_answer": "INVALID"} | OSS, "19 S"),
    (PARIS | {"require_verified_vat_id": True}, "19 S"),
    (PARIS | {"require_verified_vat_id": True} | GOODS, "19 S"),
    (PARIS | {"customer_vat_id": "FR40987603148"}, "19 S"),
    ({"customer_country": "FR", "customer_is_business": True}, "19 S"),
    ({"customer_country": "FR", "customer_is_business": True} | OSS, "19 S"),
    # To a consumer in another member state
    ({"customer_country": "FR"}, "19 S"),
    ({"customer_country": "FR"} | OSS, "20 S"),
    ({"customer_country": "FI"} | OSS | GOODS, "25.5 S"),
    ({"customer_country": "FR", "tax_class": "SECOND_REDUCED"} | OSS, "5.5 S"),
    ({"customer_country": "FR", "tax_class": "EXEMPT"} | OSS, "None E VATEX-EU-132"),
    ({"customer_country": "MC"} | OSS, "20 S"),
    (PARIS | {"customer_is_business": False}, "19 S"),
    (PARIS | {"customer_is_business": False} | OSS, "20 S"),
    (PARIS | {"customer_vat_id": "junk"} | OSS, "20 S"),
    # Out of the Union
    ({"customer_country": "US"} | GOODS, "None G VATEX-EU-G"),
    ({"customer_country": "US", "customer_is_business": True}, "None O VATEX-EU-O"),
    ({"customer_country": "US", "customer_is_business": True, "tax_class": "EXEMPT"}, "None O VATEX-EU-O"),
    ({"customer_country": "US"}, "19 S"),
    ({"customer_country": "US"} | OSS, "19 S"),
    ({"customer_country": "CH", "customer_vat_id": "CHE-198.765.003 MWST"}, "None O VATEX-EU-O"),
    ({"customer_country": "CH", "customer_vat_id": "CHE-198.765.003 MWST", "customer_vat_id_answer": "INVALID"}, "19 S"),
    ({"customer_country": "GB", "customer_vat_id": "GB981000005"}, "None O VATEX-EU-O"),
    ({"customer_country": "GB", "customer_vat_id": "GB981000005"} | GOODS, "None G VATEX-EU-G"),
    ({"customer_country": "AX"} | GOODS, "None G VATEX-EU-G"),
    # Northern Ireland: in for goods, out for services
    (BELFAST | GOODS, "None K VATEX-EU-IC"),
    (BELFAST, "None O VATEX-EU-O"),
    ({"customer_country": "XI"} | GOODS | OSS, "20 S"),
    (PARIS | {"supplier_country": "GB", "supplier_vat_id": "XI987654353"} | GOODS, "None K VATEX-EU-IC"),
    (PARIS | {"supplier_country": "GB", "supplier_vat_id": "XI987654353"}, "None O VATEX-EU-O"),
    ({"supplier_country": "XI", "supplier_vat_id": "XI987654353", "customer_country": "GB"} | GOODS, "20 S"),
    ({"customer_country": "FR", "customer_vat_id": "XI987654353"}, "19 S"),
    # A supplier in Greece
    ({"supplier_country": "GR", "supplier_vat_id": "EL987654324"}, "24 S"),
    ({"supplier_country": "", "supplier_vat_id": "el 987 654 324"}, "24 S"),
    (PARIS | {"supplier_country": "EL", "supplier_vat_id": "987654324"}, "None AE VATEX-EU-AE"),
]


@pytest.mark.parametrize(("changes", "decision"), TABLE)
def test_each_case_has_its_decision(facts, changes, decision):
    assert decided(facts(**changes)) == decision


@pytest.mark.parametrize("state", sorted(MEMBER_STATES))
def test_every_member_state_supplies_and_is_supplied(facts, state):
    there = "DE" if state != "DE" else "AT"
    home = {"supplier_country": state, "supplier_vat_id": IDS[state]}
    abroad = {"supplier_country": there, "supplier_vat_id": IDS[there], "customer_country": state, "customer_vat_id": IDS[state].lower()}
    consumer = abroad | {"customer_vat_id": ""} | OSS
    rate = EUTaxationPolicy.standard_rate(state, on=date(2026, 1, 15))

    assert decided(facts(**home)) == decided(facts(**consumer)) == f"{rate} S"
    assert decided(facts(**abroad)) == "None AE VATEX-EU-AE"
    assert decided(facts(**abroad, **GOODS)) == "None K VATEX-EU-IC"


@pytest.mark.parametrize(("day", "rate"), [("2024-08-31", "24 S"), ("2024-09-01", "25.5 S")])
def test_the_day_of_the_supply_picks_the_rate(facts, day, rate):
    assert decided(facts(on=date.fromisoformat(day), supplier_country="FI", supplier_vat_id="FI98765449")) == rate


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"customer_vat_id_answer": "INVALID"}, "the register says that the VAT id FR40987603149 is invalid, so the supplier's rate"),
        ({"customer_vat_id_answer": "UNREACHABLE"}, "the register could not be reached to confirm the VAT id FR40987603149"),
        ({"require_verified_vat_id": True}, "the VAT id FR40987603149 has not been verified, which is required here"),
        ({"customer_vat_id": "FR 12"}, "the VAT id “FR 12” is not well formed"),
        ({"customer_vat_id": "", "customer_is_business": True}, "the customer gave no VAT id"),
        ({"customer_vat_id": "DE987654328"}, "was given by the supplier's own state"),
        ({"customer_vat_id": ""}, "the customer in FR is a consumer, and no One-Stop-Shop is used"),
        ({"customer_vat_id": ""} | OSS, "Standard rate of FR, 20 %: the customer in FR is a consumer, taxed there by the One-Stop-Shop."),
        ({}, "it owes the VAT on services from DE"),
    ],
)
def test_the_explanation_says_why(facts, changes, says):
    assert says in EUTaxationPolicy.decide(facts(**(PARIS | changes))).explanation


@pytest.mark.parametrize(
    ("changes", "article"),
    [
        ({}, "Art. 96"),
        ({"tax_class": "REDUCED"}, "Art. 98"),
        (PARIS, "Art. 196"),
        (PARIS | GOODS, "Art. 138(1)"),
        ({"customer_country": "US"} | GOODS, "Art. 146(1)"),
        ({"customer_country": "FR"} | OSS, "Art. 58"),
        ({"customer_country": "FR"} | OSS | GOODS, "Art. 33(a)"),
        ({"customer_country": "US"}, "Art. 45"),
        ({"tax_class": "EXEMPT"}, "Art. 132"),
        ({"supplier_vat_id": ""}, "Art. 282 to 292"),
    ],
)
def test_the_articles_are_named(facts, changes, article):
    assert f"Directive 2006/112/EC, {article}" in EUTaxationPolicy.decide(facts(**changes)).citations


def test_the_note_is_in_the_language_of_the_document(facts):
    assert EUTaxationPolicy.decide(facts(**PARIS, language="cs")).note == "Daň odvede zákazník"
    assert EUTaxationPolicy.decide(facts(**PARIS, **GOODS, language="de")).note.startswith("Steuerfreie innergemeinschaftliche Lieferung")
    assert EUTaxationPolicy.decide(facts()).note == ""


def test_the_policy_names_itself(facts):
    assert EUTaxationPolicy.decide(facts()).policy == "invoicing.taxation.eu.EUTaxationPolicy"
    assert EUTaxationPolicy.get_tax_rate(facts()) == 19
    assert EUTaxationPolicy.get_tax_rate(facts(**PARIS)) is None


def test_a_subclass_names_other_grounds(facts):
    class Club(EUTaxationPolicy):
        not_registered = UNTAXED

    decision = Club.decide(facts(supplier_vat_id=""))

    assert (decision.category, decision.reason_code, decision.note) == (TaxCategory.OUT_OF_SCOPE, "", "")


def test_membership_is_asked_of_the_policy():
    assert EUTaxationPolicy.is_in_eu("el")
    assert not EUTaxationPolicy.is_in_eu("GB")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"supplier_country": "", "supplier_vat_id": "12345"}, "supplier_country"),
        ({"supplier_country": "US"}, "supplier_country"),
        ({"supplier_country": "GB", "supplier_vat_id": "GB981000005"}, "supplier_country"),
        ({"customer_country": "France"}, "customer_country"),
        ({"shipping_country": "ZZ"} | GOODS, "shipping_country"),
        ({"tax_class": "SUPER_REDUCED"}, "tax_class"),
        ({"on": date(2014, 12, 31)}, "on"),
    ],
)
def test_what_cannot_be_decided_is_an_error_at_its_field(facts, changes, field):
    with pytest.raises(InvalidDataError) as raised:
        EUTaxationPolicy.decide(facts(**changes))

    assert list(raised.value.errors) == [field]


COUNTRIES = st.sampled_from(["", *sorted(MEMBER_STATES), "EL", "el", "XI", "GB", "UK", "US", "ch", "MC", "XK"])
NUMBERS = st.one_of(st.text(), st.sampled_from([*IDS.values(), *(number[2:] for number in IDS.values()), "CHE198765003MWST"]))
ANY_FACTS = st.builds(
    TaxFacts,
    on=st.dates(min_value=date(2021, 1, 1), max_value=date(2030, 12, 31)),
    language=st.text(),
    supplier_country=st.sampled_from([*sorted(MEMBER_STATES), "EL", "XI", "mc"]),
    supplier_vat_id=NUMBERS,
    customer_country=COUNTRIES,
    customer_state=st.text(),
    customer_vat_id=NUMBERS,
    customer_is_business=st.sampled_from([None, True, False]),
    customer_vat_id_answer=st.sampled_from([None, *VatIdAnswer]),
    shipping_country=COUNTRIES,
    supply=st.sampled_from(Supply),
    tax_class=st.sampled_from([TaxClass.STANDARD, TaxClass.ZERO, TaxClass.EXEMPT]),
    one_stop_shop=st.booleans(),
    require_verified_vat_id=st.booleans(),
)
REASONS = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O", "E": "VATEX-EU-132"}


@given(ANY_FACTS)
def test_category_rate_reason_and_note_always_fit(facts):
    decision = EUTaxationPolicy.decide(facts)

    if decision.category in REASONS:
        assert decision.rate is None
        assert decision.reason_code == REASONS[decision.category.value]
        assert decision.note
    else:
        assert decision.category == (TaxCategory.STANDARD if decision.rate else TaxCategory.ZERO)
        assert decision.rate == 0 or 15 <= decision.rate <= 27
        assert (decision.reason_code, decision.note) == ("", "")
    assert decision.citations
    assert decision.explanation.endswith(".")


@given(ANY_FACTS)
def test_nothing_unconfirmed_ever_goes_untaxed_to_another_member_state(facts):
    doubtful = facts.customer_vat_id_answer in {VatIdAnswer.INVALID, VatIdAnswer.UNREACHABLE}
    unasked = facts.require_verified_vat_id and facts.customer_vat_id_answer is None

    if doubtful or unasked or facts.customer_is_business is False or not facts.customer_vat_id:
        assert EUTaxationPolicy.decide(facts).category not in {TaxCategory.REVERSE_CHARGE, TaxCategory.INTRA_COMMUNITY}
