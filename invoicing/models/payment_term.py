"""PaymentTerm: how long a customer may take to pay, and what he saves when he is quick."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from invoicing.domain import terms


class PaymentTerm(models.Model):
    """A named term, such as “30 days” or “10th of the month after next”."""

    COMPANY_PATH: ClassVar = ""

    name = models.CharField(_("name"), max_length=100, unique=True)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    end_of_month = models.BooleanField(_("end of month"), default=False)
    day_of_month = models.PositiveSmallIntegerField(
        _("day of month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    early_discount_percent = models.DecimalField(
        _("early-payment discount (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(100)],
    )
    early_discount_days = models.PositiveSmallIntegerField(
        _("early-payment discount for"), null=True, blank=True, help_text=_("Days from the issue date.")
    )

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering: ClassVar = ["days", "months", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(early_discount_percent__isnull=True, early_discount_days__isnull=True)
                | Q(early_discount_percent__isnull=False, early_discount_percent__gt=0, early_discount_percent__lte=100)
                & Q(early_discount_days__isnull=False),
                name="invoicing_paymentterm_early",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse half a discount, and one that outlasts the time to pay, where that is a number of days."""
        super().clean()
        percent, days = self.early_discount_percent, self.early_discount_days
        if percent is None and days is not None:
            raise ValidationError({"early_discount_percent": _("Enter the percentage of the discount, or take its days out.")})
        if percent is not None and days is None:
            raise ValidationError({"early_discount_days": _("Enter for how many days there is a discount, or take its percentage out.")})
        is_plain = not self.months and not self.end_of_month and self.day_of_month is None
        if days is not None and is_plain and days > (self.days or 0):
            text = _("Payment is due after %(days)s days: the discount cannot last longer.")
            raise ValidationError({"early_discount_days": ValidationError(text, params={"days": self.days})})

    def due_date(self, date_issue: date) -> date:
        """The last day to pay an invoice that was issued on `date_issue`."""
        return terms.due_date(
            date_issue, days=self.days, months=self.months, end_of_month=self.end_of_month, day_of_month=self.day_of_month
        )

    def early_discount_until(self, date_issue: date) -> date | None:
        """The last day to pay with the discount, never after the due date; None where there is no discount."""
        if self.early_discount_percent is None or self.early_discount_days is None:
            return None
        return terms.discount_day(date_issue, days=self.early_discount_days, date_due=self.due_date(date_issue))
