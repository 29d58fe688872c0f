"""Allocating: money, credit notes and what is let go settle documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from invoicing.contrib.payments.accounts import credit_notes_left, direction_of, open_documents, payments_left
from invoicing.contrib.payments.books import check_books
from invoicing.contrib.payments.choices import AllocationKind, PaymentState
from invoicing.contrib.payments.coins import in_coins, smallest_coin
from invoicing.contrib.payments.exceptions import OverAllocationError, PaymentMismatchError, PaymentStateError
from invoicing.contrib.payments.letting_go import discount_left, rest_let_go
from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.recording import Accounts, check_not_closed, left_of, locked_accounts, record
from invoicing.contrib.payments.spreading import spread
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType, Status
from invoicing.domain.money import quantise, to_decimal
from invoicing.exceptions import InvalidDataError
from invoicing.models.locking import atomically

ZERO = Decimal(0)

Wanted = Mapping[Any, "Decimal | None"]
"""Documents, each with the amount that it is to get; None: as much as it needs."""


def allocate(payment: Payment, invoices: Any, *, on: date | None = None) -> list[Allocation]:
    """Let a payment settle one document, several in the order given, or a mapping of documents to amounts.

    It counts from `on` (today) on, at the earliest from the day on which payment and document were both there. What the
    payment has left stays the party's credit. Raises OverAllocationError, PaymentMismatchError, ClosedInvoiceError,
    PaymentStateError, BooksLockedError.
    """
    using = payment.write_database()
    wanted = wanted_amounts(invoices)
    with atomically(using):
        accounts = locked_accounts([document.pk for document in wanted], [payment.pk], using=using)
        locked = accounts.payments[payment.pk]
        made = allocated(locked, wanted, accounts, on=on or locked.today())
        if not made:
            number = next((document.number for document in wanted), "")
            raise OverAllocationError(
                wanted=locked.unallocated, currency=locked.currency, what=number if locked.unallocated else str(locked), left=ZERO
            )
    show(accounts, wanted, [payment])
    return made


def allocate_oldest(payment: Payment, *, on: date | None = None) -> list[Allocation]:
    """Let a payment settle what its party has open, what was due first at the front; gives nothing where nothing is open."""
    using = payment.write_database()
    if payment.party is None:
        raise InvalidDataError({"party": [_("The payment names no party: say which invoices it settles.")]})
    scope: dict[str, Any] = {"currency": payment.currency, "company": payment.company, "using": using}
    found = list(open_documents(payment.party, direction=payment.direction, **scope))
    return allocate(payment, found, on=on) if found and payment.unallocated else []


def allocate_credit_note(credit_note: Any, invoices: Any, *, on: date | None = None) -> list[Allocation]:
    """Let a credit note settle one document, several in the order given, or a mapping of documents to amounts.

    What is open of the note and of the documents shrinks alike. Raises as `allocate()` does.
    """
    using = credit_note.write_database()
    wanted = wanted_amounts(invoices)
    with atomically(using):
        accounts = locked_accounts([credit_note.pk, *(document.pk for document in wanted)], using=using)
        note = accounts.documents[credit_note.pk]
        made = offsets(note, wanted, accounts, on=on or note.today())
        if not made:
            raise OverAllocationError(wanted=left_of(note, using=using), currency=note.currency, what=note.number, left=ZERO)
        record(made, accounts=accounts)
    show(accounts, [credit_note, *wanted])
    return made


def apply_credit(invoice: Any, *, on: date | None = None) -> list[Allocation]:
    """Settle a document with what its party has with us: credit notes first, then payments, the oldest at the front."""
    if invoice.party is None:
        raise InvalidDataError({"party": [_("The invoice names no party: nobody's credit can be used.")]})
    using = invoice.write_database()
    scope: dict[str, Any] = {"currency": invoice.currency, "company": invoice.company, "direction": direction_of(invoice), "using": using}
    with atomically(using):
        notes = [note.pk for note in credit_notes_left(invoice.party, **scope)]
        payments = [payment.pk for payment in payments_left(invoice.party, **scope)]
        accounts = locked_accounts([invoice.pk, *notes], payments, using=using)
        document = accounts.documents[invoice.pk]
        check_not_closed(document)
        day = on or document.today()
        made: list[Allocation] = []
        for key in notes:
            if left_of(document, using=using) and left_of(accounts.documents[key], using=using):
                offset = offsets(accounts.documents[key], {document: None}, accounts, on=day)
                record(offset, accounts=accounts)
                made += offset
        for key in payments:
            if left_of(document, using=using) and accounts.payments[key].unallocated:
                made += allocated(accounts.payments[key], {document: None}, accounts, on=day)
    show(accounts, [invoice])
    return made


def grant_discount(invoice: Any, *, on: date, amount: Decimal | str | None = None, reason: str = "") -> Allocation:
    """Grant early-payment discount by hand: what the document promised, or an amount; it lowers the tax base, too."""
    return _let_go(invoice, AllocationKind.DISCOUNT, on=on, amount=amount, reason=reason)


def write_off_rest(invoice: Any, *, on: date, reason: str) -> Allocation:
    """Let go of what is left of a document, a small difference; a bad debt is `invoice.write_off()`."""
    if not reason.strip():
        raise InvalidDataError({"reason": [_("Say why the rest is written off.")]})
    return _let_go(invoice, AllocationKind.WRITE_OFF, on=on, amount=None, reason=reason)


def wanted_amounts(invoices: Any) -> Wanted:
    """What `allocate()` was given, as a mapping. Raises InvalidDataError for amounts that are none, or documents that are not saved."""
    documents = list(invoices) if isinstance(invoices, Iterable) else [invoices]
    if any(document._state.adding for document in documents):
        raise InvalidDataError({"invoices": [_("A document is not saved yet: save it first.")]})
    if isinstance(invoices, Mapping):
        return {document: positive(amount, currency=document.currency) for document, amount in invoices.items()}
    return dict.fromkeys(documents)


def positive(amount: Any, *, currency: str, field: str = "amount") -> Decimal:
    """An amount of money above zero, in whole minor units. Raises InvalidDataError."""
    value = to_decimal(amount, field=field)
    if value <= ZERO:
        raise InvalidDataError({field: [_("The amount must be more than nothing: the direction says which way it goes.")]})
    if quantise(value, currency) != value:
        raise InvalidDataError({field: [_("{amount} is finer than {currency} can be: round it.").format(amount=value, currency=currency)]})
    return quantise(value, currency)


def allocated(payment: Payment, wanted: Wanted, accounts: Accounts, *, on: date) -> list[Allocation]:
    """Record what a locked payment settles, and what is let go with it."""
    check_received(payment)
    using = accounts.using
    documents = [accounts.documents[document.pk] for document in wanted]
    for document in documents:
        check_fits(payment, document)
    left = {document.pk: left_of(document, using=using) for document in documents}
    parts = _parts(payment, wanted, accounts, left)
    _take_coins(payment, accounts, left, parts)
    is_used_up = add_up(parts.values(), currency=payment.currency) == payment.unallocated
    made = []
    for key, part in parts.items():
        document = accounts.documents[key]
        day = max(on, payment.date, document.date_issue)
        check_books(document.company_id, day, using=using)
        made.append(
            Allocation(kind=AllocationKind.PAYMENT, date=day, amount=part, currency=payment.currency, invoice=document, payment=payment)
        )
        # Nothing is let go of a document that the payment could still pay.
        rest = rest_let_go(document, payment, left=left[key], paid=part, on=day, using=using) if is_used_up else None
        made += [rest] if rest else []
    if made:
        record(made, accounts=accounts)
    return made


def offsets(note: Any, wanted: Wanted, accounts: Accounts, *, on: date) -> list[Allocation]:
    """The allocations by which a locked credit note settles documents; nothing is written yet."""
    using = accounts.using
    if note.type != InvoiceType.CREDIT_NOTE:
        raise PaymentMismatchError(number=note.number, reason=_("it is no credit note."))
    documents = {document.pk: accounts.documents[document.pk] for document in wanted}
    for document in documents.values():
        _check_offset(note, document)
    left = {key: left_of(document, using=using) for key, document in documents.items()}
    open_of_note = left_of(note, using=using)
    asked = {document.pk: amount for document, amount in wanted.items() if amount is not None}
    parts = asked or spread(open_of_note, left)
    made = []
    for key, part in parts.items():
        day = max(on, note.date_issue, documents[key].date_issue)
        check_books(note.company_id, day, using=using)
        made.append(
            Allocation(
                kind=AllocationKind.CREDIT_NOTE, date=day, amount=part, currency=note.currency, invoice=documents[key], credit_note=note
            )
        )
    return made


def show(accounts: Accounts, documents: Iterable[Any], payments: Iterable[Payment] = ()) -> None:
    """Let the instances that the caller holds show what was stored through the locked ones."""
    for held in documents:
        stored = accounts.documents[held.pk]
        held.catch_up({field.attname: getattr(stored, field.attname) for field in stored._meta.concrete_fields})
    for payment in payments:
        stored = accounts.payments[payment.pk]
        for field in stored._meta.concrete_fields:
            setattr(payment, field.attname, getattr(stored, field.attname))


def check_received(payment: Payment) -> None:
    """Raise PaymentStateError for money that is not there."""
    if payment.status != PaymentState.RECEIVED:
        raise payment_state(payment, _("only what was received can settle something."))


def payment_state(payment: Payment, reason: str) -> PaymentStateError:
    """The error that says what a payment is, and what it would have to be."""
    return PaymentStateError(
        date=payment.date, amount=payment.amount, currency=payment.currency, status=payment.get_status_display(), reason=reason
    )


def check_fits(payment: Payment, document: Any) -> None:
    """Raise PaymentMismatchError for a document of another company, currency or direction, ClosedInvoiceError for a closed one."""
    number = document.number or document.pk
    if document.company_id != payment.company_id:
        raise PaymentMismatchError(number=number, reason=_("they belong to different companies."))
    if document.currency != payment.currency:
        text = _("the payment is in {paid}, the document in {wanted}: record it in {wanted}.")
        raise PaymentMismatchError(number=number, reason=text.format(paid=payment.currency, wanted=document.currency))
    if direction_of(document) != payment.direction:
        text = _("money over it goes the other way ({direction}).")
        raise PaymentMismatchError(number=number, reason=text.format(direction=direction_of(document).label))
    check_not_closed(document)


def _check_offset(note: Any, document: Any) -> None:
    number = document.number or document.pk
    check_not_closed(note)
    # What is CREDITED may be owed again after a payment bounced: the credit note settles it then.
    if document.status == Status.CANCELED:
        check_not_closed(document)
    if document.company_id != note.company_id or document.currency != note.currency:
        raise PaymentMismatchError(number=number, reason=_("credit note and invoice differ in company or currency."))
    if direction_of(document) == direction_of(note):
        raise PaymentMismatchError(number=number, reason=_("a credit note settles invoices of the same side."))
    if document.party_id and note.party_id and document.party_id != note.party_id:
        raise PaymentMismatchError(number=number, reason=_("credit note and invoice belong to different parties."))


def _parts(payment: Payment, wanted: Wanted, accounts: Accounts, left: Mapping[Any, Decimal]) -> dict[Any, Decimal]:
    """What each document gets: what it was told, or what it needs in the order given.

    Money that is exactly what all of them come to with their discounts pays all of them.
    """
    asked = {document.pk: amount for document, amount in wanted.items() if amount is not None}
    if asked:
        return asked
    discounted = {key: _discounted(accounts.documents[key], payment, amount, using=accounts.using) for key, amount in left.items()}
    if add_up(discounted.values(), currency=payment.currency) == payment.unallocated:
        return {key: amount for key, amount in discounted.items() if amount}
    return spread(payment.unallocated, left)


def _discounted(document: Any, payment: Payment, left: Decimal, *, using: str) -> Decimal:
    """What is left to pay of a document when it is paid with a payment of this day."""
    if document.early_discount_until is None or payment.date > document.early_discount_until:
        return left
    return add_up((left, -min(discount_left(document, using=using), left)), currency=document.currency)


def _take_coins(payment: Payment, accounts: Accounts, left: Mapping[Any, Decimal], parts: dict[Any, Decimal]) -> None:
    """Give the last document the whole coins that were paid for it: the cents above its amount are nobody's credit."""
    over = add_up((payment.unallocated, *(part.copy_negate() for part in parts.values())), currency=payment.currency)
    if over <= ZERO or not parts or not payment.method.is_cash:
        return
    key = list(parts)[-1]
    coin = smallest_coin(payment.currency, country=str(accounts.documents[key].supplier_country or ""))
    taken = add_up((parts[key], over), currency=payment.currency)
    if coin is not None and parts[key] == left[key] and in_coins(left[key], coin) == taken:
        parts[key] = taken


def _let_go(invoice: Any, kind: AllocationKind, *, on: date, amount: Any, reason: str) -> Allocation:
    using = invoice.write_database()
    with atomically(using):
        accounts = locked_accounts([invoice.pk], using=using)
        document = accounts.documents[invoice.pk]
        check_not_closed(document)
        day = max(on, document.date_issue)
        check_books(document.company_id, day, using=using)
        left = left_of(document, using=using)
        usual = min(left, discount_left(document, using=using)) if kind == AllocationKind.DISCOUNT else left
        value = positive(amount, currency=document.currency) if amount is not None else usual
        if value <= ZERO:
            raise OverAllocationError(wanted=value, currency=document.currency, what=document.number, left=left)
        made = Allocation(kind=kind, date=day, amount=value, currency=document.currency, invoice=document)
        record([made], accounts=accounts, reason=reason)
    show(accounts, [invoice])
    return made
