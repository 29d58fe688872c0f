"""Webhooks: who wants which news, the outbox of what happened, and the log of every attempt to send it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.exceptions import InvalidDataError
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet
from invoicing.models.validation import check_row


class WebhookKind(models.TextChoices):
    """What webhooks tell of."""

    INVOICE_ISSUED = "invoice.issued", _("invoice issued")
    INVOICE_SENT = "invoice.sent", _("invoice sent")
    INVOICE_PAID = "invoice.paid", _("invoice paid")
    INVOICE_OVERDUE = "invoice.overdue", _("invoice overdue")
    INVOICE_CREDITED = "invoice.credited", _("invoice credited")
    INVOICE_CANCELED = "invoice.canceled", _("invoice canceled")
    PING = "ping", _("ping")


CHOSEN = [kind for kind in WebhookKind if kind != WebhookKind.PING]
"""The kinds that an endpoint chooses from; a ping is sent when it is asked for."""


class WebhookStatus(models.TextChoices):
    """Where a message to one receiver stands."""

    QUEUED = "QUEUED", _("queued")
    SENDING = "SENDING", _("sending")
    DELIVERED = "DELIVERED", _("delivered")
    FAILED = "FAILED", _("given up")


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """The question that is asked at each change."""

    def wanting(self, kind: str, *, company_id: Any) -> list[WebhookEndpoint]:
        """The endpoints of a company that are told of such news; those without a company are for documents without one."""
        active = self.filter(is_active=True, company_id=company_id).order_by("pk")
        return [endpoint for endpoint in active if endpoint.wants(kind)]


class WebhookEndpoint(models.Model):
    """A receiver: an address, the news it wants, and the secret that it knows us by."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(
        "invoicing.Company",
        verbose_name=_("company"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="webhook_endpoints",
        help_text=_("Empty: for documents without a company."),
    )
    url = models.CharField(_("URL"), max_length=2000)
    description = models.CharField(_("description"), max_length=255, blank=True)
    events = models.JSONField(_("events"), default=list, blank=True, help_text=_("Empty: all."))
    secret = models.CharField(_("secret"), max_length=128, editable=False)
    previous_secret = models.CharField(_("previous secret"), max_length=128, blank=True, editable=False)
    previous_secret_until = models.DateTimeField(_("previous secret signs until"), null=True, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True, editable=False)
    disabled_reason = models.CharField(_("why it is disabled"), max_length=255, blank=True, editable=False)
    # In a row: what is delivered sets it back.
    given_up = models.PositiveIntegerField(_("messages given up"), default=0, editable=False)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)
    created_by_name = models.CharField(_("by"), max_length=255, blank=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.url

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for values that cannot be; where the URL leads is asked by the services."""
        try:
            check_row(self)
            self.clean()
        except ValidationError as error:
            raise InvalidDataError(error.message_dict) from error
        super().save(**kwargs)

    def clean(self) -> None:
        """Refuse news that there is not."""
        super().clean()
        known = [kind.value for kind in CHOSEN]
        if not isinstance(self.events, list) or any(name not in known for name in self.events):
            raise ValidationError({"events": [_("Give a list of: {known}.").format(known=", ".join(known))]})
        self.events = [name for name in known if name in self.events]

    def wants(self, kind: str) -> bool:
        """Whether it is to be told of such news."""
        return not self.events or kind in self.events

    def secrets_at(self, moment: datetime) -> list[str]:
        """The secrets that sign: the one in force, and for a time the one before."""
        is_kept = self.previous_secret and self.previous_secret_until is not None and moment < self.previous_secret_until
        return [self.secret, self.previous_secret] if is_kept else [self.secret]


class WebhookEvent(models.Model):
    """The outbox: what happened, written in the transaction of the change."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(
        "invoicing.Company", verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_events"
    )
    kind = models.CharField(_("kind"), max_length=32, choices=WebhookKind.choices)
    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, blank=True, related_name="webhook_events"
    )
    invoice_uuid = models.UUIDField(_("UUID of the invoice"), null=True, blank=True, editable=False)
    credit_note_uuid = models.UUIDField(_("UUID of the credit note"), null=True, blank=True, editable=False, db_index=True)
    # Of what is overdue alone: each due date of an invoice is told once.
    due_on = models.DateField(_("was due on"), null=True, blank=True, editable=False)
    payload = models.JSONField(_("payload"), default=dict)
    is_erased = models.BooleanField(_("personal data erased"), default=False, editable=False)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice_uuid", "due_on"], name="invoicing_webhook_overdue_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """The questions that whoever sends asks."""

    def due(self, *, at: datetime) -> WebhookDeliveryQuerySet:
        """What waits to be sent to an endpoint that is active, the oldest first."""
        is_due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
        return self.filter(is_due, status=WebhookStatus.QUEUED, endpoint__is_active=True).order_by("pk")

    def silent_since(self, moment: datetime) -> WebhookDeliveryQuerySet:
        """What is being sent by somebody who has not been heard of since a moment."""
        return self.filter(status=WebhookStatus.SENDING, claimed_at__lt=moment).order_by("pk")


class WebhookDelivery(models.Model):
    """An event on its way to one endpoint."""

    COMPANY_PATH: ClassVar[str] = "endpoint__company"

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(WebhookEvent, verbose_name=_("event"), on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, verbose_name=_("endpoint"), on_delete=models.PROTECT, related_name="deliveries")
    status = models.CharField(_("status"), max_length=9, choices=WebhookStatus.choices, default=WebhookStatus.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Attempts since it was queued, or since a person said to send it again.
    tries = models.PositiveIntegerField(_("tries"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    # The claim of whoever sends it now: committed before the first byte leaves.
    claim = models.UUIDField(_("claim"), null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True, editable=False)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "endpoint"], name="invoicing_webhook_once")]
        indexes: ClassVar = [models.Index(fields=["status", "next_attempt_at"], name="invoicing_webhook_queue")]

    def __str__(self) -> str:
        return f"{self.event} → {self.endpoint}"


class WebhookAttempt(AppendOnly):
    """One line of the log: an attempt to send a message."""

    COMPANY_PATH: ClassVar[str] = "delivery__endpoint__company"

    # With the document itself, a repair of it opens its log, too, where the database keeps history by triggers.
    LOOSENED: ClassVar = frozenset({"invoice"})

    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.SET_NULL, null=True, related_name="webhook_attempts"
    )
    delivery = models.ForeignKey(WebhookDelivery, verbose_name=_("delivery"), on_delete=models.PROTECT, related_name="log")
    number = models.PositiveIntegerField(_("attempt"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    status_code = models.PositiveSmallIntegerField(_("status code"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    answer = models.TextField(_("answer"), blank=True)
    duration = models.PositiveIntegerField(_("duration (ms)"), default=0)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{self.number}: {self.status_code or self.error}"
