"""Who works for which company."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0002_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=64, verbose_name="role")),
                (
                    "is_active",
                    models.BooleanField(
                        choices=[(None, "no"), (True, "yes")],
                        default=None,
                        help_text="The user works in this company now.",
                        null=True,
                        verbose_name="active",
                    ),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created")),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoicing_memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "company"), name="invoicing_member_once"),
                    models.UniqueConstraint(fields=("user", "is_active"), name="invoicing_member_active_once"),
                    models.CheckConstraint(
                        condition=models.Q(("is_active__isnull", True), ("is_active", True), _connector="OR"),
                        name="invoicing_member_active",
                    ),
                ],
            },
        ),
    ]
