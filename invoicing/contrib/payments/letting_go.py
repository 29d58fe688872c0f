"""Letting go: what the rules of a document and of the host allow to settle without money, as allocations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.conf import conf
from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.coins import smallest_coin
from invoicing.contrib.payments.models import Allocation, Payment, TaxCorrection
from invoicing.contrib.payments.rests import Rules, rest_of
from invoicing.domain.amounts import EXACT, add_up, tax_on, tax_within
from invoicing.domain.choices import InvoiceType
from invoicing.domain.money import quantise, split, to_decimal
from invoicing.models.locking import plain

ZERO = Decimal(0)


def rules_for(document: Any, *, is_cash: bool, using: str) -> Rules:
    """What may be let go of a document. A credit note is only ever rounded to coins."""
    coin = smallest_coin(document.currency, country=str(document.supplier_country or "")) if is_cash else None
    if document.type == InvoiceType.CREDIT_NOTE:
        return Rules(coin=coin)
    return Rules(
        coin=coin,
        discount=discount_left(document, using=using),
        discount_until=document.early_discount_until,
        small=to_decimal(conf.small_differences.get(document.currency, ZERO), field="INVOICING_SMALL_DIFFERENCES"),
    )


def discount_left(document: Any, *, using: str) -> Decimal:
    """How much early-payment discount a document still promises: of what was not credited, less what was granted already."""
    if not document.early_discount_percent:
        return ZERO
    rows = plain(Allocation, using=using).filter(invoice_id=document.pk)
    given = list(rows.filter(kind__in=[AllocationKind.DISCOUNT, AllocationKind.CREDIT_NOTE]).values_list("kind", "amount"))
    credited = add_up((amount for kind, amount in given if kind == AllocationKind.CREDIT_NOTE), currency=document.currency)
    granted = add_up((amount for kind, amount in given if kind == AllocationKind.DISCOUNT), currency=document.currency)
    base = add_up((document.total, -credited), currency=document.currency)
    promised = quantise(tax_on(base, document.early_discount_percent), document.currency)
    return max(add_up((promised, -granted), currency=document.currency), ZERO)


def rest_let_go(document: Any, payment: Payment, *, left: Decimal, paid: Decimal, on: date, using: str) -> Allocation | None:
    """The allocation that lets go of what a payment leaves of a document, or has too much in coins; None where a rest stays."""
    rules = rules_for(document, is_cash=payment.method.is_cash, using=using)
    found = rest_of(left=left, paid=paid, on=payment.date, rules=rules)
    if found is None:
        return None
    return Allocation(
        kind=found.kind,
        date=on,
        amount=quantise(found.amount, document.currency),
        currency=document.currency,
        invoice=document,
        payment=payment,
    )


def correct_tax(allocations: Iterable[Allocation], *, using: str) -> None:
    """Write down by how much each discount lowers the tax bases of its document; undoing one takes that back."""
    for allocation in allocations:
        if allocation.kind == AllocationKind.DISCOUNT:
            TaxCorrection.objects.using(using).bulk_create(corrections_of(allocation))


def corrections_of(allocation: Allocation) -> list[TaxCorrection]:
    """The shares of a discount by tax category and rate, in proportion to what each group comes to with its tax."""
    document: Any = allocation.invoice
    groups = document.tax_subtotals()
    weights = [max(EXACT.add(group.base, group.tax), ZERO) for group in groups]
    if not any(weights):
        return []
    corrections = []
    for group, share in zip(groups, split(allocation.amount, weights, currency=allocation.currency), strict=True):
        tax = quantise(tax_within(share, group.rate), allocation.currency)
        base = add_up((share, -tax), currency=allocation.currency)
        corrections.append(TaxCorrection(allocation=allocation, category=group.category, rate=group.rate, base=base, tax=tax))
    return corrections
