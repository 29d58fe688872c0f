"""Files in Django's storage, which knows no transactions: one that is rolled back leaves none behind."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import uuid4
from weakref import finalize

from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction

from invoicing.contrib.collaboration.models import Attachment
from invoicing.contrib.collaboration.models.attachment import FOLDER

logger = logging.getLogger("invoicing.collaboration")


class Pending:
    """A stored file whose row is not committed yet.

    Django tells of a commit and of no rollback; but it drops what was to happen at the commit. So the only reference to this object
    stands there: when it is dropped without having been kept, the file is removed.
    """

    def __init__(self, storage: Storage, path: str) -> None:
        self._removal = finalize(self, remove, storage, path)

    def keep(self) -> None:
        """The row is there for good, and so is the file."""
        self._removal.detach()


def new_path() -> str:
    """Where a file is stored: nobody can guess it, and nothing of the name that somebody gave the file is in it."""
    key = uuid4().hex
    return f"{FOLDER}/{key[:2]}/{key}"


def store(attachment: Attachment, content: Any, *, using: str) -> None:
    """Store the file of a row that is not saved yet; it is removed when the open transaction is rolled back."""
    storage = attachment.file.storage
    path = storage.save(new_path(), File(content, name=""))
    # No name for it here: a traceback would hold it.
    transaction.on_commit(Pending(storage, path).keep, using=using)
    attachment.file = path


def remove_at_commit(attachment: Attachment, *, using: str) -> None:
    """Remove the file of a row that is deleted, once that is certain."""
    if attachment.file:
        transaction.on_commit(partial(remove, attachment.file.storage, str(attachment.file)), using=using)


def remove(storage: Storage, path: str) -> None:
    """Remove a file. A storage that fails is logged: the row is gone already, and nobody could mend it here."""
    try:
        storage.delete(path)
    except Exception:
        logger.exception("The file %s could not be removed from the storage.", path)
