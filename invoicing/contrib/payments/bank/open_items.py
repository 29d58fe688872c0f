"""What may show up on an account: documents that wait for money, and payments that were recorded before the bank told of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F

from invoicing.contrib.payments.accounts import CLOSED
from invoicing.contrib.payments.bank.matching import OpenItem, OpenItems
from invoicing.contrib.payments.choices import Direction, PaymentState
from invoicing.contrib.payments.letting_go import discount_left
from invoicing.contrib.payments.models import Payment
from invoicing.domain.choices import InvoiceType, Origin, Status
from invoicing.models import get_invoice_model
from invoicing.models.locking import plain

INVOICE = "invoice"
PAYMENT = "payment"
"""The first parts of the keys of open items; the second is the primary key."""

LONGEST_WAY = timedelta(days=60)
"""How long after it was recorded a payment may reach the account."""

PROVIDER = "bank"
"""The provider of the payments that were made of bank entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The account that is looked at: whose it is, in which currency, which way the money goes, since when."""

    company_id: Any
    currency: str
    direction: Direction
    since: date
    using: str


def open_items(scope: Scope) -> OpenItems:
    """All that an entry in this scope may be."""
    return OpenItems([*_documents(scope), *_recorded(scope)])


def open_rows(*, company_id: Any, currency: str, direction: Direction, using: str) -> Any:
    """The documents of a company that wait for money in one direction; drafts do not."""
    rows = plain(get_invoice_model(), using=using).filter(company_id=company_id, currency=currency, already_paid__lt=F("total"))
    ours, theirs = (Origin.ISSUED, Origin.RECEIVED) if direction == Direction.IN else (Origin.RECEIVED, Origin.ISSUED)
    claims = rows.filter(origin=ours).exclude(type=InvoiceType.CREDIT_NOTE)
    notes = rows.filter(origin=theirs, type=InvoiceType.CREDIT_NOTE)
    return (claims | notes).exclude(status__in=[*CLOSED, Status.DRAFT])


def _documents(scope: Scope) -> Iterator[OpenItem]:
    rows = open_rows(company_id=scope.company_id, currency=scope.currency, direction=scope.direction, using=scope.using)
    discounted = {
        document.pk: (document.total - document.already_paid - discount_left(document, using=scope.using), document.early_discount_until)
        for document in rows.filter(early_discount_percent__gt=0, early_discount_until__gte=scope.since)
    }
    ibans = _known_ibans(scope)
    columns = ("pk", "number", "reference", "variable_symbol", "total", "already_paid", "origin", "party_id", "bank_iban")
    for pk, number, reference, symbol, total, paid, origin, party, bank_iban, customer, supplier in rows.order_by("pk").values_list(
        *columns, "customer_name", "supplier_name"
    ):
        name, own = (supplier, bank_iban) if origin == Origin.RECEIVED else (customer, "")
        less, until = discounted.get(pk, (None, None))
        yield OpenItem(
            key=(INVOICE, pk),
            open=total - paid,
            number=number,
            reference=reference,
            variable_symbol=symbol,
            discounted=less,
            discount_until=until,
            names=(name,) if name else (),
            ibans=frozenset(ibans[party, ""] | ibans[None, name] | ({own.replace(" ", "").upper()} if own else set())),
        )


def _recorded(scope: Scope) -> Iterator[OpenItem]:
    """Payments that people recorded, refunds among them, and that no entry stands for yet."""
    rows = plain(Payment, using=scope.using).filter(
        company_id=scope.company_id,
        currency=scope.currency,
        direction=scope.direction,
        status__in=[PaymentState.PENDING, PaymentState.RECEIVED],
        provider="",
        method__is_cash=False,
        bank_entry__isnull=True,
        date__gte=scope.since - LONGEST_WAY,
    )
    columns = ("pk", "amount", "reference", "payer_name", "payer_iban", "party__name", "invoice_id", "invoice__number")
    for pk, amount, reference, name, iban, party, invoice, number in rows.order_by("pk").values_list(*columns):
        yield OpenItem(
            key=(PAYMENT, pk),
            open=amount,
            number=number or "",
            reference=reference,
            names=tuple(known for known in (name, party) if known),
            ibans=frozenset({iban} if iban else set()),
            is_recorded=True,
            recorded_for=(INVOICE, invoice) if invoice else None,
        )


def _known_ibans(scope: Scope) -> defaultdict[tuple[Any, str], set[str]]:
    """The accounts that payments came from or went to before, by party, or by name where there is no party."""
    rows = plain(Payment, using=scope.using).filter(company_id=scope.company_id).exclude(payer_iban="")
    rows = rows.exclude(status__in=[PaymentState.FAILED, PaymentState.REVERSED])
    known: defaultdict[tuple[Any, str], set[str]] = defaultdict(set)
    sides = ("party_id", "payer_iban", "direction", "invoice__customer_name", "invoice__supplier_name", "invoice__origin")
    for party, iban, _direction, customer, supplier, origin in rows.values_list(*sides).distinct():
        name = (supplier if origin == Origin.RECEIVED else customer) or ""
        if party:
            known[party, ""].add(iban)
        elif name:
            known[None, name].add(iban)
    return known
