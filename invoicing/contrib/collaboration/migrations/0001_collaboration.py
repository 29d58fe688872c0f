"""Comments, attachments, and who is in charge."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0002_documents"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.INVOICING_INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                (
                    "authorized_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="authorized by",
                    ),
                ),
                ("groups", models.ManyToManyField(blank=True, related_name="invoice_assignments", to="auth.group", verbose_name="teams")),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "users",
                    models.ManyToManyField(
                        blank=True, related_name="invoice_assignments", to=settings.AUTH_USER_MODEL, verbose_name="assigned users"
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="AssignmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.JSONField(
                        default=dict,
                        help_text="Names that were added and removed, by assigned_to, teams and authorized_by.",
                        verbose_name="what changed",
                    ),
                ),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment_events",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of assignment",
                "verbose_name_plural": "changes of assignments",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("name", models.CharField(max_length=255, verbose_name="file name")),
                ("file", models.FileField(max_length=255, upload_to="invoicing/attachments", verbose_name="file")),
                ("media_type", models.CharField(editable=False, max_length=127, verbose_name="media type")),
                ("size", models.PositiveBigIntegerField(editable=False, verbose_name="size in bytes")),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="SHA-256")),
                (
                    "is_public",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the customer may get it; otherwise it is internal.",
                        verbose_name="for the customer",
                    ),
                ),
                ("uploader_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="name of who attached it")),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attached_files",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "uploader",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="attached by",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "text",
                    models.TextField(
                        max_length=10000, validators=[django.core.validators.MaxLengthValidator(10000)], verbose_name="comment"
                    ),
                ),
                ("author_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="name of the author")),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created")),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
            ],
            options={
                "verbose_name": "comment",
                "verbose_name_plural": "comments",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
    ]
