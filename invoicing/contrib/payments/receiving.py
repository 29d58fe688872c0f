"""Receiving: a payment is recorded once, and settles what it was made for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, router
from django.utils.translation import gettext as _

from invoicing.conf import conf
from invoicing.contrib.payments import signals
from invoicing.contrib.payments.accounts import CLOSED, direction_of
from invoicing.contrib.payments.allocating import Wanted, allocated, check_fits, payment_state, positive, show, wanted_amounts
from invoicing.contrib.payments.books import check_books
from invoicing.contrib.payments.choices import Direction, PaymentEventKind, PaymentState
from invoicing.contrib.payments.exceptions import DuplicatePaymentError
from invoicing.contrib.payments.models import Payment, PaymentEvent, PaymentMethod
from invoicing.contrib.payments.recording import locked_accounts
from invoicing.exceptions import InvalidDataError, TryAgainError
from invoicing.models import Company, Party
from invoicing.models.event import current_actor_name
from invoicing.models.locking import atomically, locked, plain

RECORDABLE = frozenset({PaymentState.PENDING, PaymentState.RECEIVED})


def receive_payment(
    invoices: Any = None,
    *,
    amount: Decimal | str | int,
    on: date,
    method: PaymentMethod | str = "",
    company: Company | None = None,
    party: Party | None = None,
    currency: str = "",
    direction: Direction | str | None = None,
    reference: str = "",
    provider: str = "",
    provider_id: str = "",
    payer_name: str = "",
    payer_iban: str = "",
    note: str = "",
    status: PaymentState | str = PaymentState.RECEIVED,
    using: str | None = None,
) -> Payment:
    """Record money that came in, or went out, on a day, and let it settle documents.

    `invoices` is one document, several that are settled in their order, a mapping of documents to amounts, or nothing: money
    on account. What the documents do not need is the party's credit. What they leave open, name and direction follow from
    them. The same `provider` and `provider_id` again give the payment that is there, and change nothing. A PENDING payment
    settles nothing until `confirm_payment()`.
    Raises InvalidDataError, OverAllocationError, PaymentMismatchError, ClosedInvoiceError, DuplicatePaymentError, BooksLockedError.
    """
    wanted = {} if invoices is None else wanted_amounts(invoices)
    first = next(iter(wanted), None)
    facts = {"reference": reference, "provider": provider, "provider_id": provider_id, "payer_name": payer_name, "note": note}
    payment = Payment(
        **facts, **_sides(first, company=company, party=party, currency=currency, direction=direction), date=on, status=status
    )
    payment.payer_iban = payer_iban.replace(" ", "").upper()
    payment.invoice = first if len(wanted) == 1 else None
    database = using or (first.write_database() if first else router.db_for_write(Payment))
    payment.amount = positive(amount, currency=payment.known_currency())
    payment.method = method_of(method or (first.payment_method if first else "") or conf.payment_method, using=database)
    _check_recordable(payment, wanted)
    settled = wanted if status == PaymentState.RECEIVED else {}
    with atomically(database):
        # Before the payment, which points to one of them: a database that locks what a new row points to would end in a deadlock.
        accounts = locked_accounts([document.pk for document in settled], using=database)
        found = _recorded(payment, using=database)
        if found is not None:
            return found
        if payment.status == PaymentState.PENDING and first is not None and first.status not in CLOSED:
            # Else it could never be confirmed.
            check_fits(payment, first)
        accounts = replace(accounts, payments=locked_accounts(payments=[payment.pk], using=database).payments)
        if payment.status == PaymentState.RECEIVED:
            check_books(payment.company_id, payment.date, using=database)
            allocated(accounts.payments[payment.pk], settled, accounts, on=payment.date)
            show(accounts, settled, [payment])
            signals.payment_received.send(sender=Payment, payment=payment)
    return payment


def confirm_payment(payment: Payment, *, on: date | None = None) -> Payment:
    """Note that a pending payment is there since `on` (its own date); it settles the document that it was made for, if that is open."""
    using = payment.write_database()
    with atomically(using):
        meant = [payment.invoice_id] if payment.invoice_id else []
        accounts = locked_accounts(meant, [payment.pk], using=using)
        row = accounts.payments[payment.pk]
        if row.status != PaymentState.PENDING:
            raise payment_state(row, _("only a pending payment is confirmed."))
        day = on or row.date
        check_books(row.company_id, day, using=using)
        row.status, row.date = PaymentState.RECEIVED, day
        plain(Payment, using=using).filter(pk=row.pk).update(status=row.status, date=day)
        tell(row, PaymentEventKind.CONFIRMED, using=using)
        wanted = {document: None for document in accounts.documents.values() if document.status not in CLOSED}
        allocated(row, wanted, accounts, on=day)
        show(accounts, (), [payment])
        signals.payment_received.send(sender=Payment, payment=payment)
    return payment


def fail_payment(payment: Payment, *, reason: str) -> Payment:
    """Note that a pending payment will not come."""
    using = payment.write_database()
    with atomically(using):
        accounts = locked_accounts(payments=[payment.pk], using=using)
        row = accounts.payments[payment.pk]
        if row.status != PaymentState.PENDING:
            raise payment_state(row, _("only a pending payment fails; what was received is reversed."))
        row.status = PaymentState.FAILED
        plain(Payment, using=using).filter(pk=row.pk).update(status=row.status)
        tell(row, PaymentEventKind.FAILED, reason=reason, using=using)
        show(accounts, (), [payment])
        signals.payment_failed.send(sender=Payment, payment=payment, reason=reason)
    return payment


def method_of(method: PaymentMethod | str, *, using: str) -> PaymentMethod:
    """The payment method with a code. Raises InvalidDataError that names those that there are."""
    if isinstance(method, PaymentMethod):
        return method
    found: PaymentMethod | None = plain(PaymentMethod, using=using).filter(code=method).first()
    if found is None:
        known = ", ".join(plain(PaymentMethod, using=using).order_by("code").values_list("code", flat=True))
        text = _("“{code}” is no payment method: use one of {known}, or add it to the payment methods.")
        raise InvalidDataError({"method": [text.format(code=method, known=known)]})
    return found


def tell(payment: Payment, kind: PaymentEventKind, *, reason: str = "", using: str) -> None:
    """Write down what happened to a payment."""
    PaymentEvent(payment=payment, kind=kind, reason=reason, actor_name=current_actor_name()).save(using=using)


def _sides(first: Any, *, company: Company | None, party: Party | None, currency: str, direction: Direction | str | None) -> dict[str, Any]:
    """Whose money it is, in which currency, and which way it goes: as told, else as the first document says, else the party."""
    if first is not None:
        return {
            "company": company or first.company,
            "party": party or first.party,
            "currency": currency or first.currency,
            "direction": direction or direction_of(first),
        }
    company = company or (party.company if party else None)
    return {
        "company": company,
        "party": party,
        "currency": currency or _usual_currency(company, party),
        "direction": direction or Direction.IN,
    }


def _check_recordable(payment: Payment, wanted: Wanted) -> None:
    if payment.status not in RECORDABLE:
        raise InvalidDataError({"status": [_("A payment is recorded as PENDING or RECEIVED.")]})
    if payment.status == PaymentState.PENDING and (len(wanted) > 1 or any(wanted.values())):
        raise InvalidDataError({"invoices": [_("A pending payment is for one invoice: allocate it to several once it is confirmed.")]})


def _recorded(payment: Payment, *, using: str) -> Payment | None:
    """Insert the payment; where its provider's id is recorded already, give that payment instead."""
    payment.actor_name = current_actor_name()
    try:
        with atomically(using):
            payment.save(using=using)
            tell(payment, PaymentEventKind.RECORDED, using=using)
    except IntegrityError:
        known: Mapping[str, Any] = {"provider": payment.provider, "provider_key": payment.provider_key}
        if not payment.provider_id:
            raise
        found: Payment | None = locked(plain(Payment, using=using), using=using).filter(**known).first()
        if found is None:
            # Whoever reads from an old snapshot does not see the row that stands in the way.
            raise TryAgainError(reason=_("the payment was recorded meanwhile")) from None
        if any(getattr(found, name) != getattr(payment, name) for name in ("amount", "currency", "direction", "company_id")):
            raise DuplicatePaymentError(
                provider=found.provider, provider_id=found.provider_id, amount=found.amount, currency=found.currency
            ) from None
        return found
    return None


def _usual_currency(company: Company | None, party: Party | None) -> str:
    sides = (side.currency for side in (party, company) if side is not None and side.currency)
    return next(sides, conf.currency)
