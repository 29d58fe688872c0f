"""What payments listen to: documents that are called paid, credited or canceled, and data that is erased."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from invoicing.contrib.payments.accounts import direction_of
from invoicing.contrib.payments.allocating import offsets, show
from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.erasing import erase_payers
from invoicing.contrib.payments.exceptions import SettledInvoiceError
from invoicing.contrib.payments.models import Allocation, Settlement
from invoicing.contrib.payments.receiving import receive_payment
from invoicing.contrib.payments.recording import left_of, locked_accounts, record
from invoicing.contrib.payments.reversing import let_go_of, undo
from invoicing.domain.choices import Status
from invoicing.models.locking import plain
from invoicing.signals import invoice_canceled, invoice_credited, invoice_erased, invoice_paid

ZERO = Decimal(0)


def record_what_was_paid(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001  # a receiver takes what the signal sends
    """`mark_paid()` says that the rest came in today: it is recorded as a payment, so that what is paid is always explained.

    A document that is made or imported as paid was paid before; nobody knows when and how.
    """
    before = invoice.value_read("already_paid")
    if before is None or before >= invoice.total:
        return
    using = invoice.write_database()
    settlement = plain(Settlement, using=using).filter(pk=invoice.pk).first()
    if settlement is not None and not settlement.left:
        return
    # The row says already that all of it is paid: what the payment settles is what was open before.
    plain(type(invoice), using=using).filter(pk=invoice.pk).update(already_paid=before)
    amount = settlement.left if settlement else invoice.total - before
    receive_payment(type(invoice).objects.using(using).get(pk=invoice.pk), amount=amount, on=invoice.today(), using=using)


def offset_credit_note(sender: Any, *, invoice: Any, credit_note: Any, whole: bool, **_kwargs: Any) -> None:  # noqa: ARG001
    """A credit note settles what is open of the document that it takes back; the rest is the party's credit.

    What was let go of a document that is credited as a whole was let go of nothing: the party gets back what it paid.
    """
    using = invoice.write_database()
    accounts = locked_accounts([invoice.pk, credit_note.pk], using=using)
    document, note = accounts.documents[invoice.pk], accounts.documents[credit_note.pk]
    if document.status == Status.CANCELED or direction_of(document) == direction_of(note):
        return
    if whole:
        undo(let_go_of(document, using=using), accounts, on=note.date_issue, reason=_("credited"))
    if left_of(document, using=using) > ZERO and left_of(note, using=using) > ZERO:
        record(offsets(note, {document: None}, accounts, on=note.date_issue), accounts=accounts)
        show(accounts, [invoice, credit_note])


def release_canceled(sender: Any, *, invoice: Any, reason: str, **_kwargs: Any) -> None:  # noqa: ARG001
    """Undo what a canceled credit note had settled. Raises SettledInvoiceError where money is allocated to a canceled document."""
    using = invoice.write_database()
    rows = Allocation.objects.using(using).standing().of_document(invoice.pk).order_by("pk")
    standing = list(rows)
    if not standing:
        return
    money = [row for row in standing if row.kind != AllocationKind.CREDIT_NOTE or row.invoice_id == invoice.pk]
    if money:
        amount = sum((row.amount for row in money), start=ZERO)
        raise SettledInvoiceError(number=invoice.number, amount=amount, currency=invoice.currency)
    keys = {key for row in standing for key in (row.invoice_id, row.credit_note_id)}
    undo(standing, locked_accounts(keys, using=using), on=None, reason=reason)


def erase_personal_data(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001
    """Forget the account of whoever paid a document whose personal data is erased."""
    erase_payers(invoice)


def connect() -> None:
    """Listen, once."""
    invoice_paid.connect(record_what_was_paid, dispatch_uid="invoicing.payments.record_what_was_paid")
    invoice_credited.connect(offset_credit_note, dispatch_uid="invoicing.payments.offset_credit_note")
    invoice_canceled.connect(release_canceled, dispatch_uid="invoicing.payments.release_canceled")
    invoice_erased.connect(erase_personal_data, dispatch_uid="invoicing.payments.erase_personal_data")
