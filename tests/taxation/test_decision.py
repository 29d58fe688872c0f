"""Decisions: what they refuse to say, and that they survive being stored."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.choices import TaxCategory
from invoicing.exceptions import InvalidDataError
from invoicing.taxation import TaxDecision, TaxPart
from invoicing.taxation.decision import checked_rate, percentage

NONSENSE = [19.0, -1, Decimal("-0.01"), Decimal("100.01"), 101, "19", True, Decimal("NaN"), Decimal("Infinity"), object()]


@pytest.mark.parametrize("rate", NONSENSE)
def test_nonsense_is_no_rate(rate):
    with pytest.raises(InvalidDataError) as raised:
        checked_rate(rate)

    assert list(raised.value.errors) == ["tax_rate"]
    assert "from 0 to 100" in str(raised.value)


@pytest.mark.parametrize(("rate", "sound"), [(None, None), (0, "0"), (19, "19"), (Decimal("25.5"), "25.5"), (Decimal(100), "100")])
def test_percentages_are_decimals(rate, sound):
    assert checked_rate(rate) == (None if sound is None else Decimal(sound))
    assert not isinstance(checked_rate(rate), int)


@pytest.mark.parametrize(("rate", "text"), [("25.50", "25.5 %"), ("20", "20 %"), ("1E+1", "10 %"), ("0", "0 %")])
def test_percentages_are_written_without_idle_zeros(rate, text):
    assert percentage(Decimal(rate)) == text


@pytest.mark.parametrize(
    ("rate", "category", "says"),
    [
        (19, "AE", "charges no tax"),
        (19, "K", "charges no tax"),
        (19, "G", "charges no tax"),
        (19, "O", "charges no tax"),
        (19, "E", "charges no tax"),
        (19, "Z", "charges no tax"),
        (0, "S", "zero-rated is category Z"),
        (None, "S", "needs a rate"),
        (None, "L", "needs a rate"),
        (None, "Z", "needs the rate 0"),
        (19, "X", "not a tax category"),
    ],
)
def test_rate_and_category_must_fit(rate, category, says):
    with pytest.raises(InvalidDataError, match=says):
        TaxDecision(rate=rate, category=category, explanation="Because.")


def test_parts_add_up_to_the_rate():
    with pytest.raises(InvalidDataError, match="parts do not add up"):
        TaxDecision(rate=Decimal(18), category=TaxCategory.STANDARD, explanation="GST.", parts=(TaxPart(name="CGST", rate=Decimal(9)),))


def test_only_reverse_charge_is_reverse_charge():
    decisions = {category: TaxDecision(rate=None, category=category, explanation="-") for category in ("AE", "K", "G", "O", "E")}

    assert [category for category, decision in decisions.items() if decision.is_reverse_charge] == ["AE"]
    assert not any(decision.is_taxed for decision in decisions.values())


def test_a_decision_survives_json():
    decision = TaxDecision(
        rate=Decimal("25.50"),
        category=TaxCategory.STANDARD,
        explanation="Standard rate of FI.",
        citations=("Directive 2006/112/EC, Art. 96",),
        parts=(TaxPart(name="One half", rate=Decimal("12.75")), TaxPart(name="Other half", rate=Decimal("12.75"))),
        policy="shop.tax.Policy",
    )
    stored = json.loads(json.dumps(decision.as_dict()))

    assert stored["rate"] == "25.5"
    assert stored["parts"][0] == {"name": "One half", "rate": "12.75"}
    assert TaxDecision.from_dict(stored) == decision
    assert TaxDecision.from_dict({**stored, "of_a_later_version": 1}) == decision


@pytest.mark.parametrize("stored", [{}, {"rate": "abc", "category": "S"}, {"rate": None}, {"rate": None, "category": "O", "parts": [1]}])
def test_what_is_no_stored_decision_is_refused(stored):
    with pytest.raises(InvalidDataError):
        TaxDecision.from_dict(stored)


@given(st.decimals(min_value=0, max_value=100, places=3), st.text(), st.lists(st.text()))
def test_any_decision_survives_json(rate, text, citations):
    category = TaxCategory.STANDARD if rate else TaxCategory.ZERO
    decision = TaxDecision(rate=rate, category=category, explanation=text, note=text, citations=tuple(citations))

    assert TaxDecision.from_dict(json.loads(json.dumps(decision.as_dict()))) == decision
