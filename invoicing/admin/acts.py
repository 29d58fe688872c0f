"""What can be done to an invoice on its page and in the list, each act with its name, its form and its permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.admin.lines import short
from invoicing.domain.lifecycle import Act
from invoicing.exceptions import NotCreditableError
from invoicing.models import AbstractInvoice


class ActForm(forms.Form):
    """What an act on a row asks for; `site` is where it is asked, and `user` whom."""

    required_css_class = "required"

    def __init__(self, *args: Any, row: Any, site: AdminSite, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.site = site
        self.user = user

    def arguments(self) -> dict[str, Any]:
        """What the act is called with."""
        return dict(self.cleaned_data)


class ReasonForm(ActForm):
    """Why something is done; it goes into the history."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3, "cols": 60}), required=False)


class CancelForm(ReasonForm):
    """Why the document is void: its number stays in the register with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class CreditForm(ReasonForm):
    """What the credit note takes back: the quantity of each line, or all that is left."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Printed on the credit note.")
        self.items: dict[str, Any] = {}
        for item, rest in self.row.left_to_credit(using=self.row.write_database()).items():
            name = f"quantity_{item.pk}"
            self.items[name] = item
            self.fields[name] = forms.DecimalField(
                label=_("Quantity of “{title}”").format(title=item.title[:80]),
                help_text=_("At most {quantity}, worth {net} {currency}. Leave every quantity empty to credit all that is left.").format(
                    quantity=number_format(short(rest.quantity)), net=number_format(rest.worth), currency=self.row.currency
                ),
                required=False,
                max_digits=14,
                decimal_places=3,
            )

    def arguments(self) -> dict[str, Any]:
        wanted = {item: quantity for name, item in self.items.items() if (quantity := self.cleaned_data[name]) is not None}
        return {"reason": self.cleaned_data["reason"], "lines": wanted or None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One act: what it is called, what it asks for, who may do it, and what is said afterwards.

    `run` gets the row and what the form gives; what it returns is the row to show next, if it is another one.
    `is_possible` says when it is offered; without it, the lifecycle of a document does.
    """

    name: str
    label: Promise | str
    done: Promise | str
    run: Callable[..., Any]
    form: type[ActForm] | None = None
    permissions: tuple[str, ...] = ("change",)
    is_possible: Callable[[Any], bool] | None = None

    @property
    def title(self) -> str:
        """What it is called where it is done."""
        return str(self.label).rstrip("…")

    def is_offered(self, row: Any) -> bool:
        """Whether the row is in a state to do it."""
        return self.is_possible(row) if self.is_possible else self.name in row.allowed_acts


def _is_creditable(invoice: AbstractInvoice) -> bool:
    try:
        invoice.check_creditable()
    except NotCreditableError:
        return False
    return True


def _is_open(invoice: AbstractInvoice) -> bool:
    return not invoice.is_issued


def _is_to_verify(invoice: AbstractInvoice) -> bool:
    return not invoice.is_issued and not invoice.is_received and bool(invoice.customer_vat_id)


BUTTONS = {
    button.name: button
    for button in (
        Button(
            name=Act.ISSUE.value,
            label=_("Issue"),
            done=_("{name} is issued: from now on it is frozen."),
            run=lambda invoice: invoice.issue(),
        ),
        Button(
            name=Act.MARK_SENT.value,
            label=_("Mark as sent"),
            done=_("{name} is marked as sent."),
            run=lambda invoice: invoice.mark_sent(),
        ),
        Button(
            name=Act.MARK_PAID.value,
            label=_("Mark as paid"),
            done=_("{name} is marked as paid."),
            run=lambda invoice: invoice.mark_paid(),
        ),
        Button(
            name=Act.MARK_RETURNED.value,
            label=_("Mark as returned"),
            done=_("{name} is marked as returned."),
            run=lambda invoice: invoice.mark_returned(),
        ),
        Button(
            name="create_copy",
            label=_("Copy"),
            done=_("The copy is ready to be changed."),
            permissions=("change", "add"),
            run=lambda invoice: invoice.create_copy(date_issue=invoice.today(), date_tax_point=invoice.today(), date_due=None),
            is_possible=lambda _invoice: True,
        ),
        Button(
            name="recalculate_tax",
            label=_("Calculate tax by policy"),
            done=_("The tax of every item of {name} is as the policy decides."),
            run=lambda invoice: invoice.recalculate_tax(),
            is_possible=_is_open,
        ),
        Button(
            name="verify_vat_id",
            label=_("Verify VAT id"),
            done=_("The register has answered; the answer is kept as evidence."),
            run=lambda invoice: invoice.verify_vat_id(),
            is_possible=_is_to_verify,
        ),
        Button(
            name=Act.CREDIT.value,
            label=_("Credit note…"),
            done=_("The credit note is issued."),
            form=CreditForm,
            permissions=("void", "add"),
            run=lambda invoice, **given: invoice.create_credit_note(**given),
            is_possible=_is_creditable,
        ),
        Button(
            name=Act.SEND_TO_COLLECTION.value,
            label=_("Send to collection…"),
            done=_("{name} is in collection."),
            form=ReasonForm,
            permissions=("void",),
            run=lambda invoice, **given: invoice.send_to_collection(**given),
        ),
        Button(
            name=Act.WRITE_OFF.value,
            label=_("Write off…"),
            done=_("{name} is written off."),
            form=ReasonForm,
            permissions=("void",),
            run=lambda invoice, **given: invoice.write_off(**given),
        ),
        Button(
            name=Act.CANCEL.value,
            label=_("Cancel…"),
            done=_("{name} is canceled; its number stays in the register."),
            form=CancelForm,
            permissions=("void",),
            run=lambda invoice, **given: invoice.cancel(**given),
        ),
    )
}
"""Every act, by its name, in the order of the page."""
