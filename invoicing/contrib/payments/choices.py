"""The words of payments, as choices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Direction(TextChoices):
    """Which way the money goes."""

    IN = "IN", _("incoming")
    OUT = "OUT", _("outgoing")


class PaymentState(TextChoices):
    """Where a payment is in its life."""

    PENDING = "PENDING", _("pending")
    RECEIVED = "RECEIVED", _("received")
    FAILED = "FAILED", _("failed")
    REVERSED = "REVERSED", _("reversed")


class AllocationKind(TextChoices):
    """What settles a document."""

    PAYMENT = "PAYMENT", _("payment")
    CREDIT_NOTE = "CREDIT_NOTE", _("credit note")
    REFUND = "REFUND", _("refund")
    DISCOUNT = "DISCOUNT", _("early-payment discount")
    WRITE_OFF = "WRITE_OFF", _("small difference written off")
    ROUNDING = "ROUNDING", _("cash rounding")
    OPENING = "OPENING", _("paid before payments were recorded")


class PaymentEventKind(TextChoices):
    """What an entry of a payment's history tells."""

    RECORDED = "RECORDED", _("recorded")
    CONFIRMED = "CONFIRMED", _("confirmed")
    FAILED = "FAILED", _("failed")
    REVERSED = "REVERSED", _("reversed")
    ERASED = "ERASED", _("personal data erased")


MONEY_KINDS = frozenset({AllocationKind.PAYMENT, AllocationKind.REFUND})
"""The kinds that use up a payment."""
