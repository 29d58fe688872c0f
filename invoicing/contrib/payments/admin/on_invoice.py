"""What payments add to the page of an invoice: what settles it, and the way to a new payment."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoicing.admin.extensions import Link, Panel, compute_on_invoices, show_on_invoices
from invoicing.contrib.payments.accounts import CLOSED
from invoicing.contrib.payments.admin.tables import table_of_document
from invoicing.contrib.payments.models import Payment, Settlement


def payments_of(invoice: Any, *, request: HttpRequest, site: AdminSite) -> str:
    """Everything that settles a document, to somebody who may see payments."""
    if not site.is_registered(Payment) or not site.get_model_admin(Payment).has_view_permission(request):
        return ""
    return table_of_document(invoice, request=request, site=site)


def address_to_record(invoice: Any, *, request: HttpRequest, site: AdminSite) -> str:
    """Where a payment of a document is recorded, while money over it is owed, by somebody who may."""
    is_owed = invoice.status not in CLOSED and invoice.to_pay > 0
    if not is_owed or not site.is_registered(Payment) or not site.get_model_admin(Payment).has_add_permission(request):
        return ""
    address = reverse(f"{site.name}:invoicing_payments_payment_add", current_app=site.name)
    return f"{address}?invoice={invoice.pk}"


def computed(invoice: Any) -> list[str]:
    """What is paid follows from the allocations as soon as there is one."""
    return ["already_paid"] if Settlement.objects.filter(pk=invoice.pk).exists() else []


def extend_invoices() -> None:
    """Show payments on the page of every invoice."""
    show_on_invoices(
        Panel(name="payments", title=_("Payments"), render=payments_of, css=("invoicing/admin/payments.css",)),
        Link(name="record_payment", label=_("Record a payment"), address=address_to_record),
    )
    compute_on_invoices("payments", computed)
