"""The tables of payments. `from invoicing.contrib.payments.models import Payment` is the public way in."""

from invoicing.contrib.payments.models.allocation import Allocation
from invoicing.contrib.payments.models.bank import BankEntry, BankFormat, BankStatement, EntryState, MatchProposal
from invoicing.contrib.payments.models.payment import Payment
from invoicing.contrib.payments.models.payment_event import PaymentEvent
from invoicing.contrib.payments.models.payment_method import PaymentMethod
from invoicing.contrib.payments.models.settlement import Settlement
from invoicing.contrib.payments.models.tax_correction import TaxCorrection

__all__ = [
    "Allocation",
    "BankEntry",
    "BankFormat",
    "BankStatement",
    "EntryState",
    "MatchProposal",
    "Payment",
    "PaymentEvent",
    "PaymentMethod",
    "Settlement",
    "TaxCorrection",
]
