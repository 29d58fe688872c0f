"""Whatever happens: acts in any order, each done by the library and worked out beside it; then everything is reversed."""

import os
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from invoicing.contrib.payments.models import Allocation, Payment, Settlement, TaxCorrection
from invoicing.contrib.payments.services import (
    allocate,
    allocate_credit_note,
    allocate_oldest,
    apply_credit,
    confirm_payment,
    fail_payment,
    grant_discount,
    party_credit,
    receive_payment,
    refund,
    reverse_payment,
    undo_allocation,
    write_off_rest,
)
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model
from invoicing.protection import install_triggers, missing_triggers, remove_triggers
from invoicing.verifying import verify_chain
from tests import databases
from tests.contrib.payments.shadow import Books, Doc, Money, RefusedError, Row
from tests.factories import SOMMER, TODAY, columns, line, make_issued_invoice, make_party

Invoice = get_invoice_model()

DAYS = [date(2026, 11, 23), date(2026, 11, 25), date(2026, 12, 7)]
UNTIL = date(2026, 11, 24)
IDS = ["", "", "", "ch_1", "CH_1"]

FIGURES: Counter[str] = Counter()

places = st.integers(0, 30)
shares = st.sampled_from([Decimal("0.2"), Decimal("0.5"), Decimal("0.98"), Decimal(1), Decimal(1), Decimal("1.004"), Decimal("1.3")])


def cents(amount):
    return int(amount * 100)


def money(value):
    return Decimal(value).scaleb(-2)


