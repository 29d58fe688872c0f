"""What collaboration listens to: rows of files that are deleted, and personal data that is erased."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete

from invoicing.contrib.collaboration.erasing import erase_remarks_and_files
from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.storing import remove_at_commit
from invoicing.signals import invoice_erased


def remove_file(sender: Any, *, instance: Attachment, using: str, **_kwargs: Any) -> None:  # noqa: ARG001  # a receiver takes what the signal sends
    """The file goes with its row, however the row goes."""
    remove_at_commit(instance, using=using)


def erase_personal_data(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001
    """Forget what people wrote about and attached to a document whose personal data is erased."""
    erase_remarks_and_files(invoice)


def connect() -> None:
    """Listen, once."""
    post_delete.connect(remove_file, sender=Attachment, dispatch_uid="invoicing.collaboration.remove_file")
    invoice_erased.connect(erase_personal_data, dispatch_uid="invoicing.collaboration.erase_personal_data")
