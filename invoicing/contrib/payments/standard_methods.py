"""The ways to pay that the library begins with: those of the invoice, each with its code of UNTDID 4461."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps as installed
from django.db import router

from invoicing.contrib.payments.models import PaymentMethod
from invoicing.domain.choices import PaymentMethod as Code

STANDARD: Final = (
    (Code.BANK_TRANSFER, "Bank transfer", "30", False),
    (Code.CASH, "Cash", "10", True),
    (Code.CASH_ON_DELIVERY, "Cash on delivery", "10", True),
    (Code.PAYMENT_CARD, "Payment card", "48", False),
)
"""Code, name, payment means code, whether it is cash."""


def add_standard_methods(sender: Any, *, using: str, apps: Any = installed, **_kwargs: Any) -> None:  # noqa: ARG001  # as the signal sends it
    """Fill a table that is empty, after it was made: methods that a host took out stay out as long as it has any.

    The signal comes after every `migrate`, one of another app or of another database as well: there may be no table yet, or none any more.
    """
    try:
        apps.get_model("invoicing_payments", "PaymentMethod")
    except LookupError:
        return
    if not router.allow_migrate_model(using, PaymentMethod):
        return
    methods = PaymentMethod.objects.using(using)
    if not methods.exists():
        methods.bulk_create(
            PaymentMethod(code=code.value, name=name, means_code=means_code, is_cash=is_cash)
            for code, name, means_code, is_cash in STANDARD
        )
