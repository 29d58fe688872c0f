"""The document that something is added to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from invoicing.exceptions import InvalidDataError
from invoicing.models.locking import locked, plain


def check_stored(invoice: Any, *, using: str) -> None:
    """Raise InvalidDataError for a document that is not saved, or was deleted. Until the transaction ends, nobody deletes it."""
    if not invoice.pk or not locked(plain(type(invoice), using=using), using=using).filter(pk=invoice.pk).exists():
        raise InvalidDataError({"invoice": [_("Save the document first: there is no row of it.")]})
