"""From line amounts to tax subtotals to document totals, in the order EN 16931 computes them.

A line's net is rounded to the currency; tax is rounded where the policy says; everything above is a sum of rounded
parts, so that the parts shown always add up to the total shown. A credit note carries positive amounts like any other
document: its type says which way the money goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

from invoicing.domain.choices import RoundingPolicy, TaxCategory
from invoicing.domain.money import quantise

ZERO = Decimal(0)
HUNDRED = Decimal(100)

# Wide enough that no product of a price, a quantity and two percentages is rounded before `quantise` rounds it.
EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What one line adds to the document: its net (BT-131) and, where tax is rounded on lines, its tax."""

    net: Decimal
    rate: Decimal | None = None
    category: str = ""
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """What the lines of one tax category and rate add up to (BG-23)."""

    category: str
    rate: Decimal | None
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTotals:
    """The totals of a document. `vat` is None when no line has a rate: tax does not apply."""

    net: Decimal
    vat: Decimal | None
    total: Decimal
    tax_subtotals: tuple[TaxSubtotal, ...]


def extended_price(unit_price: Decimal, quantity: Decimal, *, discount: Decimal = ZERO) -> Decimal:
    """Price × quantity less the discount in percent, exact."""
    price = EXACT.multiply(unit_price, quantity)
    return EXACT.divide(EXACT.multiply(price, EXACT.subtract(HUNDRED, discount)), HUNDRED) if discount else price


def tax_on(base: Decimal, rate: Decimal | None) -> Decimal:
    """The tax on a net amount, exact."""
    return EXACT.divide(EXACT.multiply(base, rate), HUNDRED) if rate else ZERO


def with_tax(base: Decimal, rate: Decimal | None) -> Decimal:
    """A net amount and its tax, exact."""
    return EXACT.add(base, tax_on(base, rate))


def tax_within(gross: Decimal, rate: Decimal | None) -> Decimal:
    """The tax that a gross amount holds, exact to 80 digits."""
    return EXACT.divide(EXACT.multiply(gross, rate), EXACT.add(HUNDRED, rate)) if rate else ZERO


def line_amounts(
    unit_price: Decimal,
    quantity: Decimal,
    *,
    discount: Decimal,
    rate: Decimal | None,
    currency: str,
    policy: str = RoundingPolicy.TAX_PER_CATEGORY,
    category: str = "",
) -> LineAmounts:
    """The rounded amounts of one line under a rounding policy."""
    price = extended_price(unit_price, quantity, discount=discount)
    if policy == RoundingPolicy.KEEP_GROSS:
        gross = quantise(with_tax(price, rate), currency)
        tax = quantise(tax_within(gross, rate), currency)
        return LineAmounts(EXACT.subtract(gross, tax), rate, category, tax)
    return line_of_net(quantise(price, currency), rate=rate, currency=currency, policy=policy, category=category)


def line_of_net(net: Decimal, *, rate: Decimal | None, currency: str, policy: str, category: str = "") -> LineAmounts:
    """The amounts of a line whose net is known. Under KEEP_GROSS the net does not say the tax: use `line_amounts`."""
    if policy == RoundingPolicy.TAX_PER_LINE:
        return LineAmounts(net, rate, category, quantise(tax_on(net, rate), currency))
    return LineAmounts(net, rate, category)


def tax_subtotals(lines: Iterable[LineAmounts], *, currency: str) -> tuple[TaxSubtotal, ...]:
    """Group the lines by category and rate, the highest rate first.

    Tax that was rounded on the lines is added up; else it is rounded once a group (BR-CO-17).
    """
    bases: dict[tuple[str, Decimal | None], Decimal] = {}
    taxes: dict[tuple[str, Decimal | None], Decimal] = {}
    for line in lines:
        key = (line.category, line.rate)
        bases[key] = EXACT.add(bases.get(key, ZERO), line.net)
        if line.tax is not None:
            taxes[key] = EXACT.add(taxes.get(key, ZERO), line.tax)
    return tuple(
        TaxSubtotal(
            category=key[0],
            rate=key[1],
            base=quantise(bases[key], currency),
            tax=quantise(taxes[key] if key in taxes else tax_on(bases[key], key[1]), currency),
        )
        for key in sorted(bases, key=_highest_rate_first)
    )


def document_totals(lines: Iterable[LineAmounts], *, currency: str, credit: Decimal = ZERO) -> DocumentTotals:
    """Net, tax and total of a document: net + tax − credit = total."""
    subtotals = tax_subtotals(lines, currency=currency)
    net = add_up((subtotal.base for subtotal in subtotals), currency=currency)
    taxed = [subtotal.tax for subtotal in subtotals if subtotal.rate is not None]
    vat = add_up(taxed, currency=currency) if taxed else None
    total = add_up((net, vat or ZERO, credit.copy_negate()), currency=currency)
    return DocumentTotals(net=net, vat=vat, total=total, tax_subtotals=subtotals)


def add_up(parts: Iterable[Decimal], *, currency: str) -> Decimal:
    """The sum of amounts, exact whatever decimal context the caller works in, with the digits of the currency."""
    total = ZERO
    for part in parts:
        total = EXACT.add(total, part)
    return quantise(total, currency)


def derived_category(rate: Decimal | None) -> str:
    """The category of a line that names none: its rate says what can be known."""
    if rate is None:
        return TaxCategory.EXEMPT
    return TaxCategory.STANDARD if rate else TaxCategory.ZERO


def _highest_rate_first(key: tuple[str, Decimal | None]) -> tuple[bool, Decimal, str]:
    category, rate = key
    return (rate is None, (rate or ZERO).copy_negate(), category)
