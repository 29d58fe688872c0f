"""Bank statements and their entries in the admin: uploaded, looked through, confirmed; what the bank said is only read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.act_pages import ActPages
from invoicing.admin.layout import BEFORE_PANELS
from invoicing.admin.money import money
from invoicing.admin.refusals import refused
from invoicing.admin.registers import ReadOnlyAdmin
from invoicing.contrib.payments.admin.bank_acts import BUTTONS
from invoicing.contrib.payments.admin.bank_upload import UploadForm, placed
from invoicing.contrib.payments.admin.tables import page_of, two_lines
from invoicing.contrib.payments.bank import StatementReport, confirm
from invoicing.contrib.payments.bank.matching import Reason
from invoicing.contrib.payments.bank.proposing import propose_again
from invoicing.contrib.payments.models import BankEntry, BankStatement, EntryState, MatchProposal
from invoicing.domain.money import quantise
from invoicing.exceptions import InvoicingError

REASONS: dict[str, Promise] = {
    Reason.REFERENCE: _("payment reference"),
    Reason.VARIABLE_SYMBOL: _("variable symbol"),
    Reason.NUMBER: _("number"),
    Reason.NUMBER_DIGITS: _("digits of the number"),
    Reason.NUMBER_SHORT: _("short number"),
    Reason.AMOUNT: _("amount"),
    Reason.AMOUNT_DISCOUNTED: _("amount less discount"),
    Reason.AMOUNT_TOGETHER: _("amounts together"),
    Reason.IBAN: _("known account"),
    Reason.NAME: _("name"),
    Reason.RECORDED: _("recorded payment"),
    Reason.AMBIGUOUS: _("others fit as well"),
}

REFERENCES = ("end_to_end_id", "creditor_reference", "variable_symbol", "bank_reference")

MOST_ROWS = 500
"""Entries that the page of a statement shows; the list of entries has them all."""

CSS: dict[str, Sequence[str]] = {"all": ["invoicing/admin/invoice.css", "invoicing/admin/payments.css", "invoicing/admin/bank.css"]}


class BankEntryAdmin(ActPages):
    """What is on the account, and what it may pay. Nothing is changed but by acts."""

    buttons = BUTTONS
    change_form_template = "admin/invoicing_payments/payment/change_form.html"
    act_template = "admin/invoicing_payments/bankentry/act.html"
    date_hierarchy = "date"
    list_display = ("date", "who_shown", "amount_shown", "best_shown")
    list_filter = ("status", ("statement__company", admin.RelatedOnlyFieldListFilter), "currency", "is_reversal")
    search_fields = ("counterparty", "iban", "text", "end_to_end_id", "creditor_reference", "variable_symbol")
    search_help_text = _("Counterparty, IBAN, text or reference")
    show_full_result_count = False
    view_on_site = False
    actions = ("confirm_best", "look_again")
    list_select_related = ("statement", "payment")

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css=CSS)

    def get_queryset(self, request: HttpRequest) -> Any:
        best = MatchProposal.objects.filter(rank=1).select_related("invoice", "payment").order_by("pk")
        return super().get_queryset(request).prefetch_related(Prefetch("proposals", best, to_attr="best_proposals"))

    # What is shown

    @admin.display(description=_("counterparty"), ordering="counterparty")
    def who_shown(self, entry: BankEntry) -> str:
        """Who is on the other side, and what was written."""
        return two_lines(entry.counterparty, _short(entry.text or entry.creditor_reference or entry.end_to_end_id))

    @admin.display(description=_("amount"), ordering="amount")
    def amount_shown(self, entry: BankEntry) -> str:
        """The amount with its currency."""
        return money(entry.amount, entry.currency)

    @admin.display(description=_("proposal and score"), ordering="status")
    def best_shown(self, entry: BankEntry) -> str:
        """What it most likely pays, how sure that is from 0 to 100, and why; of one that is decided, what it is."""
        if entry.status != EntryState.OPEN:
            return two_lines(_state(entry), str(entry.payment or entry.ignored_because))
        best = getattr(entry, "best_proposals", [])
        if not best:
            return _state(entry)
        targets = ", ".join(str(proposal.target) for proposal in best)
        return two_lines(f"{targets} · {best[0].score}", _why(best[0]))

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, entry: BankEntry) -> str:
        """The state in words, and in a colour that says the same."""
        return _state(entry)

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        state = ("status_shown", "payment") if obj is not None and obj.payment_id else "status_shown"
        facts: Any = [state, ("date", "booked_on"), "amount_shown", ("counterparty", "iban"), "text"]
        decided = [("decided_at", "decided_by"), "ignored_because"] if obj is not None and obj.status != EntryState.OPEN else []
        told = [name for name in REFERENCES if obj is not None and getattr(obj, name)]
        return (
            (None, {"fields": (*facts, *decided), "classes": (BEFORE_PANELS,)}),
            (_("Where it comes from"), {"fields": (*told, ("statement", "place"))}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return (*(field.name for field in BankEntry._meta.fields), "status_shown", "amount_shown")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- entries come from files
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- what the bank said stays
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        entry = self.get_object(request, unquote(object_id)) if request.method == "GET" else None
        page = self._page(request, entry) if entry is not None else {}
        nothing_to_save = {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **nothing_to_save, **page})

    def _page(self, request: HttpRequest, entry: BankEntry) -> dict[str, Any]:
        context = {
            "proposals": list(self._proposals(request, entry)),
            "is_open": entry.status == EntryState.OPEN,
            "nothing": gettext("Nothing that is open fits."),
        }
        html = render_to_string("admin/invoicing_payments/bankentry/proposals.html", context)
        return {
            "title": _("Bank entry"),
            "acts": list(self.offered_acts(request, entry)),
            "before_panels": BEFORE_PANELS,
            "panels": [{"name": "proposals", "title": _("What it may pay"), "html": html}],
        }

    def _proposals(self, request: HttpRequest, entry: BankEntry) -> Iterator[dict[str, Any]]:
        rows = MatchProposal.objects.filter(entry=entry).select_related("invoice", "payment").order_by("rank", "pk")
        may = self.may(request, BUTTONS["confirm"], entry)
        for rank, group in groupby(rows, key=lambda row: row.rank):
            parts = list(group)
            yield {
                "score": parts[0].score,
                "reasons": _why(parts[0]),
                "is_chosen": parts[0].is_chosen,
                "address": f"{self.address('act', entry.pk, 'confirm')}?rank={rank}" if may else "",
                "parts": [self._part(request, part, entry) for part in parts],
            }

    def _part(self, request: HttpRequest, part: MatchProposal, entry: BankEntry) -> dict[str, Any]:
        document = part.invoice
        party = (document.supplier_name if document.is_received else document.customer_name) if document else part.target.payer_name
        return {
            "name": str(part.target) if document else gettext("Payment of {payment}").format(payment=part.target),
            "address": page_of(part.target, request=request, site=self.admin_site),
            "party": party,
            "open": money(document.to_pay, document.currency) if document else "",
            "amount": money(quantise(part.amount, entry.currency), entry.currency),
        }

    # Actions of the list

    @admin.action(description=_("Confirm the best proposal"), permissions=["change"])
    def confirm_best(self, request: HttpRequest, queryset: Any) -> None:
        """Confirm each; one that is refused keeps no other from it."""
        self._each(request, queryset, confirm, ngettext)

    @admin.action(description=_("Look for proposals again"), permissions=["change"])
    def look_again(self, request: HttpRequest, queryset: Any) -> None:
        """Propose anew for each that is open."""
        entries = queryset.select_related("statement")
        propose_again([entry.pk for entry in entries if self.has_change_permission(request, entry)], using=queryset.db)
        self.message_user(request, gettext("The proposals are up to date."), messages.SUCCESS)

    def _each(self, request: HttpRequest, queryset: Any, act: Any, plural: Any) -> None:
        done = 0
        for entry in queryset.order_by("date", "pk"):
            if not self.has_change_permission(request, entry):
                self.say_forbidden(request, entry)
                continue
            try:
                with acting(request.user):
                    act(entry)
            except InvoicingError as error:
                self.say_refusal(request, entry, error)
            else:
                self.log_change(request, entry, str(BUTTONS["confirm"].title))
                done += 1
        if done:
            text = plural("{count} entry is a payment now.", "{count} entries are payments now.", done)
            self.message_user(request, text.format(count=done), messages.SUCCESS)


class BankStatementAdmin(ReadOnlyAdmin):
    """Files of the bank: one is added by uploading it, and is history from then on."""

    form = UploadForm
    change_form_template = "admin/invoicing_payments/payment/change_form.html"
    date_hierarchy = "imported_at"
    list_display = ("account", "number", "date_from", "date_to", "opening_shown", "closing_shown", "format", "file_name", "imported_at")
    list_filter = ("format", ("company", admin.RelatedOnlyFieldListFilter))
    search_fields = ("account", "number", "identifier", "file_name")
    autocomplete_fields = ("company",)
    view_on_site = False

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css=CSS)

    @admin.display(description=_("opening balance"), ordering="opening_balance")
    def opening_shown(self, statement: BankStatement) -> str:
        """With its currency."""
        return _balance(statement.opening_balance, statement)

    @admin.display(description=_("closing balance"), ordering="closing_balance")
    def closing_shown(self, statement: BankStatement) -> str:
        """With its currency."""
        return _balance(statement.closing_balance, statement)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super(ReadOnlyAdmin, self).has_add_permission(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        if obj is None:
            table = {
                "fields": (("decimal_mark", "day_format"), "columns"),
                "description": _("For CSV files alone, where they can be read in more than one way."),
                "classes": ("collapse",),
            }
            return ((None, {"fields": ("file", "company")}), (_("What a table may leave open"), table))
        facts = (("account", "company"), ("number", "identifier"), ("date_from", "date_to"), ("opening_shown", "closing_shown"))
        origin = (("format", "file_name"), ("imported_at", "actor_name"), "sha256")
        return ((None, {"fields": facts, "classes": (BEFORE_PANELS,)}), (_("File"), {"fields": origin, "classes": ("collapse",)}))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # No company is written on the way through a file.
            field.widget = field.widget.widget
            field.help_text = _("Empty: the one whose account it is.")
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return () if obj is None else ("opening_shown", "closing_shown")

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> Any:
        """The page; a file that is refused is shown beside its field, and nothing was taken in then."""
        context = {**(extra_context or {}), **self._page(request, object_id)}
        with acting(request.user):
            try:
                return super().changeform_view(request, object_id, form_url, context)
            except InvoicingError as error:
                with refused(placed(error, user=request.user)):
                    return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002  # Django's signature
        """Take the file in; the row that Django goes on with is its first statement."""
        report = form.take_in()
        request.bank_report = report
        for field in obj._meta.concrete_fields:
            setattr(obj, field.attname, getattr(report.statements[0], field.attname))
        obj._state.adding, obj._state.db = False, report.statements[0]._state.db

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002
        """Say what came of it, and go on to the entries."""
        report: StatementReport = request.bank_report  # type: ignore[attr-defined]
        self.message_user(request, _told(report), messages.SUCCESS if report.imported else messages.WARNING)
        for notice in report.notices:
            self.message_user(request, notice, messages.INFO)
        name = f"{self.admin_site.name}:{BankEntry._meta.app_label}_{BankEntry._meta.model_name}_changelist"
        keys = ",".join(str(statement.pk) for statement in report.statements)
        return HttpResponseRedirect(f"{reverse(name, current_app=self.admin_site.name)}?statement__in={keys}")

    def _page(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        statement = self.get_object(request, unquote(object_id)) if object_id and request.method == "GET" else None
        if statement is None:
            return {"title": _("Import a bank file"), "show_save_and_continue": False, "show_save_and_add_another": False}
        entries = statement.entries.order_by("pk")
        rows = [
            {
                "entry": entry,
                "address": page_of(entry, request=request, site=self.admin_site),
                "what": two_lines(entry.counterparty, _short(entry.text)),
                "amount": money(entry.amount, entry.currency),
                "status": _state(entry),
            }
            for entry in entries[:MOST_ROWS]
        ]
        left = max(entries.count() - MOST_ROWS, 0)
        more = gettext("And {count} more, in the list of entries.").format(count=left) if left else ""
        context = {"rows": rows, "more": more, "notices": statement.notices}
        html = render_to_string("admin/invoicing_payments/bankstatement/entries.html", context)
        return {"before_panels": BEFORE_PANELS, "panels": [{"name": "entries", "title": _("Entries"), "html": html}]}


def _told(report: StatementReport) -> str:
    if not report.imported:
        return gettext("Nothing is new: all {count} entries were here already.").format(count=report.known)
    text = ngettext("{count} entry was imported", "{count} entries were imported", report.imported).format(count=report.imported)
    known = gettext("{count} were here already").format(count=report.known) if report.known else ""
    proposed = gettext("{count} with a proposal").format(count=report.proposed)
    confirmed = gettext("{count} confirmed").format(count=report.confirmed) if report.confirmed else ""
    return ", ".join(filter(None, (text, proposed, confirmed, known))) + "."


def _state(entry: BankEntry) -> str:
    return format_html('<span class="invoicing-state invoicing-state-{}">{}</span>', entry.status.lower(), entry.get_status_display())


def _why(proposal: MatchProposal) -> str:
    return ", ".join(str(REASONS.get(reason, reason)) for reason in proposal.reasons)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _balance(amount: Any, statement: BankStatement) -> str:
    return "–" if amount is None else money(amount, statement.currency)
