"""What settles the documents: payments, the allocations of credit notes, and what they come to."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from invoicing.contrib.payments.models import Allocation, Payment, Settlement
from million.statements import execute, insert

# Half of the credit notes of documents that were not paid settle them; everything else that is paid, is paid by money.
PAID = """
FROM (
    SELECT
        settled.*, CASE WHEN is_received OR credits IS NOT NULL THEN 'OUT' ELSE 'IN' END AS direction,
        COALESCE(paid_on, LEAST(issued + 20, %(today)s)) AS day, method.id AS method
    FROM settled
    JOIN invoicing_payments_paymentmethod AS method ON method.code = 'BANK_TRANSFER'
    WHERE paid > 0 AND NOT (share(key, 9) < 0.5 AND (credits IS NOT NULL OR credited_by IS NOT NULL))
) AS doc
"""

OFFSET = """
FROM settled AS note JOIN settled AS doc ON doc.id = note.credits
WHERE note.paid > 0 AND share(note.key, 9) < 0.5
"""

SETTLED = """
FROM (
    SELECT invoice, sum(amount) AS settled, max(day) AS day FROM (
        SELECT invoice_id AS invoice, amount, date AS day FROM invoicing_payments_allocation
        UNION ALL
        SELECT credit_note_id, amount, date FROM invoicing_payments_allocation WHERE credit_note_id IS NOT NULL
    ) AS allocated GROUP BY 1
) AS allocated
JOIN settled AS doc ON doc.id = allocated.invoice
"""


def are_there() -> bool:
    """Whether the tables of payments were made."""
    return Settlement._meta.db_table in connection.introspection.table_names()


def pay(values: Mapping[str, Any]) -> dict[str, int]:
    """Pay what is paid; how many rows that made."""
    payment = {
        "id": "doc.id",
        "uuid": "gen_random_uuid()",
        "company_id": "doc.company",
        "party_id": "doc.party",
        "invoice_id": "doc.id",
        "direction": "doc.direction",
        "status": "'RECEIVED'",
        "date": "doc.day",
        "amount": "doc.paid",
        "allocated": "doc.paid",
        "currency": "doc.currency",
        "method_id": "doc.method",
        "recorded_at": "doc.day + interval '12 hours'",
    }
    allocation = {
        "kind": "'PAYMENT'",
        "date": "doc.day",
        "amount": "doc.paid",
        "currency": "doc.currency",
        "invoice_id": "doc.id",
        "payment_id": "doc.id",
        "recorded_at": "doc.day + interval '12 hours'",
    }
    offset = {
        "kind": "'CREDIT_NOTE'",
        "date": "note.issued",
        "amount": "note.paid",
        "currency": "note.currency",
        "invoice_id": "doc.id",
        "credit_note_id": "note.id",
        "recorded_at": "note.issued + interval '12 hours'",
    }
    settlement = {
        "invoice_id": "doc.id",
        "due": "doc.total",
        "settled": "allocated.settled",
        "settled_on": "CASE WHEN allocated.settled = doc.total THEN allocated.day END",
    }
    made = {
        "payments": insert(Payment, payment, source=PAID + "ORDER BY doc.id", values=values),
        "allocations": insert(Allocation, allocation, source=PAID + "ORDER BY doc.id", values=values),
        "offsets": insert(Allocation, offset, source=OFFSET, values=values),
        "settlements": insert(Settlement, settlement, source=SETTLED, values=values),
    }
    execute("SELECT setval(pg_get_serial_sequence('invoicing_payments_payment', 'id'), (SELECT max(id) FROM invoicing_payments_payment))")
    return made
