"""What can be done to a payment on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _

from invoicing.admin.acts import ActForm, Button
from invoicing.admin.money import money
from invoicing.contrib.payments.choices import AllocationKind, PaymentState
from invoicing.contrib.payments.models import Allocation, Payment, PaymentMethod
from invoicing.contrib.payments.services import (
    allocate,
    allocate_oldest,
    confirm_payment,
    fail_payment,
    refund,
    reverse_payment,
    undo_allocation,
)
from invoicing.exceptions import InvalidDataError
from invoicing.models import get_invoice_model
from invoicing.scoping import visible

if TYPE_CHECKING:
    AnyModelChoiceField = forms.ModelChoiceField[Any]
else:
    AnyModelChoiceField = forms.ModelChoiceField


def date_field(label: Any, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


def amount_field(**options: Any) -> forms.DecimalField:
    """An amount of money above nothing."""
    return forms.DecimalField(label=_("Amount"), max_digits=14, decimal_places=3, **options)


def reason_field(help_text: Any) -> forms.CharField:
    """Why it is done: always asked for."""
    return forms.CharField(label=_("Reason"), help_text=help_text, widget=forms.Textarea(attrs={"rows": 3, "cols": 60}))


class AllocateForm(ActForm):
    """Which invoice gets how much."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["invoice"] = forms.ModelChoiceField(
            label=_("Invoice"),
            queryset=visible(get_invoice_model()._default_manager.all(), user=self.user),
            widget=AutocompleteSelect(Payment._meta.get_field("invoice"), self.site),
        )
        text = _("Empty: as much as the invoice needs. {amount} is left of the payment.")
        left = money(self.row.unallocated, self.row.currency)
        self.fields["amount"] = amount_field(required=False, help_text=text.format(amount=left))

    def arguments(self) -> dict[str, Any]:
        invoice, amount = self.cleaned_data["invoice"], self.cleaned_data["amount"]
        return {"invoices": invoice if amount is None else {invoice: amount}}


class ConfirmForm(ActForm):
    """Since when the money is there."""

    date = date_field(_("There since"), help_text=_("Value date. What it was meant for is settled from this day on."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = self.row.date

    def arguments(self) -> dict[str, Any]:
        return {"on": self.cleaned_data["date"]}


class FailForm(ActForm):
    """Why the money will not come."""

    reason = reason_field(_("The history keeps it."))


class ReverseForm(ActForm):
    """Why the payment is taken back, and from which day on."""

    reason = reason_field(_("What it had settled is owed again, and the payment stays to be seen with this reason."))
    date = date_field(_("Date"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].initial = self.row.today()

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "on": self.cleaned_data["date"]}


class RefundForm(ActForm):
    """How much goes back, when and how."""

    amount = amount_field()
    date = date_field(_("Date"))
    reference = forms.CharField(label=_("Reference"), max_length=140, required=False, help_text=_("Empty: that of the payment."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = self.row.unallocated
        text = _("At most {amount}: what settles nothing.").format(amount=money(left, self.row.currency))
        self.fields["amount"].initial, self.fields["amount"].help_text = left, text
        self.fields["date"].initial = self.row.today()
        usable = PaymentMethod.objects.filter(is_active=True) | PaymentMethod.objects.filter(pk=self.row.method_id)
        self.fields["method"] = forms.ModelChoiceField(label=_("Method"), queryset=usable, initial=self.row.method_id)
        self.order_fields(["amount", "date", "method", "reference"])

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"on": given.pop("date"), **given}


class AllocationChoiceField(AnyModelChoiceField):
    """One of the allocations of a payment, told apart by day, document and amount."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.date:%Y-%m-%d} · {obj.invoice} · {money(obj.amount, obj.currency)} ({obj.get_kind_display()})"


class UndoForm(ActForm):
    """Which allocation is taken back, why and from which day on."""

    reason = reason_field(_("The invoice is open again, and the amount is left of the payment."))
    date = date_field(_("Date"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["allocation"] = AllocationChoiceField(label=_("Allocation"), queryset=undoable(self.row))
        self.order_fields(["allocation", "reason", "date"])
        self.fields["date"].initial = self.row.today()

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"allocation": given["allocation"], "reason": given["reason"], "on": given["date"]}


def undoable(payment: Payment) -> Any:
    """The allocations of a payment that can be taken back one by one; a refund is, by reversing the payment that went out."""
    return payment.allocations.standing().exclude(kind=AllocationKind.REFUND).select_related("invoice")


def settle_oldest(payment: Payment) -> None:
    """Let a payment settle what its party has open. Raises InvalidDataError where that is nothing."""
    if not allocate_oldest(payment):
        text = _("{party} has nothing open in {currency} that it could settle.")
        raise InvalidDataError({"invoice": [text.format(party=payment.party, currency=payment.currency)]})


def _undo(payment: Payment, *, allocation: Allocation, **given: Any) -> None:  # noqa: ARG001  # an act gets its row
    undo_allocation(allocation, **given)


def _refund(payment: Payment, **given: Any) -> None:
    """Pay back, and stay on the page of the payment that came in."""
    refund(payment, **given)


def _has_rest(payment: Payment) -> bool:
    return bool(payment.unallocated)


def _has_rest_of_party(payment: Payment) -> bool:
    return payment.party_id is not None and _has_rest(payment)


def _is_pending(payment: Payment) -> bool:
    return payment.status == PaymentState.PENDING


def _is_received(payment: Payment) -> bool:
    return payment.status == PaymentState.RECEIVED


def _has_undoable(payment: Payment) -> bool:
    return _is_received(payment) and undoable(payment).exists()


BUTTONS = {
    button.name: button
    for button in (
        Button(
            name="allocate_oldest",
            label=_("Settle the oldest invoices"),
            done=_("{name} settles what was due first."),
            run=settle_oldest,
            is_possible=_has_rest_of_party,
        ),
        Button(
            name="allocate",
            label=_("Settle an invoice…"),
            done=_("{name} settles the invoice."),
            form=AllocateForm,
            run=lambda payment, *, invoices: allocate(payment, invoices),
            is_possible=_has_rest,
        ),
        Button(
            name="confirm",
            label=_("Confirm…"),
            done=_("{name} is received."),
            form=ConfirmForm,
            run=confirm_payment,
            is_possible=_is_pending,
        ),
        Button(
            name="fail",
            label=_("Mark as failed…"),
            done=_("{name} has failed."),
            form=FailForm,
            run=fail_payment,
            is_possible=_is_pending,
        ),
        Button(
            name="refund",
            label=_("Refund…"),
            done=_("What goes back of {name} is a payment of its own."),
            form=RefundForm,
            permissions=("change", "add"),
            run=_refund,
            is_possible=_has_rest,
        ),
        Button(
            name="undo_allocation",
            label=_("Undo an allocation…"),
            done=_("The allocation is undone: the amount is left of {name}."),
            form=UndoForm,
            run=_undo,
            is_possible=_has_undoable,
        ),
        Button(
            name="reverse",
            label=_("Reverse…"),
            done=_("{name} is reversed: what it had settled is owed again."),
            form=ReverseForm,
            permissions=("change", "delete"),
            run=reverse_payment,
            is_possible=_is_received,
        ),
    )
}
"""Every act, by its name, in the order of the page."""
