"""The host's table. It comes between the parties that an invoice refers to and the documents that refer to it."""

import django.core.validators
import django.db.models.deletion
import django_countries.fields
import model_utils.fields
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("invoicing", "0001_parties"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("INVOICE", "Invoice"),
                            ("ADVANCE", "Advance invoice"),
                            ("PROFORMA", "Proforma invoice"),
                            ("CREDIT_NOTE", "Credit note"),
                        ],
                        default="INVOICE",
                        max_length=11,
                        verbose_name="type",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("ISSUED", "issued invoice"), ("RECEIVED", "received invoice")],
                        default="ISSUED",
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=255, verbose_name="title")),
                (
                    "language",
                    models.CharField(blank=True, help_text="Of the document, such as de or pt-br.", max_length=16, verbose_name="language"),
                ),
                ("date_issue", models.DateField(blank=True, verbose_name="issue date")),
                ("date_tax_point", models.DateField(blank=True, help_text="When it was supplied.", verbose_name="tax point date")),
                ("date_due", models.DateField(blank=True, verbose_name="due date")),
                ("buyer_reference", models.CharField(blank=True, max_length=255, verbose_name="buyer reference")),
                ("order_reference", models.CharField(blank=True, max_length=255, verbose_name="order reference")),
                ("reference", models.CharField(blank=True, max_length=140, verbose_name="payment reference")),
                ("constant_symbol", models.CharField(blank=True, max_length=10, verbose_name="constant symbol")),
                ("variable_symbol", models.CharField(blank=True, max_length=10, verbose_name="variable symbol")),
                ("specific_symbol", models.CharField(blank=True, max_length=10, verbose_name="specific symbol")),
                ("note", models.TextField(blank=True, help_text="Printed on the document.", verbose_name="note")),
                ("internal_note", models.TextField(blank=True, help_text="Never shown to the customer.", verbose_name="internal note")),
                ("attachments", models.JSONField(blank=True, default=None, null=True, verbose_name="attachments")),
                (
                    "metadata",
                    models.JSONField(blank=True, default=dict, help_text="Whatever the host wants to keep here.", verbose_name="metadata"),
                ),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                ("supplier_name", models.CharField(blank=True, max_length=255, verbose_name="supplier")),
                ("supplier_street", models.CharField(blank=True, max_length=255, verbose_name="supplier street and number")),
                ("supplier_zip", models.CharField(blank=True, max_length=32, verbose_name="supplier postal code")),
                ("supplier_city", models.CharField(blank=True, max_length=255, verbose_name="supplier city")),
                ("supplier_state", models.CharField(blank=True, max_length=64, verbose_name="supplier state or province")),
                ("supplier_country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="supplier country")),
                ("supplier_registration_id", models.CharField(blank=True, max_length=64, verbose_name="supplier registration number")),
                ("supplier_tax_id", models.CharField(blank=True, max_length=64, verbose_name="supplier tax number")),
                ("supplier_vat_id", models.CharField(blank=True, max_length=32, verbose_name="supplier VAT id")),
                ("supplier_email", models.EmailField(blank=True, max_length=254, verbose_name="supplier e-mail")),
                ("supplier_phone", models.CharField(blank=True, max_length=64, verbose_name="supplier phone")),
                ("supplier_additional_info", models.JSONField(blank=True, null=True, verbose_name="supplier additional information")),
                ("bank_name", models.CharField(blank=True, max_length=255, verbose_name="bank")),
                ("bank_street", models.CharField(blank=True, max_length=255, verbose_name="bank street and number")),
                ("bank_zip", models.CharField(blank=True, max_length=32, verbose_name="bank postal code")),
                ("bank_city", models.CharField(blank=True, max_length=255, verbose_name="bank city")),
                ("bank_country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="bank country")),
                ("bank_iban", models.CharField(blank=True, max_length=64, verbose_name="IBAN")),
                ("bank_swift_bic", models.CharField(blank=True, max_length=16, verbose_name="BIC")),
                ("issuer_name", models.CharField(blank=True, max_length=255, verbose_name="issued by")),
                ("issuer_email", models.EmailField(blank=True, max_length=254, verbose_name="issuer e-mail")),
                ("issuer_phone", models.CharField(blank=True, max_length=64, verbose_name="issuer phone")),
                ("customer_name", models.CharField(blank=True, max_length=255, verbose_name="customer")),
                ("customer_street", models.CharField(blank=True, max_length=255, verbose_name="customer street and number")),
                ("customer_zip", models.CharField(blank=True, max_length=32, verbose_name="customer postal code")),
                ("customer_city", models.CharField(blank=True, max_length=255, verbose_name="customer city")),
                ("customer_state", models.CharField(blank=True, max_length=64, verbose_name="customer state or province")),
                ("customer_country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="customer country")),
                ("customer_registration_id", models.CharField(blank=True, max_length=64, verbose_name="customer registration number")),
                ("customer_tax_id", models.CharField(blank=True, max_length=64, verbose_name="customer tax number")),
                ("customer_vat_id", models.CharField(blank=True, max_length=32, verbose_name="customer VAT id")),
                ("customer_email", models.EmailField(blank=True, max_length=254, verbose_name="customer e-mail")),
                ("customer_phone", models.CharField(blank=True, max_length=64, verbose_name="customer phone")),
                ("customer_additional_info", models.JSONField(blank=True, null=True, verbose_name="customer additional information")),
                ("shipping_name", models.CharField(blank=True, max_length=255, verbose_name="shipping name")),
                ("shipping_street", models.CharField(blank=True, max_length=255, verbose_name="shipping street and number")),
                ("shipping_zip", models.CharField(blank=True, max_length=32, verbose_name="shipping postal code")),
                ("shipping_city", models.CharField(blank=True, max_length=255, verbose_name="shipping city")),
                ("shipping_state", models.CharField(blank=True, max_length=64, verbose_name="shipping state or province")),
                ("shipping_country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="shipping country")),
                (
                    "delivery_method",
                    models.CharField(
                        blank=True,
                        choices=[("PERSONAL_PICKUP", "personal pickup"), ("MAILING", "mailing"), ("DIGITAL", "digital")],
                        max_length=15,
                        verbose_name="delivery method",
                    ),
                ),
                ("tax_decisions", models.JSONField(blank=True, default=list, editable=False, verbose_name="tax decisions")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                (
                    "rounding_policy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TAX_PER_CATEGORY", "tax once per category and rate"),
                            ("TAX_PER_LINE", "tax on each line"),
                            ("KEEP_GROSS", "prices with tax stay as they are"),
                        ],
                        editable=False,
                        max_length=16,
                        verbose_name="rounding policy",
                    ),
                ),
                ("total", models.DecimalField(decimal_places=3, default=Decimal("0"), editable=False, max_digits=14, verbose_name="total")),
                (
                    "vat",
                    models.DecimalField(
                        blank=True, decimal_places=3, default=None, editable=False, max_digits=14, null=True, verbose_name="VAT"
                    ),
                ),
                (
                    "credit",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0"),
                        help_text="Taken off after tax, such as a voucher. Deduct an invoiced advance by items instead.",
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="credit",
                    ),
                ),
                (
                    "already_paid",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0"),
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="already paid",
                    ),
                ),
                (
                    "payment_method",
                    models.CharField(
                        blank=True,
                        max_length=16,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9_]*\\Z", "Use a code of capital letters, digits and underscores, such as CASH."
                            )
                        ],
                        verbose_name="payment method",
                    ),
                ),
                (
                    "early_discount_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Empty on a new document: as the payment term says, where that says the due date. 0: none.",
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="early-payment discount (%)",
                    ),
                ),
                (
                    "early_discount_until",
                    models.DateField(
                        blank=True,
                        help_text="The last day to pay with the discount.",
                        null=True,
                        verbose_name="early-payment discount until",
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(blank=True, editable=False, null=True, verbose_name="sequence")),
                ("number", models.CharField(blank=True, db_index=True, max_length=128, verbose_name="number")),
                (
                    "number_format",
                    models.CharField(
                        blank=True,
                        help_text="For this document alone; empty: the company's, else the settings'.",
                        max_length=255,
                        verbose_name="number format",
                    ),
                ),
                (
                    "number_prefix",
                    models.CharField(
                        blank=True,
                        help_text="A series of its own; empty: as the settings say.",
                        max_length=32,
                        verbose_name="number prefix",
                    ),
                ),
                ("number_key", models.CharField(editable=False, max_length=191, null=True, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("NEW", "new"),
                            ("SENT", "sent"),
                            ("RETURNED", "returned"),
                            ("CANCELED", "canceled"),
                            ("PAID", "paid"),
                            ("CREDITED", "credited"),
                            ("IN_COLLECTION", "in collection"),
                            ("UNCOLLECTIBLE", "uncollectible"),
                        ],
                        default="NEW",
                        max_length=13,
                        verbose_name="status",
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="issued at")),
                (
                    "date_sent",
                    model_utils.fields.MonitorField(
                        blank=True, default=None, editable=False, monitor="status", null=True, verbose_name="date sent", when={"SENT"}
                    ),
                ),
                (
                    "date_paid",
                    model_utils.fields.MonitorField(
                        blank=True, default=None, editable=False, monitor="status", null=True, verbose_name="date paid", when={"PAID"}
                    ),
                ),
                ("project", models.CharField(blank=True, max_length=64)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "counter",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.counter",
                        verbose_name="counter",
                    ),
                ),
                (
                    "customer_vat_id_check",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.vatidcheck",
                        verbose_name="VAT id check",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="invoicing.party", verbose_name="party"
                    ),
                ),
                (
                    "related_invoices",
                    models.ManyToManyField(blank=True, to=settings.INVOICING_INVOICE_MODEL, verbose_name="related invoices"),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "ordering": ["-date_issue", "-pk"],
                "permissions": [("void_invoice", "Can cancel, credit and write off invoices")],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["status", "date_due"], name="swapped_inv_status_1e055a_idx"),
                    models.Index(fields=["company", "date_tax_point"], name="swapped_inv_company_d70c63_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("counter", "sequence"), name="swapped_invoice_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("early_discount_percent__isnull", True), ("early_discount_until__isnull", True)),
                            models.Q(
                                ("early_discount_percent__gt", 0),
                                ("early_discount_percent__isnull", False),
                                ("early_discount_percent__lte", 100),
                                ("early_discount_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="swapped_invoice_early",
                    ),
                ],
            },
        ),
    ]
