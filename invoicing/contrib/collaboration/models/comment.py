"""Comment: what people write about a document, each once, with author and time."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet
from invoicing.models.validation import check_row

LONGEST_COMMENT = 10_000
"""Characters."""


class Comment(AppendOnly):
    """One remark on a document: a log that is added to. It goes with the draft that it is about."""

    COMPANY_PATH: ClassVar[str] = "invoice__company"
    LOOSENED: ClassVar = frozenset({"author"})

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, related_name="comments")
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT, validators=[MaxLengthValidator(LONGEST_COMMENT)])
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    author_name = models.CharField(_("name of the author"), max_length=255, blank=True, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.text if len(self.text) <= 60 else f"{self.text[:59]}…"

    def save(self, **kwargs: Any) -> None:
        """Add the row. Raises InvalidDataError for a text that no comment may have, and AppendOnlyError for one that exists."""
        text: object = self.text
        self.text = text.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(text, str) else ""
        if not self.text:
            raise InvalidDataError({"text": [_("Write a comment.")]})
        check_row(self)
        super().save(**kwargs)
