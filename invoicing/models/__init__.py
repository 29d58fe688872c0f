"""The tables. `from invoicing.models import Invoice, Item` is the public way in."""

from invoicing.models.company import Company
from invoicing.models.copying import CreditLine
from invoicing.models.counter import Counter, VoidedNumber
from invoicing.models.event import InvoiceEvent
from invoicing.models.invoice import AbstractInvoice, Invoice
from invoicing.models.item import AbstractItem, Item
from invoicing.models.lock_exemption import LockExemption
from invoicing.models.party import Party
from invoicing.models.payment_term import PaymentTerm
from invoicing.models.product import Product
from invoicing.models.protection import Protection
from invoicing.models.querysets import InvoiceQuerySet, ItemQuerySet
from invoicing.models.register import Register
from invoicing.models.repair import Repair
from invoicing.models.repairing import unprotected
from invoicing.models.stored_document import StoredDocument
from invoicing.models.swapping import get_invoice_model
from invoicing.models.vat_id_check import VatIdCheck

__all__ = [
    "AbstractInvoice",
    "AbstractItem",
    "Company",
    "Counter",
    "CreditLine",
    "Invoice",
    "InvoiceEvent",
    "InvoiceQuerySet",
    "Item",
    "ItemQuerySet",
    "LockExemption",
    "Party",
    "PaymentTerm",
    "Product",
    "Protection",
    "Register",
    "Repair",
    "StoredDocument",
    "VatIdCheck",
    "VoidedNumber",
    "get_invoice_model",
    "unprotected",
]
