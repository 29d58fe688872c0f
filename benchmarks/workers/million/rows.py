"""The invoices: three companies, twenty thousand parties and four years, drawn by a hash, so that every run makes the same ones.

Volume grows over the years. Credit notes take back whole documents; totals follow from the items as the library computes them: net
rounded on the line, tax once a category and rate. Payments and allocations are made where their tables are.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction

from invoicing.models import Company, Counter, Invoice, InvoiceEvent, Item, Party
from million import money
from million.statements import execute, insert, rows

START = date(2022, 7, 1)
TODAY = date(2026, 6, 30)
"""The day on which all questions are asked."""

PARTIES = 20_000

SHARE = """
CREATE OR REPLACE FUNCTION share(key bigint, salt integer) RETURNS double precision IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
'SELECT (hashint8extended(key, salt) & 4294967295) / 4294967296.0::double precision'
"""

# Of each ten parties `parties` are in the address book of a company, from `first` on.
HOMES = """
CREATE UNLOGGED TABLE home AS
SELECT * FROM (VALUES
    (1, 'Lindenhof Handels GmbH', 'DE', 'EUR', 19::numeric(6, 3), 7::numeric(6, 3), 0, 5),
    (2, 'Javorina s.r.o.', 'CZ', 'CZK', 21, 12, 5, 3),
    (3, 'Birsfeld Werkzeuge AG', 'CH', 'CHF', 8.1, 2.6, 8, 2)
) AS home (id, name, country, currency, standard, reduced, first, parties)
"""

# Materialized: the planner would put the draws into one another, and draw each many times.
# One in fifty is a credit note; it takes back the document 40 places and some weeks before, which has as many lines.
DOCUMENTS = """
CREATE UNLOGGED TABLE doc AS
WITH place AS (
    SELECT
        id,
        CASE WHEN (id - 1) %% 50 = 49 AND id - 40 - 50 * %(gap)s > 0 THEN id - 40 - 50 * %(gap)s END AS credits,
        CASE WHEN (id - 1) %% 50 = 9 AND id + 40 + 50 * %(gap)s <= %(invoices)s THEN id + 40 + 50 * %(gap)s END AS credited_by
    FROM generate_series(1, %(invoices)s::bigint) AS id
), keyed AS MATERIALIZED (
    SELECT *, COALESCE(credits, id) AS key FROM place
), drawn AS MATERIALIZED (
    SELECT
        *,
        CASE WHEN share(key, 1) < 0.5 THEN 1 WHEN share(key, 1) < 0.8 THEN 2 ELSE 3 END AS company,
        credits IS NULL AND credited_by IS NULL AND share(id, 2) < 0.08 AS is_received,
        (ARRAY[3, 7, 1, 5, 9, 2, 6, 4, 8, 5])[1 + (id - 1) %% 10] AS lines,
        %(start)s::date + floor(%(days)s * power((id - 0.5) / %(invoices)s, 1 / 1.8))::integer AS issued,
        CASE
            WHEN credits IS NOT NULL THEN 'CREDIT_NOTE'
            WHEN (id - 1) %% 50 = 33 AND share(id, 3) < 0.25 THEN 'PROFORMA'
            WHEN (id - 1) %% 50 = 33 AND share(id, 3) < 0.50 THEN 'ADVANCE'
            ELSE 'INVOICE'
        END AS type
    FROM keyed
), placed AS MATERIALIZED (
    SELECT
        *,
        -- Few parties have many documents.
        floor(power(share(key, 4), 2) * %(decades)s * home_parties)::integer AS seat,
        (ARRAY[30, 30, 60, 60, 90, 90, 120, 120])[1 + floor(share(key, 5) * 8)::integer] AS term,
        CASE
            WHEN share(key, 6) < 0.80 THEN 'S' WHEN share(key, 6) < 0.89 THEN 'K' WHEN share(key, 6) < 0.94 THEN 'AE'
            WHEN share(key, 6) < 0.98 THEN 'G' ELSE 'E'
        END AS category,
        CASE WHEN (id - 1) %% 50 = 24 AND share(id, 7) < 0.5 THEN 'CANCELED' WHEN credited_by IS NOT NULL THEN 'CREDITED' END AS fate
    FROM drawn
    JOIN (SELECT id AS home, currency AS home_currency, first, parties AS home_parties FROM home) AS home ON home = company
), due AS MATERIALIZED (
    SELECT
        *,
        1 + first + seat / home_parties * 10 + seat %% home_parties AS party,
        issued + CASE WHEN credits IS NULL THEN term ELSE 14 END AS due,
        CASE
            WHEN share(key, 8) < 0.05 THEN 'USD' WHEN share(key, 8) < 0.07 THEN 'JPY' WHEN share(key, 8) < 0.10 THEN 'GBP'
            ELSE home_currency
        END AS currency
    FROM placed
), settled AS (
    SELECT
        *,
        %(today)s - due AS late,
        CASE
            WHEN fate = 'CANCELED' THEN NULL
            -- Of the documents that are credited half were not paid: their note settles them.
            WHEN credited_by IS NOT NULL AND share(key, 9) < 0.5 THEN NULL
            WHEN credited_by IS NOT NULL THEN issued + 5
            WHEN credits IS NOT NULL THEN CASE WHEN share(key, 9) < 0.5 THEN issued WHEN share(key, 9) < 0.9 THEN issued + 7 END
            WHEN due >= %(today)s THEN CASE WHEN share(id, 10) < 0.03 THEN issued + floor(share(id, 11) * (%(today)s - issued))::integer END
            WHEN share(id, 10) < CASE
                WHEN %(today)s - due < 60 THEN 0.15 WHEN %(today)s - due < 180 THEN 0.065 ELSE 0.016 END THEN NULL
            ELSE due - 25 + floor(share(id, 11) * 45)::integer
        END AS paid_on
    FROM due
)
SELECT
    id, key, credits, credited_by, company, party, is_received, type, lines, issued, due, late, currency, category,
    CASE WHEN currency = 'JPY' THEN 0 ELSE 2 END AS digits,
    -- GREATEST and LEAST pass over NULL.
    CASE WHEN paid_on IS NOT NULL THEN LEAST(GREATEST(paid_on, issued), %(today)s) END AS paid_on,
    (sum(lines) OVER (ORDER BY id) - lines)::bigint AS first_item,
    CASE
        WHEN fate IS NOT NULL THEN fate
        WHEN %(today)s - issued < 12 AND share(id, 12) < 0.1 AND credits IS NULL AND paid_on IS NULL AND NOT is_received THEN 'DRAFT'
        WHEN paid_on IS NOT NULL THEN 'PAID'
        WHEN late > 365 AND share(id, 12) < 0.3 AND NOT is_received THEN 'UNCOLLECTIBLE'
        WHEN late > 90 AND share(id, 12) < 0.6 AND NOT is_received THEN 'IN_COLLECTION'
        WHEN share(id, 12) < 0.02 AND NOT is_received THEN 'RETURNED'
        WHEN share(id, 12) < 0.15 THEN 'NEW'
        ELSE 'SENT'
    END AS status
