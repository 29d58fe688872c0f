"""Attachment: a file that belongs to a document. Its row says what it is; its bytes are in Django's storage."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError
from invoicing.models.validation import check_row

FOLDER = "invoicing/attachments"
"""Where the files are in the storage."""


class Attachment(models.Model):
    """One file of a document. It goes with the draft that it belongs to, and the stored file with it."""

    COMPANY_PATH: ClassVar[str] = "invoice__company"

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, related_name="attached_files")
    name = models.CharField(_("file name"), max_length=255)
    file = models.FileField(_("file"), upload_to=FOLDER, max_length=255)
    media_type = models.CharField(_("media type"), max_length=127, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    is_public = models.BooleanField(
        _("for the customer"), default=False, help_text=_("Whether the customer may get it; otherwise it is internal.")
    )
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("attached by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    uploader_name = models.CharField(_("name of who attached it"), max_length=255, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for what a form would refuse, and for a file that is not stored by `attach()`."""
        if not str(self.file).startswith(f"{FOLDER}/"):
            raise InvalidDataError({"file": [_("Files are stored by attach(), which looks at them.")]})
        check_row(self, exclude=["file"])
        super().save(**kwargs)
