"""What people do with payments. Each act is one transaction: the rows, their history, the documents that follow, the news."""

from invoicing.contrib.payments.accounts import open_documents, party_credit
from invoicing.contrib.payments.allocating import (
    allocate,
    allocate_credit_note,
    allocate_oldest,
    apply_credit,
    grant_discount,
    write_off_rest,
)
from invoicing.contrib.payments.receiving import confirm_payment, fail_payment, receive_payment
from invoicing.contrib.payments.refunding import refund
from invoicing.contrib.payments.reversing import reverse_payment, undo_allocation

__all__ = [
    "allocate",
    "allocate_credit_note",
    "allocate_oldest",
    "apply_credit",
    "confirm_payment",
    "fail_payment",
    "grant_discount",
    "open_documents",
    "party_credit",
    "receive_payment",
    "refund",
    "reverse_payment",
    "undo_allocation",
    "write_off_rest",
]
