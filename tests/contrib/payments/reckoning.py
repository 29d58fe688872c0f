"""What must hold of payments, whoever was killed: asked of the tables by plain queries, and of what the workers were promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from invoicing.contrib.payments.models import Allocation, Payment, PaymentEvent, Settlement, TaxCorrection
from invoicing.models import get_invoice_model
from tests.torture.journal import entries

Invoice = get_invoice_model()


def faults() -> list[str]:
    """Everything that is wrong, a sentence each."""
    return [*documents(), *payments(), *undone(), *corrections(), *afresh()]


def documents() -> Iterator[str]:
    """What settles a document adds up to what it says is paid, and is no more than its total."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for invoice, note, amount in Allocation.objects.values_list("invoice", "credit_note", "amount"):
        for key in {invoice, note} - {None}:
            sums[key] += amount
    settlements = {row.pk: row for row in Settlement.objects.all()}
    for invoice in Invoice.objects.all():
        paid, settlement = sums[invoice.pk], settlements.get(invoice.pk)
        if not paid == invoice.already_paid == (settlement.settled if settlement else 0):
            yield f"{invoice} says {invoice.already_paid} and {settlement}, its allocations {paid}"
        if not 0 <= paid <= invoice.total:
            yield f"{invoice} over {invoice.total} is settled with {paid}"
        is_whole = paid == invoice.total
        if invoice.status == "PAID" and not is_whole:
            yield f"{invoice} is PAID, and {invoice.to_pay} is open"
        if is_whole and invoice.type != "CREDIT_NOTE" and invoice.status not in {"PAID", "CREDITED"}:
            yield f"{invoice} is {invoice.status}, and nothing is open"
        if settlement and (settlement.due != invoice.total or bool(settlement.settled_on) != is_whole):
            yield f"{invoice} over {invoice.total} counts as {settlement} since {settlement.settled_on}"


def payments() -> Iterator[str]:
    """What is used up of a payment adds up, is no more than it has, and nothing of one that is not there."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for kind, payment, refund, amount in Allocation.objects.values_list("kind", "payment", "refund", "amount"):
        for key in {payment, refund} - {None} if kind in {"PAYMENT", "REFUND"} else ():
            sums[key] += amount
    told = Counter(PaymentEvent.objects.values_list("payment", "kind"))
    for payment in Payment.objects.all():
        used = sums[payment.pk]
        if payment.allocated != used or not 0 <= used <= payment.amount or (payment.status != "RECEIVED" and used):
            yield f"{payment} is {payment.status} and says {payment.allocated}, its allocations {used}"
        if told[payment.pk, "RECORDED"] != 1 or told[payment.pk, "REVERSED"] != (payment.status == "REVERSED"):
            yield f"{payment} is {payment.status}, and its history says {[event.kind for event in payment.events.all()]}"
    ids = Counter(Payment.objects.exclude(provider_id="").values_list("provider", "provider_id"))
    yield from (f"{key} is there {times} times" for key, times in ids.items() if times > 1)


def undone() -> Iterator[str]:
    """Whoever undoes a row takes back all of it."""
    for row in Allocation.objects.filter(undoes__isnull=False).select_related("undoes"):
        if row.amount != -row.undoes.amount or row.kind != row.undoes.kind:
            yield f"{row} undoes {row.undoes}"


def corrections() -> Iterator[str]:
    """The tax of each discount is corrected, and of nothing else."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for row in TaxCorrection.objects.all():
        sums[row.allocation_id] += row.base + row.tax
    discounts = dict(Allocation.objects.filter(kind="DISCOUNT").values_list("pk", "amount"))
    if sums != discounts:
        yield f"Discounts are {discounts}, their corrections {dict(sums)}"


def afresh() -> Iterator[str]:
    """Computed afresh it is what it was."""
    for invoice in Invoice.objects.all():
        before = (invoice.already_paid, invoice.status)
        invoice.refresh_outstanding()
        if (invoice.already_paid, invoice.status) != before:
            yield f"{invoice} was {before}, and is afresh {invoice.already_paid}, {invoice.status}"


def promises(journals: Path) -> Iterator[str]:
    """What a worker was told to be committed is there, as it was told."""
    stored = {str(payment.uuid): payment for payment in Payment.objects.all()}
    amounts = dict(Allocation.objects.values_list("pk", "amount"))
    for entry in entries(journals):
        for fact in entry.get("facts", ()):
            if "allocation" in fact and amounts.get(fact["allocation"]) != Decimal(fact["amount"]):
                yield f"An allocation that was promised as {fact} is {amounts.get(fact['allocation'])}"
            if "payment" in fact:
                payment = stored.get(fact["payment"])
                if payment is None or payment.amount != Decimal(fact["amount"]):
                    yield f"A payment that was promised as {fact} is {payment}"
                elif fact.get("reversed") and payment.status != "REVERSED":
                    yield f"{payment} was promised to be reversed, and is {payment.status}"
                elif fact.get("confirmed") and payment.status not in {"RECEIVED", "REVERSED"}:
                    yield f"{payment} was promised to be there, and is {payment.status}"
