"""Mail: what was asked for, the log of its attempts, and the ends of public links."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


INVOICE_MODEL = getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0002_documents"),
        migrations.swappable_dependency(INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "purpose",
                    models.CharField(choices=[("INVOICE", "invoice"), ("REMINDER", "reminder")], max_length=16, verbose_name="purpose"),
                ),
                ("request_key", models.CharField(blank=True, max_length=255, verbose_name="request key")),
                ("key", models.CharField(editable=False, max_length=191, null=True, unique=True)),
                ("fingerprint", models.CharField(editable=False, max_length=64, verbose_name="fingerprint of what was asked for")),
                ("recipients", models.JSONField(default=list, verbose_name="recipients")),
                ("subject", models.CharField(max_length=255, verbose_name="subject")),
                ("message", models.TextField(blank=True, verbose_name="message")),
                ("template", models.CharField(max_length=255, verbose_name="template")),
                ("context", models.JSONField(blank=True, default=dict, verbose_name="context")),
                ("language", models.CharField(max_length=16, verbose_name="language")),
                ("has_attachments", models.BooleanField(default=True, verbose_name="with the documents")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("QUEUED", "queued"),
                            ("SENDING", "sending"),
                            ("SENT", "sent"),
                            ("FAILED", "failed"),
                            ("IN_DOUBT", "in doubt"),
                        ],
                        default="QUEUED",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("tries", models.PositiveIntegerField(default=0, editable=False)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("refused", models.JSONField(blank=True, default=dict, verbose_name="refused recipients")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created at")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="name of who asked for it")),
                ("claim", models.UUIDField(blank=True, editable=False, null=True, verbose_name="claim")),
                ("claimed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="claimed at")),
                ("worker", models.CharField(blank=True, editable=False, max_length=255, verbose_name="worker")),
                ("message_id", models.CharField(blank=True, max_length=255, verbose_name="Message-ID")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of what is sent")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="deliveries",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="DeliveryAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="attempt")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("SENT", "handed over"),
                            ("POSTPONED", "not sent, tried again later"),
                            ("FAILED", "not sent"),
                            ("IN_DOUBT", "in doubt"),
                            ("ARRIVED", "a person says that it arrived"),
                            ("AGAIN", "a person says to send it again"),
                        ],
                        max_length=9,
                        verbose_name="outcome",
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started at")),
                ("ended_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="ended at")),
                ("recipients", models.JSONField(default=list, verbose_name="recipients")),
                ("refused", models.JSONField(blank=True, default=dict, verbose_name="refused recipients")),
                ("error", models.TextField(blank=True, verbose_name="error")),
                ("message_id", models.CharField(blank=True, max_length=255, verbose_name="Message-ID")),
                ("provider_id", models.CharField(blank=True, max_length=255, verbose_name="id of the mail service")),
                ("digest", models.CharField(blank=True, max_length=64, verbose_name="SHA-256 of what was sent")),
                ("worker", models.CharField(blank=True, max_length=255, verbose_name="worker")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="delivery_attempts",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="invoicing_delivery.delivery",
                        verbose_name="delivery",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery attempt",
                "verbose_name_plural": "delivery attempts",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LinkRevocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revoked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="revoked at")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="link_revocations",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "link revocation",
                "verbose_name_plural": "link revocations",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["status", "next_attempt_at"], name="invoicing_delivery_queue"),
        ),
    ]
