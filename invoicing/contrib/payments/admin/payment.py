"""Payments in the admin: recorded once, allocated by acts, never changed or deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.act_pages import ActPages
from invoicing.admin.layout import BEFORE_PANELS
from invoicing.admin.money import money
from invoicing.admin.refusals import CheckedForm, refused
from invoicing.conf import conf
from invoicing.contrib.payments.accounts import direction_of
from invoicing.contrib.payments.admin.acts import BUTTONS
from invoicing.contrib.payments.admin.refusals import placed
from invoicing.contrib.payments.admin.tables import page_of, state_shown, table_of_payment, two_lines
from invoicing.contrib.payments.admin.writing import RecordForm, Settles, record_payment
from invoicing.contrib.payments.choices import AllocationKind, Direction
from invoicing.contrib.payments.models import Payment, PaymentMethod
from invoicing.exceptions import InvoicingError
from invoicing.models import get_invoice_model

RECORDING = (
    (
        None,
        {
            "fields": ("settles", "invoice", ("party", "company")),
            "description": _("What an invoice says may stay empty: party, company and currency."),
        },
    ),
    (_("Money"), {"fields": (("amount", "currency", "direction"), ("date", "method", "state"))}),
    (_("Account and reference"), {"fields": (("payer_name", "payer_iban"), "reference", "note")}),
    (_("Provider"), {"fields": ("provider", "provider_id"), "classes": ("collapse",)}),
)
"""The page on which a payment is recorded."""

READ = (
    "direction",
    "status_shown",
    "date",
    "amount_shown",
    "left_shown",
    "method",
    "party",
    "company",
    "invoice",
    "payer_name",
    "payer_iban",
    "provider",
    "provider_id",
    "reversed_on",
    "reversal_reason",
)
"""What nobody changes once it is recorded."""


class PaymentAdmin(ActPages):
    """The book of payments. It decides nothing: the rules are the library's, and what it refuses is shown beside the field."""

    buttons = BUTTONS
    change_form_template = "admin/invoicing_payments/payment/change_form.html"
    date_hierarchy = "date"
    list_display = ("date", "direction_shown", "who_shown", "amount_shown", "left_shown", "status_shown", "how_shown")
    list_filter = (
        "status",
        "direction",
        ("method", admin.RelatedOnlyFieldListFilter),
        ("company", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("party", "method")
    search_fields = ("reference", "payer_name", "payer_iban", "party__name", "invoice__number", "allocations__invoice__number")
    search_help_text = _("Reference, name on the account, IBAN, party or invoice number")
    show_full_result_count = False
    view_on_site = False
    autocomplete_fields = ("company", "party", "invoice")
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["invoicing/admin/invoice.css", "invoicing/admin/payments.css"]})

    # What is shown

    @admin.display(description=_("way"), ordering="direction")
    def direction_shown(self, payment: Payment) -> str:
        """Which way the money goes, in a word that is short and no state."""
        return gettext("in") if payment.direction == Direction.IN else gettext("out")

    @admin.display(description=_("party and payer"), ordering="party__name")
    def who_shown(self, payment: Payment) -> str:
        """The party, and the name on the account where that is another one."""
        party = str(payment.party) if payment.party else ""
        return two_lines(party, payment.payer_name if payment.payer_name != party else "")

    @admin.display(description=_("method"), ordering="method__name")
    def how_shown(self, payment: Payment) -> str:
        """The method, and what was written with the payment."""
        return two_lines(payment.method, payment.reference)

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, payment: Payment) -> str:
        """The amount with its currency."""
        return money(payment.amount, payment.currency)

    @admin.display(description=_("left"))
    def left_shown(self, payment: Payment) -> str:
        """What settles nothing yet, in the currency of the amount beside it."""
        return number_format(payment.unallocated) if payment.unallocated else "–"

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, payment: Payment) -> str:
        """The state in words, and in a colour that says the same."""
        return state_shown(payment)

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return RECORDING if obj is None else _reading(obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return () if obj is None else READ

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """A form to record a payment, or one for the little that changes later."""
        return super().get_form(request, obj, change=change, **{"form": CheckedForm if change else RecordForm, **kwargs})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Today, by the usual method; all that an invoice says where the address names one."""
        method = PaymentMethod.objects.filter(code=conf.payment_method, is_active=True).first()
        usual = {"date": timezone.localdate(), "method": method}
        asked = super().get_changeform_initial_data(request)
        said = self._said_by_invoice(request, str(asked.pop("invoice", "")))
        return {**usual, **said, **asked}

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "method":
            kwargs["queryset"] = PaymentMethod.objects.filter(is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Nothing else is written on the way through a payment.
            field.widget = field.widget.widget
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- a payment is reversed
        return False

    def has_withdraw_permission(self, request: HttpRequest, row: Any = None) -> bool:
        """Whoever may delete in general may reverse: nobody deletes a payment."""
        return super().has_delete_permission(request, row)

    # Saving

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> Any:
        """The page; what the library refuses while it records is shown on it, and nothing was recorded then."""
        context = {**(extra_context or {}), **self._page(request, object_id)}
        with acting(request.user):
            try:
                return super().changeform_view(request, object_id, form_url, context)
            except InvoicingError as error:
                # The transaction of the page was rolled back; the same page again, with a form that knows why.
                names = {"reference", "note"} if object_id else {field.name for field in Payment._meta.fields}
                with refused(placed(error, names=names)):
                    return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002  # Django's signature
        """Record a payment; of one that is recorded, write what may change."""
        if change:
            obj.save(update_fields=["reference", "note"])
            return
        recorded = record_payment(form)
        for field in obj._meta.concrete_fields:
            setattr(obj, field.attname, getattr(recorded, field.attname))
        obj._state.adding, obj._state.db = False, recorded._state.db

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Say beside the usual words what the payment settles, and what is left of it."""
        self.message_user(request, self._settled(request, obj), messages.INFO)
        return super().response_add(request, obj, post_url_continue)

    def placed(self, error: InvoicingError, *, names: Any) -> InvoicingError:
        return placed(error, names=names)

    def _page(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        """The buttons above the page, and what is read on it."""
        payment = self.get_object(request, unquote(object_id)) if object_id and request.method == "GET" else None
        if payment is None:
            return {}
        undo = self.address("act", payment.pk, "undo_allocation") if self.may(request, BUTTONS["undo_allocation"], payment) else ""
        allocations = table_of_payment(payment, request=request, site=self.admin_site, undo=undo)
        events = render_to_string("admin/invoicing_payments/payment/events.html", {"events": payment.events.all()})
        return {
            "acts": list(self.offered_acts(request, payment)),
            "before_panels": BEFORE_PANELS,
            "panels": [{"name": "allocations", "title": _("What it settles"), "html": allocations}],
            "last_panels": [{"name": "events", "title": _("What happened"), "html": events}],
        }

    def _said_by_invoice(self, request: HttpRequest, key: str) -> dict[str, Any]:
        """What an invoice says of a payment of it, to somebody who may see it."""
        model = get_invoice_model()
        try:
            invoice = model._default_manager.select_related("company", "party").filter(pk=key).first()
        except (ValueError, ValidationError):
            # No key of this model, whatever its keys are.
            return {}
        if invoice is None or not page_of(invoice, request=request, site=self.admin_site):
            return {}
        method = PaymentMethod.objects.filter(code=invoice.payment_method, is_active=True).first() if invoice.payment_method else None
        return {
            "settles": Settles.INVOICE,
            "invoice": invoice.pk,
            "company": invoice.company_id,
            "party": invoice.party_id,
            "direction": direction_of(invoice),
            "amount": invoice.to_pay,
            "currency": invoice.currency,
            "date": invoice.today(),
            **({"method": method} if method else {}),
        }

    def _settled(self, request: HttpRequest, payment: Payment) -> str:
        rows = payment.allocations.filter(kind=AllocationKind.PAYMENT).select_related("invoice")
        documents = format_html_join(
            ", ", "{} ({})", ((self._linked(request, row.invoice), money(row.amount, row.currency)) for row in rows)
        )
        left = money(payment.unallocated, payment.currency)
        if not documents:
            return format_html(gettext("It settles nothing yet. Left of it: {left}."), left=left)
        return format_html(gettext("It settles {documents}. Left of it: {left}."), documents=documents, left=left)

    def _linked(self, request: HttpRequest, invoice: Any) -> str:
        address = page_of(invoice, request=request, site=self.admin_site)
        return format_html('<a href="{}">{}</a>', address, invoice) if address else str(invoice)


def _reading(payment: Payment) -> Any:
    """The page of a payment that is recorded; how it was reversed only where it was."""
    facts: Any = (("status_shown", "direction"), ("date", "method"), ("amount_shown", "left_shown"))
    reversal = (("reversed_on", "reversal_reason"),) if payment.reversed_on else ()
    return (
        (None, {"fields": (*facts, *reversal), "classes": (BEFORE_PANELS,)}),
        (_("Account and reference"), {"fields": (("party", "company"), ("payer_name", "payer_iban"), "invoice", "reference", "note")}),
        (_("Provider"), {"fields": (("provider", "provider_id"),), "classes": ("collapse",)}),
    )
