"""What payments refuse: the family of errors goes on here."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvoicingError


class OverAllocationError(InvoicingError, ValueError):
    """More was about to be allocated than a payment has, or than a document needs."""

    code = "over_allocation"
    message = _("{wanted} {currency} is more than is left of {what}: {left} {currency}.")


class PaymentMismatchError(InvoicingError, ValueError):
    """A payment and a document do not belong together."""

    code = "payment_mismatch"
    message = _("The payment does not fit {number}: {reason}")


class ClosedInvoiceError(InvoicingError):
    """Money was about to be allocated to a document over which nothing is owed any more."""

    code = "closed_invoice"
    message = _("{number} is {status}: no money can be allocated to it. Leave it with the party as credit, or refund it.")


class SettledInvoiceError(InvoicingError):
    """A document was about to be canceled to which money is allocated."""

    code = "settled_invoice"
    message = _("{amount} {currency} is allocated to {number}: undo that first, or credit the invoice instead.")


class PaymentStateError(InvoicingError):
    """A payment is not in the state that an act needs."""

    code = "payment_state"
    message = _("The payment of {date} over {amount} {currency} is {status}: {reason}")


class PaymentFrozenError(InvoicingError):
    """A payment was about to be changed or deleted."""

    code = "payment_frozen"
    message = _("A payment is a fact: {fields} can no longer change. Reverse it, and record the right one.")


class DuplicatePaymentError(InvoicingError, ValueError):
    """A provider's id came again, with other facts."""

    code = "duplicate_payment"
    message = _("{provider} {provider_id} is recorded already, over {amount} {currency}: give every payment an id of its own.")
