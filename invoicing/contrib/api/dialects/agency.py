"""The dialect of an agency: numbers for keys, one tax rate a document, bodies with a flag of success."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.apps import apps
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.dialects.agency_keys import (
    checked_key,
    invoice_facts,
    invoice_read,
    kept,
    line_key_reader,
    method_facts,
    method_read,
    party_read,
    payment_facts,
    payment_method_read,
    person_read,
)
from invoicing.contrib.api.dialects.dating import dated
from invoicing.contrib.api.dialects.lines import beside_the_name, whole_or_text
from invoicing.contrib.api.dialects.tables import Field, Filter, Reading, Row, StatusWord, Table
from invoicing.contrib.api.dialects.translating import TableDialect
from invoicing.contrib.api.fields import ExactField, exact_text
from invoicing.domain.choices import PaymentStatus, Status
from invoicing.payment_methods import LONGEST as LONGEST_CODE

if TYPE_CHECKING:
    from invoicing.contrib.api.views import CompanyViewSet

VOID: Final = (Status.CANCELED, Status.CREDITED)
PAID: Final = (PaymentStatus.PAID, PaymentStatus.OVERPAID)

WORDS: Final = (
    StatusWord(
        word="cancelled",
        means="CANCELED, CREDITED",
        holds=lambda row: row["status"] in VOID,
        finds=lambda rows, _day: rows.filter(status__in=VOID),
    ),
    StatusWord(
        word="paid",
        means="payment status PAID or OVERPAID",
        holds=lambda row: row["payment_status"] in PAID,
        finds=lambda rows, _day: rows.payment_status(*PAID).exclude(status__in=VOID),
    ),
    StatusWord(
        word="partially_paid",
        means="payment status PARTIALLY_PAID",
        holds=lambda row: row["payment_status"] == PaymentStatus.PARTIALLY_PAID,
        finds=lambda rows, _day: rows.payment_status(PaymentStatus.PARTIALLY_PAID).exclude(status__in=VOID),
    ),
    StatusWord(
        word="unpaid",
        means="payment status UNPAID",
        holds=lambda _row: True,
        finds=lambda rows, _day: rows.payment_status(PaymentStatus.UNPAID).exclude(status__in=VOID),
    ),
)

KEPT: Final = "metadata."
"""Before the keys of metadata that fields are kept under."""

GST: Final = "gst_percentage"
ACCOUNT_NAME: Final = "sender_bank_account_name"
TERM: Final = "payment_term"


def _client(row: Row, facts: Row) -> dict[str, Any]:
    """Who the customer is; the name of a business is not taken apart."""
    name = row["customer_name"]
    is_business = facts["is_business"] or row["customer_vat_id"] or row["customer_registration_id"]
    first, _blank, last = (name, "", "") if is_business else name.partition(" ")
    return {"id": facts["party"], "name": name, "first_name": first, "last_name": last, "email": row["customer_email"]}


def _rate_said(row: Row, _facts: Row) -> str | None:
    """The one rate of the items; of a document without items, the one that it was made with."""
    if not row["items"]:
        return _kept_rate(row) or "0.00"
    rates = {Decimal(line["tax_rate"] or 0) for line in row["items"]}
    return exact_text(rates.pop()) if len(rates) == 1 else None


def _kept_rate(row: Row) -> str | None:
    """The rate that a document was made with; None where others keep something else under its name."""
    try:
        rate = ExactField(min_value=Decimal(0), max_value=Decimal(100)).run_validation(kept(row, GST))
    except ValidationError:
        return None
    return exact_text(rate)


def _rate_read(_reading: Reading, value: Any) -> dict[str, Any]:
    rate = ExactField(min_value=Decimal(0), max_value=Decimal(100)).run_validation(value)
    return {f"{KEPT}{GST}": exact_text(rate)}


def _term_read(_reading: Reading, value: Any) -> dict[str, Any]:
    return {"apply_payment_term": value, f"{KEPT}{TERM}": value}


def _account_name_read(_reading: Reading, value: Any) -> dict[str, Any]:
    if not isinstance(value, str):
        raise ValidationError([ErrorDetail(_("Not a valid string."), "invalid")])
    return {f"{KEPT}{ACCOUNT_NAME}": value}


def _made(reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """Put together what is kept beside the columns, and tax the items by the one rate."""
    kept = {name.removeprefix(KEPT): value for name, value in values.items() if name.startswith(KEPT)}
    made = dated(reading, {name: value for name, value in values.items() if not name.startswith(KEPT)})
    if kept:
        made["metadata"] = kept
    if GST in kept and isinstance(made.get("items"), list):
        made["items"] = [_taxed(line, kept[GST]) for line in made["items"]]
    return beside_the_name(made, company=reading.view.company) if made.get("supplier_name") else made


def _item_made(reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """An item that comes later is taxed as the document was made."""
    rate = _kept_rate(reading.before)
    return values if rate is None else _taxed(values, rate)


def _taxed(line: Any, rate: str) -> Any:
    """A line with the rate; none of it where the rate is zero."""
    return {**line, "tax_rate": rate if Decimal(rate) else None} if isinstance(line, Mapping) else line


ITEM: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id", say=lambda _line, facts: facts["pk"]),
        Field(name="service", ours="product", say=lambda _line, facts: facts["product"], read=line_key_reader, is_written=True),
        Field(name="service_name", ours="title", is_written=True),
        Field(name="description", ours="description", is_written=True),
        Field(name="unit_price", ours="unit_price", is_written=True),
        Field(name="quantity", ours="quantity", say=lambda line, _facts: whole_or_text(line["quantity"]), is_written=True),
        Field(name="line_total", ours="subtotal"),
    ),
    renamed={"tax_rate": GST},
)

ADDED_ITEM: Final[Table] = Table(
    fields=ITEM.fields,
    renamed={"items.tax_rate": GST, **ITEM.renamed, **{f"items.{one.ours}": one.name for one in ITEM.fields}},
    finish=_item_made,
)

_IN_CHARGE = (
    (Field(name="authorized_by", ours="authorized_by", say=lambda _row, facts: facts["person"], read=person_read, is_written=True),)
    if apps.is_installed("invoicing.contrib.collaboration")
    else (Field(name="authorized_by", ours="authorized_by", say=lambda _row, _facts: None),)
)

INVOICE: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id", say=lambda _row, facts: facts["pk"]),
        Field(name="invoice_id", ours="number"),
        Field(name="client", ours="party", say=_client, read=party_read, is_written=True, is_required=True),
        Field(name="date", ours="date_issue"),
        Field(name="due_date", ours="date_due", is_written=True),
        Field(name="items", ours="items", lines=ITEM, is_written=True),
        Field(name=GST, ours="items[].tax_rate", say=_rate_said, read=_rate_read, is_written=True),
        Field(name="gst_amount", ours="vat", say=lambda row, _facts: row["vat"] or _zero(row)),
        Field(name="total_amount", ours="total", say=lambda row, _facts: row["total"] if row["items"] else None),
        Field(name="paid_amount", ours="already_paid"),
        Field(name="pending_amount", ours="to_pay"),
        Field(name="status", ours="status", say=lambda row, _facts: INVOICE.word_of(row)),
        Field(name="payment_mode", ours="payment_method", say=lambda _row, facts: facts["method"], read=method_read, is_written=True),
        Field(name="payment_term", ours="apply_payment_term", say=lambda _row, facts: facts["term"], read=_term_read, is_written=True),
        *_IN_CHARGE,
        Field(name="sender_name", ours="supplier_name", is_written=True),
        Field(
            name=ACCOUNT_NAME,
            ours="metadata",
            say=lambda row, _facts: kept(row, ACCOUNT_NAME) or "",
            read=_account_name_read,
            is_written=True,
        ),
        Field(name="sender_bank_account_number", ours="bank_iban", is_written=True),
        Field(name="sender_bank_name", ours="bank_name", is_written=True),
        Field(name="sender_ifsc", ours="bank_swift_bic", is_written=True),
    ),
    listed=("id", "invoice_id", "client", "date", "due_date", "total_amount", "paid_amount", "pending_amount", "status"),
    made=("id", "invoice_id", "client", "date", "due_date", "total_amount", "status"),
    renamed={"items.tax_rate": GST},
    filters=(
        Filter(name="client", ours="party", read=lambda view, text: str(party_read(view, text)["party"])),
        Filter(name="start_date", ours="start_date"),
        Filter(name="end_date", ours="end_date"),
    ),
    words=WORDS,
    facts=invoice_facts,
    finish=_made,
    one={
        "create": lambda row: {"success": True, "invoice": row},
        "add_items": lambda row: {"success": True, "invoice": row},
        "destroy": lambda row: {"success": True, "invoice": row},
    },
    many=lambda _page, rows: {"success": True, "invoices": rows},
)


def _zero(row: Row) -> str:
    """Nothing, with the digits of the currency."""
    return exact_text(Decimal(row["total"]) * 0, at_least=len(row["total"].partition(".")[2]))


PAYMENT: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id", say=lambda _row, facts: facts["pk"]),
        Field(
            name="invoice", ours="invoice", say=lambda _row, facts: facts["invoice"], read=invoice_read, is_written=True, is_required=True
        ),
        Field(name="amount", ours="amount", is_written=True, is_required=True),
        Field(name="payment_mode", ours="method", say=lambda _row, facts: facts["method"], read=payment_method_read, is_written=True),
        Field(name="reference", ours="reference", is_written=True),
        Field(name="date", ours="date", is_written=True),
        Field(name="status", ours="status", say=lambda row, _facts: row["status"].lower()),
    ),
    filters=(Filter(name="invoice", ours="invoice", read=lambda view, text: str(invoice_read(view, text)["invoice"])),),
    facts=payment_facts,
    one={"create": lambda row: {"success": True, "payment": row}, "destroy": lambda row: {"success": True, "payment": row}},
    many=lambda _page, rows: {"success": True, "payments": rows},
)


def _code_read(reading: Reading, values: dict[str, Any]) -> dict[str, Any]:
    """A mode that is made without a code gets one of its name."""
    name = values.get("name")
    if reading.is_new and "code" not in values and isinstance(name, str):
        code = re.sub(r"[^A-Z0-9]+", "_", name.upper()).lstrip("_0123456789")[:LONGEST_CODE].rstrip("_")
        return {**values, "code": code} if code else values
    return values


PAYMENT_MODE: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id", say=lambda _row, facts: facts["pk"]),
        Field(name="name", ours="name", is_written=True, is_required=True),
        Field(name="code", ours="code", is_written=True),
        Field(name="is_active", ours="is_active", is_written=True),
    ),
    facts=method_facts,
    finish=_code_read,
    one={"create": lambda row: {"success": True, "payment_mode": row}},
    many=lambda _page, rows: {"success": True, "payment_modes": rows},
)

PAYMENT_TERM: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="name", ours="name", is_written=True, is_required=True),
        Field(name="days", ours="days", is_written=True, is_required=True),
    ),
    one={"create": lambda row: {"success": True, "payment_term": row}},
    many=lambda _page, rows: {"success": True, "payment_terms": rows},
)

SENDER: Final[Table] = Table(
    fields=(
        Field(name="sender_name", ours="name"),
        *(Field(name=f"sender_{name}", ours=name) for name in ("street", "zip", "city", "state", "country", "email", "phone", "vat_id")),
        Field(name=ACCOUNT_NAME, ours="name"),
        Field(name="sender_bank_account_number", ours="bank_iban"),
        Field(name="sender_bank_name", ours="bank_name"),
        Field(name="sender_ifsc", ours="bank_swift_bic"),
    ),
)


def _preview(_view: CompanyViewSet, data: Row) -> dict[str, Any]:
    """The page, and its values under the four keys of the template: company, client, invoice, bank."""
    context = dict(data["context"])
    sides = {"company": context.pop("supplier"), "client": context.pop("customer"), "bank": context.pop("payment")}
    return {"success": True, "context": {**sides, "invoice": context}, "html": data["html"]}


class Agency(TableDialect):
    """Documents with items, known by numbers."""

    name = "agency"
    tables: ClassVar = {
        "invoice": INVOICE,
        "invoice.add_items": ADDED_ITEM,
        "payment": PAYMENT,
        "payment_method": PAYMENT_MODE,
        "payment_term": PAYMENT_TERM,
        "company": SENDER,
    }
    retold: ClassVar = {"invoice.preview": _preview}

    def key(self, view: CompanyViewSet, key: str) -> dict[str, Any]:  # the signature of dialects
        """A row is known by its primary key."""
        found = checked_key(key)
        if found is None:
            raise Http404
        return {"pk": found}

    def key_of(self, view: CompanyViewSet, row: Any) -> str:
        return str(row.pk)
