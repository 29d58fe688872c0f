"""Comments on a document."""

from __future__ import annotations

from typing import Any

from invoicing.contrib.collaboration.authors import author_of
from invoicing.contrib.collaboration.documents import check_stored
from invoicing.contrib.collaboration.models import Comment
from invoicing.contrib.collaboration.signals import comment_added
from invoicing.models.locking import atomically


def comment(invoice: Any, text: str, *, author: Any = None) -> Comment:
    """Add a comment to a document, issued or not. `author` is a user or a text; without one, whoever acts now.

    Raises InvalidDataError for a text that is empty, too long, or has control characters in it.
    """
    using = invoice.write_database()
    user, name = author_of(author, using=using)
    with atomically(using):
        check_stored(invoice, using=using)
        added = Comment(invoice=invoice, text=text, author=user, author_name=name)
        added.save(using=using)
        comment_added.send(sender=Comment, invoice=invoice, comment=added)
    return added
