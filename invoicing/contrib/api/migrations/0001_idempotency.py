"""Idempotency keys: requests that may be repeated, and their answers."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0002_documents"),
    ]

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(help_text="The primary key of the user.", max_length=255, verbose_name="owner")),
                ("key", models.CharField(max_length=255, verbose_name="key")),
                ("key_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("fingerprint", models.CharField(editable=False, max_length=64, verbose_name="fingerprint of the request")),
                ("method", models.CharField(max_length=16, verbose_name="method")),
                ("path", models.TextField(verbose_name="path")),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="status of the answer")),
                ("body", models.TextField(blank=True, verbose_name="body of the answer")),
                ("headers", models.JSONField(blank=True, default=dict, verbose_name="headers of the answer")),
                ("created", models.DateTimeField(db_index=True, default=django.utils.timezone.now, editable=False, verbose_name="created")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "idempotency key",
                "verbose_name_plural": "idempotency keys",
                "ordering": ["pk"],
            },
        ),
    ]
