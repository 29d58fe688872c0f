"""Payment methods in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from invoicing.admin.refusals import CheckedForm
from invoicing.admin.scoped import ScopedAdmin
from invoicing.contrib.payments.models import PaymentMethod
from invoicing.models import get_invoice_model


class PaymentMethodAdmin(ScopedAdmin):
    """The ways to pay. The code of one that was used stays: documents keep it."""

    form = CheckedForm
    list_display = ("name", "code", "means_code", "is_cash", "is_active")
    list_filter = ("is_active", "is_cash")
    search_fields = ("name", "code")
    fields = ("name", "code", "means_code", "is_cash", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), *(["code"] if obj and is_used(obj) else []))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and is_used(obj))


def is_used(method: PaymentMethod) -> bool:
    """Whether a payment or a document names the method."""
    return method.payments.exists() or get_invoice_model()._default_manager.filter(payment_method=method.code).exists()
