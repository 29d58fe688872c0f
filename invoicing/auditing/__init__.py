"""Whether every number is accounted for: counter by counter, what is missing, doubled, voided, out of order or out of place."""

from invoicing.auditing.findings import (
    Audit,
    CounterAudit,
    Duplicate,
    Finding,
    Gap,
    Listing,
    Misplaced,
    OutOfOrder,
    RepeatedNumber,
    Unnumbered,
    VoidedEntry,
    VoidedInUse,
    WrongKey,
)
from invoicing.auditing.numbers import audit_numbers
from invoicing.auditing.rows import Held, Voided
from invoicing.auditing.series import audit_counter

__all__ = [
    "Audit",
    "CounterAudit",
    "Duplicate",
    "Finding",
    "Gap",
    "Held",
    "Listing",
    "Misplaced",
    "OutOfOrder",
    "RepeatedNumber",
    "Unnumbered",
    "Voided",
    "VoidedEntry",
    "VoidedInUse",
    "WrongKey",
    "audit_counter",
    "audit_numbers",
]
