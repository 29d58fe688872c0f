"""Accounts: which way the money of a document goes, and what is open between us and a party."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import router
from django.db.models import F

from invoicing.contrib.payments.choices import Direction
from invoicing.contrib.payments.models import Payment
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType, Origin, Status
from invoicing.models import Company, Party, get_invoice_model

CLOSED = frozenset({Status.CANCELED, Status.CREDITED})
"""Statuses in which nothing is owed over a document any more."""


def direction_of(document: Any) -> Direction:
    """Which way money goes that settles a document: in for what we claim, out for what we owe."""
    is_ours, takes_back = document.origin == Origin.ISSUED, document.type == InvoiceType.CREDIT_NOTE
    return Direction.IN if is_ours != takes_back else Direction.OUT


def open_documents(
    party: Party, *, direction: Direction | str, currency: str, company: Company | None = None, using: str | None = None
) -> Any:
    """The issued documents of a party that wait for money in one direction, those that were due first at the front."""
    model = get_invoice_model()
    documents = model._default_manager.using(using or router.db_for_read(model)).filter(
        party=party, company=company, currency=currency, issued_at__isnull=False, already_paid__lt=F("total")
    )
    claims = documents.exclude(type__in=[InvoiceType.CREDIT_NOTE, InvoiceType.PROFORMA])
    notes = documents.filter(type=InvoiceType.CREDIT_NOTE)
    ours, theirs = (Origin.ISSUED, Origin.RECEIVED) if direction == Direction.IN else (Origin.RECEIVED, Origin.ISSUED)
    found = claims.filter(origin=ours) | notes.filter(origin=theirs)
    return found.exclude(status__in=CLOSED).order_by("date_due", "pk")


def credit_notes_left(
    party: Party, *, currency: str, direction: Direction = Direction.IN, company: Company | None = None, using: str | None = None
) -> Any:
    """The credit notes over invoices that are paid in one direction, as far as they were neither offset nor paid out; the oldest first."""
    back = Direction.OUT if direction == Direction.IN else Direction.IN
    owed = open_documents(party, direction=back, currency=currency, company=company, using=using)
    return owed.filter(type=InvoiceType.CREDIT_NOTE).order_by("date_issue", "pk")


def payments_left(
    party: Party, *, currency: str, direction: Direction = Direction.IN, company: Company | None = None, using: str | None = None
) -> Any:
    """The payments in one direction of which something settles nothing yet; the oldest first."""
    payments = Payment.objects.using(using or router.db_for_read(Payment)).unallocated()
    return payments.filter(party=party, company=company, currency=currency, direction=direction).order_by("date", "pk")


def party_credit(party: Party, *, currency: str, company: Company | None = None, using: str | None = None) -> Decimal:
    """What a party has with us: payments that settle nothing yet, and credit notes that were neither offset nor paid out.

    `company` is by default the one in whose address book the party is.
    """
    scope: dict[str, Any] = {"currency": currency, "company": company or party.company, "using": using}
    payments: Iterable[Payment] = payments_left(party, **scope)
    notes = credit_notes_left(party, **scope)
    return add_up([*(payment.unallocated for payment in payments), *(note.to_pay for note in notes)], currency=currency)
