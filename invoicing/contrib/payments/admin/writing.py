"""The form that a payment is recorded in, and what it settles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect
from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.admin.refusals import CheckedForm
from invoicing.contrib.payments.choices import PaymentState
from invoicing.contrib.payments.models import Payment
from invoicing.contrib.payments.services import open_documents, receive_payment
from invoicing.exceptions import InvalidDataError
from invoicing.models.validation import check_row
from invoicing.scoping import visible


class Settles(models.TextChoices):
    """What a payment that is recorded settles."""

    INVOICE = "INVOICE", _("One invoice")
    OLDEST = "OLDEST", _("The party's open invoices, those that were due first at the front")
    NOTHING = "NOTHING", _("Nothing yet: it stays the party's credit")


class RecordForm(CheckedForm):
    """A payment that is recorded. What an invoice says need not be typed."""

    settles = forms.ChoiceField(label=_("Settles"), choices=Settles.choices, initial=Settles.INVOICE, widget=AdminRadioSelect)
    state = forms.ChoiceField(
        label=_("Status"),
        choices=[
            (PaymentState.RECEIVED, PaymentState.RECEIVED.label),
            (PaymentState.PENDING, _("pending: settles nothing until it is confirmed")),
        ],
        initial=PaymentState.RECEIVED,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].required = False
        self.fields["date"].help_text = ""
        self.fields["invoice"].label = _("Invoice")
        self.fields["invoice"].help_text = _("What it does not need stays the party's credit.")

    def clean_currency(self) -> str:
        """A currency in capital letters."""
        return str(self.cleaned_data["currency"] or "").strip().upper()

    def clean(self) -> dict[str, Any] | None:
        """Ask for what the choice needs, and for a provider's id that is new."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        settles, invoice = cleaned.get("settles"), cleaned.get("invoice")
        if settles == Settles.INVOICE and invoice is None and "invoice" not in self.errors:
            self.add_error("invoice", _("Choose the invoice that it settles."))
        if settles != Settles.INVOICE and invoice is not None:
            self.add_error("invoice", _("Leave it empty, or choose that the payment settles one invoice."))
        if settles == Settles.OLDEST:
            self._check_oldest(cleaned)
        self._check_provider_id(cleaned)
        return cleaned

    def belongs_to(self) -> Any:
        """The row whose company the payment will be of: its invoice or its party, where it names no company itself."""
        payment = self.instance
        return next((row for row in (payment if payment.company_id else None, payment.invoice, payment.party) if row is not None), payment)

    def check_instance(self) -> None:
        """Check the row as it is; the currency that nobody typed follows when it is recorded."""
        check_row(self.instance, exclude=() if self.instance.currency else ("currency",))

    def _check_oldest(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("party") is None:
            self.add_error("party", _("Choose whose invoices it settles."))
        if not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Say the currency: invoices in this one are settled."))
        if cleaned.get("state") == PaymentState.PENDING:
            self.add_error("settles", _("A pending payment can be meant for one invoice, or for nothing yet."))

    def _check_provider_id(self, cleaned: dict[str, Any]) -> None:
        named = {name: cleaned.get(name) for name in ("provider", "provider_id")}
        rows = Payment.objects.filter(**named) if named["provider_id"] else ()
        # Some databases take a for A.
        found = next((row for row in rows if row.provider_id == named["provider_id"]), None)
        if found is not None:
            request = getattr(self, "request", None)
            is_seen = request is None or visible(Payment.objects.filter(pk=found.pk), user=request.user).exists()
            text = _("It is recorded already: {payment}.").format(payment=found) if is_seen else _("It is recorded already.")
            self.add_error("provider_id", text)


def record_payment(form: RecordForm) -> Payment:
    """Record what was typed, and let it settle what was chosen. Raises InvoicingError."""
    typed = dict(form.cleaned_data)
    settles, invoice, day = typed.pop("settles"), typed.pop("invoice"), typed.pop("date")
    typed["status"] = typed.pop("state")
    if settles == Settles.INVOICE:
        return receive_payment(invoice, on=day, **typed)
    if typed["company"] is None and typed["party"] is not None:
        # Money of no company could never settle what the party owes to the one in whose address book it is.
        typed["company"] = typed["party"].company
    if settles == Settles.OLDEST:
        return receive_payment(_open(typed), on=day, **typed)
    return receive_payment(on=day, **typed)


def _open(typed: dict[str, Any]) -> list[Any]:
    """The documents of the party that wait for money of this kind. Raises InvalidDataError where there are none."""
    party, scope = typed["party"], {name: typed[name] for name in ("direction", "currency", "company")}
    found = list(open_documents(party, **scope))
    if not found:
        text = _("{party} has nothing open in {currency} that this payment could settle: choose that it stays credit.")
        raise InvalidDataError({"settles": [text.format(party=party, currency=typed["currency"])]})
    return found
