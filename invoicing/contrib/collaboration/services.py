"""What people do with a document together, each act in one transaction."""

from invoicing.contrib.collaboration.assigning import UNSET, assign
from invoicing.contrib.collaboration.attaching import attach, detach, keep_internal, show_to_customer
from invoicing.contrib.collaboration.commenting import comment

__all__ = ["UNSET", "assign", "attach", "comment", "detach", "keep_internal", "show_to_customer"]
