"""What delivery tells, always after the fact. Every signal sends `sender` (Delivery) and `delivery`.

A receiver that fails is logged and changes nothing: the mail is out, and the record of it must stay.
"""

from django.dispatch import Signal

delivery_sent = Signal()
"""A mail was handed over, or a person says that it arrived."""

delivery_failed = Signal()
"""A mail was refused, or all attempts failed: nothing was sent."""

delivery_in_doubt = Signal()
"""Nobody knows whether a mail is out: a person has to find out."""
