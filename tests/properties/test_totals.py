"""What holds for the totals of every document, whatever its lines, currency and policy: no database is asked."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from invoicing.domain.amounts import document_totals
from invoicing.domain.choices import RoundingPolicy
from tests.properties.strategies import CURRENCIES, amounts_of, currencies, decimals, lines, policies

documents = st.tuples(lines, currencies, policies)


def computed(document):
    drawn, currency, policy = document
    return [amounts_of(fields, currency=currency, policy=policy) for fields in drawn]


@given(document=documents)
def test_the_nets_of_the_lines_are_the_net_total(document):
    made = computed(document)

    assert document_totals(made, currency=document[1]).net == sum(line.net for line in made)


@given(document=documents)
def test_the_bases_and_taxes_of_the_groups_are_the_net_total_and_the_vat(document):
    totals = document_totals(computed(document), currency=document[1])

    assert sum(group.base for group in totals.tax_subtotals) == totals.net
    assert sum(group.tax for group in totals.tax_subtotals) == (totals.vat or 0)


@given(document=documents, credit=st.integers(0, 100_000))
def test_net_and_vat_less_the_credit_are_the_total(document, credit):
    totals = document_totals(computed(document), currency=document[1], credit=Decimal(credit))

    assert totals.total == totals.net + (totals.vat or 0) - credit


@given(document=documents, random=st.randoms(use_true_random=False))
def test_the_order_of_the_lines_is_irrelevant(document, random):
    made = computed(document)
    shuffled = random.sample(made, len(made))

    assert document_totals(shuffled, currency=document[1]) == document_totals(made, currency=document[1])


@given(document=documents)
def test_every_amount_has_the_decimals_of_its_currency(document):
    made, currency = computed(document), document[1]
    totals = document_totals(made, currency=currency)

    shown = [totals.net, totals.total, *(line.net for line in made), *(group.tax for group in totals.tax_subtotals)]
    shown += [amount for amount in (totals.vat, *(line.tax for line in made)) if amount is not None]

    for amount in shown:
        whole, _, decimals = str(amount).partition(".")
        assert len(decimals) == CURRENCIES[currency]
        assert whole.lstrip("-").isdigit()


@given(document=documents)
def test_vat_is_none_exactly_when_no_line_has_a_rate(document):
    totals = document_totals(computed(document), currency=document[1])

    assert (totals.vat is None) == all(fields["tax_rate"] is None for fields in document[0])


@given(document=documents)
def test_a_group_is_one_category_at_one_rate(document):
    totals = document_totals(computed(document), currency=document[1])

    keys = [(group.category, group.rate) for group in totals.tax_subtotals]
    assert len(keys) == len(set(keys))


@given(drawn=lines, currency=currencies)
def test_tax_per_category_is_within_half_a_minor_unit_of_the_exact_tax(drawn, currency):
    made = computed((drawn, currency, RoundingPolicy.TAX_PER_CATEGORY))
    exact = defaultdict(Fraction)
    for line in made:
        exact[line.category, line.rate] += Fraction(line.net) * Fraction(line.rate or 0) / 100

    for group in document_totals(made, currency=currency).tax_subtotals:
        assert abs(Fraction(group.tax) - exact[group.category, group.rate]) <= Fraction(1, 2 * 10 ** CURRENCIES[currency])


@given(drawn=lines, currency=currencies, policy=st.sampled_from([RoundingPolicy.TAX_PER_LINE, RoundingPolicy.KEEP_GROSS]))
def test_tax_that_is_rounded_on_lines_is_added_up_and_nothing_else(drawn, currency, policy):
    made = computed((drawn, currency, policy))

    totals = document_totals(made, currency=currency)

    assert (totals.vat or 0) == sum(line.tax for line in made)
    assert totals.total == sum(line.net + line.tax for line in made)


@given(drawn=lines, currency=currencies)
def test_every_gross_price_is_kept(drawn, currency):
    for fields, line in zip(drawn, computed((drawn, currency, RoundingPolicy.KEEP_GROSS)), strict=True):
        price = Fraction(fields["unit_price"]) * Fraction(fields["quantity"]) * (1 - Fraction(fields["discount"]) / 100)
        gross = price * (1 + Fraction(fields["tax_rate"] or 0) / 100)

        assert abs(Fraction(line.net + line.tax) - gross) <= Fraction(1, 2 * 10 ** CURRENCIES[currency])


@given(
    shelf_price=decimals("0.01", "100000", 2),
    rate=st.sampled_from([Decimal("2.1"), Decimal("5.5"), Decimal(7), Decimal(19), Decimal("25.5")]),
)
def test_a_shelf_price_survives_the_way_over_its_net_of_six_decimals(shelf_price, rate):
    net = (shelf_price * 100 / (100 + rate)).quantize(Decimal("0.000001"))
    fields = {"unit_price": net, "quantity": Decimal(1), "discount": Decimal(0), "tax_rate": rate, "tax_category": "S"}

    line = amounts_of(fields, currency="EUR", policy=RoundingPolicy.KEEP_GROSS)

    assert line.net + line.tax == shelf_price


@given(document=documents)
def test_turning_every_price_round_turns_every_amount_round(document):
    drawn, currency, policy = document
    turned = [{**fields, "unit_price": -fields["unit_price"]} for fields in drawn]

    totals, opposite = (document_totals(computed((some, currency, policy)), currency=currency) for some in (drawn, turned))

    assert (opposite.net, opposite.vat, opposite.total) == (-totals.net, None if totals.vat is None else -totals.vat, -totals.total)
