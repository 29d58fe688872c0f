"""The form that an invoice is written in, and how the document and its items are saved as one."""

from __future__ import annotations

from enum import Enum
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from invoicing import payment_methods
from invoicing.admin.lines import ItemFormSet
from invoicing.admin.refusals import CheckedForm, LineRefusedError
from invoicing.domain.choices import Status
from invoicing.domain.lifecycle import WRITABLE
from invoicing.exceptions import InvoicingError
from invoicing.models import AbstractInvoice


class EmptyTax(Enum):
    """What becomes of an item that names neither a tax rate nor a tax category."""

    BY_POLICY = "by policy"
    STAYS_EMPTY = "stays empty"


class InvoiceForm(CheckedForm):
    """A document that is written, or the few fields of an issued one that still change."""

    fills_tax = forms.BooleanField(
        label=_("Fill in empty tax rates"),
        help_text=_("New and changed items without a tax rate and a tax category get what the tax policy decides."),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "status" in self.fields:
            choices = [(value, label) for value, label in Status.choices if value in WRITABLE]
            self.fields["status"] = forms.ChoiceField(
                label=self.fields["status"].label,
                choices=choices,
                initial=self.fields["status"].initial,
                help_text=_("A draft takes its number when it is issued, a new invoice at once."),
            )
        if "payment_method" in self.fields:
            self.fields["payment_method"] = self._payment_method_field()
        if "number" in self.fields:
            self.fields["number"].help_text = _("Empty: the next of its series. A received invoice has its supplier's number.")

    @property
    def empty_tax(self) -> EmptyTax:
        """What the tick says."""
        return EmptyTax.BY_POLICY if self.cleaned_data.get("fills_tax") else EmptyTax.STAYS_EMPTY

    def _payment_method_field(self) -> forms.ChoiceField:
        """The methods that are known, and the one that the document has even where nobody knows it any more."""
        using = self.instance._state.db or self.instance.write_database()
        known = {"": "---------", **payment_methods.names(using=using)}
        now = self.instance.payment_method
        return forms.ChoiceField(
            label=self.fields["payment_method"].label,
            choices=list({now: now, **known}.items()) if now not in known else list(known.items()),
            required=False,
            help_text=_("Empty: as the settings of the project say."),
        )

    def clean_metadata(self) -> Any:
        """Nothing at all is an empty object."""
        return self.cleaned_data["metadata"] or {}

    def clean_language(self) -> str:
        """A language in small letters, as Django writes it."""
        return str(self.cleaned_data["language"] or "").strip().lower()

    def clean_currency(self) -> str:
        """A currency in capital letters."""
        return str(self.cleaned_data["currency"] or "").strip().upper()

    def check_instance(self) -> None:
        invoice: AbstractInvoice = self.instance
        if not invoice.is_issued:
            invoice.fill_open_fields()
            invoice.check_values()


def save_new(invoice: AbstractInvoice, lines: ItemFormSet, *, tax: EmptyTax) -> None:
    """Save a new document with its items in one go. Raises LineRefusedError that names the line, or InvoicingError."""
    items = [_made_ready(form, invoice=invoice, tax=tax) for form in lines.written_forms()]
    invoice.save_with_items(items)
    lines.new_objects, lines.changed_objects, lines.deleted_objects = items, [], []


def save_changed(invoice: AbstractInvoice, lines: ItemFormSet, *, tax: EmptyTax) -> None:
    """Save a document that exists: its items first, so that its totals and its checks see what they became."""
    if lines.has_changed():
        with invoice.batch():
            lines.save(commit=False)
            for item in lines.deleted_objects:
                item.delete()
            for form in lines.written_forms():
                _made_ready(form, invoice=invoice, tax=tax).save()
    else:
        lines.save()
    invoice.save()


def _made_ready(form: Any, *, invoice: AbstractInvoice, tax: EmptyTax) -> Any:
    """The item of a form, its tax decided on where it says nothing of it. Raises LineRefusedError."""
    item = form.instance
    item.invoice = invoice
    try:
        if tax == EmptyTax.BY_POLICY and item.tax_rate is None and not item.tax_category:
            item.calculate_tax()
        invoice.place(item)
    except InvoicingError as error:
        raise LineRefusedError(form.prefix, error) from error
    return item
