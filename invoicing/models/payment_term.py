"""PaymentTerm: how long a customer may take to pay."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.domain import terms


class PaymentTerm(models.Model):
    """A named term, such as “30 days” or “10th of the month after next”."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    months = models.PositiveSmallIntegerField(_("months"), default=0)
    end_of_month = models.BooleanField(_("end of month"), default=False)
    day_of_month = models.PositiveSmallIntegerField(
        _("day of month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )

    class Meta:
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")
        ordering: ClassVar = ["days", "months", "name"]

    def __str__(self) -> str:
        return self.name

    def due_date(self, date_issue: date) -> date:
        """The last day to pay an invoice that was issued on `date_issue`."""
        return terms.due_date(
            date_issue, days=self.days, months=self.months, end_of_month=self.end_of_month, day_of_month=self.day_of_month
        )
