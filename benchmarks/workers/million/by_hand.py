"""The SQL that somebody who knows the tables and their indexes would write for each question by hand."""
# ruff: noqa: S608  # parts of statements that stand here, and placeholders

from invoicing.models import Invoice

WHOLE = ", ".join(field.column for field in Invoice._meta.concrete_fields)
"""All columns of a document: what a page of instances needs."""

OPEN = "status NOT IN ('PAID', 'CANCELED', 'CREDITED', 'DRAFT') AND already_paid < total"

NEWEST_FIRST = "ORDER BY date_issue DESC, id DESC"


def page(condition: str, *, order: str = NEWEST_FIRST) -> str:
    """The first fifty documents of one company."""
    return f"SELECT {WHOLE} FROM invoicing_invoice WHERE company_id = %(company)s AND {condition} {order} LIMIT 50"


NEWEST = page("TRUE")

OUTSTANDING = page(f"origin = 'ISSUED' AND {OPEN}", order="ORDER BY date_due, id")

_OVERDUE = f"origin = 'ISSUED' AND {OPEN} AND date_due < %(today)s AND type <> 'CREDIT_NOTE'"

OVERDUE = page(_OVERDUE, order="ORDER BY date_due, id")

OVERDUE_COUNT = f"SELECT count(*) FROM invoicing_invoice WHERE company_id = %(company)s AND {_OVERDUE}"

OUTSTANDING_BY_CURRENCY = f"""
SELECT currency, count(*), sum(total - already_paid) FROM invoicing_invoice
WHERE company_id = %(company)s AND origin = 'ISSUED' AND {OPEN} GROUP BY 1
"""

CAPPED = "SELECT count(*) FROM (SELECT 1 FROM invoicing_invoice WHERE company_id = %(company)s LIMIT 10000) AS capped"

SIGN = "CASE WHEN i.type = 'CREDIT_NOTE' THEN -1 ELSE 1 END"

COUNTS = "i.company_id = %(company)s AND i.issued_at IS NOT NULL AND i.status <> 'CANCELED' AND i.type <> 'PROFORMA'"
"""What counts in the reports on tax and revenue."""

# Tax once a document, category and rate.
VAT = f"""
SELECT month, origin, currency, tax_category, tax_rate, sum(base), sum(tax)
FROM (
    SELECT
        {{month}} AS month, i.origin, i.currency, item.tax_category, item.tax_rate, {SIGN} * sum(item.net) AS base,
        {SIGN} * round(sum(item.net) * COALESCE(item.tax_rate, 0) / 100, CASE i.currency WHEN 'JPY' THEN 0 ELSE 2 END) AS tax
    FROM invoicing_invoice AS i JOIN invoicing_item AS item ON item.invoice_id = i.id
    WHERE {COUNTS} AND i.date_tax_point BETWEEN %(first)s AND %(last)s
    GROUP BY i.id, item.tax_category, item.tax_rate
) AS taxed
GROUP BY 1, 2, 3, 4, 5
HAVING sum(base) <> 0 OR sum(tax) <> 0
"""

VAT_OF_A_PERIOD = VAT.format(month="%(first)s::date")

VAT_BY_MONTH = VAT.format(month="date_trunc('month', i.date_tax_point)::date")

REVENUE = f"""
SELECT date_trunc('month', i.date_tax_point)::date, i.currency, count(*), sum({SIGN} * (i.total - COALESCE(i.vat, 0) + i.credit))
FROM invoicing_invoice AS i
WHERE {COUNTS} AND i.origin = 'ISSUED' AND i.date_tax_point BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2
"""

WAITING = "('NEW', 'SENT', 'RETURNED', 'IN_COLLECTION')"

LEFT = (
    f"i.company_id = %(company)s AND i.origin = 'ISSUED' AND i.type <> 'PROFORMA' AND i.status IN {WAITING} AND i.already_paid <> i.total"
)

OUTSTANDING_SUMS = (
    f"SELECT i.currency, count(*), sum({SIGN} * (i.total - i.already_paid)) FROM invoicing_invoice AS i WHERE {LEFT} GROUP BY 1"
)

