"""The dialect of an enterprise resource planning system: bare arrays, sales and purchases, lines with rates and units."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from invoicing.contrib.api.dialects.lines import one_line, with_digits
from invoicing.contrib.api.dialects.tables import Field, Filter, Row, StatusWord, Table
from invoicing.contrib.api.dialects.translating import TableDialect
from invoicing.domain.choices import Origin, PaymentStatus, Status, Unit

VOID: Final = (Status.CANCELED, Status.CREDITED, Status.UNCOLLECTIBLE)
PAID: Final = (PaymentStatus.PAID, PaymentStatus.OVERPAID)
KINDS: Final = {Origin.ISSUED: "SALES", Origin.RECEIVED: "PURCHASE"}


def _issued(rows: Any) -> Any:
    return rows.filter(issued_at__isnull=False).exclude(status__in=VOID)


def _waiting(rows: Any) -> Any:
    return _issued(rows).payment_status(PaymentStatus.UNPAID)


def _overdue(rows: Any, day: date | None) -> Any:
    return _waiting(rows).overdue(on=day)


WORDS: Final = (
    StatusWord(
        word="CANCELLED",
        means="CANCELED, CREDITED, UNCOLLECTIBLE",
        holds=lambda row: row["status"] in VOID,
        finds=lambda rows, _day: rows.filter(status__in=VOID),
    ),
    StatusWord(
        word="DRAFT",
        means="not issued",
        holds=lambda row: not row["is_issued"],
        finds=lambda rows, _day: rows.filter(issued_at__isnull=True).exclude(status__in=VOID),
    ),
    StatusWord(
        word="PAID",
        means="issued, payment status PAID or OVERPAID",
        holds=lambda row: row["payment_status"] in PAID,
        finds=lambda rows, _day: _issued(rows).payment_status(*PAID),
    ),
    StatusWord(
        word="PARTIALLY_PAID",
        means="issued, payment status PARTIALLY_PAID",
        holds=lambda row: row["payment_status"] == PaymentStatus.PARTIALLY_PAID,
        finds=lambda rows, _day: _issued(rows).payment_status(PaymentStatus.PARTIALLY_PAID),
    ),
    StatusWord(
        word="OVERDUE",
        means="issued, unpaid, due date passed",
        holds=lambda row: row["is_overdue"],
        finds=_overdue,
    ),
    StatusWord(
        word="POSTED",
        means="issued, unpaid, not overdue",
        holds=lambda _row: True,
        finds=lambda rows, day: _waiting(rows).not_overdue(on=day),
    ),
)

UNITS: Final = dict(Unit.choices)


def _other_side(row: Row, _facts: Row) -> Any:
    return row["customer_name"] if row["origin"] == Origin.ISSUED else row["supplier_name"]


def _nothing(_row: Row, _facts: Row) -> None:
    """What belongs to an app that a document knows nothing of."""


LINE: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="line_no", ours="position"),
        Field(name="item", ours="product"),
        Field(name="item_name", ours="title"),
        Field(name="item_sku", ours="sku"),
        Field(name="description", ours="description"),
        Field(name="quantity", ours="quantity", say=lambda line, _facts: with_digits(line["quantity"], 3)),
        Field(name="unit_rate", ours="unit_price"),
        Field(name="uom", ours="unit"),
        Field(name="uom_name", ours="unit", say=lambda line, _facts: str(UNITS.get(line["unit"], line["unit"]))),
        Field(name="discount_pct", ours="discount"),
        Field(name="line_total", ours="subtotal"),
        Field(name="tax_amount", ours="vat"),
    ),
)

INVOICE: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="invoice_number", ours="number"),
        Field(name="invoice_date", ours="date_issue"),
        Field(name="due_date", ours="date_due"),
        Field(name="party", ours="party"),
        Field(name="party_name", ours="customer_name", others=("supplier_name",), say=_other_side),
        Field(name="invoice_type", ours="origin", say=lambda row, _facts: KINDS[row["origin"]]),
        Field(name="status", ours="status", say=lambda row, _facts: INVOICE.word_of(row)),
        Field(name="currency", ours="currency"),
        Field(name="currency_code", ours="currency"),
        Field(name="sales_order", ours="orders", say=_nothing),
        Field(name="sales_order_number", ours="orders", say=_nothing),
        Field(name="voucher", ours="vouchers", say=_nothing),
        Field(name="voucher_number", ours="vouchers", say=_nothing),
        Field(name="total_value", ours="total"),
        Field(name="amount_received", ours="already_paid"),
        Field(name="outstanding_amount", ours="to_pay"),
        Field(name="shipping_address", ours="shipping_street", say=lambda row, _facts: one_line(row, "shipping")),
        Field(name="billing_address", ours="customer_street", say=lambda row, _facts: one_line(row, "customer")),
        Field(name="notes", ours="note"),
        Field(name="lines", ours="items", lines=LINE),
        Field(name="created_at", ours="created"),
        Field(name="updated_at", ours="modified"),
    ),
    listed=(
        *("id", "invoice_number", "invoice_date", "due_date", "party_name", "invoice_type", "status", "currency_code"),
        *("total_value", "amount_received", "outstanding_amount", "created_at"),
    ),
    filters=tuple(Filter(name=name, ours=name) for name in ("invoice_type", "party", "start_date", "end_date")),
    words=WORDS,
)


PAYMENT: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="invoice_id", ours="invoice", is_written=True, is_required=True),
        Field(name="amount", ours="amount", is_written=True, is_required=True),
        Field(name="payment_date", ours="date", is_written=True),
        Field(name="currency_code", ours="currency"),
        Field(name="status", ours="status"),
    ),
    filters=(
        Filter(name="invoice_id", ours="invoice"),
        Filter(name="start_date", ours="start_date"),
        Filter(name="end_date", ours="end_date"),
    ),
)


class ERP(TableDialect):
    """Documents of sales and purchases, and what is outstanding of them."""

    name = "erp"
    tables: ClassVar = {"invoice": INVOICE, "payment": PAYMENT}
