"""Payment codes: what a banking app scans to pay an invoice, by the standard of the country.

`payment_code(invoice)` gives payload and picture, `payment_order(invoice)` what they are made of. Whoever has an order of his own
takes `payload(order, standard=…)`, with the standard that `standard_for(order)` names.
"""

from __future__ import annotations

from invoicing.documents.payment_codes.choice import Standard, payload, standard_for
from invoicing.documents.payment_codes.codes import payment_code, swiss_bill
from invoicing.documents.payment_codes.invoices import payment_order
from invoicing.documents.payment_codes.order import PaymentOrder, PaymentParty

__all__ = [
    "PaymentOrder",
    "PaymentParty",
    "Standard",
    "payload",
    "payment_code",
    "payment_order",
    "standard_for",
    "swiss_bill",
]
