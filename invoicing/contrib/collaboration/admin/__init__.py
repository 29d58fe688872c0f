"""The admin of collaboration, registered unless INVOICING_ADMIN is False, and what it adds to the page of an invoice."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from invoicing.conf import conf
from invoicing.contrib.collaboration.admin.assignment import AssignmentAdmin, AssignmentEventAdmin
from invoicing.contrib.collaboration.admin.attachment import AttachmentAdmin
from invoicing.contrib.collaboration.admin.comment import CommentAdmin
from invoicing.contrib.collaboration.admin.on_invoice import extend_invoices
from invoicing.contrib.collaboration.models import Assignment, AssignmentEvent, Attachment, Comment

__all__ = ["AssignmentAdmin", "AssignmentEventAdmin", "AttachmentAdmin", "CommentAdmin", "register"]

PAGES: dict[Any, Any] = {
    Comment: CommentAdmin,
    Attachment: AttachmentAdmin,
    Assignment: AssignmentAdmin,
    AssignmentEvent: AssignmentEventAdmin,
}


def register(site: admin.AdminSite) -> None:
    """Register every model of collaboration that the site does not show yet: what a host registered itself stays."""
    for model, page in PAGES.items():
        if not site.is_registered(model):
            site.register(model, page)


extend_invoices()
if conf.admin:
    register(admin.site)
