"""The tables of collaboration, one concern a file."""

from invoicing.contrib.collaboration.models.assignment import Assignment, AssignmentEvent
from invoicing.contrib.collaboration.models.attachment import Attachment
from invoicing.contrib.collaboration.models.comment import Comment

__all__ = ["Assignment", "AssignmentEvent", "Attachment", "Comment"]
