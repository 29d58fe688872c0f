"""What the core listens to: relations between issued documents stay, and an issued document is stored as it was rendered."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import m2m_changed

from invoicing.conf import conf
from invoicing.documents.storing import store_pdf
from invoicing.exceptions import InvoiceFrozenError
from invoicing.models import get_invoice_model
from invoicing.models.locking import plain
from invoicing.models.repair import is_under_repair
from invoicing.signals import invoice_issued

logger = logging.getLogger("invoicing.documents")


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


def store_when_committed(sender: Any, *, invoice: Any, **_kwargs: Any) -> None:
    """Store the PDF of an issued invoice once its transaction is committed, so that no lock is held while it is drawn."""
    if conf.store_documents and not invoice.is_received:
        using = invoice._state.db
        transaction.on_commit(partial(_store, sender, invoice.pk, using=using), using=using)


def _store(model: Any, pk: Any, *, using: str) -> None:
    """Store it. An invoice is issued even where its PDF cannot be drawn: the log says so, and how to store it later."""
    number = ""
    try:
        invoice = plain(model, using=using).get(pk=pk)
        number = invoice.number
        store_pdf(invoice)
    except Exception:  # whoever waits for the same commit is not to suffer
        text = "The PDF of invoice %s is not stored: mend this, then run manage.py invoicing_render --store."
        logger.exception(text, number or pk)


invoice_issued.connect(store_when_committed, dispatch_uid="invoicing.store_when_committed")
m2m_changed.connect(keep_relations, sender=get_invoice_model().related_invoices.through, dispatch_uid="invoicing.keep_relations")
