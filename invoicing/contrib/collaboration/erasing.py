"""Erasing: what people wrote and attached goes with the personal data of the document; when it was stays."""

from __future__ import annotations

from typing import Any

from invoicing.contrib.collaboration.models import AssignmentEvent, Attachment, Comment
from invoicing.models.locking import plain


def erase_remarks_and_files(invoice: Any) -> None:
    """Blank the comments on a document and the names in its history of assignment, and delete its attachments with their files."""
    using = invoice.write_database()
    plain(Comment, using=using).filter(invoice_id=invoice.pk).update(text="", author=None, author_name="")
    plain(AssignmentEvent, using=using).filter(invoice_id=invoice.pk).update(what={}, actor_name="")
    plain(Attachment, using=using).filter(invoice_id=invoice.pk).delete()
