"""Tables: every report by its name, with its function, its columns and what it asks for. Command, files and pages follow them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.contrib.reports.ageing import AgeingRow, ageing
from invoicing.contrib.reports.buckets import Bucket, buckets
from invoicing.contrib.reports.days_to_pay import days_to_pay
from invoicing.contrib.reports.invoices import invoices
from invoicing.contrib.reports.outstanding import outstanding, outstanding_sums
from invoicing.contrib.reports.received import payments, received
from invoicing.contrib.reports.revenue import By, revenue
from invoicing.contrib.reports.statement import StatementKind, statement
from invoicing.contrib.reports.vat import VatControl, VatKind, vat, vat_control
from invoicing.domain.amounts import add_up
from invoicing.domain.choices import InvoiceType, Origin, Status, TaxCategory


class Kind(StrEnum):
    """What a column holds, and so how it is written and to which side."""

    TEXT = "text"
    DATE = "date"
    WHOLE = "whole"
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"

    @property
    def is_figure(self) -> bool:
        """Whether it stands to the right."""
        return self in {Kind.WHOLE, Kind.NUMBER, Kind.PERCENT, Kind.MONEY}


class Asks(StrEnum):
    """What a report is told beside company, currency and database."""

    PERIOD = "period"
    DAY = "day"
    PARTY = "party"
    A_PARTY = "a party"
    ORIGIN = "origin"
    ANY_ORIGIN = "any origin"


TAKEN = {
    Asks.PERIOD: ("first", "last"),
    Asks.DAY: ("on",),
    Asks.PARTY: ("party",),
    Asks.A_PARTY: ("party",),
    Asks.ORIGIN: ("origin",),
    Asks.ANY_ORIGIN: ("origin",),
}
"""The arguments that a function takes for what its report asks."""

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `name` for programs, `title` for people; `value` gets it out of a row of the report."""

    name: str
    title: Text
    kind: Kind = Kind.TEXT
    words: Mapping[str, Text] = field(default_factory=dict)
    """What people call the codes that the column holds; files keep the codes."""

    read: Callable[[Any], Any] | None = None
    is_summed: bool = False

    def value(self, row: Any) -> Any:
        """What a row has in this column."""
        return self.read(row) if self.read else getattr(row, self.name)

    def shown(self, row: Any) -> Any:
        """As `value`, a code in words."""
        value = self.value(row)
        return str(self.words[value]) if value in self.words else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a report gave: its columns, and its rows once, as they come."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Iterator[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report.

    `choice` names an argument of its own, and `choices` the words for its values. `is_list`: it has a row for each document or
    payment, of which a page shows the first. `sums` gives its sums where its rows may be too many to add up; `apart` are columns
    whose values are not added together, beside the currency, which never is. `control` compares the rows with what documents state.
    """

    name: str
    title: Text
    description: Text
    function: Callable[..., Iterable[Any]]
    columns: Sequence[Column]
    asks: frozenset[Asks]
    choice: str = ""
    choices: Mapping[str, Text] = field(default_factory=dict)
    sums: Callable[..., Iterable[Any]] | None = None
    apart: tuple[str, ...] = ()
    is_list: bool = False
    arranged: Callable[[Mapping[str, Any]], Sequence[Column]] | None = None
    control: Callable[..., Iterable[Any]] | None = None

    def table(self, **arguments: Any) -> Table:
        """Run the report. The arguments are those of its function."""
        columns = self.arranged(arguments) if self.arranged else self.columns
        return Table(name=self.name, title=str(self.title), columns=columns, rows=iter(self.function(**arguments)))

    def arguments(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Those of many arguments that the function takes; what is empty is left to its default."""
        names = {"company", "currency", "using", self.choice}
        names |= {name for asks, some in TAKEN.items() if asks in self.asks for name in some}
        return {name: value for name, value in asked.items() if name in names and value not in (None, "")}

    @property
    def needs_party(self) -> bool:
        """Whether it is about one party."""
        return Asks.A_PARTY in self.asks


class Sums:
    """Sums of the money of a report, a row for each currency and for what is `apart`, added up while its rows pass."""

    def __init__(self, report: Report, columns: Sequence[Column]) -> None:
        self.columns = [column for column in columns if column.is_summed]
        self.apart = ("currency", *report.apart)
        self.rows: dict[tuple[Any, ...], dict[str, Decimal]] = {}

    def add(self, row: Any) -> None:
        """Add a row of the report."""
        sums = self.rows.setdefault(tuple(getattr(row, name) for name in self.apart), {})
        for column in self.columns:
            value = column.value(row)
            if value is not None:
                sums[column.name] = add_up((sums.get(column.name, Decimal(0)), value), currency=row.currency)


def _money(name: str, title: Text, *, is_summed: bool = True, read: Callable[[Any], Any] | None = None) -> Column:
    return Column(name=name, title=title, kind=Kind.MONEY, is_summed=is_summed, read=read)


