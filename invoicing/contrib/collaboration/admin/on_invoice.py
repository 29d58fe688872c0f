"""What collaboration adds to the page of an invoice: who is in charge, comments and files."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from invoicing import scoping
from invoicing.admin.extensions import Panel, show_on_invoices
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent, Attachment, Comment

TEMPLATE = "admin/invoicing_collaboration/on_invoice.html"


def together(invoice: Any, *, request: HttpRequest, site: AdminSite) -> str:
    """What somebody may see of the work on a document; empty where that is nothing."""
    pages = {model: site.get_model_admin(model) for model in (Assignment, Attachment, Comment) if site.is_registered(model)}
    parts: dict[str, Any] = {
        str(model._meta.model_name): _PARTS[model](invoice, site=site, address=_address_to_write(model, invoice, page, request, site))
        for model, page in pages.items()
        if page.has_view_permission(request, model(invoice=invoice))
    }
    return render_to_string(TEMPLATE, parts) if parts else ""


def _address_to_write(model: type[models.Model], invoice: Any, page: Any, request: HttpRequest, site: AdminSite) -> str:
    """Where somebody adds to a document; of its one assignment, where he changes it. Empty for whoever may not."""
    name = f"{site.name}:{model._meta.app_label}_{model._meta.model_name}"
    there = Assignment.objects.filter(invoice_id=invoice.pk).first() if model is Assignment else None
    if there is not None:
        return reverse(f"{name}_change", args=[there.pk]) if page.has_change_permission(request, there) else ""
    new = model(invoice=invoice)
    may = page.has_add_permission(request) and scoping.may(request.user, f"{model._meta.app_label}.add_{model._meta.model_name}", new)
    return f"{reverse(f'{name}_add')}?invoice={invoice.pk}" if may else ""


def _assignment(invoice: Any, *, site: AdminSite, address: str) -> dict[str, Any]:
    del site
    row = Assignment.objects.filter(invoice_id=invoice.pk).select_related("authorized_by").first()
    return {
        "address": address,
        "users": [*row.users.all()] if row else [],
        "groups": [*row.groups.all()] if row else [],
        "authorized_by": row.authorized_by if row else None,
        "last": AssignmentEvent.objects.filter(invoice_id=invoice.pk).order_by("pk").last(),
    }


def _attachments(invoice: Any, *, site: AdminSite, address: str) -> dict[str, Any]:
    name = f"{site.name}:invoicing_collaboration_attachment_download"
    rows = Attachment.objects.filter(invoice_id=invoice.pk).order_by("pk")
    return {"address": address, "rows": [{"file": row, "download": reverse(name, args=[row.pk])} for row in rows]}


def _comments(invoice: Any, *, site: AdminSite, address: str) -> dict[str, Any]:
    del site
    return {"address": address, "rows": Comment.objects.filter(invoice_id=invoice.pk).order_by("pk")}


_PARTS: dict[type[models.Model], Any] = {Assignment: _assignment, Attachment: _attachments, Comment: _comments}


def extend_invoices() -> None:
    """Show the work on a document on its page."""
    show_on_invoices(
        Panel(name="collaboration", title=_("Working together"), render=together, css=("invoicing/admin/collaboration.css",)),
    )
