"""What delivery listens to: personal data that is erased goes from the mail about the document, too."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from invoicing.contrib.delivery.models import Delivery, DeliveryAttempt, DeliveryStatus, LinkRevocation, ReminderPause
from invoicing.models.locking import plain
from invoicing.signals import invoice_erased

WAITING = frozenset({DeliveryStatus.QUEUED})


def erase_mail(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:  # noqa: ARG001  # a receiver takes what the signal sends
    """Blank addresses and texts of the mail about a document; when, how often and with which digest it was sent stays.

    What still waits to be sent is not sent any more. The fingerprint goes: whoever guesses an address could find it right by that.
    """
    using = invoice.write_database()
    told = _("The personal data was erased.")
    mail = plain(Delivery, using=using).filter(invoice_id=invoice.pk)
    mail.filter(status__in=WAITING).update(status=DeliveryStatus.FAILED, next_attempt_at=None)
    texts = {"subject": invoice.number, "message": "", "context": {}, "error": told}
    mail.update(recipients=[], refused={}, fingerprint="", actor_name="", **texts)
    attempts = plain(DeliveryAttempt, using=using).filter(invoice_id=invoice.pk)
    attempts.update(recipients=[], refused={}, error="", actor_name="")
    plain(LinkRevocation, using=using).filter(invoice_id=invoice.pk).update(actor_name="")
    plain(ReminderPause, using=using).filter(invoice_id=invoice.pk).update(reason=told, actor_name="")


def connect() -> None:
    """Listen, once."""
    invoice_erased.connect(erase_mail, dispatch_uid="invoicing.delivery.erase_mail")
