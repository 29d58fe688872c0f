"""Which standard codes which payment."""

import pytest

from invoicing.documents.payment_codes import PaymentParty, Standard, payload, standard_for
from tests.documents.payment_codes.orders import czech_order, indian_order, order, slovak_order, swiss_order


@pytest.mark.parametrize(
    ("given", "standard"),
    [
        (order(), Standard.EPC),
        (order(account="CZ5855000000001265098001"), Standard.SPAYD),
        (czech_order(), Standard.SPAYD),
        (slovak_order(), Standard.PAY_BY_SQUARE),
        (swiss_order(), Standard.SWISS),
        (swiss_order(currency="EUR"), Standard.SWISS),
        (swiss_order(account="LI21088100002324013AA"), Standard.SWISS),
        (indian_order(), Standard.UPI),
        (order(account="GB29NWBK60161331926819"), Standard.EPC),
        (order(account="de89 3704 0044 0532 0130 00"), Standard.EPC),
    ],
)
def test_currency_and_account_choose_the_standard(given, standard):
    assert standard_for(given) is standard


@pytest.mark.parametrize(
    "given",
    [
        order(currency="USD"),
        order(currency="CHF"),
        order(currency="CZK"),
        order(account="50100123456789"),
        order(account="DE88370400440532013000"),
        order(account=""),
        order(account="TR330006100519786457841326"),
        slovak_order(currency="CZK"),
        indian_order(creditor=PaymentParty(name="Lindner", country="DE")),
    ],
)
def test_there_is_no_standard_for_other_payments(given):
    assert standard_for(given) is None


@pytest.mark.parametrize(
    ("given", "start"),
    [
        (order(), "BCD\n002"),
        (swiss_order(), "SPC\n0200"),
        (czech_order(), "SPD*1.0"),
        (slovak_order(), "000"),
        (indian_order(), "upi://pay?"),
    ],
)
def test_the_payload_is_that_of_the_standard(given, start):
    assert payload(given, standard=standard_for(given)).startswith(start)
