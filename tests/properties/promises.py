"""What the library promises of what is stored, asked of the database row by row and compared with the books."""

from __future__ import annotations

import json
from collections import Counter as Multiset
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db import connection

from invoicing.models import Counter, InvoiceEvent, Item, Register, VoidedNumber, get_invoice_model
from tests.properties.books import Books, Document, Event, SeriesKey, gaps

Invoice = get_invoice_model()

# docs/explanation/lifecycle.md, "Frozen".
MAY_CHANGE = frozenset({"already_paid", "attachments", "date_paid", "date_sent", "internal_note", "metadata", "modified", "status"})

TOLD = frozenset({"CREATED", "ISSUED", "STATUS_CHANGED", "CREDITED", "COPIED", "DELETED"})
"""The entries of a history that the acts of people make."""

Rows = dict[int, dict[str, Any]]


class BrokenPromiseError(AssertionError):
    """A promise of the library does not hold. `promise` says which."""

    def __init__(self, promise: str, found: object, expected: object) -> None:
        self.promise = promise
        super().__init__(f"{promise}: found {found!r}, expected {expected!r}")


def compare(promise: str, found: object, expected: object) -> None:
    """Raise BrokenPromiseError unless what was found is what was expected."""
    if found != expected:
        raise BrokenPromiseError(promise, found, expected)


class Stored:
    """One look at the database, and the copies of issued documents that earlier looks kept."""

    def __init__(self, copies: dict[int, object]) -> None:
        self.rows: Rows = {row["id"]: row for row in stored_rows(Invoice)}
        self.items: dict[int, Rows] = defaultdict(dict)
        for item in stored_rows(Item):
            self.items[item["invoice_id"]][item["id"]] = item
        self.copies = copies

    def check(self, books: Books, *, companies: Mapping[str, int | None]) -> None:
        """Raise BrokenPromiseError for the first promise that does not hold."""
        compare("nothing is lost or left over", set(self.rows), set(books.documents))
        for key, document in books.documents.items():
            row, items = self.rows[key], self.items[key]
            check_lines(document, items)
            check_amounts(document, row, items)
            check_facts(document, row)
        self.check_numbers(books, companies=companies)
        self.check_credits(books)
        self.check_frozen(books)
        check_history(books)

    def check_numbers(self, books: Books, *, companies: Mapping[str, int | None]) -> None:
        """No duplicate, no gap that nobody made, each counter at its last number, each voided number in the register."""
        counters = {row["id"]: row for row in stored_rows(Counter)}
        keys = {pk: series_key(row, companies) for pk, row in counters.items()}
        held = defaultdict(list)
        for row in self.rows.values():
            if row["counter_id"]:
                held[keys[row["counter_id"]]].append(row["sequence"])
        for key, sequences in held.items():
            compare(f"no number of {key} is given twice", sorted(sequences), sorted(set(sequences)))
        expected = {key: series for key, series in books.series.items() if series.held}
        compare("series have no gaps", {key: gaps(found) for key, found in held.items()}, {k: gaps(s.held) for k, s in expected.items()})
        values = {keys[pk]: row["value"] for pk, row in counters.items() if row["value"]}
        compare("counters stand at their last number", values, {key: series.last for key, series in books.series.items() if series.last})
        for document in books.documents.values():
            row = self.rows[document.key]
            place = (keys.get(row["counter_id"]), row["sequence"], row["number"])
            compare("a document has the next number of its series", place, (document.series, document.sequence, document.number))
        register = {(keys[row["counter_id"]], row["sequence"], row["number"]) for row in stored_rows(VoidedNumber)}
        compare("voided numbers are in the register", register, books.voided)

    def check_credits(self, books: Books) -> None:
        """Issued credit notes take back no more of a line than it came to."""
        taken: Multiset[int] = Multiset()
        worth = {}
        for document in books.documents.values():
            row = self.rows[document.key]
            stands = row["issued_at"] is not None and row["status"] != "CANCELED"
            for pk, item in self.items[document.key].items():
                line = document.lines[pk]
                gross = document.issuer.policy == "KEEP_GROSS"
                amount = Fraction(line.worth(document.issuer), 10**document.issuer.decimals) if gross else exact(item["net"])
                worth[pk] = amount
                if item["credited_item_id"] and stands:
                    taken[item["credited_item_id"]] += amount
        over = {pk: amount for pk, amount in taken.items() if not (0 <= amount <= worth[pk] or worth[pk] <= amount <= 0)}
        compare("credit notes never exceed the document", over, {})

    def check_frozen(self, books: Books) -> None:
        """An issued document stays as it is, each column of it and each of its lines."""
        for key, document in books.documents.items():
            if document.is_issued:
                kept = {name: value for name, value in self.rows[key].items() if name not in MAY_CHANGE}
                compare(f"{document.number} is frozen", (kept, self.items[key]), self.copies.setdefault(key, (kept, self.items[key])))


