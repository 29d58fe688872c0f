"""StoredDocument: an issued invoice as it was rendered, byte by byte, so that a later template never changes it."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain.choices import EventKind
from invoicing.exceptions import InvalidDataError, TryAgainError
from invoicing.models.append_only import AppendOnly, DocumentHistoryQuerySet
from invoicing.models.event import InvoiceEvent
from invoicing.models.locking import atomically, locked, plain


class StoredDocumentQuerySet(DocumentHistoryQuerySet["StoredDocument"]):
    """The ways to store and find."""

    def keep(self, invoice: Any, content: bytes, *, role: str, name: str, media_type: str, seal: str | None = None) -> StoredDocument:
        """Store a rendering of an issued invoice, and enter its hash into the chain; what is stored already stays and is given back.

        `seal` is what `seal_of()` said before the document was read that was rendered. Raises TryAgainError when it was repaired
        or erased meanwhile, and InvalidDataError for a draft: it still changes.
        """
        with atomically(self.db):
            # Under the lock of the invoice, so that of two who render at once the second finds what the first stored.
            row = locked(plain(type(invoice), using=self.db), using=self.db).get(pk=invoice.pk)
            if not row.is_issued:
                raise InvalidDataError({"invoice": [_("It is not issued: it can still change, so nothing is stored of it.")]})
            found = self.filter(invoice_id=row.pk, role=role).first()
            if found is not None:
                return found
            if seal not in {None, self.seal_of(row.pk)}:
                raise TryAgainError(reason=gettext("the document was changed while it was rendered"))
            stored = self.create(
                invoice_id=row.pk,
                role=role,
                name=name,
                media_type=media_type,
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                content=content,
            )
            data = {"role": role, "name": name, "media_type": media_type, "size": stored.size, "sha256": stored.sha256}
            row.note_event(EventKind.STORED, using=self.db, data=data)
        return stored

    def seal_of(self, key: Any) -> str:
        """What the chain says now of the content of the invoice with a primary key: it changes with a repair or an erasure."""
        return InvoiceEvent.objects.using(self.db).digest_in_force(key)


class StoredDocument(AppendOnly):
    """One rendering of an issued invoice. `role` is its purpose, such as PDF: an invoice has one of each."""

    COMPANY_PATH: ClassVar = "invoice__company"

    LOOSENED: ClassVar = frozenset({"invoice"})

    PDF: ClassVar = "PDF"
    """The role of the document that people read."""

    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="stored_documents"
    )
    role = models.CharField(_("role"), max_length=32)
    name = models.CharField(_("file name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=127)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # Empty once the personal data in it was erased.
    content = models.BinaryField(_("content"), null=True)
    created = models.DateTimeField(_("created"), default=timezone.now)

    objects = StoredDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored document")
        verbose_name_plural = _("stored documents")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["invoice", "role"], name="invoicing_stored_once")]

    def __str__(self) -> str:
        return self.name

    def read(self) -> bytes:
        """The bytes as they were stored.

        Raises InvalidDataError where they were erased, or are not those that were stored.
        """
        if self.content is None:
            raise InvalidDataError({"content": [_("It was erased with the personal data in it.")]})
        content = bytes(self.content)
        if not self.fits(content):
            raise InvalidDataError({"content": [_("It is not what was stored: its SHA-256 is another. Restore it from a backup.")]})
        return content

    def fits(self, content: Any) -> bool:
        """Whether these bytes have the hash that was stored."""
        return hashlib.sha256(content).hexdigest() == self.sha256
