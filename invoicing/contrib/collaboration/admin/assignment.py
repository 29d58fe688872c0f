"""Who is in charge, in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest

from invoicing import scoping
from invoicing.admin.registers import ReadOnlyAdmin
from invoicing.contrib.access.members import groups_of, members_of
from invoicing.contrib.collaboration.admin.writing import ServiceAdmin
from invoicing.contrib.collaboration.services import assign
from invoicing.models import get_invoice_model

CHOICES: dict[str, Any] = {"users": members_of, "groups": groups_of, "authorized_by": members_of}
"""Who is offered in each field."""


class AssignmentAdmin(ServiceAdmin):
    """Users and teams in charge of documents. Nobody deletes an assignment: empty it, so that its history says so."""

    places: ClassVar = {"assigned_to": "users", "teams": "groups"}
    list_display = ("invoice", "authorized_by", "modified")
    list_select_related = ("invoice", "authorized_by")
    search_fields = ("invoice__number",)
    fields = ("invoice", "users", "groups", "authorized_by")
    filter_horizontal = ("users", "groups")
    raw_id_fields = ("invoice",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return () if obj is None else ("invoice",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """A form that offers whoever may be in charge, and whoever is."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        invoice = obj.invoice if obj is not None else _invoice_asked_for(request)
        for name in CHOICES.keys() & form.base_fields.keys():
            form.base_fields[name].queryset = _choices(name, invoice, obj, request)
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.goes_with_draft(request, obj)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002  # Django's signature
        """Put them in charge."""
        given = form.cleaned_data
        self.show(assign(obj.invoice, users=given["users"], groups=given["groups"], authorized_by=given["authorized_by"]), obj)


def _invoice_asked_for(request: HttpRequest) -> Any:
    """The document that a new assignment is for, if whoever asks may see it."""
    key = request.POST.get("invoice") or request.GET.get("invoice")
    try:
        return scoping.visible(get_invoice_model()._default_manager.all(), user=request.user).filter(pk=key).first() if key else None
    except (ValueError, ValidationError):
        return None  # No key of this model, whatever its keys are.


def _choices(name: str, invoice: Any, obj: Any, request: HttpRequest) -> Any:
    """The rows to choose from. Before a document is named, whoever sees one company only is offered nobody."""
    allowed = CHOICES[name](invoice.company if invoice is not None else None)
    if invoice is None:
        return allowed.none() if scoping.is_narrowed(request.user) else allowed
    if obj is None:
        return allowed
    present = [obj.authorized_by_id] if name == "authorized_by" else getattr(obj, name).values("pk")
    return allowed.model._default_manager.filter(Q(pk__in=allowed.values("pk")) | Q(pk__in=present))


class AssignmentEventAdmin(ReadOnlyAdmin):
    """Who put whom in charge, and when."""

    list_display = ("at", "invoice", "what", "actor_name")
    list_select_related = ("invoice",)
    search_fields = ("actor_name", "invoice__number")
    date_hierarchy = "at"
    raw_id_fields = ("invoice",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ServiceAdmin.goes_with_draft(request, obj)