COMPANY = Column(name="company", title=_("Company"))
PARTY = Column(name="party", title=_("Party"))
CURRENCY = Column(name="currency", title=_("Currency"))
DUE = Column(name="date_due", title=_("Due date"), kind=Kind.DATE)
ORIGINS: Mapping[str, Text] = {Origin.ISSUED: _("issued (sales)"), Origin.RECEIVED: _("received (purchases)")}
ORIGIN = Column(name="origin", title=_("Origin"), words=ORIGINS)
TYPE = Column(name="type", title=_("Type"), words=dict(InvoiceType.choices))
STATUS = Column(name="status", title=_("Status"), words=dict(Status.choices))
DIRECTIONS: Mapping[str, Text] = {"IN": _("received"), "OUT": _("paid out")}
DIRECTION = Column(name="direction", title=_("Direction"), words=DIRECTIONS)
DETAILS: Mapping[str, Text] = {
    **dict(InvoiceType.choices),
    **dict(Status.choices),
    **DIRECTIONS,
    "PAYMENT": _("payment of another party"),
    "REFUND": _("refund to another party"),
    "DISCOUNT": _("early-payment discount"),
    "WRITE_OFF": _("small difference written off"),
    "ROUNDING": _("cash rounding"),
    "OPENING": _("paid before payments were recorded"),
}
CATEGORIES: Mapping[str, Text] = dict(TaxCategory.choices)
WITH_PARTY = frozenset({Asks.PARTY, Asks.ORIGIN})


def _bucket_columns(ages: Sequence[Bucket]) -> list[Column]:
    return [_money(age.name, age.title, read=partial(_aged, place=place)) for place, age in enumerate(ages)]


def _aged(row: AgeingRow, *, place: int) -> Decimal:
    return row.aged[place]


def _ageing_columns(arguments: Mapping[str, Any]) -> Sequence[Column]:
    limits = arguments.get("limits")
    ages = buckets(limits) if limits else buckets()
    rest = [
        _money("credit_notes", _("Credit notes")),
        _money("credit", _("Unallocated payments")),
        _money("balance", _("Balance")),
    ]
    return [COMPANY, PARTY, CURRENCY, *_bucket_columns(ages), *rest]


def _statement(*, party: Any, **arguments: Any) -> Iterable[Any]:
    return statement(party, **arguments)


def _vat_control(rows: Iterable[Any], *, span: str = "", **arguments: Any) -> list[VatControl]:  # noqa: ARG001  # sums know no periods
    return vat_control(rows, **arguments)


