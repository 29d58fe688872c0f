"""Allocations as people read them, from the side of a payment and from the side of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from invoicing.admin.money import money
from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.models import Allocation, Payment, TaxCorrection
from invoicing.domain.money import quantise

TEMPLATE = "admin/invoicing_payments/allocations.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: what is on the other side, and where that has its page; `undo` is the address that takes it back."""

    date: Any
    kind: str
    other: str = ""
    address: str = ""
    amount: str = ""
    status: str = ""
    reason: str = ""
    actor: str = ""
    corrections: tuple[str, ...] = ()
    is_undone: bool = False
    undo: str = ""


def state_shown(payment: Payment) -> str:
    """The state of a payment in words, and in a colour that says the same."""
    return format_html('<span class="invoicing-state invoicing-state-{}">{}</span>', payment.status.lower(), payment.get_status_display())


def two_lines(first: Any, second: str) -> str:
    """Two facts in one cell, the second one small."""
    if not first or not second:
        return str(first or second or "–")
    return format_html('{}<div class="invoicing-small">{}</div>', first, second)


def page_of(row: models.Model | None, *, request: HttpRequest, site: AdminSite) -> str:
    """The address of the page of a row; empty where the site has none, or not for whoever asks."""
    if row is None or not site.is_registered(type(row)) or not site.get_model_admin(type(row)).has_view_permission(request, row):
        return ""
    opts = row._meta
    return reverse(f"{site.name}:{opts.app_label}_{opts.model_name}_change", args=[row.pk], current_app=site.name)


def table_of_payment(payment: Payment, *, request: HttpRequest, site: AdminSite, undo: str) -> str:
    """What a payment settles, or gave back; `undo` is the address of the act, empty for whoever may not."""
    found = _at_hand(Q(payment=payment) | Q(refund=payment))
    rows = []
    for allocation in found:
        other = allocation.invoice or (allocation.refund if allocation.payment_id == payment.pk else allocation.payment)
        can_undo = undo and _stands(allocation) and allocation.kind != AllocationKind.REFUND
        rows.append(
            _row(
                allocation,
                other=str(other),
                address=page_of(other, request=request, site=site),
                status="" if _stands(allocation) else _undone(allocation),
                undo=f"{undo}?allocation={allocation.pk}" if can_undo else "",
            )
        )
    return _table(rows, other=_("Document or payment"), nothing=_("Nothing yet."), is_undoable=bool(undo))


def table_of_document(document: Any, *, request: HttpRequest, site: AdminSite) -> str:
    """What settles a document: payments, credit notes and what was let go; payments that were meant for it and settle nothing of it."""
    rows = [
        _row(
            allocation,
            other=_other_side(allocation, document),
            address=page_of(_other_row(allocation, document), request=request, site=site),
            status=_status(allocation),
        )
        for allocation in _at_hand(Q(invoice_id=document.pk) | Q(credit_note_id=document.pk))
    ]
    rows += _meant_for(document, request=request, site=site)
    return _table(rows, other=_("Payment or document"), nothing=_("No payment yet."), is_undoable=False)


def _at_hand(condition: Q) -> Iterable[Allocation]:
    related = ("invoice", "credit_note", "payment__method", "refund__method", "undoes", "undone_by")
    return Allocation.objects.filter(condition).select_related(*related).prefetch_related("tax_corrections")


def _meant_for(document: Any, *, request: HttpRequest, site: AdminSite) -> Iterator[Row]:
    meant = Payment.objects.filter(invoice_id=document.pk).exclude(allocations__invoice_id=document.pk).select_related("method")
    for payment in meant.order_by("date", "pk"):
        yield Row(
            date=payment.date,
            kind=_("payment, settles nothing here"),
            other=_named(payment),
            address=page_of(payment, request=request, site=site),
            amount=money(payment.amount, payment.currency),
            status=state_shown(payment),
            actor=payment.actor_name,
        )


def _row(allocation: Allocation, **more: Any) -> Row:
    return Row(
        date=allocation.date,
        kind=allocation.get_kind_display(),
        amount=money(allocation.amount, allocation.currency),
        reason=allocation.reason,
        actor=allocation.actor_name,
        corrections=tuple(_correction(correction, allocation.currency) for correction in allocation.tax_corrections.all()),
        is_undone=not _stands(allocation),
        **more,
    )


def _table(rows: Iterable[Row], **context: Any) -> str:
    return render_to_string(TEMPLATE, {"rows": rows, **context})


def _stands(allocation: Allocation) -> bool:
    return allocation.undoes_id is None and getattr(allocation, "undone_by", None) is None


def _undone(allocation: Allocation) -> str:
    if allocation.undoes is not None:
        return _("takes back that of {date}").format(date=date_format(allocation.undoes.date, "SHORT_DATE_FORMAT"))
    return _("undone on {date}").format(date=date_format(allocation.undone_by.date, "SHORT_DATE_FORMAT"))


def _status(allocation: Allocation) -> str:
    if not _stands(allocation):
        return _undone(allocation)
    return state_shown(allocation.payment) if allocation.kind == AllocationKind.PAYMENT and allocation.payment else ""


def _other_row(allocation: Allocation, document: Any) -> Any:
    if allocation.credit_note_id:
        return allocation.credit_note if allocation.invoice_id == document.pk else allocation.invoice
    return allocation.payment


def _other_side(allocation: Allocation, document: Any) -> str:
    row = _other_row(allocation, document)
    return "" if row is None else _named(row) if isinstance(row, Payment) else str(row)


def _named(payment: Payment) -> str:
    """A payment as whoever looks for it knows it."""
    return " · ".join(filter(None, (str(payment.method), payment.payer_name, payment.reference))) or str(payment)


def _correction(correction: TaxCorrection, currency: str) -> str:
    rate = number_format(Decimal(f"{correction.rate.normalize():f}")) if correction.rate is not None else "–"
    text = _("of it {base} base and {tax} tax at {rate} % ({category})")
    base, tax = (number_format(quantise(amount, currency)) for amount in (correction.base, correction.tax))
    return text.format(base=base, tax=tax, rate=rate, category=correction.category)
