"""Files of a document."""

from __future__ import annotations

from typing import Any

from invoicing.contrib.collaboration.authors import author_of
from invoicing.contrib.collaboration.documents import check_stored
from invoicing.contrib.collaboration.incoming import received
from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.signals import attachment_added, attachment_removed
from invoicing.contrib.collaboration.storing import store
from invoicing.models.locking import atomically, plain


def attach(invoice: Any, file: Any, *, name: str = "", uploader: Any = None, is_public: bool = False) -> Attachment:
    """Store a file with a document, issued or not, under its own name or `name`. `uploader` is a user or a text.

    Raises AttachmentRefusedError (an InvalidDataError) for a file that is empty, too large, or not of a kind that is taken.
    """
    using = invoice.write_database()
    user, shown = author_of(uploader, using=using)
    with received(file, name=name) as incoming, atomically(using):
        check_stored(invoice, using=using)
        attachment = Attachment(
            invoice=invoice,
            name=incoming.name,
            media_type=incoming.media_type,
            size=incoming.size,
            sha256=incoming.sha256,
            is_public=is_public,
            uploader=user,
            uploader_name=shown,
        )
        store(attachment, incoming.content, using=using)
        attachment.save(using=using)
        attachment_added.send(sender=Attachment, invoice=invoice, attachment=attachment)
    return attachment


def detach(attachment: Attachment) -> None:
    """Delete an attachment; its file goes once the transaction is committed."""
    using = attachment._state.db
    with atomically(using or "default"):
        attachment.delete(using=using)
        attachment_removed.send(sender=Attachment, invoice=attachment.invoice, attachment=attachment)


def show_to_customer(attachment: Attachment) -> None:
    """Mark a file as one that the customer may get."""
    _mark(attachment, is_public=True)


def keep_internal(attachment: Attachment) -> None:
    """Mark a file as one that the customer does not get."""
    _mark(attachment, is_public=False)


def _mark(attachment: Attachment, *, is_public: bool) -> None:
    attachment.is_public = is_public
    plain(Attachment, using=attachment._state.db or "default").filter(pk=attachment.pk).update(is_public=is_public)
