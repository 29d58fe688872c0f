"""PaymentMethod: the ways in which money moves, each with its code of the norm."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = RegexValidator(r"^[A-Z][A-Z0-9_]*\Z", _("Use capital letters, digits and underscores, such as DIRECT_DEBIT."))
MEANS_CODE = RegexValidator(r"^[0-9A-Z]{1,3}\Z", _("Use a code of UNTDID 4461, such as 30 for a credit transfer."))


class PaymentMethodManager(models.Manager["PaymentMethod"]):
    """Methods are known by their codes."""

    def get_by_natural_key(self, code: str) -> PaymentMethod:
        return self.get(code=code)


class PaymentMethod(models.Model):
    """One way to pay. The four of the invoice are there from the start; a host adds its own."""

    COMPANY_PATH: ClassVar = ""

    code = models.CharField(_("code"), max_length=16, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=100)
    means_code = models.CharField(
        _("payment means code"), max_length=3, default="1", validators=[MEANS_CODE], help_text=_("Of UNTDID 4461; 1 says nothing (BT-81).")
    )
    is_cash = models.BooleanField(_("cash"), default=False, help_text=_("Amounts are rounded to the smallest coin."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Whether it is offered for new payments."))

    objects = PaymentMethodManager()

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering: ClassVar = ["name", "code"]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save. Raises ValidationError for a code that an invoice could not hold, or that is there."""
        self.full_clean()
        super().save(**kwargs)

    def natural_key(self) -> tuple[str]:
        return (self.code,)
