"""Lines become tax subtotals become totals: nets are rounded on lines, tax where the policy says, and the parts add up."""

import decimal
from decimal import Decimal
from fractions import Fraction

import pytest

from invoicing.domain.amounts import (
    LineAmounts,
    derived_category,
    document_totals,
    extended_price,
    line_amounts,
    line_of_net,
    tax_on,
    tax_subtotals,
    tax_within,
    with_tax,
)
from invoicing.domain.choices import RoundingPolicy

PER_CATEGORY, PER_LINE, KEEP_GROSS = RoundingPolicy.TAX_PER_CATEGORY, RoundingPolicy.TAX_PER_LINE, RoundingPolicy.KEEP_GROSS


def line(price, quantity=1, *, rate=19, discount=0, currency="EUR", policy=PER_CATEGORY, category="S"):
    return line_amounts(
        Decimal(price),
        Decimal(quantity),
        discount=Decimal(discount),
        rate=None if rate is None else Decimal(rate),
        currency=currency,
        policy=policy,
        category=category,
    )


def totals(lines, *, currency="EUR", credit="0"):
    result = document_totals(lines, currency=currency, credit=Decimal(credit))
    return str(result.net), str(result.vat), str(result.total)


# 0.99 × 19 % = 0.1881; 0.33 × 19 % = 0.0627, three times 0.06; 0.33 × 1.19 = 0.3927, which is 0.39 and holds 0.06 of tax.
@pytest.mark.parametrize(
    ("policy", "worked_out"),
    [(PER_CATEGORY, ("0.99", "0.19", "1.18")), (PER_LINE, ("0.99", "0.18", "1.17")), (KEEP_GROSS, ("0.99", "0.18", "1.17"))],
)
def test_three_lines_of_33_cents(policy, worked_out):
    assert totals([line("0.33", policy=policy)] * 3) == worked_out


# 9.99 with 19 % inside is 8.394958 without. A net of 8.39 each: 25.17 and 4.7823 of tax. Kept gross: 1.595 → 1.60 of tax in each.
@pytest.mark.parametrize(
    ("policy", "worked_out"),
    [(PER_CATEGORY, ("25.17", "4.78", "29.95")), (PER_LINE, ("25.17", "4.77", "29.94")), (KEEP_GROSS, ("25.17", "4.80", "29.97"))],
)
def test_three_shelf_prices_of_9_99(policy, worked_out):
    assert totals([line("8.394958", policy=policy)] * 3) == worked_out


@pytest.mark.parametrize("shelf_price", ["0.01", "0.99", "9.99", "19.90", "49.95", "1234.56", "99999.99"])
@pytest.mark.parametrize("rate", [7, 19, 21, "25.5"])
def test_keep_gross_gives_back_every_shelf_price(shelf_price, rate):
    net = (Decimal(shelf_price) * 100 / (100 + Decimal(rate))).quantize(Decimal("0.000001"))

    kept = line(net, rate=rate, policy=KEEP_GROSS)

    assert kept.net + kept.tax == Decimal(shelf_price)


@pytest.mark.parametrize(
    ("price", "quantity", "discount", "currency", "net"),
    [
        ("0.125", 1, 0, "EUR", "0.13"),
        ("-0.125", 1, 0, "EUR", "-0.13"),
        ("10", 1, "33.33", "EUR", "6.67"),
        ("10", 3, 100, "EUR", "0.00"),
        ("333.5", 1, 0, "JPY", "334"),
        ("1.2345", 1, 0, "KWD", "1.235"),
        ("0.000001", "0.001", 0, "EUR", "0.00"),
        ("99999999999.999", 1, 0, "KWD", "99999999999.999"),
    ],
)
def test_a_net_is_rounded_half_up_to_the_currency(price, quantity, discount, currency, net):
    assert str(line(price, quantity, discount=discount, currency=currency).net) == net


@pytest.mark.parametrize(
    ("currency", "price", "rate", "worked_out"),
    [
        ("EUR", "100", 19, ("100.00", "19.00", "119.00")),
        ("JPY", "335", 10, ("335", "34", "369")),
        ("KWD", "1.235", 5, ("1.235", "0.062", "1.297")),
        ("EUR", "-50", 19, ("-50.00", "-9.50", "-59.50")),
    ],
)
def test_totals_have_the_digits_of_their_currency(currency, price, rate, worked_out):
    assert totals([line(price, rate=rate, currency=currency)], currency=currency) == worked_out


