"""Letting go: what the rules of a document and of the host allow to settle without money, as allocations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.conf import conf
from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.coins import smallest_coin
from invoicing.contrib.payments.models import Allocation, Payment, TaxCorrection
from invoicing.contrib.payments.rests import Rules, rest_of
from invoicing.domain.amounts import add_up, tax_on, tax_within
from invoicing.domain.choices import InvoiceType, Status
from invoicing.domain.money import quantise, split, to_decimal
from invoicing.models import get_invoice_model
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
            made = corrections_of(allocation, using=using) if allocation.undoes_id is None else _taken_back(allocation, using=using)
            TaxCorrection.objects.using(using).bulk_create(made)


def corrections_of(allocation: Allocation, *, using: str) -> list[TaxCorrection]:
    """The shares of a discount by tax category and rate, in proportion to what each group comes to with its tax and was not credited."""
    document: Any = allocation.invoice
    groups = document.tax_subtotals()
    credited = _credited(document, using=using)
    weights = [
        max(add_up((group.base, group.tax, -credited[group.category, group.rate]), currency=document.currency), ZERO) for group in groups
    ]
    if not any(weights):
        return []
    corrections = []
    for group, share in zip(groups, split(allocation.amount, weights, currency=allocation.currency), strict=True):
        if not share:
            continue
        tax = quantise(tax_within(share, group.rate), allocation.currency)
        base = add_up((share, -tax), currency=allocation.currency)
        corrections.append(TaxCorrection(allocation=allocation, category=group.category, rate=group.rate, base=base, tax=tax))
    return corrections


def _taken_back(allocation: Allocation, *, using: str) -> list[TaxCorrection]:
    """The shares of the discount that an allocation undoes, with the opposite sign: what was credited meanwhile changes nothing of them."""
    shares = plain(TaxCorrection, using=using).filter(allocation_id=allocation.undoes_id).order_by("pk")
    return [
        TaxCorrection(allocation=allocation, category=share.category, rate=share.rate, base=-share.base, tax=-share.tax) for share in shares
    ]


def _credited(document: Any, *, using: str) -> dict[tuple[Any, Any], Decimal]:
    """What standing credit notes take back of a document, by tax category and rate, with tax."""
    model = get_invoice_model()
    lines = plain(model.item_model(), using=using).filter(credited_item__invoice_id=document.pk, invoice__issued_at__isnull=False)
    notes = plain(model, using=using).filter(type=InvoiceType.CREDIT_NOTE, pk__in=lines.values("invoice")).exclude(status=Status.CANCELED)
    sums: defaultdict[tuple[Any, Any], Decimal] = defaultdict(Decimal)
    for note in notes:
        for group in note.tax_subtotals():
            sums[group.category, group.rate] = add_up((sums[group.category, group.rate], group.base, group.tax), currency=note.currency)
    return sums
