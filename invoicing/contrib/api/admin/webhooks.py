"""Webhooks in the admin: who is told of what, what was sent, and sending again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.admin.refusals import CheckedForm
from invoicing.admin.registers import ReadOnlyAdmin
from invoicing.admin.scoped import ScopedAdmin, ScopedTabularInline
from invoicing.contrib.api.models import CHOSEN, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from invoicing.contrib.api.webhooks.addresses import check_url
from invoicing.contrib.api.webhooks.services import add_endpoint, change_endpoint, replay, rotate_secret, send_ping
from invoicing.exceptions import InvoicingError


class WebhookEndpointForm(CheckedForm):
    """A receiver. Where its URL leads is looked at before it is saved."""

    events = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(kind.value, kind.label) for kind in CHOSEN],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None: all."),
    )

    def check_instance(self) -> None:
        """Raise InvoicingError for what the row may not hold, and for a URL that webhooks must not go to."""
        super().check_instance()
        if "url" in self.changed_data:
            check_url(self.instance.url)


class WebhookEndpointAdmin(ScopedAdmin):
    """Receivers. The secret of one is shown once, when it is made."""

    form = WebhookEndpointForm
    list_display = ("url", "description", "company", "is_active", "disabled_reason", "given_up", "created")
    list_filter = ("is_active", ("company", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("company",)
    search_fields = ("url", "description")
    autocomplete_fields = ("company",)
    fields = ("company", "url", "description", "events", "is_active", "disabled_at", "disabled_reason", "added_by")
    readonly_fields = ("disabled_at", "disabled_reason", "added_by")
    actions = ("make_new_secret", "ping")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # Whose news it gets stays as it was set up; a new one is active.
        return (*fields, "company") if obj is not None else (*fields, "is_active")

    @admin.display(description=_("Added by"), empty_value="-")
    def added_by(self, endpoint: WebhookEndpoint) -> str:
        """Who set it up."""
        return endpoint.created_by_name

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's signature
        """Save by the services, and show a new secret once."""
        values = {"url": obj.url, "events": obj.events, "description": obj.description}
        with acting(request.user):
            if change:
                change_endpoint(obj, is_active=obj.is_active, **values)
                return
            made = add_endpoint(company=obj.company, **values)
        obj.__dict__.update(made.__dict__)
        self._show_secret(request, made)

    def has_decide_permission(self, request: HttpRequest, row: WebhookEndpoint | None = None) -> bool:
        """Whether somebody may decide about endpoints: whoever may change them."""
        return self.has_own_permission(request, "change", row)

    @admin.action(description=_("Make a new secret"), permissions=["decide"])
    def make_new_secret(self, request: HttpRequest, queryset: Any) -> None:
        """Change the secrets; those before sign for a day, too."""
        _each(self, request, queryset, lambda endpoint: self._show_secret(request, rotate_secret(endpoint)))

    @admin.action(description=_("Send a ping"), permissions=["decide"])
    def ping(self, request: HttpRequest, queryset: Any) -> None:
        """Queue a message to try an endpoint by."""
        done = _each(self, request, queryset, send_ping)
        _say(self, request, ngettext("%(count)s ping is queued.", "%(count)s pings are queued.", done), done)

    def _show_secret(self, request: HttpRequest, endpoint: WebhookEndpoint) -> None:
        text = _("The secret of %(url)s is %(secret)s. It is not shown again.")
        self.message_user(request, text % {"url": endpoint.url, "secret": endpoint.secret}, messages.WARNING)


class WebhookEventAdmin(ReadOnlyAdmin):
    """The outbox: what happened."""

    list_display = ("created", "kind", "invoice", "company", "uuid")
    list_filter = ("kind", ("company", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("invoice", "company")
    search_fields = ("uuid", "invoice__number")
    date_hierarchy = "created"
    raw_id_fields = ("invoice",)


class WebhookAttemptInline(ScopedTabularInline):
    """The log of one message."""

    model = WebhookAttempt
    fields = ("number", "at", "status_code", "error", "answer", "duration")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Messages and their log."""

    list_display = ("created", "event", "endpoint", "status", "attempts", "next_attempt_at", "delivered_at")
    list_filter = ("status", ("endpoint", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("event", "endpoint")
    search_fields = ("event__uuid", "event__invoice__number")
    date_hierarchy = "created"
    inlines: ClassVar = [WebhookAttemptInline]
    actions = ("send_again",)

    def has_decide_permission(self, request: HttpRequest, row: WebhookDelivery | None = None) -> bool:
        """Whether somebody may decide about messages: whoever may change them, if only that could be done."""
        return self.has_own_permission(request, "change", row)

    @admin.action(description=_("Send again"), permissions=["decide"])
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        """Queue messages anew, whatever became of them."""
        done = _each(self, request, queryset, replay)
        _say(self, request, ngettext("%(count)s message is queued again.", "%(count)s messages are queued again.", done), done)


def _each(page: Any, request: HttpRequest, queryset: Any, act: Callable[[Any], object]) -> int:
    """Do it to each row that somebody may do it to; gives how many."""
    done = 0
    for row in queryset:
        if not page.has_decide_permission(request, row):
            page.message_user(request, gettext("{name} stays as it is: you may not do that.").format(name=row), messages.ERROR)
            continue
        try:
            with acting(request.user):
                act(row)
        except InvoicingError as error:
            page.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            done += 1
    return done


def _say(page: Any, request: HttpRequest, text: str, count: int) -> None:
    if count:
        page.message_user(request, text % {"count": count}, messages.SUCCESS)
