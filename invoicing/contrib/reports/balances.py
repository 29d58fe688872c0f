"""Balances: what of each document, and of each payment, was still open at the end of a day.

What is open of a document on a day is its total less what its allocations dated up to that day come to. `already_paid` is the
sum of all of them, so this reads it the other way round: the allocations that came later are given back. For a day of late that
is nothing to read, and documents that were settled long ago are not looked at.

A document counts from its issue date on, if it is issued and no proforma. It stops to count on the day on which it is canceled or
written off. One that is credited in full is settled by its credit note; where it is not, both count with what they have left, and so
come to what is owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from invoicing.contrib.reports.reading import Reader, other_side, words
from invoicing.domain.choices import EventKind, InvoiceType, Origin, Status
from invoicing.models.querysets import NOT_WAITING

CLOSED = (Status.CANCELED, Status.UNCOLLECTIBLE)
"""Statuses in which nothing is waited for, whatever is open."""


def open_documents(reader: Reader, *, on: date, origin: Origin | None, columns: str = "") -> str:
    """A query of the documents that were open: their head, and `open_amount`, which is never zero."""
    midnight = reader.midnight_after(on, "i.company_id")
    key, day = f"i.{reader.key}", reader.day("on", on)
    total, already_paid = reader.exact("i.total"), reader.exact("i.already_paid")
    head = f"{key} AS document_id, i.company_id, i.currency, i.party_id, {other_side('i')} AS name, i.origin, i.type, i.date_due{columns}"
    of = f" AND i.origin = '{origin}'" if origin else ""
    there = f"i.issued_at IS NOT NULL AND i.date_issue <= {day}"
    issued = f"{there} AND i.type <> '{InvoiceType.PROFORMA}'{of}{reader.scope.filter('i')}"
    # In the words of the index on what waits for money.
    waiting = f"NOT (i.status IN ({words(NOT_WAITING)})) AND i.status <> '{Status.UNCOLLECTIBLE}' AND i.already_paid <> i.total"
    credited = f"i.status = '{Status.CREDITED}' AND i.already_paid <> i.total"
    # What changed its status later was written later: that is looked up for few.
    before = f"""(SELECT e.status_from FROM {reader.event} e WHERE e.invoice_id = {key} AND e.at >= {midnight} AND e.status_to <> ''
        AND e.status_from <> e.status_to ORDER BY e.at, e.id LIMIT 1)"""
    was_closed = f"COALESCE({before}, '') IN ({words(CLOSED)})"
    is_closed = f"COALESCE({before}, i.status) IN ({words(CLOSED)})"
    was_issued = f"EXISTS (SELECT 1 FROM {reader.event} e WHERE e.invoice_id = {key} AND e.kind = '{EventKind.ISSUED}')"
    return f"""SELECT * FROM (
    SELECT w.*, w.left_now + COALESCE(l.amount, 0) AS open_amount FROM (
        SELECT {head}, {total} - {already_paid} AS left_now FROM {reader.invoice} i
        WHERE {waiting} AND {issued} AND NOT (i.modified >= {midnight} AND {was_closed})
        UNION ALL
        SELECT {head}, {total} - {already_paid} FROM {reader.invoice} i
        WHERE i.status IN ({words((Status.CREDITED, *CLOSED))}) AND {issued} AND (
            ({credited} AND NOT (i.modified >= {midnight} AND {was_closed}))
            OR (i.status IN ({words(CLOSED)}) AND i.modified >= {midnight} AND NOT {is_closed} AND {was_issued})
        )
    ) w LEFT JOIN ({_later(reader, after=day)}) l ON l.document_id = w.document_id
    UNION ALL
    SELECT {head}, 0, {total} - CASE WHEN i.status = '{Status.PAID}' THEN {total} ELSE {already_paid} END + l.amount
    FROM ({_later(reader, after=day)}) l JOIN {reader.invoice} i ON {key} = l.document_id
    WHERE NOT ({waiting}) AND NOT ({credited}) AND i.status NOT IN ({words(CLOSED)}) AND {issued} AND NOT {is_closed}
) found WHERE open_amount <> 0"""


def _later(reader: Reader, *, after: str) -> str:
    """A query of what allocations after a day settle, by document.

    It is written out wherever it is joined: around a common table expression PostgreSQL reads nothing in parallel.
    """
    return _sums(reader, "document_id", "invoice_id", "credit_note_id", where=[f"a.date > {after} AND a.{{column}} IS NOT NULL"] * 2)


def _later_use(reader: Reader, *, after: str) -> str:
    """A query of what allocations after a day use, by payment."""
    where = [f"a.date > {after} AND a.kind IN ('PAYMENT', 'REFUND')", f"a.date > {after} AND a.refund_id IS NOT NULL"]
    return _sums(reader, "payment_id", "payment_id", "refund_id", where=where)


def _sums(reader: Reader, name: str, *columns: str, where: Sequence[str]) -> str:
    """A query of the sums of allocations by what stands at either end of them."""
    allocation, amount = reader.payments("Allocation"), reader.exact("a.amount")
    ends = " UNION ALL ".join(
        f"SELECT a.{column} AS {name}, {amount} AS amount FROM {allocation} a WHERE {condition.format(column=column)}"
        for column, condition in zip(columns, where, strict=True)
    )
    return f"SELECT {name}, SUM(amount) AS amount FROM ({ends}) both_ends GROUP BY {name}"


def unused_money(reader: Reader, *, on: date, origin: Origin) -> str:
    """A query of the money that settled no claim yet: whose it is, and how much is `unused`.

    It is what is left of payments, and what was paid over proforma invoices, which claim nothing.
    """
    payment, until = reader.payments("Payment"), reader.day("on", on)
    later_use = _later_use(reader, after=until)
    head = f"""p.company_id, p.currency, p.party_id, p.payer_name AS name,
        {reader.exact("p.amount")} - {reader.exact("p.allocated")} + COALESCE(u.amount, 0) AS unused"""
    direction = "IN" if origin == Origin.ISSUED else "OUT"
    there = f"p.date <= {until} AND p.direction = '{direction}'{reader.scope.filter('p')}"
    return f"""SELECT * FROM (
    SELECT {head} FROM {payment} p LEFT JOIN ({later_use}) u ON u.payment_id = p.id
    WHERE p.status = 'RECEIVED' AND p.allocated < p.amount AND {there}
    UNION ALL
    SELECT {head} FROM ({later_use}) u JOIN {payment} p ON p.id = u.payment_id
    WHERE p.status = 'RECEIVED' AND p.allocated = p.amount AND {there}
    UNION ALL
    SELECT {head} FROM {payment} p LEFT JOIN ({later_use}) u ON u.payment_id = p.id
    WHERE p.status = 'REVERSED' AND p.reversed_on > {until} AND {there}
    UNION ALL
    SELECT i.company_id, i.currency, i.party_id, {other_side("i")}, {reader.exact("a.amount")}
    FROM {reader.invoice} i JOIN {reader.payments("Allocation")} a ON a.invoice_id = i.{reader.key}
    WHERE i.type = '{InvoiceType.PROFORMA}' AND i.origin = '{origin}'{reader.scope.filter("i")} AND a.kind = 'PAYMENT' AND a.date <= {until}
) found WHERE unused <> 0"""
