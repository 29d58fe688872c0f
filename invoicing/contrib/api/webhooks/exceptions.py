"""What webhooks refuse; part of the family of `invoicing.exceptions`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError, InvoicingError


class WebhookAddressError(InvalidDataError):
    """A webhook was about to go to an address that it must not go to."""

    code = "webhook_address"


class WebhookStateError(InvoicingError):
    """A webhook is not in a state in which that can be done with it."""

    code = "webhook_state"
    message = _("That is not possible now: {reason}")


class WebhookSignatureError(InvoicingError):
    """A webhook is not signed by whom it says, or is too old."""

    code = "webhook_signature"
    # Not translated: a receiver may have no Django that is set up.
    message = "The webhook is not to be trusted: {reason}"
