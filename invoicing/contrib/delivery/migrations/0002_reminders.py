"""Dunning: levels, the reminders that were sent, and pauses."""

import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

INVOICE_MODEL = getattr(settings, "INVOICING_INVOICE_MODEL", "invoicing.Invoice")


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0002_documents"),
        ("invoicing_delivery", "0001_deliveries"),
        migrations.swappable_dependency(INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DunningLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("name", models.CharField(max_length=64, verbose_name="name")),
                (
                    "days",
                    models.SmallIntegerField(
                        help_text="Negative: before it. Levels follow one another in the order of their days.",
                        verbose_name="days after the due date",
                    ),
                ),
                (
                    "min_gap",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="Of the same invoice; a later run waits that long.",
                        verbose_name="least days since the last reminder",
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the package's own, in the language of the invoice.",
                        max_length=200,
                        verbose_name="subject",
                    ),
                ),
                (
                    "message",
                    models.TextField(
                        blank=True,
                        help_text="Empty: the package's own. Places such as {number}, {date_due} and {to_pay} are filled.",
                        verbose_name="message",
                    ),
                ),
                (
                    "template",
                    models.CharField(
                        blank=True,
                        help_text="Of your project, without ending; empty: invoicing/delivery/reminder.",
                        max_length=255,
                        verbose_name="template",
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0"),
                        help_text="0: none.",
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="fee",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        blank=True,
                        help_text="Invoices of other currencies are charged no fee.",
                        max_length=3,
                        verbose_name="currency of the fee",
                    ),
                ),
                (
                    "interest",
                    models.CharField(
                        choices=[("NONE", "none"), ("RATE", "at a rate of its own"), ("LEGAL", "at the legal rate for late payment")],
                        default="NONE",
                        max_length=5,
                        verbose_name="interest",
                    ),
                ),
                (
                    "interest_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=6,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="rate of its own (% a year)",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: for every company that has no levels of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_levels",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "dunning level",
                "verbose_name_plural": "dunning levels",
                "ordering": ["days", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("fee__gte", 0)), name="invoicing_level_fee"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("interest", "RATE"), _negated=True),
                            models.Q(("interest_rate__gte", 0), ("interest_rate__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoicing_level_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days__gt", 0), models.Q(("fee", 0), ("interest", "NONE")), _connector="OR"),
                        name="invoicing_level_charges_late",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("level_days", models.SmallIntegerField(help_text="As the level was then.", verbose_name="days of the level")),
                ("sent_on", models.DateField(verbose_name="sent on")),
                ("days_overdue", models.IntegerField(help_text="Negative before the due date.", verbose_name="days overdue")),
                ("to_pay", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="to pay")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("fee", models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=14, verbose_name="fee")),
                ("interest", models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=14, verbose_name="interest")),
                ("interest_until", models.DateField(blank=True, null=True, verbose_name="interest charged until")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at")),
                ("actor_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="by")),
                (
                    "delivery",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reminder",
                        to="invoicing_delivery.delivery",
                        verbose_name="delivery",
                    ),
                ),
                (
                    "fee_invoice",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charging_reminder",
                        to=INVOICE_MODEL,
                        verbose_name="invoice for the charges",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to=INVOICE_MODEL, verbose_name="invoice"
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="invoicing_delivery.dunninglevel",
                        verbose_name="level",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "ordering": ["pk"],
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("invoice", "level"), name="invoicing_reminder_once")],
            },
        ),
        migrations.CreateModel(
            name="ReminderPause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "until",
                    models.DateField(blank=True, help_text="The last day of the pause; empty: for good.", null=True, verbose_name="until"),
                ),
                ("reason", models.CharField(max_length=255, verbose_name="reason")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("actor_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="by")),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_pauses",
                        to=INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_pauses",
                        to="invoicing.party",
                        verbose_name="party",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause of reminders",
                "verbose_name_plural": "pauses of reminders",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invoice__isnull", True), ("party__isnull", False)),
                            models.Q(("invoice__isnull", False), ("party__isnull", True)),
                            _connector="OR",
                        ),
                        name="invoicing_pause_of_one",
                    )
                ],
            },
        ),
    ]
