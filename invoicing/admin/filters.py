"""Questions that the list of invoices is narrowed by and that no single column answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invoicing.domain.choices import PaymentStatus

if TYPE_CHECKING:
    from invoicing.models import InvoiceQuerySet


class PaymentStatusFilter(admin.SimpleListFilter):
    """How much is paid."""

    title = _("payment status")
    parameter_name = "payment_status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 -- the same for all
        return list(PaymentStatus.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> InvoiceQuerySet | None:  # noqa: ARG002 -- the same for all
        wanted = self.value()
        # A word that somebody typed into the address shows everything, as Django's own filters do.
        return queryset.payment_status(wanted) if wanted in PaymentStatus.values else None


class OverdueFilter(admin.SimpleListFilter):
    """Whether the due date has passed without payment."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 -- the same for all
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> InvoiceQuerySet | None:  # noqa: ARG002 -- the same for all
        questions = {"yes": queryset.overdue, "no": queryset.not_overdue}
        ask = questions.get(self.value() or "")
        return ask() if ask else None
