"""One amount over several."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.contrib.payments.spreading import spread


@pytest.mark.parametrize(
    ("amount", "over", "parts"),
    [
        ("300", {"a": "100", "b": "150", "c": "200"}, {"a": "100", "b": "150", "c": "50"}),
        ("300", {"c": "200", "a": "100", "b": "150"}, {"c": "200", "a": "100"}),
        ("100", {"a": "100", "b": "150"}, {"a": "100"}),
        ("99.99", {"a": "100"}, {"a": "99.99"}),
        ("500", {"a": "100", "b": "150"}, {"a": "100", "b": "150"}),
        ("100", {"a": "0", "b": "100"}, {"b": "100"}),
        ("0", {"a": "100"}, {}),
        ("100", {}, {}),
    ],
)
def test_each_gets_what_it_needs_in_their_order(amount, over, parts):
    found = spread(Decimal(amount), {key: Decimal(wanted) for key, wanted in over.items()})

    assert list(found.items()) == [(key, Decimal(part)) for key, part in parts.items()]


cents = st.integers(0, 10**12).map(lambda units: Decimal(units) / 100)


@given(amount=cents, over=st.lists(cents, max_size=8))
def test_nothing_is_lost_and_nobody_gets_too_much(amount, over):
    parts = spread(amount, dict(enumerate(over)))

    assert sum(parts.values()) == min(amount, sum(over))
    assert all(0 < part <= over[key] for key, part in parts.items())
    # Whoever comes later gets something only when those before have all they need.
    assert all(parts.get(key, 0) == over[key] for key in range(max(parts, default=0)))