FROM settled
"""

# A line of a credit note is drawn as the line that it takes back.
LINES = """
FROM (
    SELECT
        doc.first_item + place AS id, doc.id AS document, doc.digits, doc.category, home.standard, home.reduced, place,
        CASE WHEN doc.credits IS NULL THEN NULL ELSE original.first_item + place END AS credited,
        COALESCE(original.first_item, doc.first_item) + place AS key,
        CASE doc.currency WHEN 'JPY' THEN 150 WHEN 'CZK' THEN 25 ELSE 1 END AS worth
    FROM doc
    JOIN home ON home.id = doc.company
    LEFT JOIN doc AS original ON original.id = doc.credits
    CROSS JOIN LATERAL generate_series(1, doc.lines) AS place
) AS line
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN share(key, 20) < 0.9 THEN 1 + floor(share(key, 21) * 12)::integer ELSE 0.25 * (1 + floor(share(key, 21) * 30)) END
            ::numeric(14, 3) AS quantity,
        round((worth * power(10, 0.5 + 2.5 * share(key, 22)))::numeric, CASE WHEN share(key, 23) < 0.95 THEN digits ELSE digits + 2 END)
            AS price,
        CASE WHEN share(key, 24) < 0.9 THEN 0 ELSE 5 * (1 + floor(share(key, 24) * 1000)::integer %% 4) END AS discount,
        CASE WHEN category <> 'S' THEN category WHEN share(key, 25) < 0.03 THEN 'Z' ELSE 'S' END AS tax_category,
        CASE
            WHEN category = 'E' THEN NULL
            WHEN category <> 'S' OR share(key, 25) < 0.03 THEN 0
            WHEN share(key, 25) < 0.25 THEN reduced
            ELSE standard
        END AS tax_rate
) AS drawn
ORDER BY id
"""

TOTALS = """
CREATE UNLOGGED TABLE totals AS
SELECT doc.id, sum(base) AS net, sum(tax) AS vat, sum(base) + COALESCE(sum(tax), 0) AS gross
FROM (SELECT invoice_id, tax_category, tax_rate, sum(net) AS base FROM invoicing_item GROUP BY 1, 2, 3) AS taxed
JOIN doc ON doc.id = taxed.invoice_id
CROSS JOIN LATERAL (SELECT round(base * tax_rate / 100, digits) AS tax) AS rounded
GROUP BY doc.id
"""

# A voucher on one in two hundred; two fifths came in of one open document in six.
SETTLED = """
CREATE UNLOGGED TABLE settled AS
WITH priced AS (
    SELECT
        doc.*, vat, credit, gross - credit AS total,
        CASE doc.status
            WHEN 'CANCELED' THEN LEAST(doc.issued + 3, %(today)s)
            WHEN 'CREDITED' THEN note.issued
            WHEN 'IN_COLLECTION' THEN doc.due + 90
            WHEN 'UNCOLLECTIBLE' THEN doc.due + 365
            WHEN 'RETURNED' THEN LEAST(doc.issued + 9, %(today)s)
            WHEN 'SENT' THEN doc.issued
        END AS changed_on
    FROM doc JOIN totals USING (id) LEFT JOIN doc AS note ON note.id = doc.credited_by
    CROSS JOIN LATERAL (SELECT CASE WHEN share(doc.key, 13) < 0.005 AND gross >= 500 THEN 100 ELSE 0 END AS credit) AS voucher
)
SELECT
    priced.*,
    CASE
        WHEN paid_on IS NOT NULL OR credited_by IS NOT NULL THEN total
        WHEN status IN ('SENT', 'IN_COLLECTION') AND credits IS NULL AND share(id, 14) < 0.17 THEN round(total * 0.4, digits)
        ELSE 0
    END AS paid,
    CASE WHEN status <> 'DRAFT' THEN row_number() OVER (
        PARTITION BY company, is_received, type, date_part('year', issued), status = 'DRAFT' ORDER BY id) END AS sequence
