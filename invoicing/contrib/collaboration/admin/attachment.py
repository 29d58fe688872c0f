"""Attachments in the admin: taken in by the service, given out as downloads."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from invoicing.actor import acting
from invoicing.contrib.collaboration.admin.writing import ServiceAdmin, ServiceForm
from invoicing.contrib.collaboration.downloads import download_response
from invoicing.contrib.collaboration.exceptions import AttachmentMissingError
from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.services import attach, detach, keep_internal, show_to_customer

READ = ("invoice", "download", "media_type", "size_shown", "sha256", "uploader_name", "created")


class AttachForm(ServiceForm):
    """A file for a document."""

    # The service says that a file is empty, and shortens its name.
    file = forms.FileField(label=_("File"), allow_empty_file=True)
    name = forms.CharField(label=_("Name"), required=False, max_length=255, help_text=_("Empty: as the file is called."))

    class Meta:
        model = Attachment
        fields: ClassVar = ("invoice", "name", "is_public")


class AttachmentAdmin(ServiceAdmin):
    """Files of documents."""

    list_display = ("name", "invoice", "size_shown", "is_public", "uploader_name", "created")
    list_filter = ("is_public", "media_type")
    search_fields = ("name", "uploader_name", "sha256", "invoice__number")
    date_hierarchy = "created"

    @admin.display(description=_("size"), ordering="size")
    def size_shown(self, attachment: Attachment) -> str:
        """Such as 1.2 MB."""
        return filesizeformat(attachment.size)

    @admin.display(description=_("file"))
    def download(self, attachment: Attachment) -> str:
        """The name, which leads to the download."""
        address = reverse(f"{self.admin_site.name}:invoicing_collaboration_attachment_download", args=[attachment.pk])
        return format_html('<a href="{}">{}</a>', address, attachment.name)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return ("invoice", "file", "name", "is_public") if obj is None else (*READ, "is_public")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- the same for everybody
        return () if obj is None else READ

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's signature
        """A form to attach a file, or one for the little that changes later."""
        return super().get_form(request, obj, change=change, **{"form": ServiceForm if change else AttachForm, **kwargs})

    def get_urls(self) -> Any:
        """The pages, and the download."""
        view = self.admin_site.admin_view(self.download_view)
        return [path("<path:object_id>/download/", view, name="invoicing_collaboration_attachment_download"), *super().get_urls()]

    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """The file, for whoever may see the attachment."""
        attachment = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, attachment):
            raise PermissionDenied
        if attachment is None:
            raise Http404
        try:
            return download_response(attachment)
        except AttachmentMissingError as error:
            self.message_user(request, str(error), messages.ERROR)
            name = f"{self.admin_site.name}:invoicing_collaboration_attachment_change"
            return HttpResponseRedirect(reverse(name, args=[attachment.pk]))

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002  # Django's signature
        """Attach the file; of one that is attached, mark who may get it."""
        if change:
            (show_to_customer if obj.is_public else keep_internal)(obj)
            return
        given = form.cleaned_data
        self.show(attach(obj.invoice, given["file"], name=given["name"], is_public=given["is_public"]), obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) or self.goes_with_draft(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Detach the file."""
        with acting(request.user):
            detach(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Detach the files."""
        for attachment in queryset:
            self.delete_model(request, attachment)
