"""Documents as they travel: every column under the name of the model, what is computed beside it, and the items inside."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy, deepcopy
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from invoicing.contrib.api.columns import ColumnsSerializer
from invoicing.contrib.api.fields import ExactField, MoneyField
from invoicing.contrib.api.invoices.columns import READ, WRITTEN
from invoicing.contrib.api.invoices.items import ItemSerializer
from invoicing.contrib.api.invoices.shown import HAS_COLLABORATION, shown_invoice
from invoicing.contrib.api.related import CompanyRowField, PersonField, TeamField
from invoicing.contrib.api.strict import errors_of_lines
from invoicing.contrib.api.words import WORDS, PostingStatus, known_word
from invoicing.domain.choices import PaymentStatus
from invoicing.models import Party, PaymentTerm, get_invoice_model

COMPUTED = ("net_total", "discount", "subtotal", "vat", "total", "to_pay", "already_paid", "early_discount")
AMOUNTS = frozenset({*COMPUTED, "vat_summary"})

_fields: dict[type, dict[str, Any]] = {}
"""The fields of each kind of serializer, made once."""


@extend_schema_field({"type": "string", "enum": list(WORDS)})
class StatusField(serializers.CharField):
    """Where a document is in its life. Read: a status of the model. Written: any word that clients have for it, in any case."""

    default_error_messages = {"unknown_status": "{text}"}

    def to_internal_value(self, data: Any) -> str:
        word = super().to_internal_value(data)
        try:
            return known_word(word)
        except ValueError as error:
            self.fail("unknown_status", text=str(error))

    def to_representation(self, value: Any) -> str:
        return str(value)


class TermField(serializers.IntegerField):
    """A payment term by its number."""

    default_error_messages = {"does_not_exist": gettext_lazy("There is no payment term {value}.")}

    def to_internal_value(self, data: Any) -> Any:
        key = super().to_internal_value(data)
        found = PaymentTerm._default_manager.using(self.context["view"].database).filter(pk=key).first() if 0 < key < 2**63 else None
        if found is None:
            self.fail("does_not_exist", value=key)
        return found


class PersonSerializer(serializers.Serializer):  # type: ignore[type-arg]  # generic for type checkers only
    """Somebody, as far as others need to know."""

    id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class TaxSubtotalSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """What the lines of one rate add up to."""

    rate = ExactField(allow_null=True)
    base = MoneyField()
    vat = MoneyField(allow_null=True)


class InvoiceSerializer(ColumnsSerializer):
    """One document with its items."""

    follows: ClassVar = AMOUNTS

    id = serializers.UUIDField(source="uuid", read_only=True)
    company = serializers.UUIDField(read_only=True, allow_null=True, help_text="The company of the request.")
    party = CompanyRowField(Party, required=False, allow_null=True, help_text="Whose address book entry fills the other side.")
    status = StatusField(required=False, help_text="Where it is left out, a new document is NEW and takes its number; DRAFT has none yet.")
    payment_status = serializers.ChoiceField(PaymentStatus.choices, read_only=True)
    posting_status = serializers.ChoiceField([(word.value, word.value) for word in PostingStatus], read_only=True)
    is_issued = serializers.BooleanField(read_only=True)
    is_overdue = serializers.BooleanField(read_only=True)
    allowed_acts = serializers.ListField(child=serializers.CharField(), read_only=True)
    payment_term = serializers.IntegerField(read_only=True, help_text="Days from the issue date to the due date.")
    apply_payment_term = TermField(
        write_only=True, required=False, help_text="A payment term: sets the due date, and the discount for early payment."
    )
    related_invoices = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    items = ItemSerializer(many=True, required=False, max_length=10_000)  # type: ignore[call-arg]  # of lists
    quantity = ExactField(write_only=True, required=False, help_text="With `rate`: one item, titled as the document.")
    rate = ExactField(write_only=True, required=False)
    net_total = MoneyField(read_only=True)
    discount = MoneyField(read_only=True)
    subtotal = MoneyField(read_only=True)
    vat = MoneyField(read_only=True, allow_null=True)
    vat_summary = TaxSubtotalSerializer(many=True, read_only=True)
    total = MoneyField(read_only=True)
    already_paid = MoneyField(read_only=True)
    to_pay = MoneyField(read_only=True)
    early_discount = MoneyField(read_only=True)
    tax_notes = serializers.ListField(child=serializers.CharField(), read_only=True)
    created_by = PersonSerializer(read_only=True, allow_null=True)
    assigned_to = serializers.ListField(child=PersonField(), required=False, max_length=100)
    teams = serializers.ListField(child=TeamField(), required=False, max_length=100)
    authorized_by = PersonField(required=False, allow_null=True)

    class Meta:
        model = get_invoice_model()
        fields = (
            *("id", "company", "party", "status", "payment_status", "posting_status", "is_issued", "is_overdue", "allowed_acts"),
            *WRITTEN,
            *READ,
            *("payment_term", "apply_payment_term", "related_invoices", "items", "quantity", "rate"),
            *(*COMPUTED, "vat_summary", "tax_notes"),
            *("created_by", "assigned_to", "teams", "authorized_by"),
        )
        read_only_fields = READ
        extra_kwargs: ClassVar = {
            **{name: {"required": False} for name in WRITTEN},
            "credit": {"required": False, "help_text": "Taken off after tax, such as a voucher."},
        }

    def get_fields(self) -> dict[str, Any]:
        """The fields; who is in charge where there is an app for it. Rules of columns are the library's own.

        They are made of the model once: making them anew takes longer than a query.
        """
        made = _fields.get(type(self))
        if made is None:
            made = super().get_fields()
            for name in () if HAS_COLLABORATION else ("assigned_to", "teams", "authorized_by"):
                made.pop(name)
            _fields[type(self)] = made
        # A field that holds others knows their parent: such a one is made anew.
        return {name: deepcopy(field) if hasattr(field, "child") else copy(field) for name, field in made.items()}

    def validate(self, attrs: Any) -> Any:
        """The shorthand is for one item alone, and both of it or neither."""
        given = [name for name in ("quantity", "rate") if name in attrs]
        if given and "items" in attrs:
            raise ValidationError({given[0]: [ErrorDetail(_("Write items, or quantity and rate, not both."), "ambiguous")]})
        if given == ["quantity"] and self.instance is None:
            raise ValidationError({"rate": [ErrorDetail(_("This field is required with quantity."), "required")]})
        return attrs

    def check_computed(self, data: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        """Of the document, and of each item that was sent. Raises ValidationError."""
        super().check_computed(data, shown)
        lines = data.get("items")
        if not isinstance(lines, list) or len(lines) != len(shown["items"]):
            return
        errors: dict[int, Any] = {}
        for place, (line, stored) in enumerate(zip(lines, shown["items"], strict=True)):
            try:
                ItemSerializer().check_computed(line, stored)
            except ValidationError as error:
                errors[place] = error.detail
        if errors:
            raise errors_of_lines("items", errors)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """A stored document. It is read from the columns at once: a field of the framework for each would take twice as long."""
        return shown_invoice(instance)
