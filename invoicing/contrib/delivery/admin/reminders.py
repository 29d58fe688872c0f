"""Dunning: the levels, the pauses, and what was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.refusals import CheckedForm
from invoicing.admin.registers import ReadOnlyAdmin
from invoicing.admin.scoped import ScopedAdmin


class DunningLevelAdmin(ScopedAdmin):
    """When which reminder goes out, what it says and what it costs."""

    form = CheckedForm
    list_display = ("name", "days", "min_gap", "fee", "currency", "interest", "company", "is_active")
    list_filter = ("is_active", ("company", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("company",)
    search_fields = ("name",)
    autocomplete_fields = ("company",)
    fieldsets = (
        (None, {"fields": ("name", "company", "is_active")}),
        (_("When"), {"fields": (("days", "min_gap"),)}),
        (_("Words"), {"fields": ("subject", "message", "template")}),
        (_("Charges"), {"fields": (("fee", "currency"), ("interest", "interest_rate"))}),
    )


class ReminderPauseAdmin(ScopedAdmin):
    """Whom no reminders are sent to. Change the day to end a pause."""

    form = CheckedForm
    list_display = ("__str__", "invoice", "party", "until", "actor_name", "created")
    list_select_related = ("invoice", "party")
    search_fields = ("reason", "invoice__number", "party__name")
    raw_id_fields = ("invoice",)
    autocomplete_fields = ("party",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Save, and keep who asked for it."""
        with acting(request.user):
            super().save_model(request, obj, form, change)


class ReminderAdmin(ReadOnlyAdmin):
    """What was sent, and what it charged."""

    list_display = ("invoice", "level", "sent_on", "days_overdue", "to_pay", "currency", "fee", "interest", "fee_invoice", "actor_name")
    list_filter = (("level", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("invoice", "level", "fee_invoice")
    search_fields = ("invoice__number", "invoice__customer_name", "fee_invoice__number")
    date_hierarchy = "sent_on"
    raw_id_fields = ("invoice", "fee_invoice", "delivery")
