"""A trade that hypothesis makes up, act by act and day by day; and what the stored rows say of any of its days, by brute force."""

# ruff: noqa: ARG002  # the acts share one signature
from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import strategies as st

from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.services import (
    allocate_oldest,
    apply_credit,
    grant_discount,
    receive_payment,
    refund,
    reverse_payment,
    undo_allocation,
    write_off_rest,
)
from invoicing.domain.money import quantise
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from tests.factories import line, make_company, make_issued_invoice, make_party

START = date(2026, 3, 1)
CLOSED = {"CANCELED", "UNCOLLECTIBLE"}
ZERO = Decimal(0)


def asked(report):
    """How many statements a report sends, without those that set something for the next one."""
    with CaptureQueriesContext(connection) as sent:
        report()
    return len([query for query in sent.captured_queries if "'jit'" not in query["sql"]])


class Trade:
    """Two parties, and a company far to the east, where it is tomorrow already."""

    def __init__(self):
        with time_machine.travel(datetime(2026, 3, 1, 0, tzinfo=UTC), tick=False):
            self.company = make_company(time_zone="Pacific/Auckland")
            self.parties = [make_party(), make_party(name="Teehaus Lindner GmbH", code="TEE")]
        self.documents = []

    def live(self, acts):
        """Do one act after the other; what the library refuses does not happen."""
        day = START
        for act, days, which, share in acts:
            day += timedelta(days=days)
            with (
                time_machine.travel(datetime(day.year, day.month, day.day, 13, tzinfo=UTC), tick=False),
                suppress(InvoicingError),
                transaction.atomic(),
            ):
                getattr(self, act)(which, share, day)
        return day

    def _document(self, which):
        model = get_invoice_model()
        return model.objects.get(pk=self.documents[which % len(self.documents)].pk) if self.documents else self._made(which, 50)

    def _made(self, which, share, **fields):
        party = self.parties[which % 2]
        own = {"company": self.company} if which % 3 else {}
        today = self.company.today() if own else datetime.now(UTC).date()
        dates = {"date_issue": today, "date_tax_point": today, "date_due": today + timedelta(days=share % 40)}
        names = {"supplier_name": "Papier Huber KG", "supplier_vat_id": "DE123456788"} if fields.get("origin") == "RECEIVED" else {}
        if "company" in own and fields.get("origin") == "RECEIVED":
            names = {}
        document = make_issued_invoice(
            [line(unit_price=Decimal(share)), line(quantity=1)],
            party=party,
            currency=("EUR", "JPY")[which % 7 == 0],
            **{**dates, **names, **own, **fields},
        )
        self.documents.append(document)
        return document

    def invoice(self, which, share, day):
        self._made(which, share)

    def bill(self, which, share, day):
        self._made(which, share, origin="RECEIVED", number=f"R{which}-{share}-{day}")

    def proforma(self, which, share, day):
        self._made(which, share, type="PROFORMA")

    def pay(self, which, share, day):
        document = self._document(which)
        amount = quantise(document.total * share / 80, document.currency)
        receive_payment(document, amount=amount, on=document.today())

    def pay_earlier(self, which, share, day):
        document = self._document(which)
        receive_payment(document, amount=quantise(document.total * share / 80, document.currency), on=day - timedelta(days=share % 9))

    def pay_on_account(self, which, share, day):
        receive_payment(amount=Decimal(share), on=day, party=self.parties[which % 2], currency="EUR")

    def spread(self, which, share, day):
        payments = list(Payment.objects.unallocated().exclude(party=None))
        if payments:
            allocate_oldest(payments[which % len(payments)], on=day)

    def use_credit(self, which, share, day):
        apply_credit(self._document(which), on=day)

    def credit(self, which, share, day):
        document = self._document(which)
        lines = None if share > 60 else {document.item_set.first(): Decimal(share % 9 + 1)}
        self.documents.append(document.create_credit_note(lines))

    def cancel(self, which, share, day):
        self._document(which).cancel("entered twice")

    def give_up(self, which, share, day):
        self._document(which).write_off("insolvent")

    def collect(self, which, share, day):
        self._document(which).send_to_collection("overdue")

    def call_paid(self, which, share, day):
        self._document(which).mark_paid()

    def forgive(self, which, share, day):
        write_off_rest(self._document(which), on=day, reason="small")

    def discount(self, which, share, day):
        document = self._document(which)
        grant_discount(document, on=day, amount=quantise(document.total * share / 1000, document.currency))

    def reverse(self, which, share, day):
        payments = list(Payment.objects.received())
        if payments:
            reverse_payment(payments[which % len(payments)], reason="charged back", on=day)

    def pay_back(self, which, share, day):
        payments = list(Payment.objects.unallocated())
        if payments:
            refund(payments[which % len(payments)], on=day)

    def undo(self, which, share, day):
        standing = list(Allocation.objects.standing().exclude(kind="CREDIT_NOTE"))
        if standing:
            undo_allocation(standing[which % len(standing)], reason="wrong invoice", on=day)