FROM priced
"""

# What reports of a past day ask the history: when it was issued, and what it became.
STEPS = """
FROM (
    SELECT id, 'ISSUED' AS kind, 'DRAFT' AS before, 'NEW' AS after, issued + interval '10 hours' AS at FROM settled WHERE status <> 'DRAFT'
    UNION ALL
    SELECT id, 'STATUS_CHANGED', 'NEW', 'PAID', paid_on + interval '12 hours' FROM settled WHERE paid_on IS NOT NULL
    UNION ALL
    SELECT
        id, CASE status WHEN 'CREDITED' THEN 'CREDITED' ELSE 'STATUS_CHANGED' END, CASE WHEN paid_on IS NULL THEN 'NEW' ELSE 'PAID' END,
        status, changed_on + interval '13 hours'
    FROM settled WHERE changed_on IS NOT NULL
) AS step
JOIN invoicing_invoice AS doc ON doc.id = step.id
ORDER BY at, step.id
"""

COUNTERS = """
FROM (
    SELECT company, CASE WHEN is_received THEN 'RECEIVED' ELSE 'ISSUED' END, type, to_char(issued, 'YYYY'), max(sequence)
    FROM settled WHERE sequence IS NOT NULL GROUP BY 1, 2, 3, 4
) AS counted (company, series, type, period, value)
"""

DOCUMENT_ROWS = """
FROM settled AS doc
JOIN home ON home.id = doc.company
JOIN invoicing_party AS party ON party.id = doc.party
LEFT JOIN invoicing_counter AS counter
    ON doc.sequence IS NOT NULL AND counter.company_id = doc.company AND counter.type = doc.type
    AND counter.period = to_char(doc.issued, 'YYYY') AND counter.series = CASE WHEN doc.is_received THEN 'RECEIVED' ELSE 'ISSUED' END
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN doc.sequence IS NULL THEN ''
        WHEN doc.is_received THEN 'R' || lpad((doc.key * 7919 %% 10000000)::text, 7, '0')
        ELSE home.country || CASE doc.type WHEN 'CREDIT_NOTE' THEN 'C' WHEN 'PROFORMA' THEN 'P' WHEN 'ADVANCE' THEN 'A' ELSE '' END
            || '-' || to_char(doc.issued, 'YYYY') || '-' || lpad(doc.sequence::text, 6, '0')
    END AS number
) AS numbered
ORDER BY doc.id
"""

DECISIONS = """
jsonb_build_array(jsonb_build_object(
    'rate', CASE WHEN doc.category = 'S' THEN trim_scale(home.standard)::text END, 'category', doc.category,
    'explanation', 'Supplied by a company of ' || home.country || ' under category ' || doc.category || '.',
    'reason_code', CASE doc.category WHEN 'K' THEN 'VATEX-EU-IC' WHEN 'AE' THEN 'VATEX-EU-AE' WHEN 'G' THEN 'VATEX-EU-G' ELSE '' END,
    'note', CASE doc.category WHEN 'AE' THEN 'Reverse charge' WHEN 'K' THEN 'Intra-Community supply' ELSE '' END,
    'citations', jsonb_build_array(CASE doc.category WHEN 'K' THEN '138' WHEN 'AE' THEN '196' WHEN 'G' THEN '146' ELSE '97' END),
    'parts', '[]'::jsonb, 'policy', 'example.policy.EUPolicy'
))
"""

WORDS = "ARRAY['Ahorn', 'Birke', 'Buchen', 'Eichen', 'Erlen', 'Fichten', 'Kiefern', 'Linden', 'Tannen', 'Ulmen', 'Weiden', 'Zedern']"


def make(*, invoices: int) -> dict[str, int]:
    """Make so many invoices with five times as many items; how many rows of each kind there are."""
    decades = PARTIES // 10
    values = {
        "invoices": invoices,
        "start": START,
        "today": TODAY,
        "days": (TODAY - START).days + 1,
        "gap": invoices // 4000,
        "decades": decades,
    }
    made: dict[str, int] = {}
    with transaction.atomic():
        _set_up_session()
        indexes = _drop_indexes()
        execute(SHARE)
        execute(HOMES)
        with told("companies and parties"):
            _companies()
            made["parties"] = _parties()
        with told("documents"):
            execute(DOCUMENTS, values)
            execute("ALTER TABLE doc ADD PRIMARY KEY (id)")
            execute("ANALYZE doc")
        with told("items"):
            made["items"] = _items()
        with told("totals"):
            execute(TOTALS)
            execute(SETTLED, values)
            execute("ANALYZE settled")
        with told("invoices"):
            _counters()
            execute("ANALYZE invoicing_counter")
            made["invoices"] = _invoices()
        with told("events"):
            made["events"] = _events()
        if money.are_there():
            with told("payments"):
                made |= money.pay(values)
        with told("indexes"):
            for index in indexes:
                execute(index)
        _set_sequences()
        execute("DROP TABLE doc, totals, home, settled")
    with told("VACUUM ANALYZE"):
        execute("VACUUM (ANALYZE)")
        execute("CHECKPOINT")
    return made


@contextmanager
def told(what: str) -> Iterator[None]:
    """Say how long something took."""
    start = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)


def check(*, documents: int = 400) -> None:
    """Compare stored totals of some invoices with what the library computes from their items. Raises AssertionError."""
    step = max(1, Invoice.objects.count() // documents)
    keys = [
        key for (key,) in rows("SELECT id FROM invoicing_invoice WHERE id %% %(step)s = 0 OR credit > 0 AND id < 20000", {"step": step})
    ]
    for invoice in Invoice.objects.filter(pk__in=keys).prefetch_related("item_set").select_related("company"):
        totals = invoice.totals()
        assert (totals.total, totals.vat) == (invoice.total, invoice.vat), f"{invoice.pk}: {totals} is not {invoice.total}, {invoice.vat}"
        assert all(item.net == invoice.line(item).net for item in invoice.item_set.all()), f"the lines of {invoice.pk}"
        assert invoice.number_key == invoice.get_number_key(), f"the key of {invoice.number}"


def spread() -> list[tuple[Any, ...]]:
    """How the documents are spread: a title and a share in percent."""
    shares = """
    SELECT
        count(*) FILTER (WHERE is_open), count(*) FILTER (WHERE is_open AND date_due < %(today)s),
        count(*) FILTER (WHERE type = 'CREDIT_NOTE'), count(*) FILTER (WHERE status = 'CANCELED'),
        count(*) FILTER (WHERE origin = 'RECEIVED'), count(*) FILTER (WHERE status = 'DRAFT'), count(*)
    FROM (SELECT *, status NOT IN ('PAID', 'CANCELED', 'CREDITED', 'DRAFT') AND already_paid < total AS is_open FROM invoicing_invoice) AS i
    """
    *counts, whole = rows(shares, {"today": TODAY})[0]
    titles = ("open", "of these overdue", "credit notes", "canceled", "received", "drafts")
    return [(title, round(100 * count / whole, 2)) for title, count in zip(titles, counts, strict=True)]


def _set_up_session() -> None:
    # Foreign keys are right by construction: a check a row, queued until the commit, would take longer than the rows.
    execute("SET LOCAL session_replication_role = replica")
    execute("SET LOCAL work_mem = '256MB'")
    execute("SET LOCAL jit = off")
    execute("SET LOCAL maintenance_work_mem = '512MB'")


def _drop_indexes() -> list[str]:
    """Drop the indexes that hold no constraint; what makes them again, which is quicker than to fill them row by row."""
    found = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index AS i JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE t.relname ~ '^invoicing_' AND t.relkind = 'r' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
    """
    names, makers = zip(*rows(found), strict=True)
    execute(f"DROP INDEX {', '.join(names)}")
    return list(makers)