OUTSTANDING_LIST = f"""
SELECT
    i.id, i.number, i.type, i.status, i.party_id, p.name, i.date_issue, i.date_due, %(today)s::date - i.date_due, i.currency,
    {SIGN} * i.total, {SIGN} * (i.total - i.already_paid)
FROM invoicing_invoice AS i JOIN invoicing_party AS p ON p.id = i.party_id WHERE {LEFT} ORDER BY i.date_issue DESC, i.id DESC
"""

_AGED = """
SELECT
    aged.party_id, party.name, aged.currency, aged.not_due, aged.to_30, aged.to_60, aged.to_90, aged.over_90, aged.notes, aged.credit,
    aged.balance
FROM (
    SELECT
        party_id, currency,
        COALESCE(sum(rest) FILTER (WHERE NOT is_note AND late <= 0), 0) AS not_due,
        COALESCE(sum(rest) FILTER (WHERE NOT is_note AND late BETWEEN 1 AND 30), 0) AS to_30,
        COALESCE(sum(rest) FILTER (WHERE NOT is_note AND late BETWEEN 31 AND 60), 0) AS to_60,
        COALESCE(sum(rest) FILTER (WHERE NOT is_note AND late BETWEEN 61 AND 90), 0) AS to_90,
        COALESCE(sum(rest) FILTER (WHERE NOT is_note AND late > 90), 0) AS over_90,
        COALESCE(sum(-rest) FILTER (WHERE is_note), 0) AS notes,
        -- Money over proforma invoices, which claim nothing.
        COALESCE(sum(rest) FILTER (WHERE is_note IS NULL), 0) AS credit,
        sum(CASE WHEN is_note THEN -rest ELSE rest END) AS balance
    FROM open GROUP BY 1, 2
) AS aged
JOIN invoicing_party AS party ON party.id = aged.party_id
ORDER BY aged.currency, party.name, aged.party_id
"""

PREPAID = """
    SELECT p.party_id, p.currency, NULL::boolean, 0, -a.amount
    FROM invoicing_invoice AS p JOIN invoicing_payments_allocation AS a ON a.invoice_id = p.id
    WHERE p.company_id = %(company)s AND p.type = 'PROFORMA' AND p.origin = 'ISSUED' AND a.date <= {day}
"""

AGEING = f"""
WITH open AS (
    SELECT i.party_id, i.currency, i.type = 'CREDIT_NOTE' AS is_note, %(today)s - i.date_due AS late, i.total - i.already_paid AS rest
    FROM invoicing_invoice AS i WHERE {LEFT}
    UNION ALL
    {PREPAID.format(day="%(today)s")}
)
{_AGED}
"""

# What was allocated later is open again; what is closed today was not, if the history says that it came later.
AGEING_PAST = f"""
WITH later AS (
    SELECT document, sum(amount) AS amount FROM (
        SELECT invoice_id AS document, amount FROM invoicing_payments_allocation WHERE date > %(past)s AND invoice_id IS NOT NULL
        UNION ALL
        SELECT credit_note_id, amount FROM invoicing_payments_allocation WHERE date > %(past)s AND credit_note_id IS NOT NULL
    ) AS both_ends GROUP BY 1
), candidate AS (
    SELECT id FROM invoicing_invoice WHERE company_id = %(company)s AND {OPEN}
    UNION
    SELECT document FROM later
    UNION
    SELECT id FROM invoicing_invoice WHERE status IN ('CANCELED', 'CREDITED', 'UNCOLLECTIBLE') AND modified >= %(past)s::date + 1
), open AS (
    SELECT
        i.party_id, i.currency, i.type = 'CREDIT_NOTE' AS is_note, %(past)s - i.date_due AS late,
        i.total - i.already_paid + COALESCE(later.amount, 0) AS rest
    FROM candidate JOIN invoicing_invoice AS i USING (id) LEFT JOIN later ON later.document = i.id
    WHERE i.company_id = %(company)s AND i.origin = 'ISSUED' AND i.type <> 'PROFORMA'
        AND i.issued_at IS NOT NULL AND i.date_issue <= %(past)s
        AND i.total - i.already_paid + COALESCE(later.amount, 0) <> 0
        AND (i.status NOT IN ('CANCELED', 'CREDITED', 'UNCOLLECTIBLE') OR i.modified > %(past)s::date + 1 AND EXISTS (
            SELECT FROM invoicing_invoiceevent AS e WHERE e.invoice_id = i.id AND e.status_to = i.status AND e.at >= %(past)s::date + 1))
    UNION ALL
    {PREPAID.format(day="%(past)s")}
)
{_AGED}
"""

