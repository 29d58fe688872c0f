"""What the database must hold, kept beside it in plain Python: numbers, amounts, statuses and history, as docs/explanation tells them.

Nothing of `invoicing` is imported here, and nothing is computed as it computes: amounts are whole minor units out of fractions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

# docs/explanation/lifecycle.md, "The acts".
NEXT: dict[str, dict[str, str]] = {
    "DRAFT": {"issue": "NEW", "mark_sent": "SENT", "mark_paid": "PAID", "cancel": "CANCELED"},
    "NEW": {
        "issue": "NEW",
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "SENT": {
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
        "mark_returned": "RETURNED",
    },
    "RETURNED": {
        "mark_sent": "SENT",
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
        "send_to_collection": "IN_COLLECTION",
    },
    "PAID": {"create_credit_note": "CREDITED"},
    "IN_COLLECTION": {
        "mark_paid": "PAID",
        "cancel": "CANCELED",
        "create_credit_note": "CREDITED",
        "write_off": "UNCOLLECTIBLE",
    },
    "UNCOLLECTIBLE": {"mark_paid": "PAID", "create_credit_note": "CREDITED", "send_to_collection": "IN_COLLECTION"},
    "CREDITED": {},
    "CANCELED": {},
}

Event = tuple[str, str, str]
"""Kind, status before, status after."""

SeriesKey = tuple[str, str, str, str]
"""Issuer, prefix, type (where types count apart) and period."""


@dataclass(frozen=True)
class Issuer:
    """A company, or the host that has none, with what it chose."""

    name: str
    period: str
    currency: str
    decimals: int
    policy: str
    has_company: bool = True

    def period_of(self, day: date) -> str:
        """The period that a day is counted in; fiscal years start in April."""
        if self.period == "FISCAL_YEAR":
            return f"FY{day.year if day.month >= 4 else day.year - 1}"
        return {"YEARLY": f"{day.year}", "MONTHLY": f"{day.year}-{day.month:02}", "INFINITE": ""}[self.period]


ISSUERS = (
    Issuer("Nobody", "YEARLY", "EUR", 2, "TAX_PER_CATEGORY", has_company=False),
    Issuer("Lindner", "YEARLY", "EUR", 2, "TAX_PER_CATEGORY"),
    Issuer("Teehaus", "MONTHLY", "JPY", 0, "TAX_PER_LINE"),
    Issuer("Werft", "FISCAL_YEAR", "KWD", 3, "KEEP_GROSS"),
    Issuer("Alpenblick", "INFINITE", "EUR", 2, "TAX_PER_LINE"),
)


# Alone, beside one that has the same periods, and beside one that has others.
GROUPS = (ISSUERS[:2], ISSUERS[2:3], ISSUERS[3:4], ISSUERS[1:3], ISSUERS[3:], ISSUERS[:2])


def half_up(amount: Fraction) -> int:
    """The whole number next to it; of two that are as near, the one farther from zero."""
    whole = (abs(amount) * 2 + 1) // 2
    return int(whole if amount >= 0 else -whole)


@dataclass(frozen=True)
class Line:
    """One item, exact."""

    price: Fraction
    quantity: Fraction
    discount: Fraction
    rate: Fraction | None
    category: str = ""
    takes_back: int | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Line:
        """The line that the fields of an item make."""
        rate = fields["tax_rate"]
        numbers = {name: Fraction(fields[column]) for name, column in NUMBERS.items()}
        return cls(**numbers, rate=None if rate is None else Fraction(rate), category=fields["tax_category"])

    @property
    def group(self) -> tuple[str, Fraction | None]:
        """Its tax category and rate."""
        return self.category or ("E" if self.rate is None else "S" if self.rate else "Z"), self.rate

    @property
    def exact(self) -> Fraction:
        """Price × quantity less the discount."""
        return self.price * self.quantity * (100 - self.discount) / 100

    @property
    def factor(self) -> Fraction:
        """What the net is multiplied by to come to the gross."""
        return 1 + (self.rate or Fraction(0)) / 100

    def net_and_tax(self, issuer: Issuer) -> tuple[int, int | None]:
        """Net in minor units, and the tax where it is rounded on the line."""
        exact = self.exact * 10**issuer.decimals
        if issuer.policy == "KEEP_GROSS":
            gross = half_up(exact * self.factor)
            tax = half_up(gross - gross / self.factor)
            return gross - tax, tax
        net = half_up(exact)
        return net, half_up(net * (self.factor - 1)) if issuer.policy == "TAX_PER_LINE" else None

    def worth(self, issuer: Issuer) -> int:
        """What must add up when it is credited in parts: the net, or the gross where that is what stays."""
        net, tax = self.net_and_tax(issuer)
        return net + (tax or 0) if issuer.policy == "KEEP_GROSS" else net


NUMBERS = {"price": "unit_price", "quantity": "quantity", "discount": "discount"}


@dataclass(frozen=True)
class Money:
    """What a document comes to, in minor units."""

    net: int
    vat: int | None
    total: int
    groups: dict[tuple[str, Fraction | None], tuple[int, int]]


@dataclass(frozen=True)
class Left:
    """What credit notes left of a line."""

    worth: int
    quantity: Fraction
    is_untouched: bool


@dataclass(eq=False)
class Document:
    """One invoice or credit note as it must be stored."""

    key: int
    issuer: Issuer
    type: str
    status: str
    day: date
    due: date
    prefix: str = ""
    credit: int = 0
    paid: int = 0
    lines: dict[int, Line] = field(default_factory=dict)
    is_issued: bool = False
    series: SeriesKey | None = None
    sequence: int | None = None
    number: str = ""
    was_sent: bool = False
    was_paid: bool = False
    history: list[Event] = field(default_factory=list)
    status_before_credit: str = ""

    @property
    def money(self) -> Money:
        """Bases and taxes by category and rate, and what they add up to."""
        bases: Counter[tuple[str, Fraction | None]] = Counter()
        taxes: Counter[tuple[str, Fraction | None]] = Counter()
        for line in self.lines.values():
            net, tax = line.net_and_tax(self.issuer)
            bases[line.group] += net
            taxes[line.group] += tax or 0
        if self.issuer.policy == "TAX_PER_CATEGORY":
            taxes = Counter({group: half_up(base * (group[1] or 0) / Fraction(100)) for group, base in bases.items()})
        net, vat = sum(bases.values()), sum(taxes.values())
        has_vat = any(line.rate is not None for line in self.lines.values())
        groups = {group: (bases[group], taxes[group]) for group in bases}
        return Money(net, vat if has_vat else None, net + vat - self.credit, groups)

    @property
    def payment_status(self) -> str:
        """How much of it is paid."""
        total = self.money.total
        if self.paid > total:
            return "OVERPAID"
        if self.status == "PAID" or (self.paid == total != 0):
            return "PAID"
        return "PARTIALLY_PAID" if self.paid else "UNPAID"


@dataclass
class Series:
    """The numbers of one counter: the last that was given, and who holds which."""

    last: int = 0
    held: dict[int, Document] = field(default_factory=dict)


@dataclass
class Books:
    """All documents and all series; each method is what one act must have done."""

    counts_per_type: bool
    documents: dict[int, Document] = field(default_factory=dict)
    series: dict[SeriesKey, Series] = field(default_factory=dict)
    voided: set[tuple[SeriesKey, int, str]] = field(default_factory=set)
    deleted: Counter[Event] = field(default_factory=Counter)

    # Numbers

    def series_of(self, document: Document) -> SeriesKey:
        """Whose numbers the document is counted in."""
        kind = document.type if self.counts_per_type else ""
        return document.issuer.name, document.prefix, kind, document.issuer.period_of(document.day)

    def is_taken(self, document: Document, sequence: int) -> bool:
        """Whether another document holds the sequence that is asked for."""
        return sequence in self.series.get(self.series_of(document), Series()).held

    def number(self, document: Document, sequence: int | None = None) -> None:
        """Give the next number, or the one that was asked for."""
        key = self.series_of(document)
        series = self.series.setdefault(key, Series())
        document.series, document.sequence = key, sequence or series.last + 1
        document.number = f"{document.prefix}{document.type} {key[3]}/{document.sequence}"
        series.last = max(series.last, document.sequence)
        series.held[document.sequence] = document

    # Writing

    def add(self, document: Document, *, kind: str = "CREATED", sequence: int | None = None) -> None:
        """Take up a new document."""
        self.documents[document.key] = document
        document.history.append((kind, "", document.status))
        if document.status != "DRAFT":
            self.number(document, sequence)

    def delete(self, document: Document) -> None:
        """Drafts and the last of a series go, and the number is free again; every other number is voided."""
        series = self.series[document.series] if document.series else None
        if series and document.sequence != series.last:
            self.step(document, "CANCELED")
            return
        if series and document.sequence:
            del series.held[document.sequence]
            # What was jumped over before the only one that is left is not given again.
            series.last = max(series.held, default=document.sequence - 1)
        del self.documents[document.key]
        self.deleted.update([*document.history, ("DELETED", document.status, "")])

    # The lifecycle

    def refuses(self, document: Document, act: str) -> bool:
        """Whether the act is not possible now."""
        if act not in NEXT[document.status] or (act == "issue" and document.is_issued):
            return True
        if act == "cancel":
            return document.is_issued and bool(self.notes_on(document))
        if document.type == "CREDIT_NOTE" and act in {"write_off", "send_to_collection"}:
            return True
        return not document.is_issued and (not document.lines or self.is_over(document))

    def refuses_status(self, document: Document, status: str) -> bool:
        """Whether the status cannot be set by hand."""
        if status == document.status or (document.status, status) == ("DRAFT", "NEW"):
            return False
        if status not in NEXT[document.status].values():
            return True
        if status == "CANCELED":
            return document.is_issued and bool(self.notes_on(document))
        owes = document.type == "CREDIT_NOTE" and status in {"UNCOLLECTIBLE", "IN_COLLECTION"}
        return owes or (not document.is_issued and self.is_over(document))

    def assign(self, document: Document, status: str) -> None:
        """Set the status by hand."""
        if (document.status, status) == ("DRAFT", "NEW"):
            document.status = status
            document.history.append(("STATUS_CHANGED", "DRAFT", "NEW"))
            self.number(document)
        elif document.status != status:
            self.step(document, status)

    def act(self, document: Document, name: str) -> None:
        """Do an act of the table."""
        if name == "issue":
            document.history.append(("ISSUED", document.status, "NEW"))
            document.status = "NEW"
            self._issue(document)
            self._note_credit(document)
        else:
            self.step(document, NEXT[document.status][name])

    def step(self, document: Document, status: str) -> None:
        """Take a step of the table; whatever is not issued yet is issued first, unless it is canceled."""
        before, was_open = document.status, not document.is_issued
        if was_open and status != "CANCELED":
            document.history.append(("ISSUED", before, "NEW"))
        document.status = status
        document.history.append(("STATUS_CHANGED", before, status))
        if status == "CANCELED":
            document.is_issued = True
            if was_open and document.series and document.sequence:
                self.voided.add((document.series, document.sequence, document.number))
            for original in self.originals(document):
                self._reopen(original)
            return
        self._issue(document)
        document.was_sent |= status == "SENT"
        if status == "PAID":
            document.was_paid = True
            document.paid = max(document.paid, document.money.total)
        if was_open:
            self._note_credit(document)

    def _issue(self, document: Document) -> None:
        document.is_issued = True
        if document.series is None:
            self.number(document)

    # Credit notes

    def notes_on(self, document: Document) -> list[Document]:
        """The credit notes over a document that are issued and still stand."""
        return [
            note
            for note in self.documents.values()
            if note.is_issued and note.status != "CANCELED" and any(line.takes_back in document.lines for line in note.lines.values())
        ]

    def originals(self, note: Document) -> list[Document]:
        """The documents that a credit note takes something of back."""
        taken = {line.takes_back for line in note.lines.values()}
        return [document for document in self.documents.values() if taken & document.lines.keys()]

    def is_over(self, note: Document) -> bool:
        """Whether an open credit note takes back more than others left."""
        for original in self.originals(note):
            for key, rest in self.left(original).items():
                wanted = sum(line.worth(note.issuer) for line in note.lines.values() if line.takes_back == key)
                if wanted and not _fits(wanted, rest.worth):
                    return True
        return False

    def left(self, document: Document) -> dict[int, Left]:
        """What is left to credit, line by line. A line over an amount takes money, not pieces: its price is another."""
        taken = [line for note in self.notes_on(document) for line in note.lines.values()]
        left = {}
        for key, line in sorted(document.lines.items()):
            of_it = [part for part in taken if part.takes_back == key]
            worth = line.worth(document.issuer) - sum(part.worth(document.issuer) for part in of_it)
            quantity = line.quantity - sum(part.quantity for part in of_it if part.price == line.price)
            left[key] = Left(worth, quantity, is_untouched=not of_it)
        return left

    def credit_left(self, document: Document) -> int:
        """What is left of the voucher."""
        return document.credit - sum(note.credit for note in self.notes_on(document))

    def credit(self, document: Document, wanted: Mapping[int, Portion] | None) -> CreditNote | None:
        """The lines of the credit note that is asked for; None when it must be refused."""
        is_claim = document.is_issued and document.type == "INVOICE" and "create_credit_note" in NEXT[document.status]
        left = self.left(document)
        if wanted is None:
            wanted = {key: Portion() for key, rest in left.items() if rest.is_untouched or rest.worth}
        lines = [self._taken(document, key, left[key], portion) for key, portion in wanted.items()] if is_claim else []
        if not lines or None in lines:
            return None
        note = CreditNote([line for line in lines if line])
        taken = {line.takes_back: line.worth(document.issuer) for line in note.lines}
        if all(rest.worth == taken.get(key, 0) for key, rest in left.items()):
            return replace(note, credit=self.credit_left(document))
        return None if self._leaves_less_than_nothing(document, left, taken) or self._is_negative(document, note) else note

    def credited(self, note: Document) -> None:
        """Take up a credit note that was made and issued at once."""
        self.add(note, kind="COPIED")
        self.act(note, "issue")

    def _note_credit(self, note: Document) -> None:
        """What an issued credit note takes back is told of; when nothing is left, the document is credited."""
        for original in self.originals(note):
            if not any(rest.worth for rest in self.left(original).values()):
                original.history.append(("STATUS_CHANGED", original.status, "CREDITED"))
                original.status_before_credit, original.status = original.status, "CREDITED"
            original.history.append(("CREDITED", "", ""))

    def _taken(self, document: Document, key: int, rest: Left, portion: Portion) -> Line | None:
        line, issuer = replace(document.lines[key], takes_back=key), document.issuer
        if not rest.is_untouched and not rest.worth:
            return None
        if portion.amount is not None:
            part = replace(line, price=Fraction(portion.amount, 10**issuer.decimals), quantity=Fraction(1), discount=Fraction(0))
            return part if _fits(part.worth(issuer), rest.worth) else None
        quantity = rest.quantity if portion.quantity is None else portion.quantity
        if portion.quantity is not None and not 0 < quantity <= rest.quantity:
            return None
        if quantity == line.quantity and rest.is_untouched:
            return line
        if quantity == rest.quantity:
            price = Fraction(rest.worth, 10**issuer.decimals) / (line.factor if issuer.policy == "KEEP_GROSS" else 1)
            return replace(line, price=Fraction(half_up(price * 10**6), 10**6), quantity=Fraction(1), discount=Fraction(0))
        part = replace(line, quantity=quantity)
        return part if _fits(part.worth(issuer), rest.worth) else None

    def _leaves_less_than_nothing(self, document: Document, left: Mapping[int, Left], taken: Mapping[int | None, int]) -> bool:
        """Deductions and the voucher must go along with what they were taken off."""
        keeps_gross = document.issuer.policy == "KEEP_GROSS"
        factors = {key: 1 if keeps_gross else line.factor for key, line in document.lines.items()}
        voucher = self.credit_left(document)
        whole = sum(rest.worth * factors[key] for key, rest in left.items()) - voucher
        still = sum((rest.worth - taken.get(key, 0)) * factors[key] for key, rest in left.items()) - voucher
        return still < 0 if whole >= 0 else still > 0

    def _is_negative(self, document: Document, note: CreditNote) -> bool:
        made = replace(document, lines=dict(enumerate(note.lines)), credit=0)
        return made.money.total < 0 <= document.money.total

    def _reopen(self, original: Document) -> None:
        """A document that a canceled note had credited in full is where it was before."""
        if original.status == "CREDITED" and any(rest.worth for rest in self.left(original).values()):
            original.history.append(("STATUS_CHANGED", "CREDITED", original.status_before_credit))
            original.status = original.status_before_credit


@dataclass(frozen=True)
class Portion:
    """What is asked for of a line: all that is left, a quantity, or an amount in minor units."""

    quantity: Fraction | None = None
    amount: int | None = None


@dataclass(frozen=True)
class CreditNote:
    """What a credit note must hold."""

    lines: list[Line]
    credit: int = 0


def _fits(wanted: int, left: int) -> bool:
    return 0 < wanted <= left or left <= wanted < 0


def gaps(sequences: Iterable[int]) -> set[int]:
    """The numbers from 1 to the highest that nobody holds."""
    held = set(sequences)
    return set(range(1, max(held, default=0) + 1)) - held
