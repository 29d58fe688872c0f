"""What should be: payments and what they settle, worked out in whole cents beside the library, without a database.

It knows the rules as the documentation tells them. `tests.contrib.payments.test_properties` does each act here and there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import floor

CLOSED = {"CANCELED", "CREDITED"}

PAYABLE = {"NEW", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE"}

CANCELABLE = {"NEW", "SENT", "RETURNED", "IN_COLLECTION"}

SMALL = {"EUR": 50}
"""Cents that are written off."""

COINS = {"CHF": 5}


class RefusedError(Exception):
    """The rules refuse it; the argument is the name of the library's error."""


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@dataclass(eq=False)
class Doc:
    """A document and what became of it."""

    key: int
    kind: str
    is_ours: bool
    currency: str
    total: int
    issued: date
    due: date
    opening: int = 0
    percent: int = 0
    until: date | None = None
    pieces: int = 0
    original: Doc | None = None
    status: str = "NEW"
    base: str = "NEW"
    before_credit: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def direction(self) -> str:
        return "IN" if self.is_ours != (self.kind == "CREDIT_NOTE") else "OUT"

    @property
    def settled(self) -> int:
        return self.opening + sum(row.amount for row in self.rows)

    @property
    def left(self) -> int:
        return self.total - self.settled

    @property
    def settled_on(self) -> date | None:
        if not self.rows or self.left:
            return None
        return max([row.day for row in self.rows] + ([self.issued] if self.opening else []))

    @property
    def payment_status(self) -> str:
        if self.status == "PAID" or not self.left:
            return "PAID"
        return "PARTIALLY_PAID" if self.settled else "UNPAID"

    def follow(self, *, is_offset: bool) -> None:
        """Bring the status in line with what is settled."""
        if self.status == "PAID" and self.left:
            self.status = self.base
        if not self.left and self.status in PAYABLE and not (is_offset and self.kind == "CREDIT_NOTE"):
            self.base, self.status = self.status, "PAID"

    def discount_on(self, day: date) -> int:
        """What a payment of a day need not bring."""
        return min(self.discount_left, self.left) if self.until and day <= self.until else 0

    @property
    def discount_left(self) -> int:
        credited = sum(row.amount for row in self.rows if row.kind == "CREDIT_NOTE")
        granted = sum(row.amount for row in self.rows if row.kind == "DISCOUNT")
        return max(half_up(Fraction((self.total - credited) * self.percent, 100)) - granted, 0)


@dataclass(eq=False)
class Money:
    """A payment."""

    key: int
    direction: str
    currency: str
    amount: int
    day: date
    is_cash: bool = False
    state: str = "RECEIVED"
    meant: Doc | None = None
    provider_id: str = ""
    rows: list[Row] = field(default_factory=list)

    @property
    def allocated(self) -> int:
        return sum(row.amount for row in self.rows if row.kind in {"PAYMENT", "REFUND"})

    @property
    def left(self) -> int:
        return self.amount - self.allocated if self.state == "RECEIVED" else 0


@dataclass(eq=False)
class Row:
    """An allocation."""

    kind: str
    amount: int
    day: date
    doc: Doc | None = None
    money: Money | None = None
    note: Doc | None = None
    refund: Money | None = None
    undoes: Row | None = None
    is_undone: bool = False

    @property
    def stands(self) -> bool:
        return not self.is_undone and self.undoes is None


