"""Bank statements, their entries, and what these may pay."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0002_documents"),
        ("invoicing_payments", "0001_payments"),
        migrations.swappable_dependency(settings.INVOICING_INVOICE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "account",
                    models.CharField(blank=True, max_length=64, verbose_name="account"),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[("CAMT053", "camt.053"), ("MT940", "MT940"), ("CSV", "CSV")], max_length=7, verbose_name="format"
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=255, verbose_name="file")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                ("position", models.PositiveSmallIntegerField(default=1, verbose_name="position in the file")),
                ("key", models.CharField(editable=False, max_length=128, unique=True)),
                ("number", models.CharField(blank=True, max_length=35, verbose_name="number")),
                ("identifier", models.CharField(blank=True, max_length=64, verbose_name="identifier")),
                ("date_from", models.DateField(blank=True, null=True, verbose_name="from")),
                ("date_to", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "opening_balance",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="opening balance"),
                ),
                (
                    "closing_balance",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True, verbose_name="closing balance"),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "notices",
                    models.JSONField(blank=True, default=list, help_text="What was left out of the file, and why.", verbose_name="notices"),
                ),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="imported at")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="imported by")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank statement",
                "verbose_name_plural": "bank statements",
                "ordering": ["-imported_at", "-pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="BankEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("place", models.CharField(blank=True, max_length=64, verbose_name="place in the file")),
                ("date", models.DateField(verbose_name="value date")),
                ("booked_on", models.DateField(blank=True, null=True, verbose_name="booked on")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("counterparty", models.CharField(blank=True, max_length=255, verbose_name="counterparty")),
                ("iban", models.CharField(blank=True, max_length=64, verbose_name="IBAN")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("end_to_end_id", models.CharField(blank=True, max_length=140, verbose_name="end-to-end reference")),
                ("creditor_reference", models.CharField(blank=True, max_length=140, verbose_name="creditor reference")),
                ("variable_symbol", models.CharField(blank=True, max_length=10, verbose_name="variable symbol")),
                ("bank_reference", models.CharField(blank=True, max_length=140, verbose_name="reference of the bank")),
                ("is_reversal", models.BooleanField(default=False, help_text="It takes an earlier entry back.", verbose_name="reversal")),
                ("fingerprint", models.CharField(editable=False, max_length=64, unique=True, verbose_name="fingerprint")),
                (
                    "status",
                    models.CharField(
                        choices=[("OPEN", "open"), ("MATCHED", "matched"), ("IGNORED", "ignored")],
                        default="OPEN",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                ("ignored_because", models.CharField(blank=True, max_length=255, verbose_name="ignored because")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("decided_by", models.CharField(blank=True, max_length=255, verbose_name="decided by")),
                (
                    "payment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_entry",
                        to="invoicing_payments.payment",
                        verbose_name="payment",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="invoicing_payments.bankstatement",
                        verbose_name="statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank entry",
                "verbose_name_plural": "bank entries",
                "ordering": ["-date", "-pk"],
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["status", "-date", "-id"], name="invoicing_bank_entry_newest"),
                    models.Index(fields=["iban"], name="invoicing_bank_entry_iban"),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount", 0), _negated=True), name="invoicing_bank_entry_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payment__isnull", False), ("status", "MATCHED")),
                            models.Q(models.Q(("status", "MATCHED"), _negated=True), ("payment__isnull", True)),
                            _connector="OR",
                        ),
                        name="invoicing_bank_entry_payment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="amount")),
                (
                    "score",
                    models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)], verbose_name="score"),
                ),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("is_chosen", models.BooleanField(default=False, verbose_name="chosen")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="invoicing_payments.bankentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bank_proposals",
                        to=settings.INVOICING_INVOICE_MODEL,
                        verbose_name="invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bank_proposals",
                        to="invoicing_payments.payment",
                        verbose_name="recorded payment",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ["entry", "rank", "pk"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("score__lte", 100)), name="invoicing_proposal_score"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invoice__isnull", False), ("payment__isnull", True)),
                            models.Q(("invoice__isnull", True), ("payment__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoicing_proposal_target",
                    ),
                ],
            },
        ),
    ]
