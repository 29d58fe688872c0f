"""Documents in each of the states that dialects have a word for."""

from __future__ import annotations

from typing import Any

from tests.factories import line, make_invoice, make_issued_invoice

ACTS = {
    "SENT": ["mark_sent"],
    "RETURNED": ["mark_sent", "mark_returned"],
    "PAID": ["mark_paid"],
    "IN_COLLECTION": ["send_to_collection"],
    "UNCOLLECTIBLE": ["write_off"],
}


def untaxed(**fields: Any) -> dict[str, Any]:
    """The line of `line()` without tax: 800.00."""
    return line(**{"tax_rate": None, **fields})


def in_state(state: str, *, company: Any, **fields: Any) -> Any:
    """A document of 800.00 in a state; ISSUED is a new one that is issued."""
    if state in {"DRAFT", "NEW"}:
        return make_invoice([untaxed()], company=company, status=state, **fields)
    invoice = make_issued_invoice([untaxed()], company=company, **fields)
    for act in ACTS.get(state, ()):
        getattr(invoice, act)()
    if state == "CANCELED":
        invoice.cancel("a mistake")
    if state == "CREDITED":
        invoice.create_credit_note()
    return invoice
