"""Lines, currencies and policies as hypothesis draws them: everything that an invoice may hold, edges first."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from invoicing.domain.amounts import LineAmounts, line_amounts
from invoicing.domain.choices import RoundingPolicy

CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3, "CHF": 2}
"""Currencies and the decimals that they are paid in (ISO 4217)."""

RATES = [None, Decimal(0), Decimal("2.1"), Decimal("5.5"), Decimal(7), Decimal(19), Decimal("25.5"), Decimal(100)]

currencies = st.sampled_from(sorted(CURRENCIES))
policies = st.sampled_from(RoundingPolicy.values)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    """Draw decimals from `low` to `high` in steps of the last place."""
    unit = Decimal(1).scaleb(-places)
    return st.integers(int(Decimal(low) / unit), int(Decimal(high) / unit)).map(lambda steps: steps * unit)


prices = st.one_of(decimals("-9.99", "99.99", 2), decimals("-1000000", "1000000", 6))
quantities = st.one_of(st.integers(1, 20).map(Decimal), decimals("0.001", "1000", 3))
discounts = st.one_of(st.just(Decimal(0)), st.just(Decimal(100)), decimals("0", "100", 2))


@st.composite
def drawn_line(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the fields of one item; category and rate agree."""
    rate = draw(st.sampled_from(RATES))
    categories = ["", "S"] if rate else ["", "E", "O", "Z"]
    return {
        "title": "Anything",
        "unit_price": draw(prices),
        "quantity": draw(quantities),
        "discount": draw(discounts),
        "tax_rate": rate,
        "tax_category": draw(st.sampled_from(categories)),
    }


lines = st.lists(drawn_line(), max_size=8)


def amounts_of(fields: dict[str, Any], *, currency: str, policy: str) -> LineAmounts:
    """Compute the line that the fields make, without a database."""
    category = fields["tax_category"] or ("S" if fields["tax_rate"] else "Z" if fields["tax_rate"] is not None else "E")
    return line_amounts(
        fields["unit_price"],
        fields["quantity"],
        discount=fields["discount"],
        rate=fields["tax_rate"],
        currency=currency,
        policy=policy,
        category=category,
    )


@contextmanager
def rolled_back() -> Iterator[None]:
    """Forget what an example wrote: the next one finds the database as this one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
