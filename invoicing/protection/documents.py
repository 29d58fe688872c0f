"""The rules of invoices: the document, its items, its history, its relations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import CASCADE

from invoicing.domain.lifecycle import STEPS
from invoicing.models import AbstractItem, Repair, get_invoice_model
from invoicing.models.append_only import AppendOnly as AppendOnlyRow
from invoicing.protection.registry import register_rules
from invoicing.protection.rules import AppendOnly, Frozen, FrozenWith, KeptBetween, Rule

DOOR = "repair it inside unprotected(reason=...)"
INVOICE_TEXT = f"invoicing: an issued invoice is frozen; credit or cancel it, or {DOOR}"
STEP_TEXT = f"invoicing: an issued invoice has no such step of status; use its acts, or {DOOR}"
ITEM_TEXT = f"invoicing: items of an issued invoice are frozen; credit the invoice, or {DOOR}"
HISTORY_TEXT = f"invoicing: history is added to, never changed or deleted; if it is wrong, {DOOR}"
REPAIRS_TEXT = "invoicing: the log of repairs is added to and closed, never changed or deleted"
RELATION_TEXT = f"invoicing: issued invoices stay related to each other; if that is wrong, {DOOR}"


@register_rules
def rules_of_documents() -> Iterator[Rule]:
    """The rules of invoices, of the host's own where there are such."""
    invoice = get_invoice_model()
    frozen = Frozen(
        # The table that has the column: a host's model may inherit from another one with a table of its own.
        model=invoice._meta.get_field("issued_at").model,
        text=INVOICE_TEXT,
        since="issued_at",
        changeable=invoice.CHANGEABLE_AFTER_ISSUE,
        steps=frozenset((before.value, after.value) for before, after in STEPS),
        step_text=STEP_TEXT,
        is_document=True,
    )
    yield frozen
    for items in concrete_models(AbstractItem):
        yield FrozenWith(model=items, text=ITEM_TEXT, parent="invoice", of=frozen)
    for history in concrete_models(AppendOnlyRow):
        links = tuple(sorted(history.LOOSENED))
        goes = goes_with_invoice(history)
        document = "invoice" if goes or "invoice" in links else ""
        yield AppendOnly(model=history, text=HISTORY_TEXT, may_become_null=links, document=document, goes_with_document=goes, of=frozen)
    # The log of repairs is what an open repair must not be able to clear.
    yield AppendOnly(model=Repair, text=REPAIRS_TEXT, may_be_filled=("closed_at",), is_repairable=False)
    related: Any = invoice._meta.get_field("related_invoices")
    ends = (related.m2m_field_name(), related.m2m_reverse_field_name())
    yield KeptBetween(model=related.remote_field.through, text=RELATION_TEXT, ends=ends, of=frozen)


def goes_with_invoice(history: Any) -> bool:
    """Whether rows of history are deleted together with the draft that they tell of, as Django does for CASCADE."""
    links = {field.name: field for field in history._meta.concrete_fields if field.is_relation}
    return "invoice" in links and links["invoice"].remote_field.on_delete is CASCADE


def concrete_models(base: Any) -> list[Any]:
    """Every table of a kind: the library's, and those of a host."""
    return [model for model in apps.get_models() if issubclass(model, base) and not model._meta.proxy and not model._meta.swapped]