ACTS = [name for name, value in vars(Trade).items() if callable(value) and not name.startswith("_") and name != "live"]
# Documents first of all, and money.
WEIGHTED = [*ACTS, *["invoice"] * 5, *["pay"] * 5, "bill", "pay_on_account", "credit"]

acts = st.lists(st.tuples(st.sampled_from(WEIGHTED), st.integers(0, 12), st.integers(0, 40), st.integers(1, 99)), min_size=5, max_size=25)


# By brute force


def local(at, document):
    zone = document.company.time_zone if document.company and document.company.time_zone else "UTC"
    return at.astimezone(ZoneInfo(zone)).date()


def open_on(document, day):
    """What of a document was open at the end of a day, from its events and allocations."""
    if document.issued_at is None or document.date_issue > day or document.type == "PROFORMA":
        return ZERO
    steps = [event.status_to for event in document.events.order_by("pk") if event.status_to and local(event.at, document) <= day]
    if steps and steps[-1] in CLOSED:
        return ZERO
    if document.status == "CANCELED" and not document.events.filter(kind="ISSUED").exists():
        return ZERO
    allocations = [*document.allocations.all(), *document.offsets.all()]
    if allocations:
        settled = sum((row.amount for row in allocations if row.date <= day), start=ZERO)
    else:
        settled = document.total if document.status == "PAID" else document.already_paid
    return document.total - settled


def unused_on(payment, day):
    """What of a payment settled no claim at the end of a day."""
    if payment.date > day or payment.status not in {"RECEIVED", "REVERSED"}:
        return ZERO
    if payment.status == "REVERSED" and payment.reversed_on <= day:
        return ZERO
    rows = [*payment.allocations.filter(kind__in=["PAYMENT", "REFUND"]).select_related("invoice"), *payment.refund_allocations.all()]
    used = (row for row in rows if row.date <= day and not (row.invoice and row.invoice.type == "PROFORMA"))
    return payment.amount - sum((row.amount for row in used), start=ZERO)


def accounts_on(day, *, origin="ISSUED"):
    """By company, currency and party: what is open by days overdue, of credit notes, and what is unused."""
    found = defaultdict(lambda: {"aged": defaultdict(Decimal), "credit_notes": ZERO, "credit": ZERO})
    for document in get_invoice_model().objects.filter(origin=origin).select_related("company"):
        left = open_on(document, day)
        if left:
            account = found[document.company_id, document.currency, document.party_id]
            if document.type == "CREDIT_NOTE":
                account["credit_notes"] -= left
            else:
                account["aged"][(day - document.date_due).days] += left
    for payment in Payment.objects.filter(direction="IN" if origin == "ISSUED" else "OUT"):
        left = unused_on(payment, day)
        if left:
            found[payment.company_id, payment.currency, payment.party_id]["credit"] -= left
    return found