RECEIVED = """
SELECT p.currency, p.direction, method.name, count(*), sum(p.amount)
FROM invoicing_payments_payment AS p JOIN invoicing_payments_paymentmethod AS method ON method.id = p.method_id
WHERE p.company_id = %(company)s AND p.status = 'RECEIVED' AND p.date BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2, 3
"""

DAYS_TO_PAY = """
SELECT
    currency, count(*), sum(amount), round(avg(from_issue), 1), round(sum(by_issue) / sum(amount), 1), round(avg(from_due), 1),
    round(sum(by_due) / sum(amount), 1)
FROM (
    SELECT
        i.currency, sum(a.amount) AS amount, max(a.date) - i.date_issue AS from_issue, sum(a.amount * (a.date - i.date_issue)) AS by_issue,
        max(a.date) - i.date_due AS from_due, sum(a.amount * (a.date - i.date_due)) AS by_due
    FROM invoicing_payments_allocation AS a JOIN invoicing_invoice AS i ON i.id = a.invoice_id
    WHERE i.company_id = %(company)s AND i.origin = 'ISSUED' AND i.type IN ('INVOICE', 'ADVANCE') AND i.already_paid >= i.total
        AND a.kind = 'PAYMENT' AND a.undoes_id IS NULL
        AND NOT EXISTS (SELECT FROM invoicing_payments_allocation AS u WHERE u.undoes_id = a.id)
    GROUP BY i.id HAVING max(a.date) BETWEEN %(first)s AND %(last)s
) AS paid
GROUP BY 1
"""

# Documents, payments, and what documents that were canceled or written off no longer claim; what was credited is settled.
STATEMENT = """
WITH document AS (
    SELECT i.*, CASE WHEN (i.origin = 'ISSUED') = (i.type <> 'CREDIT_NOTE') THEN 1 ELSE -1 END AS sign
    FROM invoicing_invoice AS i
    WHERE i.company_id = %(company)s AND i.party_id = %(party)s AND i.issued_at IS NOT NULL AND i.type <> 'PROFORMA'
        AND i.date_issue <= %(last)s
), entry AS (
    SELECT currency, date_issue AS day, 1 AS place, 'DOCUMENT' AS kind, id, number AS reference, sign * total AS amount FROM document
    UNION ALL
    SELECT currency, date, 2, 'PAYMENT', id, reference, CASE direction WHEN 'IN' THEN -amount ELSE amount END
    FROM invoicing_payments_payment WHERE company_id = %(company)s AND party_id = %(party)s AND status = 'RECEIVED' AND date <= %(last)s
    UNION ALL
    SELECT d.currency, e.at::date, 5, 'CLOSED', d.id, d.number, -d.sign * (d.total - d.already_paid)
    FROM document AS d JOIN invoicing_invoiceevent AS e ON e.invoice_id = d.id AND e.status_to = d.status
    WHERE d.status IN ('CANCELED', 'UNCOLLECTIBLE') AND e.at < %(last)s::date + 1
), balanced AS (
    SELECT *, sum(amount) OVER (PARTITION BY currency ORDER BY day, place, id) AS balance FROM entry
), whole AS (
    SELECT
        currency, COALESCE(sum(amount) FILTER (WHERE day < %(first)s), 0) AS opening, sum(amount) AS closing,
        count(*) FILTER (WHERE day >= %(first)s) AS lines
    FROM entry GROUP BY 1
)
SELECT currency, day, kind, reference, amount, balance FROM (
    SELECT currency, day, place, kind, id, reference, amount, balance FROM balanced WHERE day >= %(first)s
    UNION ALL
    SELECT currency, %(first)s, 0, 'OPENING', 0, '', 0, opening FROM whole WHERE lines > 0 OR opening <> 0
    UNION ALL
    SELECT currency, %(last)s, 9, 'CLOSING', 0, '', 0, closing FROM whole WHERE lines > 0 OR opening <> 0
) AS line
ORDER BY currency, day, place, id
"""
