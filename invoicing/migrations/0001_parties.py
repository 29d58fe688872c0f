"""Whoever stands on an invoice, what is sold, counters and registers: all that a host's own Invoice may point to."""

import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="PaymentTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                ("days", models.PositiveSmallIntegerField(default=0, verbose_name="days")),
                ("months", models.PositiveSmallIntegerField(default=0, verbose_name="months")),
                ("end_of_month", models.BooleanField(default=False, verbose_name="end of month")),
                (
                    "day_of_month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)],
                        verbose_name="day of month",
                    ),
                ),
                (
                    "early_discount_percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.01")),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="early-payment discount (%)",
                    ),
                ),
                (
                    "early_discount_days",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Days from the issue date.", null=True, verbose_name="early-payment discount for"
                    ),
                ),
            ],
            options={
                "verbose_name": "payment term",
                "verbose_name_plural": "payment terms",
                "ordering": ["days", "months", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("early_discount_days__isnull", True), ("early_discount_percent__isnull", True)),
                            models.Q(
                                ("early_discount_percent__gt", 0),
                                ("early_discount_percent__isnull", False),
                                ("early_discount_percent__lte", 100),
                                ("early_discount_days__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_paymentterm_early",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="A short name that number formats may show.", max_length=32, verbose_name="code"
                    ),
                ),
                ("street", models.CharField(blank=True, max_length=255, verbose_name="street and number")),
                ("zip", models.CharField(blank=True, max_length=32, verbose_name="postal code")),
                ("city", models.CharField(blank=True, max_length=255, verbose_name="city")),
                ("state", models.CharField(blank=True, max_length=64, verbose_name="state or province")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("registration_id", models.CharField(blank=True, max_length=64, verbose_name="registration number")),
                ("tax_id", models.CharField(blank=True, max_length=64, verbose_name="tax number")),
                ("vat_id", models.CharField(blank=True, max_length=32, verbose_name="VAT id")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=64, verbose_name="phone")),
                ("additional_info", models.JSONField(blank=True, null=True, verbose_name="additional information")),
                (
                    "language",
                    models.CharField(blank=True, help_text="Of documents, such as de or pt-br.", max_length=16, verbose_name="language"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
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
                ("number_format", models.CharField(blank=True, max_length=255, verbose_name="number format")),
                (
                    "counter_period",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("DAILY", "daily"),
                            ("MONTHLY", "monthly"),
                            ("YEARLY", "yearly"),
                            ("FISCAL_YEAR", "by fiscal year"),
                            ("INFINITE", "infinite"),
                        ],
                        max_length=11,
                        verbose_name="counter period",
                    ),
                ),
                (
                    "fiscal_year_start",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "January"),
                            (2, "February"),
                            (3, "March"),
                            (4, "April"),
                            (5, "May"),
                            (6, "June"),
                            (7, "July"),
                            (8, "August"),
                            (9, "September"),
                            (10, "October"),
                            (11, "November"),
                            (12, "December"),
                        ],
                        null=True,
                        verbose_name="fiscal year starts in",
                    ),
                ),
                (
                    "rounding_policy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("TAX_PER_CATEGORY", "tax once per category and rate"),
                            ("TAX_PER_LINE", "tax on each line"),
                            ("KEEP_GROSS", "prices with tax stay as they are"),
                        ],
                        max_length=16,
                        verbose_name="rounding policy",
                    ),
                ),
                (
                    "one_stop_shop",
                    models.BooleanField(blank=True, help_text="Unknown: as the settings say.", null=True, verbose_name="One-Stop-Shop"),
                ),
                ("time_zone", models.CharField(blank=True, help_text="Such as Europe/Berlin.", max_length=64, verbose_name="time zone")),
                (
                    "payment_term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="invoicing.paymentterm",
                        verbose_name="payment term",
                    ),
                ),
                (
                    "locked_until",
                    models.DateField(
                        blank=True,
                        help_text="No document of this day, or of one before, is issued, changed or voided.",
                        null=True,
                        verbose_name="books locked until",
                    ),
                ),
                (
                    "logo",
                    models.FileField(
                        blank=True, help_text="PNG, JPEG or GIF, up to 5 MB.", max_length=255, upload_to="invoicing/logos/", verbose_name="logo"
                    ),
                ),
                ("accent_color", models.CharField(blank=True, help_text="Such as #23477a.", max_length=7, verbose_name="colour")),
                (
                    "document_paper",
                    models.CharField(
                        blank=True,
                        choices=[("A4", "A4"), ("LETTER", "US Letter")],
                        help_text="Empty: as is usual in the country of the company.",
                        max_length=6,
                        verbose_name="paper",
                    ),
                ),
                (
                    "document_footer",
                    models.TextField(blank=True, help_text="Stands at the bottom of every page.", verbose_name="footer of documents"),
                ),
                (
                    "document_template",
                    models.CharField(
                        blank=True, help_text="Such as invoicing/compact.html.", max_length=255, verbose_name="template of documents"
                    ),
                ),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "code",
                    models.CharField(
                        blank=True, help_text="A short name that number formats may show.", max_length=32, verbose_name="code"
                    ),
                ),
                ("street", models.CharField(blank=True, max_length=255, verbose_name="street and number")),
                ("zip", models.CharField(blank=True, max_length=32, verbose_name="postal code")),
                ("city", models.CharField(blank=True, max_length=255, verbose_name="city")),
                ("state", models.CharField(blank=True, max_length=64, verbose_name="state or province")),
                ("country", django_countries.fields.CountryField(blank=True, max_length=2, verbose_name="country")),
                ("registration_id", models.CharField(blank=True, max_length=64, verbose_name="registration number")),
                ("tax_id", models.CharField(blank=True, max_length=64, verbose_name="tax number")),
                ("vat_id", models.CharField(blank=True, max_length=32, verbose_name="VAT id")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=64, verbose_name="phone")),
                ("additional_info", models.JSONField(blank=True, null=True, verbose_name="additional information")),
                (
                    "language",
                    models.CharField(blank=True, help_text="Of documents, such as de or pt-br.", max_length=16, verbose_name="language"),
                ),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                (
                    "is_business",
                    models.BooleanField(
                        blank=True, help_text="Unknown: a business is whoever has a VAT id.", null=True, verbose_name="business"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose address book it is in.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "payment_term",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="invoicing.paymentterm",
                        verbose_name="payment term",
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="UUID")),
                ("sku", models.CharField(blank=True, max_length=64, verbose_name="SKU")),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                ("unit", models.CharField(default="PIECES", max_length=8, verbose_name="unit")),
                ("unit_price", models.DecimalField(decimal_places=6, default=Decimal("0"), max_digits=17, verbose_name="unit price")),
                (
                    "supply",
                    models.CharField(
                        choices=[("GOODS", "goods"), ("SERVICES", "services")], default="SERVICES", max_length=8, verbose_name="supply"
                    ),
                ),
                (
                    "tax_class",
                    models.CharField(
                        choices=[
                            ("STANDARD", "standard rate"),
                            ("REDUCED", "reduced rate"),
                            ("SECOND_REDUCED", "second reduced rate"),
                            ("SUPER_REDUCED", "super-reduced rate"),
                            ("ZERO", "zero rate"),
                            ("EXEMPT", "exempt"),
                        ],
                        default="STANDARD",
                        max_length=16,
                        verbose_name="tax class",
                    ),
                ),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("modified", models.DateTimeField(auto_now=True, verbose_name="modified")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="invoicing.company", verbose_name="company"
                    ),
                ),
            ],
            options={
                "verbose_name": "product",
                "verbose_name_plural": "products",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="VatIdCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vat_id", models.CharField(max_length=32, verbose_name="VAT id")),
                (
                    "answer",
                    models.CharField(
                        choices=[("VALID", "valid"), ("INVALID", "invalid"), ("UNREACHABLE", "register could not be reached")],
                        max_length=11,
                        verbose_name="answer",
                    ),
                ),
                ("consultation_id", models.CharField(blank=True, max_length=64, verbose_name="consultation number")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="registered name")),
                ("address", models.TextField(blank=True, verbose_name="registered address")),
                ("detail", models.TextField(blank=True, verbose_name="detail")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked at")),
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
                "verbose_name": "VAT id check",
                "verbose_name_plural": "VAT id checks",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="vatidcheck",
            index=models.Index(fields=["vat_id", "-asked_at"], name="invoicing_vat_id_check"),
        ),
        migrations.CreateModel(
            name="Register",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64, unique=True, verbose_name="key")),
                ("length", models.PositiveBigIntegerField(default=0, verbose_name="events")),
                ("head", models.CharField(default="0" * 64, max_length=64, verbose_name="hash of the last event")),
                ("locked_until", models.DateField(blank=True, null=True, verbose_name="locked until")),
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
                "verbose_name": "register",
                "verbose_name_plural": "registers",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="LockExemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("reason", models.TextField(verbose_name="reason")),
                ("actor_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="granted by")),
                ("granted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="granted at")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lock_exemptions",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                ("user_name", models.CharField(blank=True, editable=False, max_length=255, verbose_name="name of the user")),
            ],
            options={
                "verbose_name": "lock exemption",
                "verbose_name_plural": "lock exemptions",
                "ordering": ["pk"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Protection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("protected_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
            ],
            options={
                "verbose_name": "protection",
                "verbose_name_plural": "protections",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=191, unique=True, verbose_name="key")),
                ("series", models.CharField(max_length=64, verbose_name="series")),
                ("type", models.CharField(blank=True, max_length=11, verbose_name="type")),
                ("period", models.CharField(blank=True, max_length=16, verbose_name="period")),
                ("value", models.PositiveBigIntegerField(default=0, verbose_name="last sequence")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="invoicing.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "verbose_name": "counter",
                "verbose_name_plural": "counters",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="VoidedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveBigIntegerField(verbose_name="sequence")),
                ("number", models.CharField(blank=True, max_length=128, verbose_name="number")),
                ("reason", models.TextField(verbose_name="reason")),
                ("actor_name", models.CharField(blank=True, max_length=255, verbose_name="by")),
                ("voided_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="voided at")),
                (
                    "counter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voided_numbers",
                        to="invoicing.counter",
                        verbose_name="counter",
                    ),
                ),
            ],
            options={
                "verbose_name": "voided number",
                "verbose_name_plural": "voided numbers",
                "ordering": ["counter", "sequence"],
                "base_manager_name": "objects",
            },
        ),
        migrations.AddConstraint(
            model_name="voidednumber",
            constraint=models.UniqueConstraint(fields=("counter", "sequence"), name="invoicing_voided_once"),
        ),
    ]
