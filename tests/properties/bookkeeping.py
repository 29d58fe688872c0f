"""A database that starts empty and the books beside it: what is drawn, and what the rules of every room are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from invoicing.exceptions import InvoicingError
from invoicing.models import Company, Item, get_invoice_model
from tests.factories import LINDNER, build_invoice
from tests.properties.books import GROUPS, NEXT, Books, Document, Issuer, Line
from tests.properties.promises import BrokenPromiseError, Stored, check_shown, compare

Invoice = get_invoice_model()

NUMBER_FORMAT = "{{ invoice.prefix }}{{ invoice.type }} {{ invoice.period }}/{{ invoice.sequence }}"

# Halves of the last digit of every currency among them, and days on both sides of the end of every kind of period.
PRICES = ["10", "0.125", "2.5", "0.5", "3.335", "1.0005", "99.99", "8.394958", "0.333333", "1200", "-5", "-0.125"]
QUANTITIES = ["1", "2", "3", "10", "0.5", "1.001"]
DISCOUNTS = ["0", "0", "0", "10", "33.33", "50", "100"]
RATES = [("19", ""), ("19", ""), ("19", "S"), ("7", ""), ("5.5", ""), ("0", ""), (None, ""), (None, "O")]
DAYS = [date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 31), date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1)]


def fields_of_a_line(price: str, quantity: str, discount: str, rate: tuple[str | None, str]) -> dict[str, Any]:
    """The fields of an item, of what was drawn."""
    return {
        "title": "Anything",
        "unit_price": Decimal(price),
        "quantity": Decimal(quantity),
        "discount": Decimal(discount),
        "tax_rate": None if rate[0] is None else Decimal(rate[0]),
        "tax_category": rate[1],
    }


days = st.sampled_from(DAYS)
places = st.integers(0, 99)
drawn_line = st.builds(fields_of_a_line, *map(st.sampled_from, (PRICES, QUANTITIES, DISCOUNTS, RATES)))
drawn_lines = st.lists(drawn_line, min_size=1, max_size=3)


def several(ways: Mapping[str, Any]) -> st.SearchStrategy[list[str]]:
    """Some of the ways, each once."""
    return st.lists(st.sampled_from(sorted(ways)), min_size=min(3, len(ways)), max_size=8, unique=True)


class Bookkeeping(RuleBasedStateMachine):
    """The ground that every room stands on."""

    def __init__(self) -> None:
        super().__init__()
        self.copies: dict[int, object] = {}
        self.touched: list[Document] = []
        self.shown: dict[int, object] = {}
        self.settings: Any = None
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    @initialize(counts_per_type=st.booleans(), issuers=st.sampled_from(GROUPS), day=days, lines=drawn_lines, others=drawn_lines)
    def open_books(self, counts_per_type, issuers, day, lines, others):
        """There is an issued document to begin with, and an open one."""
        self.settings = override_settings(
            INVOICING_COUNTER_PER_TYPE=counts_per_type, INVOICING_NUMBER_FORMAT=NUMBER_FORMAT, INVOICING_CONTENT_RULES="BASIC"
        )
        self.settings.enable()
        self.books = Books(counts_per_type=counts_per_type)
        self.issuers = issuers
        self.companies = {issuer.name: self.founded(issuer) if issuer.has_company else None for issuer in issuers}
        self.issued(0, day=day, lines=lines)
        self.written(0, day=day, lines=others)

    def teardown(self):
        if self.settings:
            self.settings.disable()
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @invariant()
    def every_promise_holds(self):
        pks = {name: company and company.pk for name, company in self.companies.items()}
        Stored(self.copies).check(self.books, companies=pks)
        for document in self.touched:
            # What a document shows follows from what is stored, so that it is asked for when that changed.
            shown = (document.money, document.paid, document.status)
            if document.key in self.books.documents and self.shown.get(document.key) != shown:
                check_shown(document)
                self.shown[document.key] = shown
        self.touched.clear()

    # What rules are made of

    def attempt(self, work: Callable[[], Any], *, refused: type[Exception] | tuple[type[Exception], ...] = ()) -> Any:
        """Do what must succeed, or what must be refused with one of these errors."""
        promise = "what is allowed is done, what is not is refused"
        try:
            answer = work()
        except (InvoicingError, DatabaseError, ObjectDoesNotExist) as error:
            if refused and isinstance(error, refused):
                return None
            raise BrokenPromiseError(promise, error, refused or "success") from error
        if refused:
            raise BrokenPromiseError(promise, answer, refused)
        return answer

    def written(self, place: int, *, day, lines, status="NEW", prefix="", credit=0, way="at once") -> Document:
        """A document that was written, by the database and by the books."""
        issuer = self.issuers[place % len(self.issuers)]
        invoice = self.build(issuer, day=day, status=status, number_prefix=prefix, credit=Decimal(credit))
        self.attempt(lambda: store(invoice, lines, way=way))
        made = map(Line.of, lines)
        document = self.recorded(invoice, issuer, made, status=status, day=day, due=day + timedelta(days=14), prefix=prefix)
        document.credit = credit * 10**issuer.decimals
        self.books.add(document)
        return document

    def issued(self, place: int, *, day, lines) -> Document:
        """A document that was written and issued."""
        document = self.written(place, day=day, lines=lines)
        self.attempt(self.read(document).issue)
        self.books.act(document, "issue")
        return document

    def build(self, issuer: Issuer, *, day: date, **fields: Any) -> Any:
        """An invoice that is not saved."""
        company = {"company": self.companies[issuer.name]} if issuer.has_company else {}
        dates = {"date_issue": day, "date_tax_point": day, "date_due": day + timedelta(days=14)}
        return build_invoice(currency=issuer.currency, **company, **dates, **fields)

    def recorded(self, invoice: Any, issuer: Issuer, lines: Iterable[Line], **facts: Any) -> Document:
        """A document for the books, made of what was asked for and of the keys that the database gave."""
        document = Document(key=invoice.pk, issuer=issuer, type=str(invoice.type), lines=keyed(invoice, lines), **facts)
        self.touched.append(document)
        return document

    def documents(self, **facts: Any) -> list[Document]:
        """The documents of which the facts are true."""
        return [made for made in self.books.documents.values() if all(getattr(made, name) == value for name, value in facts.items())]

    def pick(self, place: int, among: list[Document]) -> Document:
        """One of the documents, the latest at place 0."""
        document = among[-1 - place % len(among)]
        self.touched.append(document)
        return document

    @property
    def open(self) -> list[Document]:
        return self.documents(is_issued=False)

    @property
    def filled(self) -> list[Document]:
        """Open documents with lines."""
        return [document for document in self.open if document.lines]

    @property
    def claims(self) -> list[Document]:
        """Documents that can be credited, as far as their type and status say."""
        return [made for made in self.documents(is_issued=True, type="INVOICE") if "create_credit_note" in NEXT[made.status]]

    def is_stranded(self, document: Document) -> bool:
        """ASSUMPTION: nobody issues an open credit note over what was canceled or credited meanwhile."""
        originals = self.books.originals(document)
        return not document.is_issued and any("create_credit_note" not in NEXT[original.status] for original in originals)

    @staticmethod
    def read(document: Document) -> Any:
        return Invoice.objects.get(pk=document.key)

    @staticmethod
    def founded(issuer: Issuer) -> Company:
        return Company.objects.create(
            **{**LINDNER, "name": issuer.name},
            currency=issuer.currency,
            counter_period=issuer.period,
            rounding_policy=issuer.policy,
            fiscal_year_start=4,
        )


class Writing(Bookkeeping):
    """Documents are written in all the ways there are, and left open."""

    @rule(
        place=places,
        day=days,
        status=st.sampled_from(["NEW", "NEW", "DRAFT"]),
        prefix=st.sampled_from(["", "", "", "X-"]),
        credit=st.sampled_from([0, 0, 0, 5]),
        lines=drawn_lines,
        way=st.sampled_from(["at once", "added", "one by one", "in a batch"]),
    )
    def write(self, place, **drawn):
        self.written(place, **drawn)


class Issuing(Bookkeeping):
    """Documents are written and issued at once."""

    @rule(place=places, day=days, lines=drawn_lines)
    def write_and_issue(self, place, day, lines):
        self.issued(place, day=day, lines=lines)


def store(invoice: Any, lines: list[dict[str, Any]], *, way: str) -> None:
    """Save an invoice with new lines."""
    if way == "at once":
        invoice.save_with_items(lines)
        return
    invoice.save()
    if way == "added":
        invoice.add_items(lines)
    elif way == "one by one":
        for fields in lines:
            Item(invoice=invoice, **fields).save()
    else:
        with invoice.batch():
            for fields in lines:
                Item(invoice=invoice, **fields).save()


def keyed(invoice: Any, lines: Iterable[Line]) -> dict[int, Line]:
    """Lines by the keys that the database gave them, in the order of entry."""
    keys = list(Item._base_manager.filter(invoice_id=invoice.pk).order_by("pk").values_list("pk", flat=True))
    asked = list(lines)
    compare("there are as many lines as were asked for", len(keys), len(asked))
    return dict(zip(keys, asked, strict=True))
