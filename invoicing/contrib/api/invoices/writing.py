"""Writing: a document and its items, as they were sent, become those that are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from invoicing.contrib.api.invoices.items import changed_item, made_item, matched
from invoicing.contrib.api.invoices.shown import item_id
from invoicing.domain.choices import Status
from invoicing.exceptions import InvalidDataError, InvoiceFrozenError
from invoicing.models import AbstractInvoice, Company, get_invoice_model
from invoicing.models.refusals import each_refusal_named

APART: Final = frozenset({"items", "quantity", "rate", "status", "apply_payment_term", "assigned_to", "teams", "authorized_by"})
"""What is no column of the document."""


def create_invoice(values: Mapping[str, Any], *, company: Company | None, using: str) -> Any:
    """A new document with its items, NEW and numbered, or a DRAFT. Raises what `save_with_items()` raises."""
    begins = Status.DRAFT if values.get("status") == Status.DRAFT else Status.NEW
    invoice = get_invoice_model()(company=company, status=begins, **_columns(values))
    invoice._state.db = using
    _apply_term(invoice, values)
    items = []
    with each_refusal_named() as refusals:
        for index, line in enumerate(_lines(values)):
            with refusals.of(index):
                if "id" in line:
                    raise InvalidDataError({"id": [_("The document has no such item: leave the id out for a new one.")]})
                items.append(made_item(invoice, line))
    invoice.save_with_items(items, using=using)
    return invoice


def update_invoice(invoice: Any, values: Mapping[str, Any], *, using: str) -> None:
    """Write what was sent of a document; what was not sent stays. Items that are sent are all the items that it has then.

    Raises InvoiceFrozenError for a document that is issued, where something would change that is frozen.
    """
    for name, value in _columns(values).items():
        setattr(invoice, name, value)
    _apply_term(invoice, values)
    if "items" in values or "rate" in values or "quantity" in values:
        _write_items(invoice, values, using=using)
    invoice.save(using=using)


def _write_items(invoice: AbstractInvoice, values: Mapping[str, Any], *, using: str) -> None:
    stored = list(invoice._items())  # noqa: SLF001  # the lines, prefetched or read
    lines = _lines(values, only=stored[0] if len(stored) == 1 else None, stored=len(stored))
    pairs = matched(invoice, lines)
    if invoice.is_issued:
        _check_unchanged(invoice, pairs, count=len(stored))
        return
    kept = {item.pk for item, _line in pairs if item is not None}
    in_order = _keeps_order([item for item, _line in pairs], stored)
    with invoice.batch():
        # First the document: what is decided on taxes follows from it.
        invoice.save(using=using)
        for item in stored:
            if item.pk not in kept:
                item.delete(using=using)
        with each_refusal_named() as refusals:
            for index, (item, line) in enumerate(pairs):
                with refusals.of(index):
                    written = made_item(invoice, line) if item is None else changed_item(item, line)
                    written.invoice = invoice
                    if not in_order:
                        written.weight = index
                    written.save(using=using)


def _keeps_order(found: Sequence[Any], stored: Sequence[Any]) -> bool:
    """Whether the lines stand in the order of the stored ones, with the new ones at the end."""
    known = [item.pk for item in found if item is not None]
    kept = set(known)
    is_new_last = all(item is None for item in found[len(known) :])
    return is_new_last and known == [item.pk for item in stored if item.pk in kept]


def _check_unchanged(invoice: AbstractInvoice, pairs: Sequence[tuple[Any, Mapping[str, Any]]], *, count: int) -> None:
    """Let the items of an issued document be sent back as they are. Raises InvoiceFrozenError for any other."""
    same = len(pairs) == count and all(
        item is not None and all(getattr(item, name) == value for name, value in line.items() if name != "id") for item, line in pairs
    )
    if not same:
        raise InvoiceFrozenError(number=invoice.number, fields=_("items"))


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in APART}


def _apply_term(invoice: Any, values: Mapping[str, Any]) -> None:
    """Let a payment term say the due date and the discount, as far as the request does not say them itself."""
    term = values.get("apply_payment_term")
    if term is None:
        return
    invoice.read_dates()
    invoice.date_issue = invoice.date_issue or invoice.today()
    if not values.get("date_due"):
        invoice.date_due = term.due_date(invoice.date_issue)
    if values.get("early_discount_percent") is None and values.get("early_discount_until") is None:
        invoice.promise_discount(term)


def _lines(values: Mapping[str, Any], *, only: Any = None, stored: int = 0) -> list[dict[str, Any]]:
    """The items that were sent; quantity and rate stand for one of them. Raises InvalidDataError where it is not clear for which."""
    if "items" in values:
        return list(values["items"])
    short = {"quantity": values.get("quantity"), "unit_price": values.get("rate")}
    given = {name: value for name, value in short.items() if value is not None}
    if not given:
        return []
    if stored > 1:
        raise InvalidDataError({"items": [_("The document has several items: write them, not quantity and rate.")]})
    if only is not None:
        return [{"id": item_id(only, invoice=only.invoice), **given}]
    return [{"title": values.get("title") or _("Services"), **given}]
