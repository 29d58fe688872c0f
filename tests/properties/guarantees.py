"""People at random acts: they write, number, issue, pay, copy, credit, cancel and tamper, and after each step every promise holds.

`Guarantees` is the whole; each of its rooms can be run alone. The books (`books.py`) know what must be stored, `promises.py` looks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from invoicing.exceptions import (
    CreditedInPartError,
    InvalidDataError,
    InvoiceFrozenError,
    InvoicingError,
    NotCreditableError,
    NumberTakenError,
    OverCreditError,
    TransitionNotAllowedError,
)
from invoicing.models import CreditLine, Item, get_invoice_model
from tests.properties import tampering
from tests.properties.bookkeeping import (
    DISCOUNTS,
    PRICES,
    QUANTITIES,
    Issuing,
    Writing,
    days,
    drawn_lines,
    keyed,
    places,
    several,
    store,
)
from tests.properties.books import NEXT, Document, Line, Portion
from tests.properties.tampering import Scene

Invoice = get_invoice_model()

CHANGES = [("price", "unit_price", PRICES), ("quantity", "quantity", QUANTITIES), ("discount", "discount", DISCOUNTS)]
"""The columns of a line that change, as the books and as the database call them."""

ACTS = ["issue", "mark_sent", "mark_paid", "mark_returned", "cancel", "write_off", "send_to_collection"]
WITH_REASON = {"cancel", "write_off", "send_to_collection"}

PIECES = ["the rest", "a piece", "every piece left", "a piece too many"]
MONEY = ["a cent", "all the money left", "a cent too much"]

changes = st.sampled_from([(name, column, Decimal(value)) for name, column, values in CHANGES for value in values])
portions = st.sampled_from(["nothing", *PIECES, *MONEY, *MONEY, "all the money left"])
one_portion = st.builds(lambda place, portion: ["nothing"] * place + [portion], st.integers(0, 2), portions)


class StumbleError(Exception):
    """Something else in the transaction goes wrong."""


class Lines(Writing):
    """Lines come, change, move and go."""

    @precondition(lambda self: self.open)
    @rule(place=places, lines=drawn_lines, way=st.sampled_from(["added", "one by one", "in a batch"]))
    def add_lines(self, place, lines, way):
        document = self.pick(place, self.open)
        invoice = self.read(document)
        self.attempt(lambda: store(invoice, lines, way=way))
        document.lines = keyed(invoice, [*document.lines.values(), *map(Line.of, lines)])

    @precondition(lambda self: self.filled)
    @rule(place=places, line=places, change=changes, way=st.sampled_from(["save", "save only", "update", "bulk-update"]))
    def change_a_line(self, place, line, change, way):
        document, item = self.line_of(place, line)
        name, column, value = change
        setattr(item, column, value)
        ways = {
            "save": item.save,
            "save only": lambda: item.save(update_fields=[column]),
            "update": lambda: Item.objects.filter(pk=item.pk).update(**{column: value}),
            "bulk-update": lambda: Item.objects.bulk_update([item], [column]),
        }
        self.attempt(ways[way])
        document.lines[item.pk] = replace(document.lines[item.pk], **{name: Fraction(value)})

    @precondition(lambda self: self.filled)
    @rule(place=places, line=places, way=st.sampled_from(["delete", "delete by queryset", "delete in a batch"]))
    def delete_a_line(self, place, line, way):
        document, item = self.line_of(place, line)
        key = item.pk
        self.attempt(lambda: delete(item, way=way))
        del document.lines[key]

    @precondition(lambda self: self.filled)
    @rule(place=places, line=places, home=places)
    def move_a_line(self, place, line, home):
        document, item = self.line_of(place, line)
        home = self.pick(home, self.documents(is_issued=False, issuer=document.issuer))
        if item.credited_item_id:
            return  # ASSUMPTION: lines of credit notes stay where they are.
        item.invoice = self.read(home)
        self.attempt(item.save)
        home.lines[item.pk] = document.lines.pop(item.pk)
        home.lines = dict(sorted(home.lines.items()))

    @precondition(lambda self: self.open)
    @rule(place=places, credit=st.integers(0, 9))
    def give_a_voucher(self, place, credit):
        document = self.pick(place, self.open)
        if self.books.originals(document):
            return  # ASSUMPTION: no open credit note takes a voucher back.
        invoice = self.read(document)
        invoice.credit = Decimal(credit)
        self.attempt(invoice.save)
        document.credit = credit * 10**document.issuer.decimals

    def line_of(self, place: int, line: int) -> tuple[Document, Any]:
        """A line of an open document, and the document."""
        document = self.pick(place, self.filled)
        keys = list(document.lines)
        return document, Item.objects.get(pk=keys[line % len(keys)])


class Numbers(Writing):
    """Numbers are asked for, given back and voided."""

    @rule(place=places, day=days, sequence=st.integers(1, 6), lines=st.just([]) | drawn_lines)
    def write_with_a_sequence(self, place, day, sequence, lines):
        issuer = self.issuers[place % len(self.issuers)]
        invoice = self.build(issuer, day=day, sequence=sequence)
        wanted = Document(key=0, issuer=issuer, type="INVOICE", status="NEW", day=day, due=day + timedelta(days=14))
        is_taken = self.books.is_taken(wanted, sequence)
        save = partial(invoice.save_with_items, lines) if lines else invoice.save
        self.attempt(save, refused=NumberTakenError if is_taken else ())
        if not is_taken:
            wanted.key, wanted.lines = invoice.pk, keyed(invoice, map(Line.of, lines))
            self.books.add(wanted, sequence=sequence)

    @precondition(lambda self: self.open)
    @rule(place=places, day=days, only=st.booleans())
    def date_anew(self, place, day, only):
        """A number that was taken stays, also in another period."""
        document = self.pick(place, self.open)
        invoice = self.read(document)
        invoice.date_issue, invoice.date_due = day, day + timedelta(days=30)
        self.attempt(lambda: invoice.save(update_fields=["date_issue", "date_due"] if only else None))
        document.day, document.due = invoice.date_issue, invoice.date_due

    @precondition(lambda self: self.books.documents)
    @rule(place=places)
    def delete(self, place):
        document = self.pick(place, self.documents())
        self.attempt(self.read(document).delete, refused=InvoiceFrozenError if document.is_issued else ())
        if not document.is_issued:
            self.books.delete(document)

    @precondition(lambda self: self.open)
    @rule(count=st.integers(2, 4), also_issued=st.booleans())
    def delete_the_latest(self, count, also_issued):
        """The highest number first, so that the tail of a series is given back; all or nothing."""
        documents = (self.documents() if also_issued else self.open)[-count:]
        is_refused = any(document.is_issued for document in documents)
        keys = [document.key for document in documents]
        self.attempt(Invoice.objects.filter(pk__in=keys).delete, refused=InvoiceFrozenError if is_refused else ())
        if not is_refused:
            for document in sorted(documents, key=lambda made: (made.sequence or 0, made.key), reverse=True):
                self.books.delete(document)


class Lives(Writing, Issuing):
    """Documents are issued, sent, paid and canceled, by acts and by hand."""

    @precondition(lambda self: self.books.documents)
    @rule(place=places, choice=places, is_bold=st.sampled_from([False, False, True]))
    def act(self, place, choice, is_bold):
        """Mostly what is possible."""
        document = self.pick(place, self.documents())
        if self.is_stranded(document):
            return
        among = [act for act in ACTS if is_bold or not self.books.refuses(document, act)] or ACTS
        name = among[choice % len(among)]
        act = partial(getattr(self.read(document), name), *(("That is why.",) if name in WITH_REASON else ()))
        is_refused = self.books.refuses(document, name)
        self.attempt(act, refused=InvoicingError if is_refused else ())
        if not is_refused:
            self.books.act(document, name)

    # ASSUMPTION: CREDITED follows from credit notes. Set by hand, it is what documents from elsewhere bring along.
    @precondition(lambda self: self.books.documents)
    @rule(place=places, status=st.sampled_from(sorted(set(NEXT) - {"CREDITED"})), only=st.booleans())
    def assign_a_status(self, place, status, only):
        document = self.pick(place, self.documents())
        if self.is_stranded(document):
            return
        invoice = self.read(document)
        invoice.status = status
        is_refused = self.books.refuses_status(document, status)
        self.attempt(lambda: invoice.save(update_fields=["status"] if only else None), refused=InvoicingError if is_refused else ())
        if not is_refused:
            self.books.assign(document, status)

    @precondition(lambda self: self.open)
    @rule(place=places)
    def issue(self, place):
        document = self.pick(place, self.open)
        if self.is_stranded(document):
            return
        is_refused = self.books.refuses(document, "issue")
        self.attempt(self.read(document).issue, refused=(InvalidDataError, OverCreditError) if is_refused else ())
        if not is_refused:
            self.books.act(document, "issue")

    @precondition(lambda self: self.books.documents)
    @rule(place=places, amount=st.integers(0, 30))
    def pay(self, place, amount):
        document = self.pick(place, self.documents())
        invoice = self.read(document)
        invoice.already_paid = Decimal(amount)
        self.attempt(invoice.save)
        document.paid = amount * 10**document.issuer.decimals


class Copies(Lives):
    """Documents are copied, to another day or to the same."""

    @precondition(lambda self: self.books.documents)
    @rule(place=places, day=st.none() | days)
    def copy(self, place, day):
        document = self.pick(place, self.documents())
        # The copy of a credit note is an invoice: it takes nothing back.
        overrides = {"type": "INVOICE"} if document.type == "CREDIT_NOTE" else {}
        overrides |= {"date_issue": day} if day else {}
        copy = self.attempt(lambda: self.read(document).create_copy(**overrides))
        lines = [replace(line, takes_back=None) for line in document.lines.values()]
        day = day or document.day
        due = day + (document.due - document.day)
        made = self.recorded(copy, document.issuer, lines, status="NEW", day=day, due=due, prefix=document.prefix)
        made.credit = document.credit
        self.books.add(made, kind="COPIED")


class Credits(Issuing):
    """Documents are credited, whole and in part, and credit notes are canceled."""

    @precondition(lambda self: self.claims)
    @rule(place=places, asked=one_portion | st.lists(portions, min_size=3, max_size=3), day=days)
    def credit_a_part(self, place, asked, day):
        document = self.pick(place, self.claims)
        lines = dict(zip(sorted(document.lines), asked, strict=False))
        self.credit(document, {key: self.portion(name, document, key) for key, name in lines.items() if name != "nothing"}, day)

    @precondition(lambda self: self.documents(is_issued=True))
    @rule(place=places, day=days)
    def credit_the_rest(self, place, day):
        """Mostly of what can be credited."""
        self.credit(self.pick(place, (self.claims if place % 4 else None) or self.documents(is_issued=True)), None, day)

    # ASSUMPTION: no open credit note takes a voucher back.
    @precondition(lambda self: self.untouched_claims)
    @rule(place=places, day=days)
    def copy_as_a_credit_note(self, place, day):
        """It is open, and counts once it is issued."""
        document = self.pick(place, self.untouched_claims)
        copy = self.attempt(lambda: self.read(document).create_copy(type="CREDIT_NOTE", date_issue=day))
        lines = [replace(line, takes_back=key) for key, line in sorted(document.lines.items())]
        due = day + (document.due - document.day)
        self.books.add(self.recorded(copy, document.issuer, lines, status="NEW", day=day, due=due, prefix=document.prefix), kind="COPIED")

    @precondition(lambda self: self.credited_claims)
    @rule(place=places)
    def cancel_what_is_credited_in_part(self, place):
        document = self.pick(place, self.credited_claims)
        self.attempt(lambda: self.read(document).cancel("A mistake."), refused=(CreditedInPartError, TransitionNotAllowedError))

    @precondition(lambda self: self.documents(type="CREDIT_NOTE", status="NEW"))
    @rule(place=places)
    def cancel_a_credit_note(self, place):
        note = self.pick(place, self.documents(type="CREDIT_NOTE", status="NEW"))
        self.attempt(lambda: self.read(note).cancel("A mistake."))
        self.books.act(note, "cancel")

    @property
    def untouched_claims(self) -> list[Document]:
        return [document for document in self.claims if not document.credit and not self.books.notes_on(document)]

    @property
    def credited_claims(self) -> list[Document]:
        return [document for document in self.claims if self.books.notes_on(document)]

    def portion(self, name: str, document: Document, key: int) -> Portion:
        """What is asked for of a line."""
        left, line = self.books.left(document)[key], document.lines[key]
        # Amounts are asked for without tax, also where the gross is what is left.
        net = round(left.worth / line.factor) if document.issuer.policy == "KEEP_GROSS" else left.worth
        sign = -1 if net < 0 else 1
        return {
            "the rest": Portion(),
            "a piece": Portion(quantity=Fraction(1)),
            "every piece left": Portion(quantity=left.quantity),
            "a piece too many": Portion(quantity=left.quantity + 1),
            "a cent": Portion(amount=sign),
            "all the money left": Portion(amount=net),
            "a cent too much": Portion(amount=net + sign),
        }[name]

    def credit(self, document: Document, wanted: dict[int, Portion] | None, day: Any) -> None:
        """Make a credit note over portions of lines, or over all that is left."""
        expected = self.books.credit(document, wanted)
        lines = None if wanted is None else self.credit_lines(document, wanted)
        make = partial(self.read(document).create_credit_note, lines, date_issue=day)
        note = self.attempt(make, refused=() if expected else (NotCreditableError, OverCreditError, InvalidDataError))
        if expected:
            made = self.recorded(note, document.issuer, expected.lines, status="DRAFT", day=day, due=day, prefix=document.prefix)
            made.credit = expected.credit
            self.books.credited(made)

    @staticmethod
    def credit_lines(document: Document, wanted: dict[int, Portion]) -> list[CreditLine]:
        """The portions as the library is asked for them."""
        items = {item.pk: item for item in Item.objects.filter(invoice_id=document.key)}
        unit = Decimal(1).scaleb(-document.issuer.decimals)
        return [
            CreditLine(
                item=items[key],
                # Thousandths, which no decimal has to round.
                quantity=None if portion.quantity is None else Decimal(int(portion.quantity * 1000)) / 1000,
                amount=None if portion.amount is None else portion.amount * unit,
            )
            for key, portion in wanted.items()
        ]


class Tampering(Writing, Issuing):
    """Issued documents are tampered with: every way is refused, and nothing changes."""

    @precondition(lambda self: self.documents(is_issued=True))
    @rule(place=places, ways=several(tampering.DOCUMENT))
    def change_a_document(self, place, ways):
        document = self.pick(place, self.documents(is_issued=True))
        for way in ways:
            self.attempt(partial(tampering.DOCUMENT[way], Scene(self.read(document))), refused=InvoiceFrozenError)

    @precondition(lambda self: self.sealed)
    @rule(place=places, ways=several(tampering.LINE))
    def change_a_line_of_a_document(self, place, ways):
        document = self.pick(place, self.sealed)
        for way in ways:
            tamper = partial(tampering.LINE[way], Scene(self.read(document), first_line(document)))
            self.attempt(tamper, refused=InvoiceFrozenError)

    @precondition(lambda self: self.sealed and self.open)
    @rule(place=places, home=places, ways=several(tampering.MOVES))
    def move_a_line_out(self, place, home, ways):
        document, home = self.pick(place, self.sealed), self.pick(home, self.open)
        for way in ways:
            tamper = partial(tampering.MOVES[way], Scene(self.read(document), first_line(document), self.read(home)))
            self.attempt(tamper, refused=InvoiceFrozenError)

    @precondition(lambda self: self.documents(is_issued=True) and self.filled)
    @rule(place=places, source=places, ways=several(tampering.MOVES_IN))
    def move_a_line_in(self, place, source, ways):
        document, source = self.pick(place, self.documents(is_issued=True)), self.pick(source, self.filled)
        for way in ways:
            self.attempt(partial(tampering.MOVES_IN[way], Scene(self.read(document), other=self.read(source))), refused=InvoiceFrozenError)

    @property
    def sealed(self) -> list[Document]:
        """Issued documents with lines."""
        return [document for document in self.documents(is_issued=True) if document.lines]


class Stumbling(Writing):
    """A transaction fails after the act: nothing of it stays."""

    @rule(place=places, day=days, lines=drawn_lines)
    def write_in_vain(self, place, day, lines):
        issuer = self.issuers[place % len(self.issuers)]
        self.stumble(lambda: self.build(issuer, day=day).save_with_items(lines))

    @precondition(lambda self: self.books.documents)
    @rule(place=places, act=st.sampled_from(["issue", "mark_sent", "mark_paid", "delete", "create_copy", "create_credit_note"]))
    def act_in_vain(self, place, act):
        document = self.pick(place, self.documents())
        self.stumble(getattr(self.read(document), act))

    @precondition(lambda self: self.open)
    @rule(place=places, lines=drawn_lines)
    def add_a_bad_line(self, place, lines):
        document = self.pick(place, self.open)
        invoice = self.read(document)
        self.attempt(lambda: invoice.add_items([*lines, {**lines[0], "quantity": Decimal(0)}]), refused=InvalidDataError)

    def stumble(self, work: Callable[[], object]) -> None:
        """Do something in a transaction that fails."""
        with suppress(StumbleError, InvoicingError), transaction.atomic():
            work()
            raise StumbleError


class Guarantees(Lines, Numbers, Copies, Credits, Tampering, Stumbling):
    """All of it at once."""


def delete(item: Any, *, way: str) -> None:
    """Delete a line."""
    if way == "delete":
        item.delete()
    elif way == "delete by queryset":
        Item.objects.filter(pk=item.pk).delete()
    else:
        with item.invoice.batch():
            item.delete()


def first_line(document: Document) -> Any:
    """The first line of a document, read just now."""
    return Item.objects.get(pk=min(document.lines))
