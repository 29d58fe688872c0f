"""Delivery: one mail that was asked for, where it stands, and the log of every attempt to hand it over."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain.keys import LONGEST_KEY, encoded, shortened
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet

LONGEST_REQUEST_KEY = 255


class Purpose(models.TextChoices):
    """What a mail is for."""

    INVOICE = "INVOICE", _("invoice")
    REMINDER = "REMINDER", _("reminder")


class DeliveryStatus(models.TextChoices):
    """Where a mail stands. In doubt: it may have arrived, and only a person can find out."""

    QUEUED = "QUEUED", _("queued")
    SENDING = "SENDING", _("sending")
    SENT = "SENT", _("sent")
    FAILED = "FAILED", _("failed")
    IN_DOUBT = "IN_DOUBT", _("in doubt")


class Outcome(models.TextChoices):
    """How an attempt ended, or what a person decided."""

    SENT = "SENT", _("handed over")
    POSTPONED = "POSTPONED", _("not sent, tried again later")
    FAILED = "FAILED", _("not sent")
    IN_DOUBT = "IN_DOUBT", _("in doubt")
    ARRIVED = "ARRIVED", _("a person says that it arrived")
    AGAIN = "AGAIN", _("a person says to send it again")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The questions that whoever sends asks."""

    def requested_by(self, request_key: str, *, company_id: Any) -> Delivery | None:
        """The delivery that was asked for under this key of a company, if there is one."""
        return self.filter(key=key_of(request_key, company_id=company_id)).first() if request_key else None

    def due(self, *, at: datetime) -> DeliveryQuerySet:
        """What waits to be sent, the oldest first."""
        is_due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
        return self.filter(is_due, status=DeliveryStatus.QUEUED).order_by("pk")

    def silent_since(self, moment: datetime) -> DeliveryQuerySet:
        """What is being sent by somebody who has not been heard of since a moment."""
        return self.filter(status=DeliveryStatus.SENDING, claimed_at__lt=moment).order_by("pk")

    def in_doubt(self) -> DeliveryQuerySet:
        """What a person has to look at."""
        return self.filter(status=DeliveryStatus.IN_DOUBT).order_by("pk")


class Delivery(models.Model):
    """One mail to the customer of a document. It leaves at most once; what became of it is its status."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(
        "invoicing.Company", verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="deliveries"
    )
    purpose = models.CharField(_("purpose"), max_length=16, choices=Purpose.choices)
    request_key = models.CharField(_("request key"), max_length=LONGEST_REQUEST_KEY, blank=True)
    # The request key with its company, as every database compares alike; empty where there is none.
    key = models.CharField(max_length=LONGEST_KEY, null=True, unique=True, editable=False)  # noqa: DJ001 -- NULL is not unique
    fingerprint = models.CharField(_("fingerprint of what was asked for"), max_length=64, editable=False)

    recipients = models.JSONField(_("recipients"), default=list)
    subject = models.CharField(_("subject"), max_length=255)
    message = models.TextField(_("message"), blank=True)
    template = models.CharField(_("template"), max_length=255)
    context = models.JSONField(_("context"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=16)
    has_attachments = models.BooleanField(_("with the documents"), default=True)

    status = models.CharField(_("status"), max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Attempts since it was asked for, or since a person said to send it again.
    tries = models.PositiveIntegerField(default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    refused = models.JSONField(_("refused recipients"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    actor_name = models.CharField(_("name of who asked for it"), max_length=255, blank=True)

    # The claim of whoever sends it now: committed before the first byte leaves.
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True, editable=False)
    worker = models.CharField(_("worker"), max_length=255, blank=True, editable=False)
    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    digest = models.CharField(_("SHA-256 of what is sent"), max_length=64, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["status", "next_attempt_at"], name="invoicing_delivery_queue")]

    def __str__(self) -> str:
        return f"{self.subject} → {', '.join(self.recipients)}"

    @property
    def is_erased(self) -> bool:
        """Whether addresses and texts were erased with the personal data of the document: there is nobody to send it to."""
        return not self.recipients


class DeliveryAttempt(AppendOnly):
    """One line of the log: an attempt to hand a mail over, or what a person decided about it."""

    COMPANY_PATH: ClassVar = "delivery__company"

    # With the document itself, a repair of it opens its log, too, where the database keeps history by triggers.
    LOOSENED: ClassVar = frozenset({"invoice"})

    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="delivery_attempts"
    )
    delivery = models.ForeignKey(Delivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="log")
    number = models.PositiveIntegerField(_("attempt"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), default=timezone.now)
    recipients = models.JSONField(_("recipients"), default=list)
    refused = models.JSONField(_("refused recipients"), default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    provider_id = models.CharField(_("id of the mail service"), max_length=255, blank=True)
    digest = models.CharField(_("SHA-256 of what was sent"), max_length=64, blank=True)
    worker = models.CharField(_("worker"), max_length=255, blank=True)
    actor_name = models.CharField(_("by"), max_length=255, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"


def key_of(request_key: str, *, company_id: Any) -> str | None:
    """A request key with its company, as it is unique in every database; None where there is none."""
    return shortened(f"{company_id or ''}:{encoded(request_key)}") if request_key else None
