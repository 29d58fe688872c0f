"""How a total and a tax decision came about: every step of the arithmetic, and the facts behind the tax, as plain values."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import prefetch_related_objects

from invoicing.domain import amounts
from invoicing.domain.choices import RoundingPolicy, Supply, TaxCategory, TaxClass
from invoicing.domain.money import quantise
from invoicing.models import AbstractInvoice
from invoicing.taxation.decision import TaxDecision

ROUNDING = {
    RoundingPolicy.TAX_PER_CATEGORY: "Tax is rounded once per category and rate (EN 16931, BR-CO-17).",
    RoundingPolicy.TAX_PER_LINE: "Tax is rounded on each line and added up.",
    RoundingPolicy.KEEP_GROSS: "Prices with tax stay as they are: each line's tax is taken out of its gross.",
}


def explain(invoice: AbstractInvoice) -> dict[str, Any]:
    """Explain a document: {"invoice", "lines", "tax", "totals", "decisions", "facts", "vat_id_check", "related"}.

    Amounts are Decimals in the document's currency, days are dates, everything else is text, truth or None.
    """
    with invoice.items_at_hand():
        items = list(invoice.item_set.all())  # type: ignore[attr-defined]  # reverse of Item.invoice
        prefetch_related_objects(items, "product")
        return {
            "invoice": _head(invoice),
            "lines": [_line(invoice, item) for item in items],
            "rounding": {"policy": invoice.rounding_policy, "text": ROUNDING[RoundingPolicy(invoice.rounding_policy)]},
            "tax": [_subtotal(subtotal, decision=_decision_of(invoice, subtotal)) for subtotal in invoice.tax_subtotals()],
            "totals": _totals(invoice),
            "decisions": [_decision(made, is_followed=made in _followed(invoice)) for made in invoice.kept_decisions],
            "facts": _facts(invoice),
            "vat_id_check": _check(invoice),
            "related": [_related(other) for other in invoice.related_invoices.order_by("date_issue", "pk")],
        }


def _head(invoice: AbstractInvoice) -> dict[str, Any]:
    return {
        "number": invoice.number,
        "uuid": str(invoice.uuid),
        "type": str(invoice.type),
        "origin": str(invoice.origin),
        "status": str(invoice.status),
        "date_issue": invoice.date_issue,
        "date_tax_point": invoice.date_tax_point,
        "date_due": invoice.date_due,
        "supplier": invoice.supplier_name,
        "customer": invoice.customer_name,
        "currency": invoice.currency,
        "is_issued": invoice.is_issued,
    }


def _line(invoice: AbstractInvoice, item: Any) -> dict[str, Any]:
    line = invoice.line(item)
    price = amounts.extended_price(item.unit_price, item.quantity)
    return {
        "title": item.title,
        "unit_price": item.unit_price,
        "quantity": item.quantity,
        "unit": item.unit,
        "price": quantise(price, invoice.currency),
        "discount": item.discount,
        "net": line.net,
        # Set only where tax is rounded on lines; else it comes about per category and rate.
        "tax": line.tax,
        "tax_category": str(line.category),
        "tax_rate": item.tax_rate,
        # What a product adds to the facts of its line; a line without one counts as a service at the standard rate.
        "product": str(item.product.sku or item.product.name) if item.product else "",
        "supply": str(item.product.supply if item.product else Supply.SERVICES),
        "tax_class": str(item.product.tax_class if item.product else TaxClass.STANDARD),
    }


def _subtotal(subtotal: amounts.TaxSubtotal, *, decision: TaxDecision | None) -> dict[str, Any]:
    return {
        "category": str(subtotal.category),
        "meaning": str(TaxCategory(subtotal.category).label),
        "rate": subtotal.rate,
        "base": subtotal.base,
        "tax": subtotal.tax,
        "explanation": decision.explanation if decision else "The rate was given with the line; no policy was asked.",
        "reason_code": decision.reason_code if decision else "",
    }


def _totals(invoice: AbstractInvoice) -> dict[str, Any]:
    computed = invoice.totals()
    return {
        "net": computed.net,
        "vat": computed.vat,
        "credit": quantise(invoice.credit, invoice.currency),
        "total": computed.total,
        "already_paid": quantise(invoice.already_paid, invoice.currency),
        "to_pay": computed.total - invoice.already_paid,
        # What is stored must be what comes out of the items; False would be a defect.
        "is_as_stored": (computed.total, computed.vat) == (invoice.total, invoice.vat),
    }


def _decision_of(invoice: AbstractInvoice, subtotal: amounts.TaxSubtotal) -> TaxDecision | None:
    return invoice.decision_for(category=str(subtotal.category), rate=subtotal.rate)


def _followed(invoice: AbstractInvoice) -> list[TaxDecision]:
    """The decisions that lines of the document follow: those of the same category and rate."""
    keys = {(str(subtotal.category), subtotal.rate or 0) for subtotal in invoice.tax_subtotals()}
    return [made for made in invoice.kept_decisions if (str(made.category), made.rate or 0) in keys]


def _decision(made: TaxDecision, *, is_followed: bool) -> dict[str, Any]:
    return {**made.as_dict(), "is_followed": is_followed}


def _facts(invoice: AbstractInvoice) -> dict[str, Any]:
    """What the policy may know of the document; what a product adds stands at its line."""
    facts = invoice.tax_facts()
    of_products = {"supply", "tax_class"}
    return {field.name: _plain(getattr(facts, field.name)) for field in fields(facts) if field.name not in of_products}


def _check(invoice: AbstractInvoice) -> dict[str, Any] | None:
    check = invoice.customer_vat_id_check if invoice.customer_vat_id_check_id else None
    if check is None:
        return None
    return {
        "vat_id": check.vat_id,
        "answer": str(check.answer),
        "asked_at": check.asked_at,
        "consultation_id": check.consultation_id,
        "name": check.name,
        "detail": check.detail,
    }


def _related(other: Any) -> dict[str, Any]:
    return {"number": other.number, "type": str(other.type), "status": str(other.status), "total": other.total, "currency": other.currency}


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, (bool, date, Decimal)) or value is None else str(value)
