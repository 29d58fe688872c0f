"""InvoiceEvent: the history of documents, append-only, and from the issue on a chain in which nothing can be changed unnoticed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing import chain
from invoicing.actor import current_actor
from invoicing.conf import conf
from invoicing.domain.choices import EventKind, Status
from invoicing.models.append_only import AppendOnly, DocumentHistoryQuerySet
from invoicing.models.inserting import insert_rows
from invoicing.models.register import Register


class EventQuerySet(DocumentHistoryQuerySet["InvoiceEvent"]):
    """The ways to write history."""

    def entry(self, invoice: Any, kind: EventKind, **details: Any) -> InvoiceEvent:
        """An unsaved event: what happened to an invoice, who did it and when.

        `details` may hold status_from, status_to, reason and data (JSON).
        """
        actor, name = _identify(current_actor())
        if actor is not None and actor._state.db != self.db:
            actor = None  # Another database holds the users: the name says who it was.
        kept = invoice if invoice is not None and invoice.pk else None  # What was deleted is told of, too.
        number = invoice.number if invoice is not None else ""
        event = self.model(invoice=kept, number=number, kind=kind, actor=actor, actor_name=name, **details)
        event.document_uuid = invoice.uuid if invoice is not None else None
        return event

    def record(self, invoice: Any, kind: EventKind, **details: Any) -> InvoiceEvent:
        """Write down what happened to a document that is not issued."""
        event = self.entry(invoice, kind, **details)
        event.save(using=self.db)
        return event

    def chain(self, register: Register, events: Sequence[InvoiceEvent], *, contents: Sequence[Content | None]) -> None:
        """Add events at the end of a register's chain, which is locked.

        `contents` holds, for each, the frozen content of its document: sealed with it, or as it was sealed before.
        """
        for event, content in zip(events, contents, strict=True):
            event.register = register
            event.follow(register, content)
        if len(events) == 1:
            events[0].save(using=self.db)
        else:
            insert_rows(self.model, events, using=self.db)
        register.save(using=self.db, update_fields=["length", "head"])

    def last_status(self, invoice: Any) -> str:
        """The status that the last step in the chain led to; empty for a document that is not in a chain."""
        return self.steps().filter(invoice_id=invoice.pk).values_list("status_to", flat=True).last() or ""

    def steps(self) -> EventQuerySet:
        """The events of the chains that say a status, in their order."""
        return self.filter(position__isnull=False).exclude(status_to="").order_by("pk")

    def digest_in_force(self, key: Any) -> str:
        """The digest of the frozen content of the document with a primary key, as the chain has it; empty when it was never sealed."""
        chained = self.filter(invoice_id=key, register__isnull=False).order_by("-pk")
        record = chained.values_list("record", flat=True).first()
        return str(json.loads(record)["content"]) if record else ""


class Content:
    """The frozen content of a document: made with a salt when it is sealed, or only the digest that was sealed before."""

    def __init__(self, *, make: Callable[[str], Mapping[str, Any]] | None = None, digest: str = "") -> None:
        self.make = make
        self.digest = digest


class InvoiceEvent(AppendOnly):
    """One entry of an invoice's history. It outlives the draft that it tells of."""

    COMPANY_PATH: ClassVar = ("invoice__company", "register__company")

    LOOSENED: ClassVar = frozenset({"invoice", "actor"})

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="events")
    number = models.CharField(_("number"), max_length=128, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind.choices)
    status_from = models.CharField(_("status before"), max_length=13, choices=Status.choices, blank=True)
    status_to = models.CharField(_("status after"), max_length=13, choices=Status.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(_("name of who did it"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    # The chain: events of issued documents, and of the register itself.
    register = models.ForeignKey(
        Register, verbose_name=_("register"), on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="events"
    )
    position = models.PositiveBigIntegerField(_("position in the chain"), null=True, blank=True, editable=False)
    record = models.TextField(_("what the hash is of"), blank=True, editable=False)
    content = models.TextField(_("frozen content"), blank=True, editable=False)
    salt = models.CharField(_("salt of its personal data"), max_length=32, blank=True, editable=False)
    hash = models.CharField(_("hash"), max_length=64, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    document_uuid: Any = None
    """The uuid of the document, until it is written into the record: it outlives the document."""

    class Meta:
        verbose_name = _("invoice event")
        verbose_name_plural = _("invoice events")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["register", "position"], name="invoicing_event_position")]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}".strip()

    def follow(self, register: Register, content: Content | None) -> None:
        """Take the next place of a chain, and move the register's head to it; nothing is stored yet."""
        self.salt = chain.new_salt()
        digest = ""
        if content is not None:
            if content.make is not None:
                self.content = chain.canonical(content.make(self.salt))
                content.digest, content.make = chain.digest(self.content), None
            digest = content.digest
        self.position = register.length + 1
        record = {
            "version": chain.VERSION,
            "chain": register.key,
            "position": self.position,
            "previous": register.head,
            "content": digest,
            **self.told(),
        }
        self.record = chain.canonical(record)
        self.hash = chain.digest(self.record)
        register.length, register.head = self.position, self.hash

    def told(self) -> dict[str, Any]:
        """What the record says of the event itself, from its columns."""
        return {
            "at": moment(self.at),
            "kind": str(self.kind),
            "uuid": str(self.document_uuid or ""),
            "number": self.number,
            "status_from": str(self.status_from),
            "status_to": str(self.status_to),
            "reason": self.commitment("reason", self.reason),
            "actor": self.commitment("actor", self.actor_name),
            "data": chain.plain(self.data),
        }

    def commitment(self, name: str, value: object) -> str:
        """The commitment to a personal value of the event; empty when its salt is erased."""
        return chain.commitment(self.salt, name, value) if self.salt else ""


def moment(at: datetime) -> str:
    """A moment as records write it: UTC, to the millisecond, which is as exactly as Django's fixtures keep it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def current_actor_name() -> str:
    """The name of whoever acts now, or an empty text."""
    return _identify(current_actor())[1]


def _identify(actor: Any) -> tuple[Any, str]:
    """The user to point to, and a name that stays readable when the user is gone."""
    if actor is None:
        return None, ""
    if isinstance(actor, str):
        return None, actor[:255]
    if not getattr(actor, "is_authenticated", False):
        return None, ""
    return (actor if actor.pk else None), actor.get_username()[:255]