def _companies() -> None:
    expressions = {
        "id": "id",
        "uuid": "gen_random_uuid()",
        "name": "name",
        "code": "country",
        "street": "'Hauptstrasse 1'",
        "city": "'Musterstadt'",
        "country": "country",
        "currency": "currency",
        "vat_id": "country || '123456789'",
        "counter_period": "'YEARLY'",
    }
    insert(Company, expressions, source="FROM home", values={})


def _parties() -> int:
    expressions = {
        "id": "id",
        "uuid": "gen_random_uuid()",
        "company_id": "CASE WHEN (id - 1) %% 10 < 5 THEN 1 WHEN (id - 1) %% 10 < 8 THEN 2 ELSE 3 END",
        "name": f"({WORDS})[1 + id %% 12] || ({WORDS})[1 + id / 12 %% 12] || ' ' || "
        "(ARRAY['Handel', 'Technik', 'Bau', 'Logistik', 'Medien', 'Pflege', 'Reisen'])[1 + id %% 7] || ' ' || id",
        "code": "'K' || lpad(id::text, 5, '0')",
        "street": "'Allee ' || id %% 300 + 1",
        "zip": "lpad((id * 37 %% 100000)::text, 5, '0')",
        "city": "(ARRAY['Brno', 'Graz', 'Kassel', 'Lyon', 'Olten', 'Utrecht'])[1 + id %% 6]",
        "country": "(ARRAY['CZ', 'AT', 'DE', 'FR', 'CH', 'NL'])[1 + id %% 6]",
        "vat_id": "CASE WHEN id %% 4 = 0 THEN '' ELSE 'DE' || lpad(id::text, 9, '0') END",
        "email": "'kontakt' || id || '@example.com'",
    }
    return insert(Party, expressions, source="FROM generate_series(1, %(parties)s::bigint) AS id", values={"parties": PARTIES})


