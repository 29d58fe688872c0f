"""What can be done to a bank entry on its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _

from invoicing.admin.acts import ActForm, Button
from invoicing.admin.money import money
from invoicing.contrib.payments.bank import confirm, ignore, propose, reopen
from invoicing.contrib.payments.bank.proposing import best_of
from invoicing.contrib.payments.models import BankEntry, EntryState, MatchProposal
from invoicing.models import get_invoice_model
from invoicing.scoping import visible


class ConfirmEntryForm(ActForm):
    """What an entry pays: the amounts of a proposal, another document, or nothing yet."""

    rank = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rank = str(self.data.get("rank") or self.initial.get("rank") or 1)
        self.proposed = best_of(self.row, rank=int(rank)) if rank.isdecimal() and len(rank) < 5 else []
        self.fields["rank"].initial = rank
        self.recorded = next((proposal.payment for proposal in self.proposed if proposal.payment), None)
        self.documents: dict[str, Any] = {}
        if self.recorded is None:
            self._ask_for_amounts()

    def _ask_for_amounts(self) -> None:
        for proposal in self.proposed:
            document: Any = proposal.invoice
            name = f"amount_{document.pk}"
            self.documents[name] = document
            self.fields[name] = amount_field(
                str(document),
                initial=proposal.amount,
                help_text=_("{party}: {amount} open.").format(
                    party=document.supplier_name if document.is_received else document.customer_name,
                    amount=money(document.to_pay, document.currency),
                ),
            )
        model = get_invoice_model()
        self.fields["invoice"] = forms.ModelChoiceField(
            label=_("Another document"),
            queryset=visible(model._default_manager.all(), user=self.user),
            required=False,
            widget=AutocompleteSelect(MatchProposal._meta.get_field("invoice"), self.site),
        )
        self.fields["amount"] = amount_field(_("Its amount"), help_text=_("Empty: what the amounts above leave."))
        self.fields["on_account"] = forms.BooleanField(
            label=_("On account"), required=False, help_text=_("It settles nothing yet: it is a credit of whoever paid.")
        )

    def clean(self) -> dict[str, Any] | None:
        """Ask for something that it pays, and let the amounts not exceed the entry."""
        given = super().clean() or {}
        if self.recorded is None and not self.errors:
            amounts = self._amounts()
            if not amounts and not given.get("on_account"):
                raise forms.ValidationError(_("Name a document that it pays, or say that the money is on account."))
            if sum(amounts.values()) > abs(self.row.amount):
                text = _("The amounts come to more than the entry: {amount}.")
                raise forms.ValidationError(text.format(amount=money(abs(self.row.amount), self.row.currency)))
            if any(amount <= 0 for amount in amounts.values()):
                raise forms.ValidationError(_("Nothing is left of the entry for the other document."))
        return given

    def arguments(self) -> dict[str, Any]:
        """What `confirm()` is called with."""
        if self.recorded is not None:
            return {"rank": self.cleaned_data["rank"] or 1}
        return {"invoices": self._amounts() or []}

    def _amounts(self) -> dict[Any, Decimal]:
        given = self.cleaned_data
        amounts = {document: given[name] for name, document in self.documents.items() if given.get(name)}
        other = given.get("invoice")
        if other is not None:
            left = abs(self.row.amount) - sum(amounts.values())
            amounts[other] = given.get("amount") or min(left, other.to_pay)
        return amounts


class IgnoreForm(ActForm):
    """Why the entry is none of ours."""

    reason = forms.CharField(label=_("Reason"), max_length=255, widget=forms.TextInput(attrs={"size": 60}))


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount above nothing that may be left out."""
    return forms.DecimalField(label=label, required=False, max_digits=14, decimal_places=3, min_value=Decimal("0.001"), **options)


def confirm_entry(entry: BankEntry, **given: Any) -> None:
    """Confirm, and stay on the page of the entry."""
    confirm(entry, **given)


def look_again(entry: BankEntry) -> None:
    """Propose anew, and stay on the page of the entry."""
    propose(entry)


def _is_open(entry: BankEntry) -> bool:
    return entry.status == EntryState.OPEN


def _is_ignored(entry: BankEntry) -> bool:
    return entry.status == EntryState.IGNORED


BUTTONS = {
    button.name: button
    for button in (
        Button(
            name="confirm",
            label=_("Confirm…"),
            done=_("{name} is a payment now."),
            form=ConfirmEntryForm,
            run=confirm_entry,
            is_possible=_is_open,
        ),
        Button(
            name="propose",
            label=_("Look again"),
            done=_("The proposals for {name} are up to date."),
            run=look_again,
            is_possible=_is_open,
        ),
        Button(name="ignore", label=_("Ignore…"), done=_("{name} is left alone."), form=IgnoreForm, run=ignore, is_possible=_is_open),
        Button(name="reopen", label=_("Open again"), done=_("{name} is open again."), run=reopen, is_possible=_is_ignored),
    )
}
"""Every act, by its name, in the order of the page."""