class Payments(RuleBasedStateMachine):
    """A party, its documents and its payments."""

    def __init__(self):
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.party = make_party()
        self.books = Books()
        self.keys: dict[Row, int] = {}
        self.start: dict[int, int] = {}
        FIGURES["machines"] += 1

    def teardown(self):
        try:
            self.all_is_reversed()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # Both do it, or both refuse it

    @contextmanager
    def refused_alike(self, name):
        """The library may refuse what the books refuse, by the error that they name, and then nothing has changed."""
        before = self.stored()
        raised = None
        outcome = {}
        try:
            with transaction.atomic():
                yield outcome
        except InvoicingError as error:
            raised = error
        expected = None
        try:
            outcome["shadow"]()
        except RefusedError as error:
            expected = error.args[0]
        FIGURES[f"{name}: {expected or 'done'}"] += 1
        assert (type(raised).__name__ if raised else None) == expected, f"{name}: {raised}"
        if raised:
            assert self.stored() == before, name
        self.number_rows()

    def stored(self):
        return (
            list(Payment.objects.order_by("pk").values_list("pk", "status", "allocated", "date")),
            list(Settlement.objects.order_by("pk").values_list("pk", "due", "settled", "settled_on")),
            list(Invoice.objects.order_by("pk").values_list("pk", "status", "already_paid", "date_paid")),
            Allocation.objects.count(),
        )

    def number_rows(self):
        """Know the rows of the books by the keys of the allocations, which are written in the same order."""
        keys = list(Allocation.objects.exclude(kind="OPENING").order_by("pk").values_list("pk", flat=True))
        self.keys = dict(zip(self.books.rows, keys, strict=True))

    def doc(self, place):
        docs = list(self.books.docs.values())
        return docs[place % len(docs)]

    def of(self, doc):
        return Invoice.objects.get(pk=doc.key)

    def payment(self, place):
        payments = list(self.books.money.values())
        return payments[place % len(payments)]

    def paid(self, entry):
        return Payment.objects.get(pk=entry.key)

    def wanted(self, chosen, mode, share):
        """Some documents as people name them: one, several in an order, or each with its amount; and the same for the books."""
        docs = list(dict.fromkeys(self.doc(place) for place in chosen))
        if mode == "one":
            return self.of(docs[0]), {docs[0]: None}
        if mode == "several":
            return [self.of(doc) for doc in docs], dict.fromkeys(docs)
        amounts = {doc: max(int(doc.left * share), 1) for doc in docs}
        return {self.of(doc): money(amount) for doc, amount in amounts.items()}, amounts

    # Documents

    @initialize(prices=st.lists(st.integers(100, 30_000), min_size=4, max_size=4))
    def begin(self, prices):
        """Something to pay from the start: two invoices in euro, one in francs, one that a supplier sent."""
        for kind, currency, price in zip(["INVOICE", "INVOICE", "INVOICE", "RECEIVED"], ["EUR", "EUR", "CHF", "EUR"], prices, strict=True):
            self.issue(kind=kind, currency=currency, pieces=3, price=price, is_early=True, days=10, opening=0)

    @rule(
        kind=st.sampled_from(["INVOICE", "INVOICE", "INVOICE", "PROFORMA", "ADVANCE", "RECEIVED"]),
        currency=st.sampled_from(["EUR", "EUR", "CHF"]),
        pieces=st.integers(1, 4),
        price=st.integers(100, 30_000),
        is_early=st.booleans(),
        days=st.integers(5, 20),
        opening=st.sampled_from([0, 0, 0, 0, 50, 100]),
    )
    def issue(self, *, kind, currency, pieces, price, is_early, days, opening):
        if len(self.books.docs) >= 12:
            return
        is_ours = kind != "RECEIVED"
        fields = {"date_due": TODAY + timedelta(days=days), "currency": currency, "party": self.party}
        if is_ours:
            fields |= {"type": kind}
        else:
            fields |= {"origin": "RECEIVED", "number": f"R-{len(self.books.docs)}", **columns("customer", SOMMER)}
        if is_ours and is_early:
            fields |= {"early_discount_percent": Decimal(2), "early_discount_until": UNTIL}
        invoice = make_issued_invoice([line(quantity=pieces, unit_price=money(price))], **fields)
        doc = Doc(
            invoice.pk,
            kind if is_ours else "INVOICE",
            is_ours,
            currency,
            cents(invoice.total),
            invoice.date_issue,
            invoice.date_due,
            pieces=pieces,
            percent=2 if is_ours and is_early else 0,
            until=UNTIL if is_ours and is_early else None,
        )
        if opening:
            doc.opening = doc.total * opening // 100
            invoice.already_paid = money(doc.opening)
            invoice.save()
        self.books.docs[doc.key] = doc
        self.start[doc.key] = doc.opening

    @precondition(lambda self: self.books.docs)
    @rule(place=places, pieces=st.integers(1, 4), is_all=st.booleans())
    def credit(self, place, pieces, is_all):
        doc = self.doc(place)
        left = self.books.pieces_left(doc)
        taken = left if is_all or not left else 1 + (pieces - 1) % left
        made = {}

        def shadow():
            self.books.may_credit(doc)
            note = made["note"]
            facts = {"currency": doc.currency, "total": cents(note.total), "issued": note.date_issue, "due": note.date_due}
            entry = Doc(note.pk, "CREDIT_NOTE", is_ours=True, pieces=taken, original=doc, **facts)
            self.books.credited(doc, entry)

        with self.refused_alike("credit") as outcome:
            outcome["shadow"] = shadow
            invoice = self.of(doc)
            made["note"] = invoice.create_credit_note(None if taken == left else {invoice.item_set.get(): taken})

    @precondition(lambda self: self.books.docs)
    @rule(place=places)
    def cancel(self, place):
        doc = self.doc(place)
        with self.refused_alike("cancel") as outcome:
            outcome["shadow"] = lambda: self.books.cancel(doc, on=timezone.localdate())
            self.of(doc).cancel("entered twice")

    @precondition(lambda self: self.books.docs)
    @rule(place=places, name=st.sampled_from(["mark_sent", "mark_sent", "mark_returned", "write_off", "send_to_collection"]))
    def step(self, place, name):
        doc = self.doc(place)
        with self.refused_alike(name) as outcome:
            outcome["shadow"] = lambda: self.books.step(doc, name)
            getattr(self.of(doc), name)()

    @precondition(lambda self: self.books.docs)
    @rule(place=places)
    def mark_paid(self, place):
        doc = self.doc(place)

        def shadow():
            if doc.status in {"PAID", "CANCELED", "CREDITED"}:
                raise RefusedError("TransitionNotAllowedError")
            left, doc.base, doc.status = doc.left, doc.status, "PAID"
            if left:
                made = Payment.objects.latest("pk")
                entry = Money(made.pk, doc.direction, doc.currency, left, timezone.localdate(), meant=doc)
                self.books.money[made.pk] = entry
                base = doc.base
                self.books.spend(entry, {doc: None}, on=entry.day, must=True)
                doc.base = base
                doc.status = "PAID"

        with self.refused_alike("mark_paid") as outcome:
            outcome["shadow"] = shadow
            self.of(doc).mark_paid()

    @precondition(lambda self: self.books.docs)
    @rule(place=places)
    def refresh(self, place):
        before = self.stored()
        self.of(self.doc(place)).refresh_outstanding()
        assert self.stored() == before

    # Money comes in, or is spent

    @precondition(lambda self: self.books.docs)
    @rule(
        chosen=st.lists(places, min_size=1, max_size=3),
        mode=st.sampled_from(["one", "one", "several", "told"]),
        share=shares,
        told=shares,
        day=st.sampled_from(DAYS),
        is_cash=st.booleans(),
        is_pending=st.integers(0, 3).map(lambda number: number == 3),
        provider_id=st.sampled_from(IDS),
    )
    def receive(self, *, chosen, mode, share, told, day, is_cash, is_pending, provider_id):
        given, wanted = self.wanted(chosen, mode, told)
        first = next(iter(wanted))
        needed = sum(amount or doc.left for doc, amount in wanted.items())
        coin = 5 if is_cash and first.currency == "CHF" else 1
        amount = max(round(needed * float(share) / coin) * coin, coin)
        made = {}

        def shadow():
            if is_pending and (len(wanted) > 1 or any(wanted.values())):
                raise RefusedError("InvalidDataError")
            entry = Money(
                made.get("key", 0),
                first.direction,
                first.currency,
                amount,
                day,
                is_cash=is_cash,
                state="PENDING" if is_pending else "RECEIVED",
                meant=first if len(wanted) == 1 else None,
                provider_id=provider_id,
            )
            for known in self.books.money.values():
                if provider_id and known.provider_id == provider_id:
                    if (known.amount, known.currency, known.direction) != (entry.amount, entry.currency, entry.direction):
                        raise RefusedError("DuplicatePaymentError")
                    assert known.key == entry.key
                    return
            if not is_pending:
                self.books.spend(entry, wanted, on=day, must=False)
            self.books.money[entry.key] = entry

        with self.refused_alike("receive") as outcome:
            outcome["shadow"] = shadow
            made["key"] = receive_payment(
                given,
                amount=money(amount),
                on=day,
                method="CASH" if is_cash else "BANK_TRANSFER",
                status="PENDING" if is_pending else "RECEIVED",
                provider="acquirer" if provider_id else "",
                provider_id=provider_id,
            ).pk

    @rule(
        amount=st.integers(1, 60_000),
        day=st.sampled_from(DAYS),
        currency=st.sampled_from(["EUR", "CHF"]),
        direction=st.sampled_from(["IN", "IN", "OUT"]),
    )
    def prepay(self, amount, day, currency, direction):
        made = receive_payment(amount=money(amount), on=day, party=self.party, currency=currency, direction=direction)
        self.books.money[made.pk] = Money(made.pk, direction, currency, amount, day)

    @precondition(lambda self: self.books.money)
    @rule(place=places, day=st.sampled_from(DAYS), comes=st.booleans())
    def decide(self, place, day, comes):
        """A pending payment comes, or it does not."""
        entry = self.payment(place)

        def shadow():
            if entry.state != "PENDING":
                raise RefusedError("PaymentStateError")
            if not comes:
                entry.state = "FAILED"
                return
            entry.state, entry.day = "RECEIVED", day
            if entry.meant and entry.meant.status not in {"CANCELED", "CREDITED"}:
                self.books.spend(entry, {entry.meant: None}, on=day, must=False)

        with self.refused_alike("confirm" if comes else "fail") as outcome:
            outcome["shadow"] = shadow
            payment = self.paid(entry)
            confirm_payment(payment, on=day) if comes else fail_payment(payment, reason="card refused")

    @precondition(lambda self: self.books.docs and self.books.money)
    @rule(
        place=places,
        chosen=st.lists(places, min_size=1, max_size=3),
        mode=st.sampled_from(["one", "several", "told"]),
        share=shares,
        day=st.sampled_from(DAYS),
    )
    def allocate(self, place, chosen, mode, share, day):
        entry = self.payment(place)
        given, wanted = self.wanted(chosen, mode, share)
        with self.refused_alike("allocate") as outcome:
            outcome["shadow"] = lambda: self.books.spend(entry, wanted, on=day, must=True)
            allocate(self.paid(entry), given, on=day)

    @precondition(lambda self: any(entry.left for entry in self.books.money.values()))
    @rule(place=places, day=st.sampled_from(DAYS))
    def allocate_oldest(self, place, day):
        entry = self.payment(place)

        def shadow():
            if found := self.books.open_docs(entry.direction, entry.currency) if entry.left else []:
                self.books.spend(entry, dict.fromkeys(found), on=day, must=True)

        with self.refused_alike("allocate oldest") as outcome:
            outcome["shadow"] = shadow
            allocate_oldest(self.paid(entry), on=day)

    @precondition(lambda self: self.books.docs)
    @rule(
        place=places,
        chosen=st.lists(places, min_size=1, max_size=3),
        mode=st.sampled_from(["one", "several", "told"]),
        share=shares,
        day=st.sampled_from(DAYS),
    )
    def allocate_credit_note(self, place, chosen, mode, share, day):
        notes = [doc for doc in self.books.docs.values() if doc.kind == "CREDIT_NOTE"] or list(self.books.docs.values())
        note = notes[place % len(notes)]
        given, wanted = self.wanted(chosen, mode, share)
        with self.refused_alike("allocate credit note") as outcome:
            outcome["shadow"] = lambda: self.books.offset(note, wanted, on=day)
            allocate_credit_note(self.of(note), given, on=day)

    @precondition(lambda self: self.books.docs)
    @rule(place=places, day=st.sampled_from(DAYS))
    def apply_credit(self, place, day):
        doc = self.doc(place)
        with self.refused_alike("apply credit") as outcome:
            outcome["shadow"] = lambda: self.books.apply_credit(doc, on=day)
            apply_credit(self.of(doc), on=day)

    # And is let go, or goes back

    @precondition(lambda self: self.books.docs)
    @rule(
        place=places,
        kind=st.sampled_from(["DISCOUNT", "WRITE_OFF"]),
        share=st.sampled_from([None, None, Decimal("0.1"), Decimal("1.2")]),
        day=st.sampled_from(DAYS),
    )
    def let_go(self, place, kind, share, day):
        doc = self.doc(place)
        amount = max(int(doc.left * share), 1) if share and kind == "DISCOUNT" else None
        with self.refused_alike(kind) as outcome:
            outcome["shadow"] = lambda: self.books.let_go_by_hand(doc, kind, amount, on=day)
            if kind == "DISCOUNT":
                grant_discount(self.of(doc), on=day, amount=money(amount) if amount else None)
            else:
                write_off_rest(self.of(doc), on=day, reason="bank charges")

    @precondition(lambda self: self.books.money or self.books.docs)
    @rule(
        place=places, of_note=st.booleans(), share=st.sampled_from([None, None, Decimal("0.5"), Decimal("1.1")]), day=st.sampled_from(DAYS)
    )
    def refund(self, place, of_note, share, day):
        of_note = self.books.docs and (of_note or not self.books.money)
        source = self.doc(place) if of_note else self.payment(place)
        amount = max(int(source.left * share), 1) if share else None
        made = {}

        def shadow():
            value = self.books.refundable(source, amount)
            key = made.get("key", 0)
            if isinstance(source, Doc):
                entry = Money(key, source.direction, source.currency, value, day, meant=source)
                self.books.spend(entry, {source: None}, on=day, must=False)
            else:
                back = "OUT" if source.direction == "IN" else "IN"
                entry = Money(key, back, source.currency, value, max(day, source.day), is_cash=source.is_cash)
                self.books.record([Row("REFUND", value, max(day, source.day), money=source, refund=entry)])
            self.books.money[key] = entry

        with self.refused_alike("refund") as outcome:
            outcome["shadow"] = shadow
            given = self.of(source) if isinstance(source, Doc) else self.paid(source)
            made["key"] = refund(given, on=day, amount=money(amount) if amount else None).pk

    @precondition(lambda self: self.books.rows)
    @rule(place=places, day=st.sampled_from(DAYS))
    def undo(self, place, day):
        row = self.books.rows[-1 - place % len(self.books.rows)]
        with self.refused_alike("undo") as outcome:
            outcome["shadow"] = lambda: self.books.undo_allocation(row, on=day)
            undo_allocation(Allocation.objects.get(pk=self.keys[row]), reason="wrong invoice", on=day)

    @precondition(lambda self: self.books.money)
    @rule(place=places, day=st.sampled_from(DAYS))
    def reverse(self, place, day):
        entry = self.payment(place)
        with self.refused_alike("reverse") as outcome:
            outcome["shadow"] = lambda: self.books.reverse(entry, on=day)
            reverse_payment(self.paid(entry), reason="bounced", on=day)

    # What always holds

    @invariant()
    def everything_is_as_it_should_be(self):
        FIGURES["states"] += 1
        sums = defaultdict(Decimal)
        spent = defaultdict(Decimal)
        for row in Allocation.objects.all():
            for key in {row.invoice_id, row.credit_note_id} - {None}:
                sums[key] += row.amount
            if row.kind in {"PAYMENT", "REFUND"}:
                for key in {row.payment_id, row.refund_id} - {None}:
                    spent[key] += row.amount
        settlements = {row.pk: row for row in Settlement.objects.all()}
        for invoice in Invoice.objects.all():
            doc = self.books.docs[invoice.pk]
            if doc.rows:
                assert settlements[doc.key].due == invoice.total
                assert sums[doc.key] == settlements[doc.key].settled == invoice.already_paid
                assert settlements[doc.key].settled_on == doc.settled_on
            else:
                assert sums[doc.key] == 0
            assert 0 <= invoice.already_paid <= invoice.total
            assert (cents(invoice.already_paid), cents(invoice.to_pay)) == (doc.settled, doc.left)
            assert (invoice.status, invoice.payment_status) == (doc.status, doc.payment_status)
            assert (invoice.date_paid is not None) == (doc.status == "PAID") or doc.status == "CREDITED"
        for payment in Payment.objects.all():
            entry = self.books.money[payment.pk]
            assert 0 <= payment.allocated <= payment.amount
            assert payment.allocated == spent[payment.pk]
            assert (payment.status, payment.date) == (entry.state, entry.day)
            assert (cents(payment.allocated), cents(payment.unallocated)) == (entry.allocated, entry.left)
        for word in ("UNPAID", "PARTIALLY_PAID", "PAID", "OVERPAID"):
            asked = set(Invoice.objects.payment_status(word).values_list("pk", flat=True))
            assert asked == {doc.key for doc in self.books.docs.values() if doc.payment_status == word}
        for currency in ("EUR", "CHF"):
            assert cents(party_credit(self.party, currency=currency)) == self.books.credit(currency)

    @invariant()
    def tax_follows_the_discounts(self):
        shares = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for row in TaxCorrection.objects.all():
            shares[row.allocation_id][0] += row.base
            shares[row.allocation_id][1] += row.tax
        discounts = {row.pk: row.amount for row in Allocation.objects.filter(kind="DISCOUNT")}
        assert set(shares) == set(discounts)
        for key, amount in discounts.items():
            base, tax = shares[key]
            assert base + tax == amount
            # All lines are taxed at 19 %: half a cent is what rounding may take.
            assert abs(tax - amount * 19 / 119) <= Decimal("0.005")

    @invariant()
    def the_history_holds(self):
        assert list(verify_chain()) == []

    def all_is_reversed(self):
        """Reverse all payments, undo all allocations, cancel all credit notes: every document is as it was at the start."""
        for entry in list(self.books.money.values()):
            if entry.state == "RECEIVED":
                reverse_payment(self.paid(entry), reason="all of it", on=DAYS[-1])
        for row in Allocation.objects.exclude(kind="OPENING").standing().order_by("-pk"):
            undo_allocation(row, reason="all of it", on=DAYS[-1])
        for note in Invoice.objects.filter(type="CREDIT_NOTE").exclude(status="CANCELED"):
            if note.status == "PAID":
                # Nobody paid it, somebody called it so when there was nothing left.
                raise AssertionError(f"{note} is PAID, and nothing is")
            if note.status in {"NEW", "SENT", "RETURNED"}:
                note.cancel("all of it")
        for invoice in Invoice.objects.exclude(type="CREDIT_NOTE"):
            self.is_as_at_the_start(invoice)
        assert not Payment.objects.received().exists()
        assert all(payment.allocated == 0 for payment in Payment.objects.all())
        assert list(verify_chain()) == []
        FIGURES["reversed"] += 1

    def is_as_at_the_start(self, invoice):
        """Nothing is settled but what was paid before; the status is one of those that were there without payments."""
        opening, doc = self.start[invoice.pk], self.books.docs[invoice.pk]
        assert cents(invoice.already_paid) == opening
        if doc.status == "CANCELED":
            assert invoice.status == "CANCELED"
        elif opening == doc.total:
            assert invoice.status in {"NEW", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE", "PAID"}
        else:
            assert invoice.status in {"NEW", "SENT", "RETURNED", "IN_COLLECTION", "UNCOLLECTIBLE"}
            assert invoice.date_paid is None


QUICK = settings(
    max_examples=int(os.environ.get("PAYMENT_EXAMPLES", "12")),
    stateful_step_count=int(os.environ.get("PAYMENT_STEPS", "30")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def triggers(request):
    """The triggers, made outside of any transaction."""
    install_triggers("default")
    assert missing_triggers("default") == []
    yield
    remove_triggers("default")


def run():
    FIGURES.clear()
    with override_settings(INVOICING_CONTENT_RULES="NONE", INVOICING_SMALL_DIFFERENCES={"EUR": "0.50"}):
        run_state_machine_as_test(Payments, settings=QUICK)
    print(f"\n{connection.vendor}", *(f"{count:7} {name}" for name, count in sorted(FIGURES.items())), sep="\n")  # noqa: T201


@pytest.mark.django_db
def test_whatever_happens_to_payments():
    run()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("triggers")
def test_whatever_happens_to_payments_under_triggers():
    run()
    assert databases.KIND
