"""Comments in the admin: added, read, never changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from invoicing.contrib.collaboration.admin.writing import ServiceAdmin
from invoicing.contrib.collaboration.services import comment


class CommentAdmin(ServiceAdmin):
    """What people wrote about documents."""

    list_display = ("created", "invoice", "__str__", "author_name")
    search_fields = ("text", "author_name", "invoice__number")
    date_hierarchy = "created"
    fields = ("invoice", "text")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj is None else ("invoice", "text", "author_name", "created")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- nobody may
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.goes_with_draft(request, obj)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002  # Django's signature
        """Add the comment."""
        self.show(comment(obj.invoice, obj.text), obj)
