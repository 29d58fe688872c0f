"""Payments, and what they settle."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0002_documents"),
        migrations.swappable_dependency(settings.INVOICING_INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9_]*\\Z", "Use capital letters, digits and underscores, such as DIRECT_DEBIT."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "means_code",
                    models.CharField(
                        default="1",
                        help_text="Of UNTDID 4461; 1 says nothing (BT-81).",
                        max_length=3,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[0-9A-Z]{1,3}\\Z", "Use a code of UNTDID 4461, such as 30 for a credit transfer."
                            )
                        ],
                        verbose_name="payment means code",
                    ),
                ),
                ("is_cash", models.BooleanField(default=False, help_text="Amounts are rounded to the smallest coin.", verbose_name="cash")),
                (
                    "is_active",
                    models.BooleanField(default=True, help_text="Whether it is offered for new payments.", verbose_name="active"),
                ),
            ],
            options={
                "verbose_name": "payment method",
                "verbose_name_plural": "payment methods",
                "ordering": ["name", "code"],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("IN", "incoming"), ("OUT", "outgoing")], default="IN", max_length=3, verbose_name="direction"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("PENDING", "pending"), ("RECEIVED", "received"), ("FAILED", "failed"), ("REVERSED", "reversed")],
                        default="RECEIVED",
                        editable=False,
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("date", models.DateField(help_text="When the money was there (value date).", verbose_name="date")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.001"))],
                        verbose_name="amount",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("reference", models.CharField(blank=True, max_length=140, verbose_name="reference")),
                (
                    "provider",
                    models.CharField(blank=True, help_text="Who reports it, such as a bank.", max_length=64, verbose_name="provider"),
                ),
                (
                    "provider_id",
                    models.CharField(
                        blank=True, help_text="The same payment is recorded once.", max_length=255, verbose_name="provider's id"
                    ),
                ),
                ("provider_key", models.CharField(editable=False, max_length=255, null=True)),
                ("payer_name", models.CharField(blank=True, max_length=255, verbose_name="name on the account")),
                ("payer_iban", models.CharField(blank=True, max_length=64, verbose_name="IBAN")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "allocated",
                    models.DecimalField(decimal_places=3, default=Decimal("0"), editable=False, max_digits=14, verbose_name="allocated"),
                ),
                ("reversed_on", models.DateField(blank=True, editable=False, null=True, verbose_name="reversed on")),
                ("reversal_reason", models.TextField(blank=True, editable=False, verbose_name="why it was reversed")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="recorded at")),
                ("actor_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="recorded by")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="invoicing.company", verbose_name="company"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        help_text="What the payer meant to pay; what it settles are its allocations.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payments_meant",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="meant for",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="invoicing.party", verbose_name="party"
                    ),
                ),
                (
                    "method",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="invoicing_payments.paymentmethod",
                        verbose_name="method",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "ordering": ["-date", "-pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PAYMENT", "payment"),
                            ("CREDIT_NOTE", "credit note"),
                            ("REFUND", "refund"),
                            ("DISCOUNT", "early-payment discount"),
                            ("WRITE_OFF", "small difference written off"),
                            ("ROUNDING", "cash rounding"),
                            ("OPENING", "paid before payments were recorded"),
                        ],
                        max_length=11,
                        verbose_name="kind",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded at")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offsets",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="credit note",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="invoicing_payments.allocation",
                        verbose_name="undoes",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="invoicing_payments.payment",
                        verbose_name="payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_allocations",
                        to="invoicing_payments.payment",
                        verbose_name="refund",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocations",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RECORDED", "recorded"),
                            ("CONFIRMED", "confirmed"),
                            ("FAILED", "failed"),
                            ("REVERSED", "reversed"),
                            ("ERASED", "personal data erased"),
                        ],
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="invoicing_payments.payment",
                        verbose_name="payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment event",
                "verbose_name_plural": "payment events",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="settlement",
                        serialize=False,
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                ("due", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="due in all")),
                ("settled", models.DecimalField(decimal_places=3, default=Decimal("0"), max_digits=14, verbose_name="settled")),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="settled in full on")),
            ],
            options={
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["settled_on"], name="invoicing_settlement_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("settled__gte", 0), ("settled__lte", models.F("due"))), name="invoicing_settlement_settled"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("S", "standard rate"),
                            ("Z", "zero rated"),
                            ("E", "exempt from tax"),
                            ("AE", "reverse charge"),
                            ("K", "intra-community supply"),
                            ("G", "export outside the EU"),
                            ("O", "outside the scope of tax"),
                            ("L", "Canary Islands general indirect tax"),
                            ("M", "tax of Ceuta and Melilla"),
                        ],
                        max_length=2,
                        verbose_name="tax category",
                    ),
                ),
                ("rate", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True, verbose_name="tax rate")),
                ("base", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="base")),
                ("tax", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="tax")),
                (
                    "allocation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_corrections",
                        to="invoicing_payments.allocation",
                        verbose_name="allocation",
                    ),
                ),
            ],
            options={
                "verbose_name": "tax correction",
                "verbose_name_plural": "tax corrections",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["invoice", "date"], name="invoicing_allocation_invoice"),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["date"], name="invoicing_allocation_date"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="invoicing_allocation_amount"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credit_note__isnull", True),
                        ("invoice__isnull", False),
                        ("kind", "PAYMENT"),
                        ("payment__isnull", False),
                        ("refund__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", False),
                        ("invoice__isnull", False),
                        ("kind", "CREDIT_NOTE"),
                        ("payment__isnull", True),
                        ("refund__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("invoice__isnull", True),
                        ("kind", "REFUND"),
                        ("payment__isnull", False),
                        ("refund__isnull", False),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("invoice__isnull", False),
                        ("kind__in", ["DISCOUNT", "WRITE_OFF", "ROUNDING", "OPENING"]),
                        ("refund__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="invoicing_allocation_shape",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["company", "-date", "-id"], name="invoicing_payment_newest"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["party", "-date"], name="invoicing_payment_party"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["payer_iban"], name="invoicing_payment_iban"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["reversed_on"], name="invoicing_payment_reversed"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("allocated__lt", models.F("amount")), ("status", "RECEIVED")),
                fields=["company", "date"],
                name="invoicing_payment_unused",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="invoicing_payment_amount"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("allocated__gte", 0), ("allocated__lte", models.F("amount"))), name="invoicing_payment_allocated"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("provider", "provider_key"), name="invoicing_payment_provider"),
        ),
    ]
