"""What payments tell the core: the names of payment methods, and what is paid of a document."""

from __future__ import annotations

from invoicing import payment_methods
from invoicing.contrib.payments.models import PaymentMethod
from invoicing.contrib.payments.recording import settled_amount
from invoicing.models.settling import record_payments_by


def method_names(using: str) -> dict[str, str]:
    """The name of each method by its code, as a host wrote it."""
    return dict(PaymentMethod.objects.using(using).values_list("code", "name"))


def register() -> None:
    """Let the core ask."""
    payment_methods.register(method_names)
    record_payments_by(settled_amount)
