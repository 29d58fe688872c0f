"""Balances: what of each document, and of each payment, was still open at the end of a day.

What is open of a document on a day is its total less what its allocations dated up to that day come to. `already_paid` is the
sum of all of them, so this reads it the other way round: the allocations that came later are given back. For a day of late that
is nothing to read, and documents that were settled long ago are not looked at.

A document counts from its issue date on, if it is issued and no proforma. It stops to count on the day on which it is canceled or
written off. One that is credited in full is settled by its credit note; where it is not, both count with what they have left, and so
come to what is owed.
"""

from __future__ import annotations

from datetime import date

from invoicing.contrib.reports.reading import Reader, other_side, words
from invoicing.domain.choices import EventKind, InvoiceType, Origin, Status
from invoicing.models.querysets import NOT_WAITING

CLOSED = (Status.CANCELED, Status.UNCOLLECTIBLE)
"""Statuses in which nothing is waited for, whatever is open."""


def with_later(reader: Reader, *, on: date) -> str:
    """The beginning of a statement: `later` holds what allocations after the day settle, `later_use` what they use of payments."""
    allocation, after = reader.payments("Allocation"), reader.day("on", on)
    amount = reader.exact("a.amount")
    return f"""WITH later AS (
    SELECT document_id, SUM(amount) AS amount FROM (
        SELECT a.invoice_id AS document_id, {amount} AS amount FROM {allocation} a WHERE a.date > {after} AND a.invoice_id IS NOT NULL
        UNION ALL
        SELECT a.credit_note_id, {amount} FROM {allocation} a WHERE a.date > {after} AND a.credit_note_id IS NOT NULL
    ) both_sides GROUP BY document_id
), later_use AS (
    SELECT payment_id, SUM(amount) AS amount FROM (
        SELECT a.payment_id, {amount} AS amount FROM {allocation} a WHERE a.date > {after} AND a.kind IN ('PAYMENT', 'REFUND')
        UNION ALL
        SELECT a.refund_id, {amount} FROM {allocation} a WHERE a.date > {after} AND a.refund_id IS NOT NULL
    ) both_ends GROUP BY payment_id
)"""


def open_documents(reader: Reader, *, on: date, origin: Origin | None, columns: str = "") -> str:
    """A query of the documents that were open, after `with_later`: their head, and `open`, which is never zero."""
    midnight = reader.midnight_after(on, "i.company_id")
    key = f"i.{reader.key}"
    paid = f"CASE WHEN i.status = '{Status.PAID}' THEN {reader.exact('i.total')} ELSE {reader.exact('i.already_paid')} END"
    head = f"""{key} AS document_id, i.company_id, i.currency, i.party_id, {other_side("i")} AS name, i.origin, i.type, i.date_due{columns},
        {reader.exact("i.total")} - {paid} + COALESCE(l.amount, 0) AS open_amount"""
    of = f" AND i.origin = '{origin}'" if origin else ""
    there = f"i.issued_at IS NOT NULL AND i.date_issue <= {reader.day('on', on)}"
    issued = f"{there} AND i.type <> '{InvoiceType.PROFORMA}'{of}{reader.scope.filter('i')}"
    # In the words of the index on what waits for money.
    waiting = f"NOT (i.status IN ({words(NOT_WAITING)})) AND i.status <> '{Status.UNCOLLECTIBLE}' AND i.already_paid <> i.total"
    credited = f"i.status = '{Status.CREDITED}' AND i.already_paid <> i.total"
    # What changed its status later was written later: that is looked up for few.
    before = f"""(SELECT e.status_from FROM {reader.event} e WHERE e.invoice_id = {key} AND e.at >= {midnight} AND e.status_to <> ''
        AND e.status_from <> e.status_to ORDER BY e.at, e.id LIMIT 1)"""
    was_closed = f"(i.modified >= {midnight} AND COALESCE({before}, '') IN ({words(CLOSED)}))"
    is_closed = f"COALESCE({before}, i.status) IN ({words(CLOSED)})"
    was_issued = f"EXISTS (SELECT 1 FROM {reader.event} e WHERE e.invoice_id = {key} AND e.kind = '{EventKind.ISSUED}')"
    return f"""SELECT * FROM (
    SELECT {head} FROM {reader.invoice} i LEFT JOIN later l ON l.document_id = {key}
    WHERE {waiting} AND {issued} AND NOT {was_closed}
    UNION ALL
    SELECT {head} FROM {reader.invoice} i LEFT JOIN later l ON l.document_id = {key}
    WHERE {credited} AND {issued} AND NOT {was_closed}
    UNION ALL
    SELECT {head} FROM later l JOIN {reader.invoice} i ON {key} = l.document_id
    WHERE NOT ({waiting}) AND NOT ({credited}) AND {issued} AND NOT {is_closed}
    UNION ALL
    SELECT {head} FROM {reader.invoice} i LEFT JOIN later l ON l.document_id = {key}
    WHERE l.document_id IS NULL AND i.status IN ({words(CLOSED)}) AND i.modified >= {midnight} AND {issued}
        AND NOT {is_closed} AND {was_issued}
) found WHERE open_amount <> 0"""


def unused_money(reader: Reader, *, on: date, origin: Origin) -> str:
    """A query of the money that settled no claim yet, after `with_later`: whose it is, and how much is `unused`.

    It is what is left of payments, and what was paid over proforma invoices, which claim nothing.
    """
    payment, until = reader.payments("Payment"), reader.day("on", on)
    head = f"""p.company_id, p.currency, p.party_id, p.payer_name AS name,
        {reader.exact("p.amount")} - {reader.exact("p.allocated")} + COALESCE(u.amount, 0) AS unused"""
    direction = "IN" if origin == Origin.ISSUED else "OUT"
    there = f"p.date <= {until} AND p.direction = '{direction}'{reader.scope.filter('p')}"
    return f"""SELECT * FROM (
    SELECT {head} FROM {payment} p LEFT JOIN later_use u ON u.payment_id = p.id
    WHERE p.status = 'RECEIVED' AND p.allocated < p.amount AND {there}
    UNION ALL
    SELECT {head} FROM later_use u JOIN {payment} p ON p.id = u.payment_id
    WHERE p.status = 'RECEIVED' AND p.allocated = p.amount AND {there}
    UNION ALL
    SELECT {head} FROM {payment} p LEFT JOIN later_use u ON u.payment_id = p.id
    WHERE p.status = 'REVERSED' AND p.reversed_on > {until} AND {there}
    UNION ALL
    SELECT i.company_id, i.currency, i.party_id, {other_side("i")}, {reader.exact("a.amount")}
    FROM {reader.invoice} i JOIN {reader.payments("Allocation")} a ON a.invoice_id = i.{reader.key}
    WHERE i.type = '{InvoiceType.PROFORMA}' AND i.origin = '{origin}'{reader.scope.filter("i")} AND a.kind = 'PAYMENT' AND a.date <= {until}
) found WHERE unused <> 0"""