def stored_rows(model: Any) -> list[dict[str, Any]]:
    """The rows of a table as the database gives them, past every model and manager."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608  # a name of ours
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def exact(amount: object) -> Fraction | None:
    """A stored number; SQLite gives decimals as floats, whose shortest text is what was stored."""
    return None if amount is None else Fraction(str(amount))


def minor(amount: object, decimals: int) -> Fraction | None:
    """An amount in minor units."""
    return None if amount is None else Fraction(str(amount)) * 10**decimals


def series_key(row: Mapping[str, Any], companies: Mapping[str, int | None]) -> SeriesKey:
    """A counter as the books name it."""
    name = next((name for name, pk in companies.items() if pk == row["company_id"]), f"company {row['company_id']}")
    return name, row["series"].partition(":")[2], row["type"], row["period"]


def check_lines(document: Document, items: Rows) -> None:
    """The lines are those that were entered."""
    found = {
        pk: (
            *(exact(item[column]) for column in ("unit_price", "quantity", "discount", "tax_rate")),
            item["credited_item_id"],
        )
        for pk, item in items.items()
    }
    expected = {pk: (line.price, line.quantity, line.discount, line.rate, line.takes_back) for pk, line in document.lines.items()}
    compare(f"the lines of {document.number} are those that were entered", found, expected)


def check_amounts(document: Document, row: Mapping[str, Any], items: Rows) -> None:
    """The stored amounts are what the lines come to."""
    issuer, money = document.issuer, document.money
    nets = {pk: line.net_and_tax(issuer)[0] for pk, line in document.lines.items()}
    compare("a line's net is rounded half-up", {pk: minor(item["net"], issuer.decimals) for pk, item in items.items()}, nets)
    found = tuple(minor(row[name], issuer.decimals) for name in ("vat", "total", "credit", "already_paid"))
    compare("the totals are what the lines come to", found, (money.vat, money.total, document.credit, document.paid))


def check_facts(document: Document, row: Mapping[str, Any]) -> None:
    """Status, dates and the issue are as the acts left them."""
    names = ("type", "status", "date_issue", "date_due", "currency", "rounding_policy")
    expected = (document.type, document.status, document.day, document.due, document.issuer.currency, document.issuer.policy)
    compare("the facts are as the acts left them", tuple(str(row[name]) for name in names), tuple(map(str, expected)))
    moments = tuple(row[name] is not None for name in ("issued_at", "date_sent", "date_paid"))
    compare("moments are noted", moments, (document.is_issued, document.was_sent, document.was_paid))


def check_history(books: Books) -> None:
    """Every step is told, once, and what was deleted is told of still; what is issued is in the chain."""
    told: dict[int, list[Event]] = defaultdict(list)
    orphans: Multiset[Event] = Multiset()
    chained: set[int] = set()
    rows = stored_rows(InvoiceEvent)
    for row in rows:
        event = (row["kind"], row["status_from"], row["status_to"])
        if row["kind"] not in TOLD:
            continue
        if row["invoice_id"] in books.documents:
            told[row["invoice_id"]].append(event)
            if row["register_id"]:
                chained.add(row["invoice_id"])
        else:
            orphans[event] += 1
    compare("every step is told", dict(told), {key: document.history for key, document in books.documents.items()})
    compare("what was deleted is told of still", orphans, books.deleted)
    compare("what is issued is in the chain", chained, {key for key, document in books.documents.items() if document.is_issued})
    for register in stored_rows(Register):
        check_chain(register, [row for row in rows if row["register_id"] == register["id"]])


def check_chain(register: Mapping[str, Any], links: list[dict[str, Any]]) -> None:
    """Each entry has the next place and the hash of the one before, and the register the last."""
    links = sorted(links, key=lambda link: link["position"])
    compare("the chain has no gap", [link["position"] for link in links], list(range(1, register["length"] + 1)))
    hashes = [sha256(link["record"].encode()).hexdigest() for link in links]
    compare("the hashes of the chain are those of its records", [link["hash"] for link in links], hashes)
    before = [json.loads(link["record"])["previous"] for link in links]
    compare("each record holds the hash before, and the register the last", [*before, register["head"]][1:], hashes)


def check_shown(document: Document) -> None:
    """Read anew, the document shows the VAT of each category, and how much is paid."""
    invoice = Invoice.objects.get(pk=document.key)
    decimals = document.issuer.decimals
    groups = {
        (group.category, None if group.rate is None else Fraction(group.rate)): (minor(group.base, decimals), minor(group.tax, decimals))
        for group in invoice.tax_subtotals()
    }
    money = document.money
    compare("VAT is rounded once a category", groups, money.groups)
    compare("the net is the sum of the lines", minor(invoice.net_total, decimals), money.net)
    compare("what is left to pay", minor(invoice.to_pay, decimals), money.total - document.paid)
    compare("the payment status follows from what came in", str(invoice.payment_status), document.payment_status)
