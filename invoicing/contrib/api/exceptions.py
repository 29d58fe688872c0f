"""What the API refuses that nothing below it does; part of the family of `invoicing.exceptions`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvoicingError


class IdempotencyKeyReusedError(InvoicingError):
    """An Idempotency-Key came again, and this time with another request."""

    code = "idempotency_key_reused"
    message = _("The Idempotency-Key “{key}” was used for another request: take a new key for a new request.")


class InUseError(InvoicingError):
    """Something was about to be deleted or renamed that others have chosen."""

    code = "in_use"
    message = _("That is not possible: {what}")
