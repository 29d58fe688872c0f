"""Registers that the library keeps and people only read: counters, voided numbers, history, answers about VAT ids."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from invoicing.admin.typed import AnyModelAdmin


class ReadOnlyAdmin(AnyModelAdmin):
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


class VatIdCheckAdmin(ReadOnlyAdmin):
    """What the register answered, as evidence."""

    list_display = ("vat_id", "answer", "name", "consultation_id", "asked_at")
    list_filter = ("answer",)
    search_fields = ("vat_id", "name", "consultation_id")
    date_hierarchy = "asked_at"
