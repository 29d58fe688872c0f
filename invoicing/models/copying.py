"""Copies, and credit notes as copies that take something back.

A credit note carries positive amounts, like every document: its type says that the money goes the other way. This is
the one place that makes them; `docs/explanation/credit-notes.md` says the same to people.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoicing import signals
from invoicing.domain.amounts import EXACT, add_up, with_tax
from invoicing.domain.choices import EventKind, InvoiceType, Origin, RoundingPolicy, Status, Unit
from invoicing.domain.lifecycle import Act, outcome
from invoicing.domain.money import quantise, to_decimal
from invoicing.exceptions import CreditedInPartError, InvalidDataError, NotCreditableError, OverCreditError
from invoicing.models.event import InvoiceEvent
from invoicing.models.locking import atomically, locked, plain
from invoicing.models.restoring import restored_on_failure
from invoicing.models.sealing import Frozen
from invoicing.models.settling import Settled

if TYPE_CHECKING:
    from invoicing.models.item import AbstractItem

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
FINEST_PRICE = Decimal("0.000001")

NOT_COPIED = frozenset(
    {
        "id",
        "uuid",
        "sequence",
        "number",
        "number_key",
        "counter",
        "status",
        "issued_at",
        "date_sent",
        "date_paid",
        "already_paid",
        "total",
        "vat",
        "created",
        "modified",
    }
)
"""The columns of a document that belong to it alone."""

EARLY_DISCOUNT = ("early_discount_percent", "early_discount_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What a credit note takes back of one line: all that is left, a quantity, or a net amount."""

    item: AbstractItem
    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What earlier credit notes left of a line, and the line as it is stored."""

    item: AbstractItem
    quantity: Decimal
    worth: Decimal
    is_untouched: bool


class Copyable(Settled):
    """A document can be copied, and taken back by a credit note."""

    is_made_by_crediting = False
    """Whether this instance is the note of `create_credit_note()`, which tells the original itself."""

    class Meta:
        abstract = True

    def create_copy(self, **kwargs: Any) -> Self:
        """Copy the document with its items; keyword arguments override any field.

        The copy is NEW and unpaid, takes a sequence and a number of its own, and is related to the original both ways.
        """
        using = self.write_database()
        with atomically(using):
            self.catch_up(self.stored_row(using=using))
            copy = self.unsaved_copy(**self._shifted(kwargs))
            copy.save_with_items(self._lines_for(copy, using=using), using=using, related=[self])
            if not self.is_issued:
                self.touch(using=using)
            signals.invoice_copied.send(sender=type(self), invoice=self, copy=copy)
        return copy

    def create_credit_note(self, lines: Iterable[Any] | Mapping[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Make and issue a credit note over the whole document, or over some of its lines.

        `lines` holds items (all that is left of each), CreditLine entries (a quantity or a net amount), or maps items to
        quantities; None takes back all that is left. Keyword arguments override fields of the credit note; dates are
        today's by default, `reason` becomes its note. When nothing is left, the document becomes CREDITED.
        Raises NotCreditableError, or OverCreditError when more is asked for than is left.
        """
        using = self.write_database()
        with restored_on_failure(self), atomically(using):
            stored = self.stored_row(using=using)
            self.catch_up(stored)
            self.check_creditable()
            left = self.left_to_credit(using=using)
            wanted = _credit_lines(lines, left)
            credited = [self.crediting_item(line, left) for line in wanted]
            taken = {line.item.pk: self._worth(item) for line, item in zip(wanted, credited, strict=True)}
            credit_left = self.credit_left(using=using)
            is_whole = all(rest.worth == taken.get(item.pk, ZERO) for item, rest in left.items())
            if not is_whole:
                self._check_rest(left, taken, credit_left=credit_left)
            reason = str(kwargs.pop("reason", ""))
            day = kwargs.get("date_issue") or self.today()
            defaults = {
                "date_issue": day,
                "date_tax_point": day,
                "date_due": day,
                "note": reason,
                # A voucher was given once, so it is taken back once: with the last part.
                "credit": credit_left if is_whole else ZERO,
            }
            note = self.unsaved_copy(**{**defaults, **kwargs, "type": InvoiceType.CREDIT_NOTE, "status": Status.DRAFT})
            note.is_made_by_crediting = True
            note.save_with_items(credited, using=using, related=[self])
            if note.total < 0 <= self.total and not is_whole:
                text = _("It would come to {total}, and a credit note is not negative: credit more at once.").format(total=note.total)
                raise InvalidDataError({"lines": [text]})
            note.issue()
            self.note_credit(note, stored=stored, is_whole=is_whole, reason=reason, using=using)
        return note

    def _check_rest(self, left: Mapping[Any, Left], taken: Mapping[Any, Decimal], *, credit_left: Decimal) -> None:
        """Refuse a part after which less than nothing is left: deductions and the voucher go along with what they were taken off.

        Asked of exact amounts with tax: they add up, whatever each credit note rounds.
        """
        whole = rest = credit_left.copy_negate()
        for item, entry in left.items():
            whole = EXACT.add(whole, self._with_tax(entry.worth, item.tax_rate))
            still = EXACT.subtract(entry.worth, taken.get(item.pk, ZERO))
            rest = EXACT.add(rest, self._with_tax(still, item.tax_rate))
        if (rest < 0) if whole >= 0 else (rest > 0):
            shown = quantise(rest, self.currency)
            text = _("{rest} would be left of {number}: credit the deductions along.").format(rest=shown, number=self.number)
            raise InvalidDataError({"lines": [text]})

    def _with_tax(self, worth: Decimal, rate: Decimal | None) -> Decimal:
        return worth if self.rounding_policy == RoundingPolicy.KEEP_GROSS else with_tax(worth, rate)

    def check_step(self, act: Act, *, using: str) -> None:
        """A document that is credited in part is not canceled as a whole: that would take the part back twice."""
        super().check_step(act, using=using)
        if self.type == InvoiceType.CREDIT_NOTE and act != Act.CANCEL and not self.is_issued and not self.is_received:
            self._check_not_over(using=using)
        if act == Act.CANCEL and self.is_issued:
            crediting = plain(self.item_model(), using=using).filter(credited_item__invoice_id=self.pk)
            standing = crediting.filter(invoice__type=InvoiceType.CREDIT_NOTE, invoice__issued_at__isnull=False).exclude(
                invoice__status=Status.CANCELED
            )
            numbers = sorted(set(standing.values_list("invoice__number", flat=True)))
            if numbers:
                raise CreditedInPartError(number=self.number, notes=", ".join(numbers))

    def tell_step(self, act: Act, *, before: str, was_open: bool, reason: str, frozen: Frozen | None = None, using: str) -> None:
        """What a canceled credit note had credited in full is open again, what one that was made by hand credits is told of it."""
        super().tell_step(act, before=before, was_open=was_open, reason=reason, frozen=frozen, using=using)
        if (
            was_open
            and act != Act.CANCEL
            and self.type == InvoiceType.CREDIT_NOTE
            and not self.is_received
            and not self.is_made_by_crediting
        ):
            self._credit_originals(using=using)
        if act == Act.CANCEL and self.type == InvoiceType.CREDIT_NOTE:
            self._reopen_originals(reason=reason, using=using)

    def _originals(self, *, using: str) -> Any:
        """The documents that this credit note takes back, locked."""
        lines = plain(self.item_model(), using=using).filter(invoice_id=self.pk)
        credited = plain(type(self), using=using).filter(pk__in=lines.values("credited_item__invoice"))
        return locked(credited.order_by("pk"), using=using)

    def _check_not_over(self, *, using: str) -> None:
        """Refuse to issue a credit note that takes back more than other notes left. Raises OverCreditError, NotCreditableError."""
        lines = list(plain(self.item_model(), using=using).filter(invoice_id=self.pk, credited_item__isnull=False))
        for original in self._originals(using=using):
            if original.status != Status.CREDITED:
                original.check_creditable()
            credit_left = original.credit_left(using=using, beside=self)
            if self.credit > credit_left:
                text = _("Only {left} of the credit of {number} is left to take back.")
                raise InvalidDataError({"credit": [text.format(left=credit_left, number=original.number)]})
            for item, rest in original.left_to_credit(using=using, beside=self).items():
                worth = add_up((self._worth(line) for line in lines if line.credited_item_id == item.pk), currency=self.currency)
                if worth and (not rest.worth or (worth > 0) != (rest.worth > 0) or abs(worth) > abs(rest.worth)):
                    raise OverCreditError(title=item.title, left=rest.worth, wanted=worth)

    def _credit_originals(self, *, using: str) -> None:
        """Note on each original that this credit note, which is just issued, takes something of it back."""
        for original in self._originals(using=using):
            is_whole = not any(rest.worth for rest in original.left_to_credit(using=using).values())
            original.note_credit(self, stored=original.stored_row(using=using), is_whole=is_whole, reason="", using=using)

    def _reopen_originals(self, *, reason: str, using: str) -> None:
        """Take what this credit note had credited in full back to the status before: the one step beside the table of acts."""
        for original in self._originals(using=using):
            if original.status != Status.CREDITED:
                original.touch(using=using)
                continue
            step = InvoiceEvent.objects.using(using).filter(invoice_id=original.pk, status_to=Status.CREDITED).last()
            if step and any(rest.worth for rest in original.left_to_credit(using=using).values()):
                plain(type(self), using=using).filter(pk=original.pk).update(status=step.status_from, modified=timezone.now())
                original.note_event(
                    EventKind.STATUS_CHANGED, status_from=Status.CREDITED, status_to=step.status_from, reason=reason, using=using
                )
                if step.status_from == Status.PAID and original.already_paid < original.total:
                    # Its money was taken back while it was credited.
                    original.settle(original.already_paid, reason=reason)

    def touch(self, *, using: str) -> None:
        """Write the row, so that whoever holds an older snapshot of what hangs on it is told when he locks it."""
        plain(type(self), using=using).filter(pk=self.pk).update(modified=timezone.now())

    # Copying

    def unsaved_copy(self, **kwargs: Any) -> Self:
        values = {
            field.name: getattr(self, field.name) if field.is_relation else deepcopy(getattr(self, field.attname))
            for field in self._meta.concrete_fields
            if field.name not in NOT_COPIED and not field.primary_key
        }
        if kwargs.get("type", self.type) == InvoiceType.CREDIT_NOTE:
            values |= dict.fromkeys(EARLY_DISCOUNT)
        return type(self)(**{**values, "uuid": uuid.uuid4(), **kwargs})

    def _lines_for(self, copy: Self, *, using: str) -> list[AbstractItem]:
        """The lines of a copy: those of a credit note take back the lines of the document, and are counted."""
        if copy.type == InvoiceType.CREDIT_NOTE and self.is_creditable:
            self.check_creditable()
            return self.crediting_items(using=using)
        lines = [self._copied_item(item) for item in self._stored_items(using=using)]
        if copy.type != InvoiceType.CREDIT_NOTE:
            for line in lines:
                line.credited_item = None
        return lines

    def _shifted(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """The fields to override; where only the issue date is given, the other dates keep their distance to it."""
        day = self._day_in(overrides, "date_issue")
        if day is None:
            return {**self._kept_discount(overrides, shift=timedelta(0)), **overrides}
        shift = day - self.date_issue
        try:
            due = self.date_due + shift
        except OverflowError:
            raise InvalidDataError({"date_issue": [_("The due date would lie after the year 9999: use an earlier day.")]}) from None
        return {"date_tax_point": day, "date_due": due, **self._kept_discount(overrides, shift=shift), **overrides}

    def _kept_discount(self, overrides: Mapping[str, Any], *, shift: timedelta) -> dict[str, Any]:
        """The discount of a copy: it ends as long after the issue date, but not after a due date that is given.

        Where the due date is left open, the payment term says both anew.
        """
        is_note = overrides.get("type", self.type) == InvoiceType.CREDIT_NOTE
        if self.early_discount_until is None or is_note or not set(overrides).isdisjoint(EARLY_DISCOUNT):
            return {}
        if "date_due" in overrides and not overrides["date_due"]:
            return dict.fromkeys(EARLY_DISCOUNT)
        due = self._day_in(overrides, "date_due") or self.date_due + shift
        return {"early_discount_until": min(self.early_discount_until + shift, due)}

    def _day_in(self, overrides: Mapping[str, Any], name: str) -> date | None:
        """A day among the fields to override, if it is there. Raises InvalidDataError."""
        if not overrides.get(name):
            return None
        column: Any = self._meta.get_field(name)
        try:
            day: date = column.to_python(overrides[name])
        except (TypeError, ValidationError) as error:
            raise InvalidDataError({name: [_("Enter a date such as 2026-11-21.")]}) from error
        return day

    def _stored_items(self, *, using: str) -> Any:
        """The items as they are stored: a prefetch of this instance may be an old one."""
        return plain(self.item_model(), using=using).filter(invoice_id=self.pk).order_by("weight", "pk")

    def _copied_item(self, item: AbstractItem) -> AbstractItem:
        values = {
            field.attname: getattr(item, field.attname)
            for field in item._meta.concrete_fields
            if not field.primary_key and field.name not in {"invoice", "created", "modified", "net"}
        }
        return type(item)(**values)

    # Crediting

    def check_creditable(self) -> None:
        if self.origin == Origin.RECEIVED:
            raise NotCreditableError(number=self.number, reason=gettext("it was received: enter the supplier's credit note."))
        if self.type == InvoiceType.PROFORMA:
            raise NotCreditableError(number=self.number, reason=gettext("a proforma invoice charges nothing: cancel it."))
        if self.type == InvoiceType.CREDIT_NOTE:
            raise NotCreditableError(number=self.number, reason=gettext("it is a credit note itself."))
        if not self.is_issued:
            raise NotCreditableError(number=self.number, reason=gettext("it is not issued yet: change or delete it."))
        if outcome(self.status, Act.CREDIT) is None:
            raise NotCreditableError(number=self.number, reason=gettext("it is {status}.").format(status=self.status))

    def left_to_credit(self, *, using: str, beside: models.Model | None = None) -> dict[Any, Left]:
        """What is left of each line, by line, `beside` a credit note. Those that are not issued, or canceled, took nothing."""
        crediting = defaultdict(list)
        lines = self._crediting_lines(using=using)
        for line in lines if beside is None else lines.exclude(invoice_id=beside.pk):
            crediting[line.credited_item_id].append(line)
        left = {}
        for item in self._stored_items(using=using):
            item.invoice = self
            taken = crediting[item.pk]
            # A line over an amount takes money, not quantity: its price is not the item's.
            quantities = [line.quantity for line in taken if line.unit_price == item.unit_price]
            left[item] = Left(
                item=item,
                quantity=reduce(EXACT.subtract, quantities, item.quantity),
                worth=add_up((self._worth(item), *(self._worth(line).copy_negate() for line in taken)), currency=self.currency),
                is_untouched=not taken,
            )
        return left

    def _crediting_lines(self, *, using: str) -> models.QuerySet[Any]:
        """The lines of credit notes that stand, over lines of this document."""
        lines = plain(self.item_model(), using=using).filter(credited_item__invoice_id=self.pk)
        issued = lines.filter(invoice__type=InvoiceType.CREDIT_NOTE, invoice__issued_at__isnull=False)
        return issued.exclude(invoice__status=Status.CANCELED)

    def crediting_items(self, *, using: str) -> list[AbstractItem]:
        """Lines that take back every line of a document that nothing was taken of yet. Raises OverCreditError."""
        left = self.left_to_credit(using=using)
        return [self.crediting_item(CreditLine(item=item, quantity=item.quantity), left) for item in left]

    def crediting_item(self, line: CreditLine, left: Mapping[Any, Left]) -> AbstractItem:
        """The line of the credit note. Raises OverCreditError when it would take back more than is left."""
        item, rest = line.item, left.get(line.item)
        if rest is None:
            raise InvalidDataError({"lines": [_("“{title}” is no item of {number}.").format(title=item.title, number=self.number)]})
        copy = self._copied_item(rest.item)
        copy.credited_item = item
        if not rest.is_untouched and not rest.worth:
            raise OverCreditError(title=item.title, left=ZERO, wanted=line.quantity or line.amount or item.quantity)
        if line.amount is not None:
            if quantise(line.amount, self.currency) != line.amount:
                text = _("{amount} is finer than {currency} can be: round it.").format(amount=line.amount, currency=self.currency)
                raise InvalidDataError({"lines": [text]})
            copy = _as_amount(copy, line.amount)
            _check_worth_left(self._worth(copy), item, rest)
            return copy
        quantity = rest.quantity if line.quantity is None else line.quantity
        if line.quantity is not None and not ZERO < quantity <= rest.quantity:
            raise OverCreditError(title=item.title, left=rest.quantity, wanted=quantity)
        if quantity == item.quantity and rest.is_untouched:
            return copy
        if quantity == rest.quantity:
            # The last part takes what rounding and earlier amounts left, so that the parts add up to the line.
            return _as_amount(copy, self._price_of_rest(item, rest))
        copy.quantity = quantity
        _check_worth_left(self._worth(copy), item, rest)
        return copy

    def _price_of_rest(self, item: AbstractItem, rest: Left) -> Decimal:
        """The price of one piece that comes to exactly what is left."""
        if self.rounding_policy != RoundingPolicy.KEEP_GROSS or not item.tax_rate:
            return rest.worth
        price = EXACT.divide(EXACT.multiply(rest.worth, HUNDRED), EXACT.add(HUNDRED, item.tax_rate))
        return price.quantize(FINEST_PRICE, context=EXACT)

    def _worth(self, item: AbstractItem) -> Decimal:
        """What of a line must add up: its net, or its gross where prices with tax stay as they are."""
        line = self.line(item)
        return EXACT.add(line.net, line.tax or ZERO) if self.rounding_policy == RoundingPolicy.KEEP_GROSS else line.net

    def credit_left(self, *, using: str, beside: models.Model | None = None) -> Decimal:
        """What issued credit notes, `beside` one, left of a plain credit."""
        notes = plain(type(self), using=using).filter(type=InvoiceType.CREDIT_NOTE, pk__in=self.related_invoices.values("pk"))
        issued = notes.filter(issued_at__isnull=False).exclude(status=Status.CANCELED)
        given = (issued if beside is None else issued.exclude(pk=beside.pk)).values_list("credit", flat=True)
        return add_up((self.credit, *(credit.copy_negate() for credit in given)), currency=self.currency)

    def note_credit(self, note: Self, *, stored: Mapping[str, Any], is_whole: bool, reason: str, using: str) -> None:
        """Write down that a credit note takes something back; when nothing is left, the document becomes CREDITED."""
        if is_whole:
            self.status = Status.CREDITED
            self.save_step(Act.CREDIT, stored=stored, reason=reason, using=using)
        else:
            self.touch(using=using)
        data = {"credit_note": str(note.uuid), "number": note.number, "total": str(note.total), "whole": is_whole}
        self.note_event(EventKind.CREDITED, reason=reason, data=data, using=using)
        signals.invoice_credited.send(sender=type(self), invoice=self, credit_note=note, whole=is_whole)


def _credit_lines(lines: Iterable[Any] | Mapping[Any, Any] | None, left: Mapping[Any, Left]) -> list[CreditLine]:
    """What is to be taken back, one entry a line."""
    if lines is None:
        wanted = [CreditLine(item=item) for item, rest in left.items() if rest.is_untouched or rest.worth]
    elif isinstance(lines, Mapping):
        wanted = [CreditLine(item=item, quantity=to_decimal(quantity, field="lines")) for item, quantity in lines.items()]
    else:
        wanted = [_checked(line) if isinstance(line, CreditLine) else CreditLine(item=line) for line in lines]
    if not wanted:
        raise InvalidDataError({"lines": [_("Nothing is left to credit.")]})
    if len({line.item.pk for line in wanted}) != len(wanted):
        raise InvalidDataError({"lines": [_("Name each item once.")]})
    return wanted


def _check_worth_left(amount: Decimal, item: AbstractItem, rest: Left) -> None:
    """Raise OverCreditError unless the amount lies between nothing and what is left, on the side of zero where the line is."""
    if not amount or (amount > 0) != (rest.worth > 0) or abs(amount) > abs(rest.worth):
        raise OverCreditError(title=item.title, left=rest.worth, wanted=amount)


def _as_amount(copy: AbstractItem, net: Decimal) -> AbstractItem:
    """Turn a line into one over an amount: no rounding of a price can then miss it."""
    copy.quantity, copy.unit, copy.unit_price, copy.discount = ONE, Unit.EMPTY, net, ZERO
    return copy


def _checked(line: CreditLine) -> CreditLine:
    """A line that names a quantity or an amount, as a decimal."""
    if line.quantity is not None and line.amount is not None:
        raise InvalidDataError({"lines": [_("Name a quantity or an amount of “{title}”, not both.").format(title=line.item.title)]})
    quantity = None if line.quantity is None else to_decimal(line.quantity, field="lines")
    amount = None if line.amount is None else to_decimal(line.amount, field="lines")
    return CreditLine(item=line.item, quantity=quantity, amount=amount)