def _items() -> int:
    expressions = {
        "id": "id",
        "invoice_id": "document",
        "title": "'Position ' || place || ', Charge ' || key %% 9973",
        "quantity": "quantity",
        "unit_price": "price",
        "discount": "discount",
        "tax_rate": "tax_rate",
        "tax_category": "tax_category",
        # Exact: numeric, rounded half away from zero.
        "net": "round(price * quantity * (100 - discount) / 100, digits)",
        "credited_item_id": "credited",
    }
    return insert(Item, expressions, source=LINES, values={})


def _counters() -> None:
    key = "company || '|' || series || '|' || type || '|' || period"
    expressions = {"company_id": "company", "key": key, "series": "series", "type": "type", "period": "period", "value": "value"}
    insert(Counter, expressions, source=COUNTERS, values={})


def _invoices() -> int:
    is_issued = "doc.status <> 'DRAFT'"
    ours = {"name": "home.name", "country": "home.country", "vat_id": "home.country || '123456789'"}
    # Home for what is taxed at home; what crosses a border is not taxed, and its decision says why.
    abroad = "CASE WHEN party.country = home.country THEN 'AT' ELSE party.country END"
    country = f"CASE WHEN doc.category IN ('S', 'E') THEN home.country WHEN doc.category = 'G' THEN 'US' ELSE {abroad} END"
    other = {name: f"party.{name}" for name in ("name", "street", "zip", "city", "country", "vat_id", "email")}
    other["country"] = country
    expressions = {
        "id": "doc.id",
        "uuid": "gen_random_uuid()",
        "type": "doc.type",
        "origin": "CASE WHEN doc.is_received THEN 'RECEIVED' ELSE 'ISSUED' END",
        "status": "doc.status",
        "company_id": "doc.company",
        "party_id": "doc.party",
        "counter_id": "counter.id",
        "sequence": "doc.sequence",
        "number": "numbered.number",
        "number_key": "CASE WHEN numbered.number <> '' AND NOT doc.is_received THEN doc.company || '|' || numbered.number END",
        "currency": "doc.currency",
        "rounding_policy": "'TAX_PER_CATEGORY'",
        "total": "doc.total",
        "vat": "doc.vat",
        "credit": "doc.credit",
        "already_paid": "doc.paid",
        "payment_method": "'BANK_TRANSFER'",
        "date_issue": "doc.issued",
        "date_tax_point": "doc.issued - CASE WHEN share(doc.key, 15) < 0.1 THEN 5 ELSE 0 END",
        "date_due": "doc.due",
        "issued_at": f"CASE WHEN {is_issued} THEN doc.issued + interval '10 hours' END",
        "date_sent": f"CASE WHEN {is_issued} AND doc.status <> 'NEW' THEN doc.issued + interval '10 hours' END",
        "date_paid": "CASE WHEN doc.status = 'PAID' THEN doc.paid_on + interval '12 hours' END",
        "variable_symbol": "lpad(doc.id::text, 10, '0')",
        "tax_decisions": DECISIONS,
        "bank_iban": "CASE WHEN doc.is_received THEN '' ELSE 'DE89370400440532013000' END",
        "created": "doc.issued + interval '9 hours'",
        "modified": "GREATEST(doc.issued, doc.paid_on, doc.changed_on) + interval '13 hours'",
    }
    sides = {("supplier", "customer"): (ours, other)}
    for names, columns in sides.items():
        for place, name in enumerate(names):
            for column in other:
                mine, its = (columns[place].get(column, "''"), columns[1 - place].get(column, "''"))
                expressions[f"{name}_{column}"] = f"CASE WHEN doc.is_received THEN {its} ELSE {mine} END"
    return insert(Invoice, expressions, source=DOCUMENT_ROWS, values={})


def _events() -> int:
    expressions = {
        "uuid": "gen_random_uuid()",
        "invoice_id": "doc.id",
        "number": "doc.number",
        "kind": "step.kind",
        "status_from": "step.before",
        "status_to": "step.after",
        "at": "step.at",
    }
    return insert(InvoiceEvent, expressions, source=STEPS, values={})


def _set_sequences() -> None:
    """Let the next row that the library makes find a free key."""
    for model in (Company, Party, Item, Invoice):
        table = model._meta.db_table
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {connection.ops.quote_name(table)}))")  # noqa: S608
