"""Registers that the library keeps and people only read: counters, voided numbers, history, answers about VAT ids."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from invoicing.actor import acting
from invoicing.admin.scoped import ScopedAdmin


class ReadOnlyAdmin(ScopedAdmin):
    """Nothing can be added, changed or deleted here, whatever permissions somebody has."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- nobody may
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- nobody may
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- nobody may
        return False


class CounterAdmin(ReadOnlyAdmin):
    """The last sequence of each series."""

    list_display = ("series", "type", "period", "company", "value")
    list_filter = ("series", "type")
    list_select_related = ("company",)
    search_fields = ("period", "company__name")


class VoidedNumberAdmin(ReadOnlyAdmin):
    """Numbers that were given up, each with its reason."""

    list_display = ("number", "sequence", "counter", "reason", "actor_name", "voided_at")
    list_select_related = ("counter",)
    search_fields = ("number", "reason")
    date_hierarchy = "voided_at"


class InvoiceEventAdmin(ReadOnlyAdmin):
    """The history of all documents, those of deleted drafts included."""

    list_display = ("at", "number", "kind", "status_from", "status_to", "reason", "actor_name")
    list_filter = ("kind",)
    search_fields = ("number", "reason", "actor_name")
    date_hierarchy = "at"
    ordering = ("-pk",)
    raw_id_fields = ("invoice", "actor")


class RegisterAdmin(ReadOnlyAdmin):
    """Where the chain of each company ends: note a head from time to time where nobody here can reach it."""

    list_display = ("key", "company", "length", "head", "locked_until")
    list_select_related = ("company",)


class RepairAdmin(ReadOnlyAdmin):
    """Times in which issued documents could be changed."""

    list_display = ("opened_at", "closed_at", "invoice_id", "reason", "actor_name")
    search_fields = ("reason", "actor_name")
    date_hierarchy = "opened_at"


class LockExemptionAdmin(ReadOnlyAdmin):
    """Who may write into locked books for a time. A grant can be added, and is history from then on."""

    fields = ("company", "user", "until", "reason")
    list_display = ("user_name", "company", "until", "reason", "actor_name", "granted_at")
    list_select_related = ("company",)
    autocomplete_fields = ("company",)
    raw_id_fields = ("user",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super(ReadOnlyAdmin, self).has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Grant it, which is an event of the chain."""
        with acting(request.user):
            super().save_model(request, obj, form, change)


class StoredDocumentAdmin(ReadOnlyAdmin):
    """What was rendered of issued documents, as it went out. The bytes are on the page of the document."""

    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")

    list_display = ("name", "role", "media_type", "size", "sha256", "created")
    list_filter = ("role",)
    search_fields = ("name", "sha256")
    date_hierarchy = "created"
    raw_id_fields = ("invoice",)


class VatIdCheckAdmin(ReadOnlyAdmin):
    """What the register answered, as evidence."""

    list_display = ("vat_id", "answer", "name", "consultation_id", "asked_at")
    list_filter = ("answer",)
    search_fields = ("vat_id", "name", "consultation_id")
    date_hierarchy = "asked_at"
