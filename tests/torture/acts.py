"""What people do to invoices, each on a document that the dice choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from invoicing.exceptions import (
    ContentMissingError,
    CreditedInPartError,
    InvalidDataError,
    InvoiceFrozenError,
    InvoicingError,
    NotCreditableError,
    OverCreditError,
    TransitionNotAllowedError,
)
from invoicing.models import Counter, CreditLine, Item, get_invoice_model
from tests.factories import build_invoice, line

if TYPE_CHECKING:
    from tests.torture.roles import Worker

Invoice = get_invoice_model()

Facts = list[dict[str, Any]]

DAYS = (date(2026, 11, 20), date(2026, 11, 20), date(2026, 12, 31), date(2027, 1, 1), date(2025, 2, 28))
"""Days of issue: most documents meet in one period, some open another."""

TYPES = ("INVOICE", "INVOICE", "INVOICE", "PROFORMA", "ADVANCE")

RATES = (Decimal(19), Decimal(7))

OPEN: dict[str, Any] = {"issued_at": None, "status__in": ["DRAFT", "NEW"]}

RECENT = 40
"""So many of the newest documents are at hand: few enough that workers meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something to do, how often it is done beside the others, and what the rules may answer."""

    name: str
    do: Callable[[Worker], Facts]
    weight: int
    refusals: tuple[type[Exception], ...]


def fact(invoice: Any, **more: Any) -> dict[str, Any]:
    """What is promised of a document once its transaction is committed."""
    return {
        "uuid": str(invoice.uuid),
        "number": invoice.number,
        "sequence": invoice.sequence,
        "total": str(invoice.total),
        "issued": invoice.is_issued,
        **more,
    }


def dates(worker: Worker) -> dict[str, date]:
    day = worker.dice.choice(DAYS)
    return {"date_issue": day, "date_tax_point": day, "date_due": day + timedelta(days=14)}


def lines(worker: Worker, count: int) -> list[dict[str, Any]]:
    """Lines whose amounts have something to round."""
    dice = worker.dice
    return [
        line(
            f"Line {place}",
            quantity=Decimal(dice.randint(1, 9)),
            unit_price=Decimal(dice.randint(1, 99_999)) / 100,
            tax_rate=dice.choice(RATES),
            discount=Decimal(dice.choice((0, 0, 5))),
        )
        for place in range(count)
    ]


def chosen(worker: Worker, **conditions: Any) -> Any:
    """One of the newest documents. Raises DoesNotExist where there is none."""
    keys = list(Invoice.objects.filter(**conditions).order_by("-pk").values_list("pk", flat=True)[:RECENT])
    if not keys:
        raise Invoice.DoesNotExist
    return Invoice.objects.get(pk=worker.dice.choice(keys))


def create(worker: Worker) -> Facts:
    """A new document, numbered or a draft, of any company; saved at once, or step by step."""
    dice = worker.dice
    company = dice.choice((worker.companies[0], *worker.companies))
    owner = {"company": company} if company else {}
    invoice = build_invoice(type=dice.choice(TYPES), status=dice.choice(("NEW", "NEW", "DRAFT")), **owner, **dates(worker))
    if dice.random() < 0.6:
        invoice.save_with_items(lines(worker, dice.randint(1, 4)))
    else:
        invoice.save()
        invoice.add_items(lines(worker, 2))
        Item(invoice=invoice, **lines(worker, 1)[0]).save()
    return [fact(invoice, made=True)]


def create_many(worker: Worker) -> Facts:
    """Several documents of several companies at once, their numbers taken as blocks."""
    dice = worker.dice
    made = []
    for company in dice.choices(worker.companies, k=dice.randint(2, 12)):
        owner = {"company": company} if company else {}
        invoice = build_invoice(type=dice.choice(TYPES), status=dice.choice(("NEW", "NEW", "DRAFT")), **owner, **dates(worker))
        made.append((invoice, lines(worker, dice.randint(1, 3))))
    Invoice.objects.create_many(made)
    return [fact(invoice, made=True) for invoice, _lines in made]


def issue_many(worker: Worker) -> Facts:
    """Several open documents at once."""
    keys = list(Invoice.objects.filter(**OPEN).order_by("-pk").values_list("pk", flat=True)[:RECENT])
    wanted = worker.dice.sample(keys, k=min(len(keys), 5))
    documents = Invoice.objects.filter(pk__in=wanted)
    documents.issue_many()
    return [fact(invoice) for invoice in documents.all()]


def issue(worker: Worker) -> Facts:
    invoice = chosen(worker, **OPEN)
    invoice.issue()
    return [fact(invoice)]


def copy(worker: Worker) -> Facts:
    return [fact(chosen(worker).create_copy(**dates(worker)), made=True)]


def credit(worker: Worker) -> Facts:
    """All that is left of a document."""
    return [fact(chosen(worker, issued_at__isnull=False).create_credit_note(**dates(worker), reason="returned"), made=True)]


def credit_part(worker: Worker) -> Facts:
    """A piece or an amount of one line."""
    invoice = chosen(worker, issued_at__isnull=False)
    items = [*invoice.item_set.all()]
    if not items:
        raise Item.DoesNotExist
    item = worker.dice.choice(items)
    part = {item: 1} if worker.dice.random() < 0.7 else [CreditLine(item=item, amount=Decimal("0.37"))]
    return [fact(invoice.create_credit_note(part, **dates(worker)), made=True)]


def cancel(worker: Worker) -> Facts:
    invoice = chosen(worker)
    invoice.cancel("entered twice")
    return [fact(invoice, canceled=True)]


def delete(worker: Worker) -> Facts:
    """A draft, or the last of a counter, whose number is free again; one in the middle is voided."""
    dice = worker.dice
    if dice.random() < 0.6:
        counter = dice.choice([*Counter.objects.order_by("pk")] or [None])
        conditions = {"counter": counter, "sequence": counter.value} if counter else {}
    else:
        conditions = OPEN
    invoice = chosen(worker, **conditions)
    # Whoever is killed right after the commit could not say so any more.
    worker.journal.write("deleting", uuid=str(invoice.uuid))
    promised = fact(invoice)
    deleted, _tables = invoice.delete(reason="entered twice")
    return [{**promised, "deleted": True}] if deleted else [fact(invoice, canceled=True)]


def touch(worker: Worker) -> Facts:
    """Change what may be changed."""
    invoice = chosen(worker)
    invoice.internal_note = f"seen by {worker.slot}"
    if not invoice.is_issued:
        invoice.title = f"of {worker.slot}"
    invoice.save()
    return [fact(invoice)]


def touch_then_create(worker: Worker) -> Facts:
    return [*touch(worker), *create(worker)]


def change_items(worker: Worker) -> Facts:
    """Add a line to an open document, or take one away."""
    invoice = chosen(worker, **OPEN)
    items = [*invoice.item_set.all()]
    if len(items) > 1 and worker.dice.random() < 0.5:
        worker.dice.choice(items).delete()
    else:
        Item(invoice=invoice, **lines(worker, 1)[0]).save()
    return []


def step(worker: Worker) -> Facts:
    """Send, pay, return or give up."""
    invoice = chosen(worker)
    reasons = {"write_off": ["bankrupt"], "send_to_collection": ["third reminder"]}
    name = worker.dice.choice(("mark_sent", "mark_sent", "mark_paid", "mark_returned", "write_off", "send_to_collection"))
    getattr(invoice, name)(*reasons.get(name, []))
    return [fact(invoice)]


GONE = (Invoice.DoesNotExist, Item.DoesNotExist)
"""Another worker deleted it in between; what is made step by step is there for others after the first."""

STEPS: tuple[type[InvoicingError], ...] = (TransitionNotAllowedError, CreditedInPartError, OverCreditError, ContentMissingError)
CREDITS: tuple[type[InvoicingError], ...] = (NotCreditableError, OverCreditError, InvalidDataError)

ACTS = (
    Act(name="create", do=create, weight=22, refusals=(*GONE, InvoiceFrozenError)),
    Act(name="issue", do=issue, weight=18, refusals=(*GONE, *STEPS)),
    Act(name="create many", do=create_many, weight=4, refusals=()),
    Act(name="issue many", do=issue_many, weight=4, refusals=(*GONE, *STEPS)),
    Act(name="copy", do=copy, weight=10, refusals=(*GONE, *CREDITS)),
    Act(name="credit", do=credit, weight=5, refusals=(*GONE, *CREDITS)),
    Act(name="credit a part", do=credit_part, weight=8, refusals=(*GONE, *CREDITS)),
    Act(name="cancel", do=cancel, weight=6, refusals=(*GONE, *STEPS)),
    Act(name="delete", do=delete, weight=10, refusals=(*GONE, *STEPS, InvoiceFrozenError)),
    Act(name="touch", do=touch, weight=5, refusals=(*GONE, InvoiceFrozenError)),
    Act(name="touch, then create", do=touch_then_create, weight=6, refusals=(*GONE, InvoiceFrozenError)),
    Act(name="change items", do=change_items, weight=6, refusals=(*GONE, InvoiceFrozenError)),
    Act(name="step", do=step, weight=6, refusals=(*GONE, *STEPS)),
)
