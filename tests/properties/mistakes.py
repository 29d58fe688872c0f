"""Mistakes that invoicing systems are known for, each as a small change of the library, and the room of the machine that must find it."""

from __future__ import annotations

from collections import Counter as Multiset
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, Decimal

from django.db import models
from django.db.models import F, Max
from pytest import MonkeyPatch  # noqa: PT013  # for annotations

from invoicing.domain import amounts, counters, money
from invoicing.domain.counters import CounterScope
from invoicing.exceptions import OverCreditError
from invoicing.models import Item, copying, get_invoice_model, lifecycle, saving
from invoicing.models.counter import CounterQuerySet, Taken
from invoicing.models.event import EventQuerySet, InvoiceEvent
from invoicing.models.querysets import InvoiceQuerySet, ItemQuerySet
from tests.properties import guarantees

Invoice = get_invoice_model()

ZERO = Decimal(0)


@dataclass(frozen=True)
class Mistake:
    """A mistake, and where it must come to light."""

    name: str
    room: type[guarantees.Bookkeeping]
    make: Callable[[MonkeyPatch], object]


MISTAKES: list[Mistake] = []


def mistake(name: str, *, room: type[guarantees.Bookkeeping]) -> Callable[[Callable[[MonkeyPatch], object]], object]:
    """Register a function that makes the mistake."""

    def register(make: Callable[[MonkeyPatch], object]) -> object:
        MISTAKES.append(Mistake(name, room, make))
        return make

    return register


def answering(*, answer: object) -> Callable[..., object]:
    """A function that always gives the same answer."""

    def answered(*args: object, **kwargs: object) -> object:
        return answer

    return answered


# Numbers


@mistake("the number is the count of the series and one", room=guarantees.Numbers)
def number_is_count(patch):
    def take(self, scope, *, start_from=1):
        counter = self.hold(scope, start_from=start_from)
        sequence = Invoice._base_manager.filter(counter=counter).count() + 1
        self.filter(pk=counter.pk).update(value=sequence)
        return Taken(counter.pk, sequence)

    patch.setattr(CounterQuerySet, "take", take)


@mistake("the number is the highest of the period's days and one", room=guarantees.Numbers)
def number_is_maximum(patch):
    def take(self, scope, *, start_from=1):
        counter = self.hold(scope, start_from=start_from)
        here = Invoice._base_manager.filter(company=scope.company_id, date_issue__startswith=scope.period[:4])
        sequence = (here.aggregate(highest=Max("sequence"))["highest"] or 0) + 1
        self.filter(pk=counter.pk).update(value=sequence)
        return Taken(counter.pk, sequence)

    patch.setattr(CounterQuerySet, "take", take)


@mistake("companies share a counter", room=guarantees.Numbers)
def counter_is_shared(patch):
    patch.setattr(CounterScope, "key", property(lambda scope: f"{scope.series}|{scope.type}|{scope.period}"))


@mistake("types share a counter though each should have its own", room=guarantees.Credits)
def types_share_a_counter(patch):
    patch.setattr(CounterScope, "key", property(lambda scope: f"{scope.company_id}|{scope.series}|{scope.period}"))


@mistake("the period is that of today", room=guarantees.Numbers)
def period_is_of_today(patch):
    patch.setattr(Invoice, "important_date", property(answering(answer=date(2026, 11, 20))))


@mistake("the fiscal year starts in January", room=guarantees.Numbers)
def fiscal_year_is_the_calendar_year(patch):
    def fiscal_year(day, *, start):
        return day.year

    patch.setattr(counters, "fiscal_year", fiscal_year)


@mistake("a number is given back although it is not the last", room=guarantees.Numbers)
def any_number_is_given_back(patch):
    patch.setattr(Invoice, "is_last_of_counter", answering(answer=True))


@mistake("the counter goes back by one, whatever was before", room=guarantees.Numbers)
def counter_goes_back_by_one(patch):
    def give_number_back(self, *, using):
        self._meta.get_field("counter").related_model.objects.filter(pk=self.counter_id).update(value=F("value") - 1)

    patch.setattr(Invoice, "give_number_back", give_number_back)


