"""Policies of hosts: one method is enough, whichever it is, at any depth of the hierarchy."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.domain.choices import TaxCategory
from invoicing.exceptions import InvalidDataError
from invoicing.taxation import TaxationPolicy, TaxDecision, TaxFacts
from invoicing.taxation.eu import EUTaxationPolicy

PARIS = {"customer_country": "FR", "customer_vat_id": "FR40987603149"}


def policy_with_rate(rate):
    class RateOnly(TaxationPolicy):
        @classmethod
        def get_tax_rate(cls, _facts):
            return rate

    return RateOnly


def decided(rate, facts):
    decision = policy_with_rate(rate).decide(facts)
    return decision.rate, decision.category.value, decision.reason_code


def test_by_itself_the_default_rate_is_charged(facts):
    decision = TaxationPolicy.decide(facts(default_rate=Decimal(20)))

    assert (decision.rate, decision.category.value) == (20, "S")
    assert decision.policy == "invoicing.taxation.policy.TaxationPolicy"
    assert TaxationPolicy.get_tax_rate(facts(default_rate=Decimal(20))) == 20
    assert TaxationPolicy.get_tax_rate(facts()) is None


def test_a_policy_that_changes_nothing_charges_the_default_rate(facts):
    class Unchanged(TaxationPolicy):
        pass

    assert Unchanged.decide(facts(default_rate=Decimal(7))).rate == Unchanged.get_tax_rate(facts(default_rate=Decimal(7))) == 7


@pytest.mark.parametrize(
    ("rate", "changes", "decision"),
    [
        (Decimal(20), {}, (20, "S", "")),
        (20, {}, (20, "S", "")),
        (0, {}, (0, "Z", "")),
        (None, {}, (None, "E", "")),
        (None, PARIS, (None, "AE", "VATEX-EU-AE")),
        (None, PARIS | {"supply": "GOODS"}, (None, "K", "VATEX-EU-IC")),
        (None, PARIS | {"customer_is_business": False}, (None, "E", "")),
        (None, PARIS | {"customer_vat_id_answer": "UNREACHABLE"}, (None, "E", "")),
        (None, PARIS | {"customer_vat_id": "FR00"}, (None, "E", "")),
        (None, PARIS | {"supplier_vat_id": ""}, (None, "O", "VATEX-EU-O")),
        (None, {"customer_country": "US"}, (None, "O", "VATEX-EU-O")),
        (None, {"customer_country": "US", "supply": "GOODS"}, (None, "G", "VATEX-EU-G")),
        (None, {"supplier_country": "US", "supplier_vat_id": ""}, (None, "O", "")),
        (None, {"supplier_country": "US", "customer_country": "CA", "supply": "GOODS"}, (None, "G", "")),
        (None, {"supplier_country": "", "supplier_vat_id": "12345"}, (None, "E", "")),
    ],
)
def test_a_rate_alone_becomes_a_whole_decision(facts, rate, changes, decision):
    assert decided(rate, facts(**changes)) == decision


def test_reverse_charge_from_a_bare_rate_prints_its_note(facts):
    decision = policy_with_rate(None).decide(facts(**PARIS, language="fr"))

    assert decision.is_reverse_charge
    assert decision.note == "Autoliquidation"
    assert decision.policy.endswith("policy_with_rate.<locals>.RateOnly")


def test_a_decision_alone_gives_the_rate(facts):
    class DecisionOnly(TaxationPolicy):
        @classmethod
        def decide(cls, _facts):
            return TaxDecision(rate=Decimal(8), category=TaxCategory.STANDARD, explanation="Eight everywhere.")

    assert DecisionOnly.get_tax_rate(facts()) == 8
    assert DecisionOnly.decide(facts()).policy.endswith("DecisionOnly")


def test_a_rate_written_above_the_eu_policy_counts(facts):
    class BooksAreFree(EUTaxationPolicy):
        @classmethod
        def get_tax_rate(cls, facts):
            if facts.tax_class == "REDUCED":
                return Decimal(0)
            return super().get_tax_rate(facts)

    assert BooksAreFree.get_tax_rate(facts(tax_class="REDUCED")) == 0
    assert BooksAreFree.decide(facts(tax_class="REDUCED")).category == TaxCategory.ZERO
    assert BooksAreFree.decide(facts()).explanation == EUTaxationPolicy.decide(facts()).explanation
    assert BooksAreFree.decide(facts(**PARIS)).reason_code == "VATEX-EU-AE"


def test_a_rate_may_be_given_where_the_policy_above_cannot_decide(facts):
    class Worldwide(EUTaxationPolicy):
        @classmethod
        def get_tax_rate(cls, _facts):
            return Decimal(10)

    decision = Worldwide.decide(facts(supplier_country="AU"))

    assert (decision.rate, decision.category.value) == (10, "S")


def test_overriding_alternates_without_going_in_circles(facts):
    class Rates(EUTaxationPolicy):
        @classmethod
        def get_tax_rate(cls, facts):
            rate = super().get_tax_rate(facts)
            return rate + 1 if rate else rate

    class Decisions(Rates):
        @classmethod
        def decide(cls, facts):
            decision = super().decide(facts)
            return TaxDecision(rate=decision.rate + 1, category="S", explanation="One more.")

    class RatesAgain(Decisions):
        @classmethod
        def get_tax_rate(cls, facts):
            return super().get_tax_rate(facts) + 1

    # 19 in Germany; each floor adds one.
    assert [policy.get_tax_rate(facts()) for policy in (Rates, Decisions, RatesAgain)] == [20, 21, 22]
    assert [policy.decide(facts()).rate for policy in (Rates, Decisions, RatesAgain)] == [20, 21, 22]


def test_a_mixin_counts_where_it_stands(facts):
    class Half:
        @classmethod
        def get_tax_rate(cls, facts):
            return super().get_tax_rate(facts) / 2

    class HalfRate(Half, EUTaxationPolicy):
        pass

    assert HalfRate.get_tax_rate(facts()) == HalfRate.decide(facts()).rate == Decimal("9.5")


def test_both_methods_may_be_written(facts):
    class Both(TaxationPolicy):
        @classmethod
        def get_tax_rate(cls, facts):
            return cls.decide(facts).rate

        @classmethod
        def decide(cls, _facts):
            return TaxDecision(rate=5, category="S", explanation="Five.")

    assert Both.get_tax_rate(facts()) == Both.decide(facts()).rate == 5


@pytest.mark.parametrize("nonsense", [-1, Decimal("100.5"), 19.0, "19", True])
def test_a_nonsense_rate_is_a_clear_error_by_either_road(facts, nonsense):
    with pytest.raises(InvalidDataError, match="from 0 to 100"):
        policy_with_rate(nonsense).decide(facts())
    with pytest.raises(InvalidDataError, match="from 0 to 100"):
        policy_with_rate(nonsense).get_tax_rate(facts())


def test_a_decision_that_is_none_is_a_clear_error(facts):
    class Wrong(TaxationPolicy):
        @classmethod
        def decide(cls, _facts):
            return Decimal(19)

    with pytest.raises(InvalidDataError, match=r"Wrong\.decide must return a TaxDecision"):
        Wrong.decide(facts())
    with pytest.raises(InvalidDataError, match="must return a TaxDecision"):
        Wrong.get_tax_rate(facts())


def test_an_instance_method_is_refused_when_the_class_is_made():
    with pytest.raises(TypeError, match="get_tax_rate must be a classmethod"):

        class Wrong(TaxationPolicy):
            def get_tax_rate(self, _facts):
                return Decimal(19)


def test_facts_need_no_more_than_a_day():
    assert policy_with_rate(Decimal(3)).decide(TaxFacts(on=date(2026, 1, 15))).rate == 3
    assert policy_with_rate(None).decide(TaxFacts(on=date(2026, 1, 15))).category == TaxCategory.OUT_OF_SCOPE
