"""One rate for everything."""

from decimal import Decimal

import pytest

from invoicing.taxation.flat import FlatRatePolicy


@pytest.mark.parametrize(
    ("changes", "rate", "category"),
    [
        ({"default_rate": Decimal("7.7")}, "7.7", "S"),
        ({"default_rate": Decimal("7.7"), "customer_country": "US"}, "7.7", "S"),
        ({"default_rate": Decimal(0)}, "0", "Z"),
        ({"default_rate": None}, None, "O"),
        ({"default_rate": Decimal("7.7"), "tax_class": "ZERO"}, "0", "Z"),
        ({"default_rate": Decimal("7.7"), "tax_class": "EXEMPT"}, None, "E"),
        ({"default_rate": Decimal("7.7"), "tax_class": "REDUCED"}, "7.7", "S"),
    ],
)
def test_the_default_rate_is_charged(facts, changes, rate, category):
    decision = FlatRatePolicy.decide(facts(**changes))

    assert (decision.as_dict()["rate"], decision.category.value) == (rate, category)
    assert FlatRatePolicy.get_tax_rate(facts(**changes)) == decision.rate
    assert decision.policy == "invoicing.taxation.flat.FlatRatePolicy"
    assert bool(decision.note) is (category == "E")