class Books:
    """Everything: what the acts of `services` should do, or whom they should refuse."""

    def __init__(self) -> None:
        self.docs: dict[int, Doc] = {}
        self.money: dict[int, Money] = {}
        self.rows: list[Row] = []

    # Recording

    def record(self, made: list[Row]) -> None:
        """Write rows, where there is enough on every side."""
        docs, money = sums(made)
        if any(amount > doc.left or doc.settled + amount < 0 for doc, amount in docs.items()):
            raise RefusedError("OverAllocationError")
        if any(amount > end.amount - end.allocated for end, amount in money.items()):
            raise RefusedError("OverAllocationError")
        for row in made:
            self.rows.append(row)
            for end in filter(None, (row.doc, row.note, row.money, row.refund)):
                end.rows.append(row)
            if row.undoes:
                row.undoes.is_undone = True
        for doc in docs:
            doc.follow(is_offset=all(row.kind == "CREDIT_NOTE" for row in made if doc in (row.doc, row.note)))

    def spend(self, money: Money, wanted: dict[Doc, int | None], *, on: date, must: bool) -> None:
        """Let money settle documents; where it `must` settle something, it is refused when there is nothing to settle."""
        check_fits(money, wanted)
        parts = {doc: doc.left - doc.discount_on(money.day) for doc in wanted}
        if any(wanted.values()) or sum(parts.values()) != money.left:
            parts = shared_out(money.left, wanted)
        parts = {doc: part for doc, part in parts.items() if part}
        coin = COINS.get(money.currency) if money.is_cash else None
        over = money.left - sum(parts.values())
        if coin and over > 0 and parts:
            last = list(parts)[-1]
            if parts[last] == last.left and coins(last.left, coin) == last.left + over:
                parts[last] += over
        is_used_up = sum(parts.values()) == money.left
        made = []
        for doc, part in parts.items():
            day = max(on, money.day, doc.issued)
            made.append(Row("PAYMENT", part, day, doc=doc, money=money))
            if is_used_up and (let_go := self.let_go(money, doc, part, coin)):
                made.append(Row(*let_go, day, doc=doc, money=money))
        if must and not made:
            raise RefusedError("OverAllocationError")
        self.record(made)

    def let_go(self, money: Money, doc: Doc, part: int, coin: int | None) -> tuple[str, int] | None:
        rest = doc.left - part
        if not rest:
            return None
        if coin and coins(doc.left, coin) == part:
            return ("ROUNDING", rest)
        if rest < 0 or doc.kind == "CREDIT_NOTE":
            return None
        if doc.until and money.day <= doc.until and rest <= doc.discount_left:
            return ("DISCOUNT", rest)
        return ("WRITE_OFF", rest) if rest <= SMALL.get(doc.currency, 0) else None

    def offset(self, note: Doc, wanted: dict[Doc, int | None], *, on: date, must: bool = True) -> None:
        """Let a credit note settle documents."""
        if note.kind != "CREDIT_NOTE":
            raise RefusedError("PaymentMismatchError")
        for doc in wanted:
            if "CANCELED" in (note.status, doc.status):
                raise RefusedError("ClosedInvoiceError")
            if doc.currency != note.currency or doc.direction == note.direction:
                raise RefusedError("PaymentMismatchError")
        parts = shared_out(note.left, wanted)
        if must and not parts:
            raise RefusedError("OverAllocationError")
        self.record([Row("CREDIT_NOTE", part, max(on, note.issued, doc.issued), doc=doc, note=note) for doc, part in parts.items()])

    def undo(self, rows: list[Row], *, on: date) -> None:
        self.record(
            [
                Row(row.kind, -row.amount, max(on, row.day), doc=row.doc, money=row.money, note=row.note, refund=row.refund, undoes=row)
                for row in rows
            ]
        )

    # Acts

    def undo_allocation(self, row: Row, *, on: date) -> None:
        if not row.stands:
            raise RefusedError("InvalidDataError")
        along = [
            other
            for other in self.rows
            if other.stands
            and row.kind == "PAYMENT"
            and other.kind in {"DISCOUNT", "WRITE_OFF", "ROUNDING"}
            and (other.doc, other.money) == (row.doc, row.money)
        ]
        self.undo([row, *along], on=on)

    def reverse(self, money: Money, *, on: date) -> None:
        if money.state != "RECEIVED":
            raise RefusedError("PaymentStateError")
        rows = [row for row in self.rows if row.stands and money in (row.money, row.refund)]
        self.undo(rows, on=max(on, money.day))
        money.state = "REVERSED"
        docs = {row.doc for row in rows}
        for note in sorted(self.docs.values(), key=lambda doc: doc.key):
            original = note.original if note.original in docs else None
            if original and original.status == "CREDITED" and note.status != "CANCELED" and original.left and note.left:
                self.offset(note, {original: None}, on=max(on, money.day))

    def notes_over(self, doc: Doc) -> list[Doc]:
        return [note for note in self.docs.values() if note.original is doc and note.status != "CANCELED"]

    def pieces_left(self, doc: Doc) -> int:
        return doc.pieces - sum(note.pieces for note in self.notes_over(doc))

    def may_credit(self, doc: Doc) -> None:
        if not doc.is_ours or doc.kind in {"PROFORMA", "CREDIT_NOTE"} or doc.status in CLOSED:
            raise RefusedError("NotCreditableError")

    def credited(self, doc: Doc, note: Doc) -> None:
        """A credit note was made: it settles what is open of its invoice."""
        self.docs[note.key] = note
        if not self.pieces_left(doc):
            doc.before_credit, doc.status = doc.status, "CREDITED"
            self.undo([row for row in doc.rows if row.stands and row.kind in {"DISCOUNT", "WRITE_OFF", "ROUNDING"}], on=note.issued)
        if doc.left > 0 and note.left > 0:
            self.offset(note, {doc: None}, on=note.issued)

    def cancel(self, doc: Doc, *, on: date) -> None:
        if doc.status not in CANCELABLE:
            raise RefusedError("TransitionNotAllowedError")
        if self.notes_over(doc):
            raise RefusedError("CreditedInPartError")
        rows = [row for row in doc.rows if row.stands]
        if any(row.note is not doc for row in rows) or (doc.rows and doc.opening):
            raise RefusedError("SettledInvoiceError")
        doc.status = "CANCELED"
        self.undo(rows, on=on)
        if doc.original and doc.original.status == "CREDITED":
            original = doc.original
            original.status = original.before_credit
            if original.status == "PAID" and original.left:
                original.status = original.base

    def step(self, doc: Doc, name: str) -> None:
        target = {"mark_sent": "SENT", "mark_returned": "RETURNED", "write_off": "UNCOLLECTIBLE", "send_to_collection": "IN_COLLECTION"}[
            name
        ]
        allowed = {
            "mark_sent": {"NEW", "SENT", "RETURNED"},
            "mark_returned": {"SENT"},
            "write_off": {"NEW", "SENT", "RETURNED", "IN_COLLECTION"},
            "send_to_collection": {"NEW", "SENT", "RETURNED", "UNCOLLECTIBLE"},
        }[name]
        if doc.status not in allowed or (doc.kind == "CREDIT_NOTE" and name in {"write_off", "send_to_collection"}):
            raise RefusedError("TransitionNotAllowedError")
        doc.status = target

    def refundable(self, source: Money | Doc, amount: int | None) -> int:
        """How much goes back."""
        if isinstance(source, Money) and source.state != "RECEIVED":
            raise RefusedError("PaymentStateError")
        if isinstance(source, Doc) and source.kind != "CREDIT_NOTE":
            raise RefusedError("PaymentMismatchError")
        value = source.left if amount is None else amount
        if not source.left or value > source.left:
            raise RefusedError("OverAllocationError")
        if isinstance(source, Doc) and source.status in CLOSED:
            raise RefusedError("ClosedInvoiceError")
        return value

    def let_go_by_hand(self, doc: Doc, kind: str, amount: int | None, *, on: date) -> None:
        if doc.status in CLOSED:
            raise RefusedError("ClosedInvoiceError")
        value = amount or (min(doc.left, doc.discount_left) if kind == "DISCOUNT" else doc.left)
        if value <= 0:
            raise RefusedError("OverAllocationError")
        self.record([Row(kind, value, max(on, doc.issued), doc=doc)])

    def open_docs(self, direction: str, currency: str) -> list[Doc]:
        """What waits for money, what was due first at the front."""
        found = [
            doc
            for doc in self.docs.values()
            if (doc.direction, doc.currency) == (direction, currency) and doc.left and doc.status not in CLOSED and doc.kind != "PROFORMA"
        ]
        return sorted(found, key=lambda doc: (doc.due, doc.key))

    def apply_credit(self, doc: Doc, *, on: date) -> None:
        if doc.status in CLOSED:
            raise RefusedError("ClosedInvoiceError")
        back = "OUT" if doc.direction == "IN" else "IN"
        notes = [note for note in self.open_docs(back, doc.currency) if note.kind == "CREDIT_NOTE"]
        for note in sorted(notes, key=lambda note: (note.issued, note.key)):
            if doc.left:
                self.offset(note, {doc: None}, on=on)
        payments = [
            money for money in self.money.values() if (money.direction, money.currency) == (doc.direction, doc.currency) and money.left
        ]
        for money in sorted(payments, key=lambda money: (money.day, money.key)):
            if doc.left:
                self.spend(money, {doc: None}, on=on, must=False)

    def credit(self, currency: str) -> int:
        """What the party has with us."""
        notes = [note for note in self.open_docs("OUT", currency) if note.kind == "CREDIT_NOTE"]
        payments = [money for money in self.money.values() if (money.direction, money.currency) == ("IN", currency)]
        return sum(end.left for end in (*notes, *payments))


