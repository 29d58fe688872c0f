"""Public links: signed, expiring addresses at which a customer sees a document without logging in.

A link names one document and the moment it ends. It ends early by `revoke_links()`, which ends all links of a document that
were made before, and with the SECRET_KEY it was signed by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from invoicing.conf import conf
from invoicing.contrib.delivery.exceptions import NotDeliverableError
from invoicing.contrib.delivery.models import LinkRevocation
from invoicing.models.event import current_actor_name

SALT: Final = "invoicing.contrib.delivery.links"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link says: which document, made when, valid until when."""

    uuid: UUID
    made_at: datetime
    expires_at: datetime

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return timezone.now() >= self.expires_at

    def is_revoked(self, *, invoice_id: Any, using: str | None = None) -> bool:
        """Whether the links of the document were revoked after it was made."""
        return LinkRevocation.objects.using(using).filter(invoice_id=invoice_id, revoked_at__gte=self.made_at).exists()


def public_link(invoice: Any, *, days: int | None = None) -> str:
    """The address of a document for its customer; absolute where INVOICING_BASE_URL is set, else a path of this host.

    `days`: how long it is valid, by default INVOICING_PUBLIC_LINK_DAYS. Raises NotDeliverableError for a document that is not
    issued, or is received, and NoReverseMatch where the host does not include `invoicing.contrib.delivery.urls`.
    """
    if invoice.is_received:
        raise NotDeliverableError(number=invoice.number, reason=gettext("it is somebody else's document."))
    if not invoice.is_issued:
        raise NotDeliverableError(number=invoice.number or gettext("The draft"), reason=gettext("issue it first."))
    now = timezone.now()
    expires = now + timedelta(days=conf.public_link_days if days is None else days)
    token = signing.dumps([invoice.uuid.hex, _milliseconds(now), _milliseconds(expires)], salt=SALT)
    return conf.base_url.rstrip("/") + reverse("invoicing_delivery:public_invoice", args=[token])


def ticket_of(token: str) -> Ticket | None:
    """What a link says; None where nobody of this host signed it."""
    try:
        uuid, made, expires = signing.loads(token, salt=SALT)
        return Ticket(uuid=UUID(uuid), made_at=_moment(made), expires_at=_moment(expires))
    except (signing.BadSignature, ValueError, TypeError, OverflowError):
        return None


def revoke_links(invoice: Any) -> None:
    """End every link to a document that was made until now; later ones are not concerned."""
    LinkRevocation.objects.using(invoice.write_database()).create(
        invoice_id=invoice.pk, revoked_at=timezone.now(), actor_name=current_actor_name()
    )


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
