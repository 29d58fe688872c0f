"""What delivery refuses; part of the family of `invoicing.exceptions`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvoicingError


class NotDeliverableError(InvoicingError):
    """A document was about to be sent, or shown in public, that must not be."""

    code = "not_deliverable"
    message = _("{number} cannot be sent: {reason}")


class RequestKeyReusedError(InvoicingError):
    """A request key came again, and this time asks for another mail."""

    code = "request_key_reused"
    message = _("The request key “{request_key}” was used for another mail: take a new key for a new mail.")


class DeliveryStateError(InvoicingError):
    """A delivery is not in a state in which that can be decided about it."""

    code = "delivery_state"
    message = _("The delivery is {status}: {wanted}")
