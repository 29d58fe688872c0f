"""What collaboration tells, always after the fact and inside its transaction. Each sends `sender` and `invoice`."""

from django.dispatch import Signal

comment_added = Signal()
"""Somebody commented on a document. Sends `comment`; `sender` is Comment."""

attachment_added = Signal()
"""A file was attached to a document. Sends `attachment`; `sender` is Attachment."""

attachment_removed = Signal()
"""A file was detached from a document by a service. Sends `attachment`, whose row is gone; `sender` is Attachment."""

assignment_changed = Signal()
"""Others are in charge of a document. Sends `assignment` and `event`, which says who came and went; `sender` is Assignment."""