@mistake("a queryset deletes the lowest number first", room=guarantees.Numbers)
def queryset_deletes_upwards(patch):
    def delete(self):
        for invoice in self.order_by("sequence"):
            invoice.delete()

    patch.setattr(InvoiceQuerySet, "delete", delete)


@mistake("a voided number is not registered", room=guarantees.Numbers)
def voided_number_is_forgotten(patch):
    patch.setattr(Invoice, "void_number", answering(answer=None))


@mistake("the number is taken outside of the transaction", room=guarantees.Stumbling)
def number_survives_a_rollback(patch):
    given: Multiset[str] = Multiset()

    def take(self, scope, *, start_from=1):
        given[scope.key] += 1
        counter = self.hold(scope, start_from=start_from)
        self.filter(pk=counter.pk).update(value=given[scope.key])
        return Taken(counter.pk, given[scope.key])

    patch.setattr(CounterQuerySet, "take", take)


@mistake("a document that is refused its number stays behind", room=guarantees.Numbers)
def refused_document_stays(patch):
    patch.setattr(saving, "atomically", answering(answer=nullcontext()))


# Amounts


@mistake("halves are rounded to even", room=guarantees.Lines)
def rounding_is_half_even(patch):
    patch.setattr(money._EXACT, "rounding", ROUND_HALF_EVEN)


@mistake("halves are rounded down", room=guarantees.Lines)
def rounding_is_half_down(patch):
    patch.setattr(money._EXACT, "rounding", ROUND_HALF_DOWN)


@mistake("VAT is rounded on each line", room=guarantees.Lines)
def vat_is_rounded_per_line(patch):
    as_it_was = amounts.line_of_net
    patch.setattr(amounts, "line_of_net", lambda net, **facts: as_it_was(net, **{**facts, "policy": "TAX_PER_LINE"}))


@mistake("the price is rounded before the discount, and once more after it", room=guarantees.Lines)
def price_is_rounded_twice(patch):
    def extended_price(unit_price, quantity, *, discount=ZERO):
        price = money.quantise(unit_price * quantity, "EUR")
        return price * (100 - discount) / 100

    patch.setattr(amounts, "extended_price", extended_price)


@mistake("the discount is taken off after tax", room=guarantees.Lines)
def discount_is_taken_off_after_tax(patch):
    as_it_was = amounts.line_amounts

    def line_amounts(unit_price, quantity, *, discount, **facts):
        line = as_it_was(unit_price, quantity, discount=ZERO, **facts)
        net = money.quantise(line.net - money.quantise(amounts.with_tax(line.net, line.rate), "KWD") * discount / 100, facts["currency"])
        return amounts.LineAmounts(net, line.rate, line.category, line.tax)

    patch.setattr(amounts, "line_amounts", line_amounts)


@mistake("the totals are not brought up to date after a line is deleted", room=guarantees.Lines)
def totals_outlive_a_line(patch):
    def delete(self, *args, **kwargs):
        Invoice.lock_open(self.invoice_id, using="default")
        return models.Model.delete(self, *args, **kwargs)

    patch.setattr(Item, "delete", delete)


@mistake("the invoice that a line leaves keeps its totals", room=guarantees.Lines)
def move_is_not_noticed(patch):
    patch.setattr(Item, "_is_moving", property(answering(answer=False)))
    patch.setattr(Item, "_refuse_if_moved", answering(answer=None))
    patch.setattr(Item, "from_db", classmethod(models.Model.from_db.__func__))


# The freeze


@mistake("nobody looks whether the invoice is issued when a line is deleted", room=guarantees.Tampering)
def guard_is_forgotten_on_delete(patch):
    def delete(self, *args, **kwargs):
        deleted = models.Model.delete(self, *args, **kwargs)
        Invoice.objects.get(pk=self.invoice_id).store_totals(using="default")
        return deleted

    patch.setattr(Item, "delete", delete)


