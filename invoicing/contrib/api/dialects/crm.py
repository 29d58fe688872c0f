"""The dialect of a customer relationship system: one line a document, five words for its state, addresses as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.dialects.dating import dated
from invoicing.contrib.api.dialects.lines import only_line, whole_or_text
from invoicing.contrib.api.dialects.tables import Field, Filter, Reader, Reading, Row, StatusWord, Table, Teller
from invoicing.contrib.api.dialects.translating import TableDialect
from invoicing.contrib.api.related import user_column
from invoicing.domain.choices import EventKind, Status
from invoicing.models import InvoiceEvent

if TYPE_CHECKING:
    from rest_framework.response import Response

    from invoicing.contrib.api.views import CompanyViewSet

VOID: Final = (Status.CANCELED, Status.CREDITED, Status.UNCOLLECTIBLE)

WORDS: Final = (
    StatusWord(
        word="Draft",
        means="DRAFT, and NEW that is not issued",
        holds=lambda row: row["status"] == Status.DRAFT or (row["status"] == Status.NEW and not row["is_issued"]),
        finds=lambda rows, _day: rows.filter(Q(status=Status.DRAFT) | Q(status=Status.NEW, issued_at__isnull=True)),
    ),
    StatusWord(
        word="Pending",
        means="NEW that is issued, RETURNED, IN_COLLECTION",
        holds=lambda row: row["status"] in {Status.NEW, Status.RETURNED, Status.IN_COLLECTION},
        finds=lambda rows, _day: rows.filter(
            Q(status=Status.NEW, issued_at__isnull=False) | Q(status__in=[Status.RETURNED, Status.IN_COLLECTION])
        ),
    ),
    StatusWord(
        word="Sent",
        means="SENT",
        holds=lambda row: row["status"] == Status.SENT,
        finds=lambda rows, _day: rows.filter(status=Status.SENT),
    ),
    StatusWord(
        word="Paid",
        means="PAID",
        holds=lambda row: row["status"] == Status.PAID,
        finds=lambda rows, _day: rows.filter(status=Status.PAID),
    ),
    StatusWord(
        word="Cancelled",
        means="CANCELED, CREDITED, UNCOLLECTIBLE",
        holds=lambda row: row["status"] in VOID,
        finds=lambda rows, _day: rows.filter(status__in=VOID),
    ),
)

ADDRESS: Final[Mapping[str, str]] = {
    "street": "street",
    "city": "city",
    "state": "state",
    "postcode": "zip",
    "zip": "zip",
    "country": "country",
}
"""The keys of an address, and the columns that they stand for. An address is said with `postcode`, and read with either."""

COLUMNS: Final = tuple(dict.fromkeys(ADDRESS.values()))


def _address(prefix: str) -> tuple[Teller, Reader]:
    def say(row: Row, _facts: Row) -> dict[str, Any]:
        return {key: row[f"{prefix}_{column}"] for key, column in ADDRESS.items() if key != "zip"}

    def read(_reading: Reading, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError([ErrorDetail(_("Write an object with street, city, state, postcode and country."), "not_a_dict")])
        text = _("There is no such field: use {known}.").format(known=", ".join(ADDRESS))
        unknown = {key: [ErrorDetail(text, "unknown")] for key in value if key not in ADDRESS}
        if unknown:
            raise ValidationError(unknown)
        if "zip" in value and "postcode" in value:
            raise ValidationError({"zip": [ErrorDetail(_("Write zip or postcode, not both."), "ambiguous")]})
        return {f"{prefix}_{ADDRESS[key]}": text for key, text in value.items()}

    return say, read


def _quantity(row: Row, _facts: Row) -> Any:
    line = only_line(row)
    return whole_or_text(line["quantity"]) if line else None


def _rate(row: Row, _facts: Row) -> Any:
    line = only_line(row)
    return line["unit_price"] if line else None


def _left_out_where_null(name: str) -> Reader:
    """Several lines have no quantity and no rate of their own: null may be sent back for them."""

    def read(reading: Reading, value: Any) -> dict[str, Any]:
        if value is None and not reading.is_new and len(reading.before["items"]) != 1:
            return {}
        return {name: value}

    return read


def _status(reading: Reading, value: Any) -> dict[str, Any]:
    """A word that is said of the document already asks for nothing."""
    said_of_many = isinstance(value, str) and value.strip().casefold()
    if reading.is_new or said_of_many != str(reading.said_before["status"]).casefold():
        return {"status": value}
    return {"status": reading.before["status"]} if reading.view.action == "set_status" else {}


def _facts(view: Any, rows: Sequence[Row], *, is_one: bool) -> dict[str, Row]:
    """The organisation, and of one document alone its history."""
    company = view.company
    org = {"id": str(company.uuid), "name": company.name} if company else None
    if not is_one:
        return {row["id"]: {"org": org} for row in rows}
    return {row["id"]: {"org": org, "history": _history(row["id"], using=view.get_queryset().db)} for row in rows}


def _history(key: str, *, using: str) -> list[dict[str, Any]]:
    """The steps from one word to another; a document is pending from the moment that it is issued, whatever its status says."""
    events = InvoiceEvent.objects.using(using).filter(invoice__uuid=key).order_by("pk")
    steps, before, is_issued = [], "", False
    for event in events.values("uuid", "kind", "status_to", "at", "actor_name", f"actor__{user_column()}"):
        if not event["status_to"]:
            continue
        is_issued = is_issued or event["kind"] == EventKind.ISSUED or event["status_to"] not in {Status.DRAFT, Status.NEW}
        after = INVOICE.word_of({"status": event["status_to"], "is_issued": is_issued})
        if before and after != before:
            actor = event[f"actor__{user_column()}"]
            steps.append(
                {
                    "id": str(event["uuid"]),
                    "invoice": key,
                    "updated_by": {"id": None if actor is None else str(actor), "name": event["actor_name"]},
                    "updated_on": event["at"].isoformat().replace("+00:00", "Z"),
                    "status_changed_from": before,
                    "status_changed_to": after,
                }
            )
        before = after
    return steps


_SAY_FROM, _READ_FROM = _address("supplier")
_SAY_TO, _READ_TO = _address("customer")

_IN_CHARGE = (
    (
        Field(name="assigned_to", ours="assigned_to", is_written=True),
        Field(name="teams", ours="teams", is_written=True),
    )
    if apps.is_installed("invoicing.contrib.collaboration")
    else (
        Field(name="assigned_to", ours="assigned_to", say=lambda _row, _facts: []),
        Field(name="teams", ours="teams", say=lambda _row, _facts: []),
    )
)

INVOICE: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="invoice_title", ours="title", is_written=True),
        Field(name="invoice_number", ours="number", is_written=True),
        Field(name="status", ours="status", say=lambda row, _facts: INVOICE.word_of(row), read=_status, is_written=True),
        Field(name="due_date", ours="date_due", is_written=True),
        Field(name="name", ours="customer_name", is_written=True, is_required=True),
        Field(name="email", ours="customer_email", is_written=True, is_required=True),
        Field(name="phone", ours="customer_phone", is_written=True),
        Field(name="quantity", ours="quantity", say=_quantity, read=_left_out_where_null("quantity"), is_written=True),
        Field(name="rate", ours="rate", say=_rate, read=_left_out_where_null("rate"), is_written=True),
        Field(name="total_amount", ours="total", is_written=True),
        Field(name="tax", ours="vat", is_written=True),
        Field(name="currency", ours="currency", is_written=True),
        Field(name="created_on", ours="created"),
        Field(name="created_by", ours="created_by"),
        Field(name="org", ours="company", say=lambda _row, facts: facts["org"]),
        *_IN_CHARGE,
        Field(
            name="from_address",
            ours="supplier_street",
            others=tuple(f"supplier_{column}" for column in COLUMNS[1:]),
            say=_SAY_FROM,
            read=_READ_FROM,
            is_written=True,
        ),
        Field(
            name="to_address",
            ours="customer_street",
            others=tuple(f"customer_{column}" for column in COLUMNS[1:]),
            say=_SAY_TO,
            read=_READ_TO,
            is_written=True,
        ),
        Field(name="history", ours="history", say=lambda _row, facts: facts["history"]),
    ),
    listed=(
        *("id", "invoice_title", "invoice_number", "status", "due_date", "name", "email", "phone", "quantity", "rate", "total_amount"),
        *("currency", "created_on", "assigned_to", "teams"),
    ),
    filters=(
        Filter(name="name", ours="name"),
        *((Filter(name="assigned_to", ours="assigned_to"),) if apps.is_installed("invoicing.contrib.collaboration") else ()),
    ),
    words=WORDS,
    renamed={
        "items.quantity": "quantity",
        "items.unit_price": "rate",
        "items.title": "invoice_title",
        "items": "quantity",
        **{
            f"{ours}_{column}": f"{theirs}.{'postcode' if column == 'zip' else column}"
            for ours, theirs in (("supplier", "from_address"), ("customer", "to_address"))
            for column in COLUMNS
        },
    },
    finish=dated,
    facts=_facts,
    many=lambda page, rows: {**page, "results": rows},
)

STATUS: Final[Table] = Table(
    fields=(Field(name="status", ours="status", read=_status, is_written=True, is_required=True),),
)

COMMENT: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="comment", ours="text", is_written=True, is_required=True),
        Field(name="commented_by", ours="author"),
        Field(name="commented_on", ours="created"),
    ),
    many=lambda page, rows: {**page, "results": rows},
)

ATTACHMENT: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="attachment", ours="attachment", is_said=False, is_written=True, is_required=True),
        Field(name="file_name", ours="name"),
        Field(name="media_type", ours="media_type"),
        Field(name="size", ours="size"),
        Field(name="sha256", ours="sha256"),
        Field(name="created_by", ours="uploaded_by"),
        Field(name="created_on", ours="created"),
    ),
    many=lambda page, rows: {**page, "results": rows},
)

MAIL: Final[Table] = Table(
    fields=(
        Field(name="id", ours="id"),
        Field(name="status", ours="status"),
        Field(name="recipients", ours="recipients", is_written=True),
        Field(name="subject", ours="subject", is_written=True),
        Field(name="message", ours="message", is_written=True),
        Field(name="created_on", ours="created"),
        Field(name="created_by", ours="requested_by"),
    ),
)


class CRM(TableDialect):
    """Documents with one line, and people around them."""

    name = "crm"
    tables: ClassVar = {
        "invoice": INVOICE,
        "invoice.set_status": STATUS,
        "invoice.download": Table(),
        "comment": COMMENT,
        "attachment": ATTACHMENT,
        "delivery": MAIL,
    }

    def answered(self, view: CompanyViewSet, response: Response) -> None:
        """As the tables say; whoever deletes is told in words what became of the document."""
        if view.resource == "invoice" and view.action == "destroy" and not response.exception:
            is_gone = response.data is None
            number = "" if is_gone else response.data["number"]
            text = _("The invoice was deleted.") if is_gone else _("Invoice {number} was voided: its number stays in the register.")
            response.data, response.status_code = {"message": text.format(number=number)}, 200
            return
        super().answered(view, response)
