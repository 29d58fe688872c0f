"""Which field of a form each refusal of payments is about."""

from __future__ import annotations

from collections.abc import Container

from invoicing.contrib.payments.exceptions import ClosedInvoiceError, DuplicatePaymentError, OverAllocationError, PaymentMismatchError
from invoicing.exceptions import BooksLockedError, InvalidDataError, InvoicingError

FIELDS: dict[type[InvoicingError], str] = {
    BooksLockedError: "date",
    ClosedInvoiceError: "invoice",
    DuplicatePaymentError: "provider_id",
    OverAllocationError: "amount",
    PaymentMismatchError: "invoice",
}


def placed(error: InvoicingError, *, names: Container[str]) -> InvoicingError:
    """The refusal with the field that it is about, if a form with fields of these names has it."""
    field = FIELDS.get(type(error), "")
    return InvalidDataError({field: [str(error)]}) if field in names else error
