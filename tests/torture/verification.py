"""What must hold after all that: asked of the tables by plain queries, and of what the workers were promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Max

from invoicing.auditing import audit_numbers
from invoicing.models import Counter, InvoiceEvent, Item, VoidedNumber, get_invoice_model
from invoicing.verifying import verify_chain
from tests.torture.journal import entries

Invoice = get_invoice_model()
EVERY = Invoice._base_manager


def faults(journals: Path) -> list[str]:
    """Everything that is wrong, a sentence each."""
    return [*numbers(), *counters(), *amounts(), *credits_(), *histories(), *relations(), *audit(), *chains(), *promises(journals)]


def numbers() -> Iterator[str]:
    """No number twice in a company, no sequence twice in a counter."""
    for fields in (("company", "origin", "number"), ("counter", "sequence")):
        twice = EVERY.exclude(number="").values(*fields).annotate(times=Count("pk")).filter(times__gt=1).order_by()
        yield from (f"Used {row['times']} times: {row}" for row in twice)
    half = EVERY.filter(counter=None).exclude(number="") | EVERY.filter(number="", counter__isnull=False)
    yield from (f"{row.pk} is numbered by halves: {row.number!r}, {row.sequence}" for row in half)


def counters() -> Iterator[str]:
    """No gap that no VoidedNumber explains, and every counter stands at its last number."""
    held, voided = defaultdict(set), defaultdict(set)
    for counter, sequence in EVERY.exclude(counter=None).values_list("counter", "sequence"):
        held[counter].add(sequence)
    for counter, sequence in VoidedNumber.objects.values_list("counter", "sequence"):
        voided[counter].add(sequence)
    for counter in Counter.objects.all():
        known = held[counter.pk] | voided[counter.pk]
        last = max(known, default=0)
        if counter.value != last:
            yield f"{counter} stands at {counter.value}, and its last number is {last}"
        if gaps := set(range(1, last)) - known:
            yield f"{counter} has gaps: {sorted(gaps)}"
    for void in VoidedNumber.objects.all():
        statuses = [*EVERY.filter(counter=void.counter_id, sequence=void.sequence).values_list("status", flat=True)]
        if statuses != ["CANCELED"]:
            yield f"{void} is voided, and held by {statuses}"


def amounts() -> Iterator[str]:
    """The stored totals are those of the items."""
    for invoice in EVERY.prefetch_related("item_set"):
        if (invoice.total, invoice.vat) != (invoice.calculate_total(), invoice.calculate_vat()):
            items = [(item.pk, str(item.net)) for item in invoice.item_set.all()]
            yield f"{invoice} of {invoice.pk} says {invoice.total} and {invoice.vat}, its items {invoice.calculate_total()}: {items}"
        if invoice.status not in ("DRAFT", "NEW", "CANCELED") and not invoice.is_issued:
            yield f"{invoice} is {invoice.status} and not issued"


def credits_() -> Iterator[str]:
    """Of no line more is taken back than it came to; what is CREDITED is taken back in full, and nothing else is."""
    taken: defaultdict[int, Decimal] = defaultdict(Decimal)
    valid = Item._base_manager.filter(credited_item__isnull=False, invoice__issued_at__isnull=False).exclude(invoice__status="CANCELED")
    for credited, net in valid.values_list("credited_item", "net"):
        taken[credited] += net
    for invoice in EVERY.filter(issued_at__isnull=False).exclude(type="CREDIT_NOTE").prefetch_related("item_set"):
        items = invoice.item_set.all()
        for item in items:
            if taken[item.pk] > item.net:
                yield f"Of {item.net} on {invoice} {taken[item.pk]} are credited (item {item.pk})"
        is_taken_back = all(taken[item.pk] == item.net for item in items)
        if invoice.status == "CREDITED" and not is_taken_back:
            yield f"{invoice} is CREDITED, and not all of it is"


def histories() -> Iterator[str]:
    """One ISSUED event for each issued document and none for others; the last status that the history tells is the document's.

    A document that was canceled while it was open is frozen as well, and was never issued.
    """
    issued = dict(InvoiceEvent.objects.filter(kind="ISSUED").values_list("invoice").annotate(times=Count("pk")).order_by())
    latest = InvoiceEvent.objects.exclude(status_to="").values("invoice").annotate(last=Max("pk")).order_by().values("last")
    told = dict(InvoiceEvent.objects.filter(pk__in=[*latest.values_list("last", flat=True)]).values_list("invoice", "status_to"))
    for pk, number, status, issued_at in EVERY.values_list("pk", "number", "status", "issued_at"):
        if issued.get(pk, 0) not in ({int(bool(issued_at))} | ({0} if status == "CANCELED" else set())):
            yield f"{number or pk} has {issued.get(pk, 0)} ISSUED events, issued at {issued_at}"
        if told.get(pk) != status:
            yield f"{number or pk} is {status}, and its history says {told.get(pk)}"


def relations() -> Iterator[str]:
    """Who is related to another, the other is related to."""
    field: Any = Invoice._meta.get_field("related_invoices")
    names = (f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id")
    pairs = set(field.remote_field.through._base_manager.values_list(*names))
    yield from (f"{one} is related to {other}, and not back" for one, other in pairs if (other, one) not in pairs)


def audit() -> Iterator[str]:
    """The library's own audit finds nothing either, and counts as we do."""
    found = audit_numbers()
    yield from (f"The audit calls {finding} unexplained" for finding in found.unexplained)
    places = {counter.key: counter for counter in Counter.objects.all()}
    for entry in found.counters:
        yield from (f"The audit of {entry.counter} calls {finding} unexplained" for finding in entry.unexplained)
        sequences = [*EVERY.filter(counter=places[entry.counter]).order_by("sequence").values_list("sequence", flat=True)]
        counted = (len(sequences), sequences[0] if sequences else None, sequences[-1] if sequences else None)
        if (entry.count, entry.first, entry.last) != counted:
            yield f"The audit of {entry.counter} says {entry.count}, {entry.first} to {entry.last}: {counted}"


def chains() -> Iterator[str]:
    """The chains of the companies hold, and seal what the documents say."""
    yield from (f"The chain of {problem.company or 'no company'}: {problem}" for problem in verify_chain())


def promises(journals: Path) -> Iterator[str]:
    """What a worker was told to be committed is there, as it was told."""
    written = [*entries(journals)]
    leaving = {entry["uuid"] for entry in written if entry["kind"] == "deleting"}
    stored = {str(invoice.uuid): invoice for invoice in EVERY.all()}
    for entry in written:
        for promise in entry.get("facts", ()):
            yield from _broken(promise, stored.get(promise["uuid"]), may_be_gone=promise["uuid"] in leaving)


def _broken(promise: dict[str, Any], invoice: Any, *, may_be_gone: bool) -> Iterable[str]:
    name = f"{promise['number'] or promise['uuid']}, which was promised as {promise},"
    if promise.get("deleted"):
        return [f"{name} is still there"] if invoice else []
    if invoice is None:
        return [] if may_be_gone and not promise["issued"] else [f"{name} is lost"]
    if promise["number"] and (invoice.number, invoice.sequence) != (promise["number"], promise["sequence"]):
        return [f"{name} is {invoice.number}"]
    if promise["issued"] and (not invoice.is_issued or invoice.total != Decimal(promise["total"])):
        return [f"{name} is {invoice.status} over {invoice.total}"]
    if promise.get("canceled") and invoice.status != "CANCELED":
        return [f"{name} is {invoice.status}"]
    return []
