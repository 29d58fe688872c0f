"""The admin of every model, registered unless INVOICING_ADMIN is False."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from invoicing.admin.directory import CompanyAdmin, PartyAdmin, PaymentTermAdmin, ProductAdmin
from invoicing.admin.invoice import InvoiceAdmin
from invoicing.admin.lines import ItemInline
from invoicing.admin.registers import (
    CounterAdmin,
    InvoiceEventAdmin,
    LockExemptionAdmin,
    RegisterAdmin,
    RepairAdmin,
    StoredDocumentAdmin,
    VatIdCheckAdmin,
    VoidedNumberAdmin,
)
from invoicing.conf import conf
from invoicing.models import (
    Company,
    Counter,
    InvoiceEvent,
    LockExemption,
    Party,
    PaymentTerm,
    Product,
    Register,
    Repair,
    StoredDocument,
    VatIdCheck,
    VoidedNumber,
    get_invoice_model,
)

__all__ = [
    "CompanyAdmin",
    "CounterAdmin",
    "InvoiceAdmin",
    "InvoiceEventAdmin",
    "ItemInline",
    "LockExemptionAdmin",
    "PartyAdmin",
    "PaymentTermAdmin",
    "ProductAdmin",
    "RegisterAdmin",
    "RepairAdmin",
    "StoredDocumentAdmin",
    "VatIdCheckAdmin",
    "VoidedNumberAdmin",
    "register",
]


def register(site: admin.AdminSite) -> None:
    """Register every model that the site does not show yet: what a host registered itself stays."""
    pages: dict[Any, Any] = {
        get_invoice_model(): InvoiceAdmin,
        Company: CompanyAdmin,
        Party: PartyAdmin,
        Product: ProductAdmin,
        PaymentTerm: PaymentTermAdmin,
        Counter: CounterAdmin,
        VoidedNumber: VoidedNumberAdmin,
        InvoiceEvent: InvoiceEventAdmin,
        VatIdCheck: VatIdCheckAdmin,
        Register: RegisterAdmin,
        LockExemption: LockExemptionAdmin,
        Repair: RepairAdmin,
        StoredDocument: StoredDocumentAdmin,
    }
    for model, page in pages.items():
        if not site.is_registered(model):
            site.register(model, page)


if conf.admin:
    register(admin.site)
