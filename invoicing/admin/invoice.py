"""Invoices in the admin: a list to search and filter, a page to write them on, acts as buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from invoicing.actor import acting
from invoicing.admin.act_pages import ActPages
from invoicing.admin.acts import BUTTONS, Button
from invoicing.admin.extensions import computed_columns, links, panels, stylesheets
from invoicing.admin.filters import OverdueFilter, PaymentStatusFilter
from invoicing.admin.layout import BEFORE_ITEMS, BEFORE_PANELS, fieldsets_of, names_in
from invoicing.admin.lines import ItemFormSet, ItemInline, short
from invoicing.admin.money import money
from invoicing.admin.refusals import LineRefusedError, refused, sentences
from invoicing.admin.writing import InvoiceForm, save_changed, save_new
from invoicing.exceptions import InvoicingError
from invoicing.models import AbstractInvoice, Product
from invoicing.scoping import visible

COMPUTED = ("issued_at", "date_sent", "date_paid", "totals_shown", "history_shown")
DOCUMENT_VIEWS = (("invoicing:invoice_html", _("Show document")), ("invoicing:invoice_pdf", _("PDF")))


class InvoiceAdmin(ActPages):
    """A bookkeeper's desk. It decides nothing: the rules are the library's, and what it refuses is shown beside the field."""

    form = InvoiceForm
    inlines = (ItemInline,)
    change_form_template = "admin/invoicing/invoice/change_form.html"
    buttons = BUTTONS
    date_hierarchy = "date_issue"
    list_display = (
        "number_shown",
        "type",
        "other_side",
        "total_shown",
        "to_pay_shown",
        "payment_status_shown",
        "overdue_shown",
        "status",
        "date_issue",
        "date_due",
    )
    list_filter = (
        "status",
        PaymentStatusFilter,
        OverdueFilter,
        "type",
        "origin",
        ("company", admin.RelatedOnlyFieldListFilter),
        ("currency", admin.AllValuesFieldListFilter),
    )
    list_select_related = ("company",)
    search_fields = (
        "number",
        "title",
        "customer_name",
        "supplier_name",
        "customer_vat_id",
        "supplier_vat_id",
        "order_reference",
    )
    search_help_text = _("Number, title, customer, supplier, VAT id or order reference")
    show_full_result_count = False
    view_on_site = False
    autocomplete_fields = ("company", "party", "related_invoices")
    readonly_fields = COMPUTED
    actions = ("issue", "mark_sent", "mark_paid", "mark_returned", "send_to_collection", "write_off", "recalculate_tax")
    formfield_overrides = {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": 3})}}

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["invoicing/admin/invoice.css", *stylesheets()]})

    # The list

    @admin.display(description=_("number"), ordering="number")
    def number_shown(self, invoice: AbstractInvoice) -> str:
        """The number, or what it is while it has none."""
        return str(invoice)

    @admin.display(description=_("customer or supplier"))
    def other_side(self, invoice: AbstractInvoice) -> str:
        """Whoever is on the other side."""
        return invoice.supplier_name if invoice.is_received else invoice.customer_name

    @admin.display(description=_("payment"))
    def payment_status_shown(self, invoice: AbstractInvoice) -> str:
        """How much is paid, in words."""
        return "–" if invoice.is_void else str(invoice.payment_status.label)

    @admin.display(description=_("total"), ordering="total")
    def total_shown(self, invoice: AbstractInvoice) -> str:
        """The total with its currency."""
        return money(invoice.total, invoice.currency)

    @admin.display(description=_("to pay"))
    def to_pay_shown(self, invoice: AbstractInvoice) -> str:
        """What is left to pay, with its currency."""
        return "–" if invoice.is_void else money(invoice.to_pay, invoice.currency)

    @admin.display(description=_("overdue"))
    def overdue_shown(self, invoice: AbstractInvoice) -> str:
        """For how many days it has waited for money longer than it should; nothing while it has not."""
        days = invoice.overdue_days
        return ngettext("{days} day", "{days} days", days).format(days=days) if invoice.is_overdue else ""

    # The page

    @admin.display(description=_("totals"))
    def totals_shown(self, invoice: AbstractInvoice) -> str:
        """What the document comes to, tax by tax."""
        with invoice.items_at_hand():
            context = {"invoice": invoice, "subtotals": invoice.tax_subtotals(), "net": invoice.net_total, "notes": invoice.tax_notes}
            return render_to_string("admin/invoicing/invoice/totals.html", context)

    @admin.display(description=_("payment method"))
    def payment_method_shown(self, invoice: AbstractInvoice) -> str:
        """The payment method by its name."""
        return invoice.get_payment_method_display()

    @admin.display(description=_("history"))
    def history_shown(self, invoice: AbstractInvoice) -> str:
        """Every event: when, what, who and why."""
        return render_to_string("admin/invoicing/invoice/history.html", {"events": invoice.events.all()})  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return fieldsets_of(self.model, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A status changes by acts only; an issued document keeps everything but what may change after issue."""
        if obj is None:
            return self.readonly_fields
        if not obj.is_issued:
            return (*self.readonly_fields, "status", *computed_columns(obj))
        writable = self.model.CHANGEABLE_AFTER_ISSUE - {"status", *self.readonly_fields, *computed_columns(obj)}
        return tuple(name for name in names_in(self.get_fieldsets(request, obj)) if name not in writable)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.is_issued)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # A company is not deleted on the way through an invoice, nor is an invoice added.
            field.widget.can_delete_related = False
            field.widget.can_add_related = field.widget.can_add_related and not db_field.many_to_many
        return field

    # Saving

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> Any:
        """The page; what the library refuses while it saves is shown on it, and nothing was saved then."""
        context = {**(extra_context or {}), **self._page(request, object_id)}
        with acting(request.user):
            try:
                return super().changeform_view(request, object_id, form_url, context)
            except (InvoicingError, LineRefusedError) as error:
                # The transaction of the page was rolled back; the same page again, with a form that knows why.
                with refused(error):
                    return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        """Nothing yet: a document is saved with its items, in `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Save the document and its items as one, then whatever else a host shows on the page."""
        lines = next(formset for formset in formsets if isinstance(formset, ItemFormSet))
        (save_changed if change else save_new)(form.instance, lines, tax=form.empty_tax)
        form.save_m2m()
        for formset in formsets:
            if formset is not lines:
                self.save_formset(request, form, formset, change=change)

    # Deleting

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        with acting(request.user):
            return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a draft; a number that others follow is voided instead, which is said."""
        if not obj.delete()[0]:
            text = _("{invoice} is not the last of its series, so it is canceled and its number stays in the register.")
            self.message_user(request, text.format(invoice=obj), messages.WARNING)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        if self.model._default_manager.filter(pk=obj_id).exists():
            return HttpResponseRedirect(self.address("change", obj_id))
        return super().response_delete(request, obj_display, obj_id)

    # Acts

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = path("product/", self.admin_site.admin_view(self.product_view), name=f"{name}_product")
        return [own, *super().get_urls()]

    def product_view(self, request: HttpRequest) -> HttpResponse:
        """What a product says of a line, for the page that is being filled in."""
        if not (self.has_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        products, key = visible(Product.objects.all(), user=request.user), request.GET.get("id", "")
        product = products.filter(pk=key).first() if key.isdecimal() else None
        if product is None:
            raise Http404
        return JsonResponse({name: short(value) for name, value in product.snapshot().items()})

    def _page(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        """The buttons and links above the page: only what is possible now, and what this user may do."""
        page: dict[str, Any] = {"product_address": self.address("product"), "before_items": BEFORE_ITEMS, "before_panels": BEFORE_PANELS}
        invoice = self.get_object(request, unquote(object_id)) if object_id and request.method == "GET" else None
        if invoice is None:
            return page
        return {
            **page,
            "acts": list(self.offered_acts(request, invoice)),
            "links": list(links(invoice, request=request, site=self.admin_site)),
            "panels": list(panels(invoice, request=request, site=self.admin_site)),
            "documents": list(_documents(invoice)),
        }

    # Actions of the list

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        with acting(request.user):
            try:
                return super().changelist_view(request, extra_context)
            except InvoicingError as error:
                for sentence in sentences(error):
                    self.message_user(request, sentence, messages.ERROR)
                return HttpResponseRedirect(request.get_full_path())

    @admin.action(description=_("Issue selected invoices"), permissions=["change"])
    def issue(self, request: HttpRequest, queryset: Any) -> None:
        """Issue each."""
        self._perform_each(request, queryset, BUTTONS["issue"])

    @admin.action(description=_("Mark selected invoices as sent"), permissions=["change"])
    def mark_sent(self, request: HttpRequest, queryset: Any) -> None:
        """Mark each as sent."""
        self._perform_each(request, queryset, BUTTONS["mark_sent"])

    @admin.action(description=_("Mark selected invoices as paid"), permissions=["change"])
    def mark_paid(self, request: HttpRequest, queryset: Any) -> None:
        """Mark each as paid."""
        self._perform_each(request, queryset, BUTTONS["mark_paid"])

    @admin.action(description=_("Mark selected invoices as returned"), permissions=["change"])
    def mark_returned(self, request: HttpRequest, queryset: Any) -> None:
        """Mark each as returned."""
        self._perform_each(request, queryset, BUTTONS["mark_returned"])

    @admin.action(description=_("Send selected invoices to collection"), permissions=["void"])
    def send_to_collection(self, request: HttpRequest, queryset: Any) -> None:
        """Send each to collection."""
        self._perform_each(request, queryset, BUTTONS["send_to_collection"])

    @admin.action(description=_("Write off selected invoices"), permissions=["void"])
    def write_off(self, request: HttpRequest, queryset: Any) -> None:
        """Write each off."""
        self._perform_each(request, queryset, BUTTONS["write_off"])

    @admin.action(description=_("Calculate tax of selected invoices by policy"), permissions=["change"])
    def recalculate_tax(self, request: HttpRequest, queryset: Any) -> None:
        """Decide on the tax of each anew."""
        self._perform_each(request, queryset, BUTTONS["recalculate_tax"])

    def _perform_each(self, request: HttpRequest, queryset: Any, button: Button) -> None:
        """Do an act to each, the oldest first; one that is refused keeps no other from it."""
        done = 0
        for invoice in queryset.order_by("date_issue", "pk"):
            if not self.may(request, button, invoice):
                self.say_forbidden(request, invoice)
                continue
            try:
                self.perform(request, button, invoice)
            except InvoicingError as error:
                self.say_refusal(request, invoice, error)
            else:
                done += 1
        if done:
            text = ngettext("{act}: {count} invoice done.", "{act}: {count} invoices done.", done)
            self.message_user(request, text.format(act=button.title, count=done), messages.SUCCESS)


def _documents(invoice: AbstractInvoice) -> Iterable[dict[str, Any]]:
    """Links to the document itself, where the host has included the library's addresses."""
    for name, label in DOCUMENT_VIEWS:
        try:
            yield {"label": label, "address": reverse(name, kwargs={"uuid": invoice.uuid})}
        except NoReverseMatch:
            continue