def _reports() -> Iterator[Report]:
    yield Report(
        name="received",
        title=_("Payments received"),
        description=_("What came in and went out, by payment method."),
        function=received,
        asks=frozenset({Asks.PERIOD, Asks.PARTY}),
        columns=[
            COMPANY,
            CURRENCY,
            DIRECTION,
            Column(name="method", title=_("Payment method")),
            Column(name="payments", title=_("Payments"), kind=Kind.WHOLE),
            _money("amount", _("Amount")),
            _money("reversed", _("Reversed")),
            _money("net", _("Net")),
        ],
        choice="direction",
        choices={"": _("both"), **DIRECTIONS},
        apart=("direction",),
    )
    yield Report(
        name="payments",
        title=_("List of payments"),
        description=_("Every payment of a period, with what of it settles nothing yet."),
        function=payments,
        is_list=True,
        asks=frozenset({Asks.PERIOD, Asks.PARTY}),
        columns=[
            Column(name="date", title=_("Date"), kind=Kind.DATE),
            COMPANY,
            PARTY,
            DIRECTION,
            Column(name="method", title=_("Payment method")),
            Column(name="reference", title=_("Reference")),
            Column(name="provider", title=_("Provider")),
            Column(name="provider_id", title=_("Provider's id")),
            CURRENCY,
            _money("amount", _("Amount"), is_summed=False),
            _money("unallocated", _("Unallocated"), is_summed=False),
            Column(name="reversed_on", title=_("Reversed on"), kind=Kind.DATE),
        ],
        choice="direction",
        choices={"": _("both"), **DIRECTIONS},
    )
    yield Report(
        name="days_to_pay",
        title=_("Days to pay"),
        description=_("How long it takes until invoices are paid, on average and weighted by amount."),
        function=days_to_pay,
        asks=frozenset({Asks.PERIOD, *WITH_PARTY}),
        columns=[
            COMPANY,
            PARTY,
            CURRENCY,
            Column(name="documents", title=_("Documents"), kind=Kind.WHOLE),
            _money("amount", _("Amount")),
            Column(name="average_from_issue", title=_("Days from issue"), kind=Kind.NUMBER),
            Column(name="weighted_from_issue", title=_("Days from issue, weighted"), kind=Kind.NUMBER),
            Column(name="average_from_due", title=_("Days from due date"), kind=Kind.NUMBER),
            Column(name="weighted_from_due", title=_("Days from due date, weighted"), kind=Kind.NUMBER),
        ],
        choice="by",
        choices={"all": _("all together"), "party": _("by party")},
    )
    yield Report(
        name="outstanding",
        title=_("Outstanding"),
        description=_("Every document of which something was open at the end of a day."),
        function=outstanding,
        sums=outstanding_sums,
        is_list=True,
        asks=frozenset({Asks.DAY, *WITH_PARTY}),
        columns=[
            Column(name="number", title=_("Number")),
            TYPE,
            STATUS,
            COMPANY,
            PARTY,
            Column(name="date_issue", title=_("Issue date"), kind=Kind.DATE),
            DUE,
            Column(name="overdue", title=_("Days overdue"), kind=Kind.WHOLE),
            CURRENCY,
            _money("total", _("Total"), is_summed=False),
            _money("open", _("Open")),
        ],
    )
    yield Report(
        name="ageing",
        title=_("Ageing"),
        description=_("What each party owed at the end of a day, by how long it had been due."),
        function=ageing,
        asks=frozenset({Asks.DAY, *WITH_PARTY}),
        columns=_ageing_columns({}),
        arranged=_ageing_columns,
    )
    yield Report(
        name="vat",
        title=_("VAT"),
        description=_("Base and tax by period, rate and category, with what goes through the One-Stop-Shop."),
        function=vat,
        asks=frozenset({Asks.PERIOD, Asks.ANY_ORIGIN}),
        columns=[
            Column(name="period", title=_("Period from"), kind=Kind.DATE),
            COMPANY,
            ORIGIN,
            Column(name="kind", title=_("Of"), words={VatKind.DOCUMENTS: _("documents"), VatKind.DISCOUNTS: _("early-payment discounts")}),
            Column(name="country", title=_("One-Stop-Shop country")),
            Column(name="category", title=_("Category"), words=CATEGORIES),
            Column(name="rate", title=_("Rate"), kind=Kind.PERCENT),
            CURRENCY,
            _money("base", _("Base")),
            _money("tax", _("Tax")),
        ],
        apart=("origin",),
        control=_vat_control,
        choice="span",
        choices={"whole": _("whole period"), "month": _("by month"), "quarter": _("by quarter"), "year": _("by year")},
    )
    yield Report(
        name="revenue",
        title=_("Revenue"),
        description=_("The net of what was charged, by month, party or product."),
        function=revenue,
        asks=frozenset({Asks.PERIOD, *WITH_PARTY}),
        columns=[
            COMPANY,
            Column(name="name", title=_("Month, party or product")),
            Column(name="documents", title=_("Documents"), kind=Kind.WHOLE),
            CURRENCY,
            _money("net", _("Net")),
        ],
        choice="by",
        choices={By.MONTH: _("by month"), By.PARTY: _("by party"), By.PRODUCT: _("by product")},
    )
    yield Report(
        name="statement",
        title=_("Statement of account"),
        description=_("What happened between us and a party, with the running balance."),
        function=_statement,
        asks=frozenset({Asks.PERIOD, Asks.A_PARTY}),
        columns=[
            Column(name="date", title=_("Date"), kind=Kind.DATE),
            COMPANY,
            Column(
                name="kind",
                title=_("What"),
                words={
                    StatementKind.OPENING: _("opening balance"),
                    StatementKind.DOCUMENT: _("document"),
                    StatementKind.PAYMENT: _("payment"),
                    StatementKind.REVERSAL: _("reversal"),
                    StatementKind.SETTLEMENT: _("settlement"),
                    StatementKind.CLOSED: _("closed"),
                    StatementKind.CLOSING: _("closing balance"),
                },
            ),
            Column(name="detail", title=_("Detail"), words=DETAILS),
            Column(name="reference", title=_("Number or reference")),
            DUE,
            CURRENCY,
            _money("amount", _("Amount"), is_summed=False),
            _money("balance", _("Balance"), is_summed=False),
        ],
    )
    yield Report(
        name="invoices",
        title=_("List of invoices"),
        description=_("The documents themselves, one a row."),
        function=invoices,
        is_list=True,
        asks=frozenset({Asks.PERIOD, Asks.PARTY, Asks.ANY_ORIGIN}),
        columns=[
            Column(name="number", title=_("Number")),
            TYPE,
            ORIGIN,
            STATUS,
            COMPANY,
            PARTY,
            Column(name="vat_id", title=_("VAT id")),
            Column(name="country", title=_("Country")),
            Column(name="date_issue", title=_("Issue date"), kind=Kind.DATE),
            Column(name="date_tax_point", title=_("Tax point"), kind=Kind.DATE),
            DUE,
            CURRENCY,
            _money("net", _("Net"), is_summed=False),
            _money("vat", _("VAT"), is_summed=False),
            _money("total", _("Total"), is_summed=False),
            _money("already_paid", _("Already paid"), is_summed=False),
            _money("to_pay", _("To pay"), is_summed=False),
        ],
    )


REPORTS: dict[str, Report] = {report.name: report for report in _reports()}
"""Every report, in the order in which pages list them. A host adds its own by `register`."""


def register(report: Report) -> None:
    """Add a report of one's own: the command, the files and the pages then have it."""
    REPORTS[report.name] = report
