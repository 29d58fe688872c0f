"""Acts: what is done to a document over HTTP, what each asks for, and which permission it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from invoicing.contrib.api.fields import ExactField
from invoicing.contrib.api.invoices.items import items_by_id
from invoicing.contrib.api.invoices.serializers import StatusField
from invoicing.contrib.api.strict import StrictSerializer, errors_of_lines
from invoicing.contrib.api.words import WORDS
from invoicing.domain.choices import Status
from invoicing.domain.lifecycle import Act
from invoicing.exceptions import InvalidDataError
from invoicing.models import get_invoice_model
from invoicing.models.copying import CreditLine


class NothingSerializer(StrictSerializer):
    """An act that asks for nothing."""


class ReasonSerializer(StrictSerializer):
    """Why something is done; the history keeps it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class CancelSerializer(StrictSerializer):
    """Why a document is void: its number stays in the register with the reason."""

    reason = serializers.CharField(max_length=2000)


class CreditLineSerializer(StrictSerializer):
    """What is taken back of one item: all that is left, a quantity, or a net amount."""

    item = serializers.UUIDField()
    quantity = ExactField(required=False)
    amount = ExactField(required=False, help_text="Net, in the currency of the document.")


class CreditSerializer(StrictSerializer):
    """What a credit note takes back; without lines, all that is left."""

    lines = CreditLineSerializer(many=True, required=False, allow_empty=False, max_length=10_000)  # type: ignore[call-arg]  # of lists
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="", help_text="Printed on the credit note.")


class CopySerializer(StrictSerializer):
    """What of the copy is another; without dates, it is of today."""

    date_issue = serializers.DateField(required=False)
    date_tax_point = serializers.DateField(required=False)
    date_due = serializers.DateField(required=False)
    title = serializers.CharField(required=False, allow_blank=True, max_length=255)
    type = serializers.ChoiceField(get_invoice_model().TYPE.choices, required=False)
    status = serializers.ChoiceField([(word.value, word.label) for word in (Status.DRAFT, Status.NEW)], required=False)


class StatusSerializer(StrictSerializer):
    """The state to bring a document to, in any word that clients have for it."""

    status = StatusField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


@dataclass(frozen=True, slots=True)
class Step:
    """How an act of the lifecycle is done, and the permission on invoices that it needs."""

    run: Callable[[Any, str], Any]
    permission: str = "change"


def _reason(reason: str) -> str:
    return reason or _("set to canceled")


STEPS: Final[Mapping[Act, Step]] = {
    Act.ISSUE: Step(lambda invoice, _reason: invoice.issue()),
    Act.MARK_SENT: Step(lambda invoice, _reason: invoice.mark_sent()),
    Act.MARK_RETURNED: Step(lambda invoice, _reason: invoice.mark_returned()),
    Act.MARK_PAID: Step(lambda invoice, _reason: invoice.mark_paid(), "pay"),
    Act.CANCEL: Step(lambda invoice, reason: invoice.cancel(_reason(reason)), "void"),
    Act.CREDIT: Step(lambda invoice, reason: invoice.create_credit_note(reason=reason), "void"),
    Act.WRITE_OFF: Step(lambda invoice, reason: invoice.write_off(reason), "void"),
    Act.SEND_TO_COLLECTION: Step(lambda invoice, reason: invoice.send_to_collection(reason), "void"),
}


def permission_of(act: Act) -> str:
    """The whole permission that an act needs. Whoever calls a document paid records money."""
    verb = STEPS[act].permission
    options = get_invoice_model()._meta
    if verb == "pay":
        return "invoicing_payments.add_payment" if apps.is_installed("invoicing.contrib.payments") else permission_of(Act.ISSUE)
    return f"{options.app_label}.{verb}_{'invoice' if verb == 'void' else options.model_name}"


def act_towards(invoice: Any, word: str) -> Act | None:
    """The act that brings a document to a state; None where it is there. Raises InvalidDataError for a state that only follows."""
    if word == invoice.status or (word in {"NEW", "ISSUED", "PENDING"} and invoice.is_issued and invoice.status == Status.NEW):
        return None
    if word == "PENDING" and invoice.status == Status.SENT:
        return None
    act = WORDS[word].act
    if act is None:
        raise InvalidDataError({"status": [_follows(word)]})
    return act


def _follows(word: str) -> str:
    if word == Status.DRAFT:
        return _("A document that has a number does not become a draft again.")
    if word in {"POSTED", "NOT_POSTED"}:
        return _("It follows from the ledger.")
    return _("{word} follows from what is paid and from the due date: record a payment instead.").format(word=word)


def take(invoice: Any, act: Act, *, reason: str = "") -> None:
    """Do an act."""
    STEPS[act].run(invoice, reason)


def credit_lines(invoice: Any, lines: Sequence[Mapping[str, Any]]) -> list[CreditLine]:
    """The lines that a credit note takes back, as `create_credit_note()` takes them. Raises ValidationError for an unknown item."""
    stored = items_by_id(invoice)
    errors: dict[int, Any] = {}
    found = []
    for place, line in enumerate(lines):
        item = stored.get(str(line["item"]))
        if item is None:
            errors[place] = {"item": [ErrorDetail(_("The document has no such item."), "does_not_exist")]}
        found.append(CreditLine(**{**line, "item": item}))
    if errors:
        raise errors_of_lines("lines", errors)
    return found
