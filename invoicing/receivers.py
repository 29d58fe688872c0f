"""What the core listens to: relations between issued documents stay."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import m2m_changed

from invoicing.exceptions import InvoiceFrozenError
from invoicing.models import get_invoice_model
from invoicing.models.locking import plain
from invoicing.models.repair import is_under_repair


def keep_relations(
    sender: Any,  # noqa: ARG001  # a receiver takes what the signal sends
    *,
    instance: Any,
    action: str,
    pk_set: set[Any] | None,
    using: str,
    **_kwargs: Any,
) -> None:
    """Refuse to take two issued documents apart: a credit note belongs to what it credits."""
    if action not in {"pre_remove", "pre_clear"} or is_under_repair(instance.pk, using=using):
        return
    issued = plain(type(instance), using=using).filter(issued_at__isnull=False)
    related = issued.filter(pk__in=pk_set) if pk_set is not None else issued.filter(pk__in=instance.related_invoices.values("pk"))
    if issued.filter(pk=instance.pk).exists() and related.exists():
        raise InvoiceFrozenError(number=instance.number, fields="related_invoices")


m2m_changed.connect(keep_relations, sender=get_invoice_model().related_invoices.through, dispatch_uid="invoicing.keep_relations")
