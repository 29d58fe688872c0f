"""The admin of payments, registered unless INVOICING_ADMIN is False, and what it adds to the page of an invoice."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from invoicing.conf import conf
from invoicing.contrib.payments.admin.bank import BankEntryAdmin, BankStatementAdmin
from invoicing.contrib.payments.admin.on_invoice import extend_invoices
from invoicing.contrib.payments.admin.payment import PaymentAdmin
from invoicing.contrib.payments.admin.payment_method import PaymentMethodAdmin
from invoicing.contrib.payments.models import BankEntry, BankStatement, Payment, PaymentMethod

__all__ = ["BankEntryAdmin", "BankStatementAdmin", "PaymentAdmin", "PaymentMethodAdmin", "register"]

PAGES: dict[Any, Any] = {
    Payment: PaymentAdmin,
    PaymentMethod: PaymentMethodAdmin,
    BankStatement: BankStatementAdmin,
    BankEntry: BankEntryAdmin,
}


def register(site: admin.AdminSite) -> None:
    """Register every model of payments that the site does not show yet: what a host registered itself stays."""
    for model, page in PAGES.items():
        if not site.is_registered(model):
            site.register(model, page)


extend_invoices()
if conf.admin:
    register(admin.site)
