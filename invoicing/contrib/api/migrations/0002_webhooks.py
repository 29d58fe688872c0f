"""Webhooks: receivers, the outbox, messages and their log."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

INVOICE_MODEL = getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice")


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0002_documents"),
        ("invoicing_api", "0001_idempotency"),
        migrations.swappable_dependency(INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("url", models.CharField(max_length=2000, verbose_name="URL")),
                ("description", models.CharField(blank=True, max_length=255, verbose_name="description")),
                ("events", models.JSONField(blank=True, default=list, help_text="Empty: all.", verbose_name="events")),
                ("secret", models.CharField(editable=False, max_length=128, verbose_name="secret")),
                ("previous_secret", models.CharField(blank=True, editable=False, max_length=128, verbose_name="previous secret")),
                (
                    "previous_secret_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="previous secret signs until"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("disabled_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="disabled at")),
                ("disabled_reason", models.CharField(blank=True, editable=False, max_length=255, verbose_name="why it is disabled")),
                ("given_up", models.PositiveIntegerField(default=0, editable=False, verbose_name="messages given up")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                ("created_by_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="by")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for documents without a company.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhook_endpoints",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook endpoint",
                "verbose_name_plural": "webhook endpoints",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice.issued", "invoice issued"),
                            ("invoice.sent", "invoice sent"),
                            ("invoice.paid", "invoice paid"),
                            ("invoice.overdue", "invoice overdue"),
                            ("invoice.credited", "invoice credited"),
                            ("invoice.canceled", "invoice canceled"),
                            ("ping", "ping"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("invoice_uuid", models.UUIDField(blank=True, editable=False, null=True, verbose_name="UUID of the invoice")),
                (
                    "credit_note_uuid",
                    models.UUIDField(blank=True, db_index=True, editable=False, null=True, verbose_name="UUID of the credit note"),
                ),
                ("due_on", models.DateField(blank=True, editable=False, null=True, verbose_name="was due on")),
                ("payload", models.JSONField(default=dict, verbose_name="payload")),
                ("is_erased", models.BooleanField(default=False, editable=False, verbose_name="personal data erased")),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhook_events",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="webhook_events",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook event",
                "verbose_name_plural": "webhook events",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("invoice_uuid", "due_on"), name="invoicing_webhook_overdue_once")],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "status",
                    models.CharField(
                        choices=[("QUEUED", "queued"), ("SENDING", "sending"), ("DELIVERED", "delivered"), ("FAILED", "given up")],
                        default="QUEUED",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("tries", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt at")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created")),
                ("claim", models.UUIDField(blank=True, editable=False, null=True, verbose_name="claim")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="claimed at")),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="invoicing_api.webhookendpoint",
                        verbose_name="endpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="invoicing_api.webhookevent",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["status", "next_attempt_at"], name="invoicing_webhook_queue")],
                "constraints": [models.UniqueConstraint(fields=("event", "endpoint"), name="invoicing_webhook_once")],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="attempt")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                ("status_code", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="status code")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("duration", models.PositiveIntegerField(default=0, verbose_name="duration (ms)")),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="webhook_attempts",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="invoicing_api.webhookdelivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook attempt",
                "verbose_name_plural": "webhook attempts",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
    ]