def coins(amount: int, coin: int) -> int:
    return half_up(Fraction(amount, coin)) * coin


def sums(made: list[Row]) -> tuple[dict[Doc, int], dict[Money, int]]:
    """What rows come to, by document and by payment."""
    docs: dict[Doc, int] = {}
    money: dict[Money, int] = {}
    for row in made:
        for doc in filter(None, (row.doc, row.note)):
            docs[doc] = docs.get(doc, 0) + row.amount
        for end in filter(None, (row.money, row.refund) if row.kind in {"PAYMENT", "REFUND"} else ()):
            money[end] = money.get(end, 0) + row.amount
    return docs, money


def check_fits(money: Money, wanted: Iterable[Doc]) -> None:
    if money.state != "RECEIVED":
        raise RefusedError("PaymentStateError")
    for doc in wanted:
        if doc.currency != money.currency or doc.direction != money.direction:
            raise RefusedError("PaymentMismatchError")
        if doc.status in CLOSED:
            raise RefusedError("ClosedInvoiceError")


def shared_out(amount: int, wanted: dict[Doc, int | None]) -> dict[Doc, int]:
    """As it was told, or to each what it needs, in their order."""
    parts = {doc: asked for doc, asked in wanted.items() if asked}
    if not parts:
        for doc in wanted:
            if part := min(amount, doc.left):
                parts[doc], amount = part, amount - part
    return parts