def test_vat_is_none_when_no_line_has_a_rate_and_zero_when_the_rate_is_zero():
    assert totals([line("100", rate=None, category="AE")]) == ("100.00", "None", "100.00")
    assert totals([line("100", rate=0, category="Z")]) == ("100.00", "0.00", "100.00")
    assert totals([line("100", rate=None, category="O"), line("100", rate=7)]) == ("200.00", "7.00", "207.00")
    assert totals([]) == ("0.00", "None", "0.00")


def test_a_credit_is_taken_off_after_tax():
    assert totals([line("100")], credit="9.00") == ("100.00", "19.00", "110.00")


@pytest.mark.parametrize(("currency", "credit", "total"), [("JPY", "10.000", "90"), ("EUR", "10", "90.00"), ("KWD", "10.00", "90.000")])
def test_a_credit_that_is_written_with_other_digits_leaves_the_total_with_those_of_the_currency(currency, credit, total):
    assert totals([line("100", rate=None, currency=currency)], currency=currency, credit=credit)[2] == total


def test_subtotals_are_grouped_by_category_and_rate_the_highest_rate_first_and_none_last():
    lines = [line(1, rate=None, category="AE"), line(2, rate=0, category="Z"), line(4, rate=10), line(8, rate=21), line(16, rate=21)]
    lines += [line(32, rate=21, category="L")]

    groups = [(group.category, group.rate, str(group.base), str(group.tax)) for group in tax_subtotals(lines, currency="EUR")]

    assert groups == [
        ("L", Decimal(21), "32.00", "6.72"),
        ("S", Decimal(21), "24.00", "5.04"),
        ("S", Decimal(10), "4.00", "0.40"),
        ("Z", Decimal(0), "2.00", "0.00"),
        ("AE", None, "1.00", "0.00"),
    ]


def test_rates_that_are_written_differently_are_one_group():
    (group,) = tax_subtotals([line("0.33", rate="19"), line("0.33", rate="19.000"), line("0.33", rate="19.0")], currency="EUR")

    assert (group.base, group.tax) == (Decimal("0.99"), Decimal("0.19"))


def test_a_deduction_line_lowers_its_own_group_only():
    lines = [line(1000), line(-400), line(100, rate=7)]

    assert totals(lines) == ("700.00", "121.00", "821.00")


def test_prices_quantities_and_discounts_are_multiplied_exactly():
    price, quantity, discount = Decimal("12345678901.123456"), Decimal("12345678901.123"), Decimal("33.33")

    exact = Fraction(price) * Fraction(quantity) * (1 - Fraction(discount) / 100)

    assert Fraction(extended_price(price, quantity, discount=discount)) == exact


def test_tax_on_and_tax_within_an_amount():
    assert tax_on(Decimal(100), Decimal("25.5")) == Decimal("25.5")
    assert tax_on(Decimal(100), None) == 0
    assert with_tax(Decimal(100), Decimal(19)) == Decimal(119)
    assert tax_within(Decimal(119), Decimal(19)) == Decimal(19)
    assert tax_within(Decimal(119), None) == 0


def test_a_line_of_a_known_net_has_tax_of_its_own_only_when_tax_is_rounded_on_lines():
    net = Decimal("0.33")

    assert line_of_net(net, rate=Decimal(19), currency="EUR", policy=PER_LINE) == LineAmounts(net, Decimal(19), "", Decimal("0.06"))
    assert line_of_net(net, rate=Decimal(19), currency="EUR", policy=PER_CATEGORY) == LineAmounts(net, Decimal(19))


@pytest.mark.parametrize(("rate", "category"), [(None, "E"), (Decimal(0), "Z"), (Decimal("0.000"), "Z"), (Decimal(19), "S")])
def test_a_rate_says_which_category_a_line_is_in(rate, category):
    assert derived_category(rate) == category


@pytest.mark.parametrize("policy", [PER_CATEGORY, PER_LINE, KEEP_GROSS])
def test_the_decimal_context_of_the_caller_changes_nothing(policy):
    with decimal.localcontext(prec=6, rounding=decimal.ROUND_DOWN):
        result = totals([line("1234567.89", policy=policy), line("7654321.09", policy=policy)], credit="0.98")

    # 8,888,888.98 net; 1,688,888.9062 of tax; 0.98 off.
    assert result == ("8888888.98", "1688888.91", "10577776.91")
