"""What a payment leaves of a document, and the rule that lets it go."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.contrib.payments.rests import LetGo, Rules, rest_of

UNTIL = date(2026, 12, 1)
RULES = Rules(discount=Decimal("23.80"), discount_until=UNTIL, small=Decimal("0.50"))
CASH = Rules(discount=Decimal("0.20"), discount_until=UNTIL, coin=Decimal("0.05"), small=Decimal("0.50"))


@pytest.mark.parametrize(
    ("rules", "left", "paid", "on", "expected"),
    [
        (RULES, "1190.00", "1190.00", UNTIL, None),
        (RULES, "1190.00", "1166.20", UNTIL, ("DISCOUNT", "23.80")),
        (RULES, "1190.00", "1170.00", UNTIL, ("DISCOUNT", "20.00")),
        (RULES, "1190.00", "1166.19", UNTIL, None),
        (RULES, "1190.00", "1166.20", date(2026, 12, 2), None),
        (RULES, "1190.00", "1189.50", UNTIL, ("DISCOUNT", "0.50")),
        (RULES, "1190.00", "1189.50", date(2026, 12, 2), ("WRITE_OFF", "0.50")),
        (RULES, "1190.00", "1189.49", date(2026, 12, 2), None),
        (RULES, "1190.00", "1200.00", UNTIL, None),
        (RULES, "23.80", "0", UNTIL, None),
        (CASH, "10.02", "10.00", UNTIL, ("ROUNDING", "0.02")),
        (CASH, "10.03", "10.05", UNTIL, ("ROUNDING", "-0.02")),
        (CASH, "10.03", "10.00", UNTIL, ("DISCOUNT", "0.03")),
        (CASH, "10.03", "10.00", date(2026, 12, 2), ("WRITE_OFF", "0.03")),
        (CASH, "10.03", "10.10", UNTIL, None),
        (CASH, "10.05", "10.05", UNTIL, None),
        (Rules(), "10.02", "10.01", UNTIL, None),
        (Rules(discount=Decimal(5)), "100", "95", UNTIL, None),
    ],
)
def test_the_first_rule_that_explains_the_rest_wins(rules, left, paid, on, expected):
    found = rest_of(left=Decimal(left), paid=Decimal(paid), on=on, rules=rules)

    assert found == (expected and LetGo(kind=expected[0], amount=Decimal(expected[1])))
