"""What is shown of a document: every column under the name of the model, what is computed beside it, and the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import models

from invoicing.contrib.api.fields import exact_text
from invoicing.contrib.api.invoices.columns import READ, WRITTEN
from invoicing.contrib.api.related import user_key
from invoicing.contrib.api.words import PostingStatus
from invoicing.models import AbstractInvoice

HAS_COLLABORATION = apps.is_installed("invoicing.contrib.collaboration")


def shown_invoice(instance: Any) -> dict[str, Any]:
    """A document as it is answered, in canonical words; `instance` comes from `rows.invoice_rows()`."""
    held = instance.__dict__
    shown: dict[str, Any] = {
        "id": str(instance.uuid),
        "company": str(instance.company.uuid) if instance.company_id else None,
        "party": _text_or_none(held.get("party_uuid")),
        "status": str(instance.status),
        "payment_status": str(instance.payment_status),
        "posting_status": str(PostingStatus.NOT_POSTED),
        "is_issued": instance.is_issued,
        "is_overdue": instance.is_overdue,
        "allowed_acts": list(instance.allowed_acts),
    }
    for name in (*WRITTEN, *READ):
        shown[name] = _plain(held[name])
    items = numbered(list(instance.item_set.all()))
    net, vat = instance.net_total, instance.vat
    for name in ("credit", "early_discount_percent"):
        shown[name] = None if held[name] is None else format(held[name], "f")
    shown |= {
        "payment_term": instance.payment_term,
        "related_invoices": sorted(str(other.uuid) for other in instance.related_invoices.all()),
        "items": [shown_item(item) for item in items],
        "net_total": format(net, "f"),
        "discount": format(instance.discount if any(item.discount for item in items) else net * 0, "f"),
        "subtotal": format(net - instance.credit, "f"),
        "vat": None if vat is None else format(vat, "f"),
        "total": format(instance.total, "f"),
        "to_pay": format(instance.to_pay, "f"),
        "already_paid": format(instance.already_paid, "f"),
        "early_discount": format(instance.early_discount, "f"),
        "vat_summary": [
            {
                "rate": None if row["rate"] is None else exact_text(row["rate"]),
                "base": format(row["base"], "f"),
                "vat": format(row["vat"], "f"),
            }
            for row in instance.vat_summary
        ],
        "tax_notes": instance.tax_notes,
        "created_by": _person(held.get("created_by_key"), held.get("created_by_name")),
    }
    if HAS_COLLABORATION:
        shown |= _in_charge(instance)
    return shown


def shown_item(instance: Any) -> dict[str, Any]:
    """A line as it is answered; its amounts are computed once."""
    invoice = instance.invoice
    line = invoice.line(instance)
    subtotal, vat = line.net, instance.vat if line.tax is None else line.tax
    product = instance.product if instance.product_id else None
    return {
        "id": item_id(instance, invoice=invoice),
        "position": instance.__dict__.get("position", 0),
        "product": str(product.uuid) if product else None,
        "sku": product.sku if product else "",
        "title": instance.title,
        "description": instance.description,
        "quantity": exact_text(instance.quantity),
        "unit": instance.unit,
        "unit_price": exact_text(instance.unit_price),
        "discount": exact_text(instance.discount),
        "tax_rate": None if instance.tax_rate is None else exact_text(instance.tax_rate),
        "tax_category": instance.tax_category,
        "tag": instance.tag,
        "weight": instance.weight,
        "subtotal": format(subtotal, "f"),
        "vat": format(vat, "f"),
        "total": format(subtotal + vat, "f"),
    }


def item_id(item: Any, *, invoice: AbstractInvoice) -> str:
    """What stands for a line: made of the document's UUID and the line's key, so that it stays and says nothing."""
    return str(uuid5(invoice.uuid, str(item.pk)))


def numbered(items: Sequence[Any]) -> Sequence[Any]:
    """Lines that know their place on the document."""
    for place, item in enumerate(items, start=1):
        item.position = place
    return items


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | list | dict):
        return str(value) if isinstance(value, models.TextChoices) else value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return str(getattr(value, "code", value) or "") if hasattr(value, "code") else format(value, "f")


def _text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)


def _person(key: Any, name: Any) -> Mapping[str, Any] | None:
    return None if key is None and not name else {"id": _text_or_none(key), "name": name or ""}


def _in_charge(invoice: Any) -> dict[str, Any]:
    assignment = getattr(invoice, "assignment", None)
    return {
        "assigned_to": sorted(user_key(user) for user in assignment.users.all()) if assignment else [],
        "teams": sorted(str(group.pk) for group in assignment.groups.all()) if assignment else [],
        "authorized_by": user_key(assignment.authorized_by) if assignment and assignment.authorized_by_id else None,
    }
