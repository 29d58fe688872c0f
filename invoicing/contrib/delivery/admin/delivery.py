"""Deliveries in the admin: what was sent, the log of each, and the decisions about those in doubt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.registers import ReadOnlyAdmin
from invoicing.admin.scoped import ScopedTabularInline
from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt
from invoicing.contrib.delivery.services import confirm_arrival, send_again
from invoicing.exceptions import InvoicingError


class AttemptInline(ScopedTabularInline):
    """The log of one delivery."""

    model = DeliveryAttempt
    fields = (
        "number",
        "outcome",
        "started_at",
        "ended_at",
        "error",
        "refused",
        "message_id",
        "provider_id",
        "digest",
        "worker",
        "actor_name",
    )
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- nobody may
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- nobody may
        return False


class DeliveryAdmin(ReadOnlyAdmin):
    """Mail and its log. It is asked for elsewhere; here a person decides about what is in doubt or failed."""

    list_display = ("created_at", "purpose", "subject", "to", "status", "attempts", "next_attempt_at", "actor_name")
    list_filter = ("status", "purpose")
    search_fields = ("subject", "request_key", "message_id", "recipients")
    date_hierarchy = "created_at"
    raw_id_fields = ("invoice",)
    list_select_related = ("company",)
    inlines: ClassVar = [AttemptInline]
    actions = ("it_arrived", "send_anew")

    @admin.display(description=_("to"))
    def to(self, delivery: Delivery) -> str:
        """Whom it goes to."""
        return ", ".join(delivery.recipients)

    def has_decide_permission(self, request: HttpRequest, row: Delivery | None = None) -> bool:
        """Whether somebody may decide about deliveries: whoever may change them, if only that could be done."""
        return self.has_own_permission(request, "change", row)

    @admin.action(description=_("It arrived"), permissions=["decide"])
    def it_arrived(self, request: HttpRequest, queryset: Any) -> None:
        """Settle doubts: the mail is there."""
        done = self._decide(request, queryset, confirm_arrival)
        self._say(request, ngettext("%(count)s mail is settled: it arrived.", "%(count)s mails are settled: they arrived.", done), done)

    @admin.action(description=_("Send again"), permissions=["decide"])
    def send_anew(self, request: HttpRequest, queryset: Any) -> None:
        """Send mail anew that is in doubt or failed."""
        done = self._decide(request, queryset, send_again)
        self._say(request, ngettext("%(count)s mail is sent again.", "%(count)s mails are sent again.", done), done)

    def _decide(self, request: HttpRequest, queryset: Any, decision: Callable[[Delivery], Delivery]) -> int:
        done = 0
        for delivery in queryset:
            if not self.has_decide_permission(request, delivery):
                self.message_user(request, gettext("{name} stays as it is: you may not do that.").format(name=delivery), messages.ERROR)
                continue
            try:
                with acting(request.user):
                    decision(delivery)
            except InvoicingError as error:
                self.message_user(request, f"{delivery}: {error}", messages.ERROR)
            else:
                done += 1
        return done

    def _say(self, request: HttpRequest, text: str, count: int) -> None:
        if count:
            self.message_user(request, text % {"count": count}, messages.SUCCESS)


class LinkRevocationAdmin(ReadOnlyAdmin):
    """When the public links of a document were ended."""

    list_display = ("invoice", "revoked_at", "actor_name")
    raw_id_fields = ("invoice",)
    list_select_related = ("invoice",)
