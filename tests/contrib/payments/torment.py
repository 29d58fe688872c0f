"""What workers do to payments while they are killed: acts for `tests.torture`, each on documents and payments that the dice choose."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from invoicing.contrib.payments.exceptions import (
    ClosedInvoiceError,
    DuplicatePaymentError,
    OverAllocationError,
    PaymentMismatchError,
    PaymentStateError,
    SettledInvoiceError,
)
from invoicing.contrib.payments.models import Allocation, Payment
from invoicing.contrib.payments.services import (
    allocate,
    allocate_oldest,
    apply_credit,
    confirm_payment,
    grant_discount,
    receive_payment,
    refund,
    reverse_payment,
    undo_allocation,
    write_off_rest,
)
from invoicing.exceptions import CreditedInPartError, InvalidDataError, NotCreditableError, OverCreditError, TransitionNotAllowedError
from invoicing.models import Party, get_invoice_model
from tests.factories import line, make_issued_invoice
from tests.torture.acts import Act

if TYPE_CHECKING:
    from tests.torture.roles import Worker

Invoice = get_invoice_model()

Facts = list[dict[str, Any]]

DAY = date(2026, 11, 23)

RECENT = 12
"""So few documents and payments are at hand that workers meet all the time."""


def party(worker: Worker) -> Party:
    return worker.dice.choice(list(Party.objects.order_by("pk")))


def documents(worker: Worker, count: int) -> list[Any]:
    """Some of the newest documents, in any order."""
    keys = list(Invoice.objects.filter(issued_at__isnull=False).order_by("-pk").values_list("pk", flat=True)[:RECENT])
    if not keys:
        raise Invoice.DoesNotExist
    return [Invoice.objects.get(pk=key) for key in worker.dice.sample(keys, k=min(count, len(keys)))]


def payment(worker: Worker, **conditions: Any) -> Payment:
    keys = list(Payment.objects.filter(**conditions).order_by("-pk").values_list("pk", flat=True)[:RECENT])
    if not keys:
        raise Payment.DoesNotExist
    return Payment.objects.get(pk=worker.dice.choice(keys))


def told(row: Payment, **more: Any) -> dict[str, Any]:
    """What is promised of a payment once its transaction is committed."""
    return {"payment": str(row.uuid), "amount": str(row.amount), **more}


def rows(made: list[Allocation]) -> Facts:
    """What is promised of allocations."""
    return [{"allocation": row.pk, "amount": str(row.amount)} for row in made]


def issue(worker: Worker) -> Facts:
    price = Decimal(worker.dice.randint(100, 50_000)) / 100
    lines = [line(quantity=worker.dice.randint(1, 3), unit_price=price)]
    early = {"early_discount_percent": Decimal(2), "early_discount_until": DAY} if worker.dice.random() < 0.5 else {}
    make_issued_invoice(lines, party=party(worker), date_due=date(2026, 12, 4) + timedelta(days=worker.dice.randint(0, 9)), **early)
    return []


def receive(worker: Worker) -> Facts:
    """A payment over some documents; its id is one that other workers use as well."""
    dice = worker.dice
    chosen = [document for document in documents(worker, dice.randint(1, 4)) if document.type == "INVOICE"]
    amount = Decimal(dice.randint(1, 120_000)) / 100
    number = dice.randint(1, 100_000) if dice.random() < 0.8 else dice.randint(1, 5)
    provider_id = f"ch_{number}"
    status = "PENDING" if dice.random() < 0.1 else "RECEIVED"
    made = receive_payment(
        chosen or None, amount=amount, on=DAY, party=party(worker), provider="acquirer", provider_id=provider_id, status=status
    )
    return [told(made, provider_id=provider_id, made=True)]


def confirm(worker: Worker) -> Facts:
    return [told(confirm_payment(payment(worker, status="PENDING")), confirmed=True)]


def spend(worker: Worker) -> Facts:
    return rows(allocate(payment(worker), documents(worker, worker.dice.randint(1, 4))))


def spend_oldest(worker: Worker) -> Facts:
    return rows(allocate_oldest(payment(worker)))


def use_credit(worker: Worker) -> Facts:
    return rows(apply_credit(documents(worker, 1)[0]))


def credit(worker: Worker) -> Facts:
    document = documents(worker, 1)[0]
    item = document.item_set.first()
    document.create_credit_note({item: 1} if worker.dice.random() < 0.5 else None)
    return []


def cancel(worker: Worker) -> Facts:
    documents(worker, 1)[0].cancel("entered twice")
    return []


def mark_paid(worker: Worker) -> Facts:
    documents(worker, 1)[0].mark_paid()
    return []


def reverse(worker: Worker) -> Facts:
    return [told(reverse_payment(payment(worker), reason="bounced"), reversed=True)]


def undo(worker: Worker) -> Facts:
    keys = list(Allocation.objects.standing().order_by("-pk").values_list("pk", flat=True)[:RECENT])
    if not keys:
        raise Allocation.DoesNotExist
    return rows(undo_allocation(Allocation.objects.get(pk=worker.dice.choice(keys)), reason="wrong invoice"))


def pay_back(worker: Worker) -> Facts:
    source = payment(worker) if worker.dice.random() < 0.6 else documents(worker, 1)[0]
    return [told(refund(source, on=DAY), made=True)]


def let_go(worker: Worker) -> Facts:
    document = documents(worker, 1)[0]
    if worker.dice.random() < 0.5:
        return rows([grant_discount(document, on=DAY)])
    return rows([write_off_rest(document, on=DAY, reason="bank charges")])


def refresh(worker: Worker) -> Facts:
    documents(worker, 1)[0].refresh_outstanding()
    return []


GONE = (Invoice.DoesNotExist, Payment.DoesNotExist, Allocation.DoesNotExist)
MISFITS = (OverAllocationError, PaymentMismatchError, ClosedInvoiceError, PaymentStateError, InvalidDataError)
STEPS = (TransitionNotAllowedError, CreditedInPartError, SettledInvoiceError, NotCreditableError, OverCreditError, InvalidDataError)

ACTS = (
    Act(name="issue", do=issue, weight=8, refusals=()),
    Act(name="receive", do=receive, weight=20, refusals=(*GONE, *MISFITS, DuplicatePaymentError)),
    Act(name="confirm", do=confirm, weight=4, refusals=(*GONE, *MISFITS)),
    Act(name="allocate", do=spend, weight=16, refusals=(*GONE, *MISFITS)),
    Act(name="allocate oldest", do=spend_oldest, weight=6, refusals=(*GONE, *MISFITS)),
    Act(name="apply credit", do=use_credit, weight=6, refusals=(*GONE, *MISFITS)),
    Act(name="credit", do=credit, weight=5, refusals=(*GONE, *STEPS)),
    Act(name="cancel", do=cancel, weight=2, refusals=(*GONE, *STEPS)),
    Act(name="mark paid", do=mark_paid, weight=3, refusals=(*GONE, *STEPS)),
    Act(name="reverse", do=reverse, weight=8, refusals=(*GONE, *MISFITS)),
    Act(name="undo", do=undo, weight=6, refusals=(*GONE, *MISFITS)),
    Act(name="refund", do=pay_back, weight=5, refusals=(*GONE, *MISFITS)),
    Act(name="let go", do=let_go, weight=3, refusals=(*GONE, *MISFITS)),
    Act(name="refresh", do=refresh, weight=3, refusals=GONE),
)