@mistake("the guard is forgotten where columns are named", room=guarantees.Tampering)
def guard_is_forgotten_with_update_fields(patch):
    as_it_was = Invoice.check_frozen

    def check_frozen(self, stored, *, fields):
        if len(fields) == len(self._meta.concrete_fields):
            as_it_was(self, stored, fields=fields)

    patch.setattr(Invoice, "check_frozen", check_frozen)


@mistake("the guard is forgotten on the items' queryset", room=guarantees.Tampering)
def guard_is_forgotten_on_update(patch):
    patch.setattr(ItemQuerySet, "update", models.QuerySet.update)


@mistake("a line can be moved out of an issued invoice", room=guarantees.Tampering)
def guard_is_forgotten_on_moves(patch):
    patch.setattr(Item, "from_db", classmethod(models.Model.from_db.__func__))
    patch.setattr(Item, "_refuse_if_moved", answering(answer=None))


@mistake("one column is not frozen", room=guarantees.Tampering)
def column_is_not_frozen(patch):
    as_it_was = Invoice.check_frozen

    def check_frozen(self, stored, *, fields):
        as_it_was(self, stored, fields=[field for field in fields if field.name != "date_due"])

    patch.setattr(Invoice, "check_frozen", check_frozen)


# Credit notes and copies


@mistake("the last cent cannot be credited: < for <=", room=guarantees.Credits)
def last_cent_is_refused(patch):
    as_it_was = copying._check_worth_left

    def check_worth_left(amount, item, rest):
        as_it_was(amount, item, rest)
        if abs(amount) == abs(rest.worth):
            raise OverCreditError(title=item.title, left=rest.worth, wanted=amount)

    patch.setattr(copying, "_check_worth_left", check_worth_left)


@mistake("earlier credit notes are not counted", room=guarantees.Credits)
def credit_notes_are_not_counted(patch):
    def left_to_credit(self, *, using, beside=None):
        items = list(self._stored_items(using=using))
        for item in items:
            item.invoice = self
        return {item: copying.Left(item=item, quantity=item.quantity, worth=self._worth(item), is_untouched=True) for item in items}

    patch.setattr(Invoice, "left_to_credit", left_to_credit)


@mistake("an invoice stays credited when its credit note is canceled", room=guarantees.Credits)
def credited_for_ever(patch):
    patch.setattr(Invoice, "_reopen_originals", answering(answer=None))


@mistake("an invoice that is credited in part can be canceled", room=guarantees.Credits)
def credited_in_part_and_canceled(patch):
    patch.setattr(Invoice, "check_step", lifecycle.Lifecycle.check_step)


@mistake("a copy is as paid as its original", room=guarantees.Copies)
def copy_is_paid(patch):
    patch.setattr(copying, "NOT_COPIED", copying.NOT_COPIED - {"already_paid"})


@mistake("a copy has the status of its original", room=guarantees.Copies)
def copy_keeps_the_status(patch):
    patch.setattr(copying, "NOT_COPIED", copying.NOT_COPIED - {"status"})


# History and payments


@mistake("a step is not written into the history", room=guarantees.Lives)
def event_is_forgotten(patch):
    as_it_was = Invoice._write_history

    def write_history(self, events, **details):
        as_it_was(self, [event for event in events if event.status_to != "SENT"], **details)

    patch.setattr(Invoice, "_write_history", write_history)


@mistake("a step of an issued document is not in the chain", room=guarantees.Lives)
def step_is_not_chained(patch):
    def chain(self, register, events, *, contents):
        self.bulk_create(events)

    patch.setattr(EventQuerySet, "chain", chain)


@mistake("the chain is not told of its last entry", room=guarantees.Lives)
def chain_forks(patch):
    as_it_was = InvoiceEvent.follow

    def follow(self, register, content):
        as_it_was(self, register, content)
        register.head = "0" * 64

    patch.setattr(InvoiceEvent, "follow", follow)


@mistake("a paid invoice still has something to pay", room=guarantees.Lives)
def paid_is_not_settled(patch):
    as_it_was = Invoice.stamp_step

    def stamp_step(self, act, *, before, at):
        paid = self.already_paid
        as_it_was(self, act, before=before, at=at)
        self.already_paid = paid

    patch.setattr(Invoice, "stamp_step", stamp_step)
