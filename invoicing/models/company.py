"""Company: an own legal entity that issues invoices, with its bank, its numbers and its rules."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from invoicing.conf import conf
from invoicing.domain.choices import CounterPeriod, Month, RoundingPolicy
from invoicing.domain.number_format import problems
from invoicing.exceptions import InvalidDataError
from invoicing.models.entity import LegalEntity
from invoicing.models.payment_term import PaymentTerm


class Company(LegalEntity):
    """Whoever supplies on issued invoices and receives on received ones. What it leaves blank, the settings say."""

    bank_name = models.CharField(_("bank"), max_length=255, blank=True)
    bank_street = models.CharField(_("bank street and number"), max_length=255, blank=True)
    bank_zip = models.CharField(_("bank postal code"), max_length=32, blank=True)
    bank_city = models.CharField(_("bank city"), max_length=255, blank=True)
    bank_country = CountryField(_("bank country"), blank=True)
    bank_iban = models.CharField(_("IBAN"), max_length=64, blank=True)
    bank_swift_bic = models.CharField(_("BIC"), max_length=16, blank=True)
    issuer_name = models.CharField(_("issued by"), max_length=255, blank=True)
    issuer_email = models.EmailField(_("issuer e-mail"), blank=True)
    issuer_phone = models.CharField(_("issuer phone"), max_length=64, blank=True)

    number_format = models.CharField(_("number format"), max_length=255, blank=True)
    counter_period = models.CharField(_("counter period"), max_length=11, choices=CounterPeriod.choices, blank=True)
    fiscal_year_start = models.PositiveSmallIntegerField(_("fiscal year starts in"), choices=Month.choices, null=True, blank=True)
    rounding_policy = models.CharField(_("rounding policy"), max_length=16, choices=RoundingPolicy.choices, blank=True)
    one_stop_shop = models.BooleanField(_("One-Stop-Shop"), null=True, blank=True, help_text=_("Unknown: as the settings say."))
    payment_term = models.ForeignKey(
        PaymentTerm, verbose_name=_("payment term"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("Such as Europe/Berlin."))

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering: ClassVar = ["name", "pk"]

    def clean(self) -> None:
        """Refuse a number format that could give one number twice, and a time zone that does not exist."""
        super().clean()
        if self.time_zone and self.time_zone not in available_timezones():
            text = _("“%(name)s” is no time zone: use a name such as Europe/Berlin.")
            raise ValidationError({"time_zone": ValidationError(text, params={"name": self.time_zone})})
        if (self.number_format or self.counter_period) and self.counter_period in ("", *CounterPeriod.values):
            try:
                sentences = problems(
                    self.number_format or conf.number_format,
                    period=CounterPeriod(self.counter_period or conf.counter_period),
                    per_type=conf.counter_per_type,
                    fiscal_year_start=self.fiscal_year_start or conf.fiscal_year_start,
                )
            except InvalidDataError as error:
                raise ValidationError(error.errors) from error
            if sentences:
                raise ValidationError({"number_format": sentences})

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for a number format or a time zone that would fail at the first invoice."""
        try:
            self.clean()
        except ValidationError as error:
            raise InvalidDataError(error.message_dict) from error
        super().save(**kwargs)

    def snapshot(self) -> dict[str, Any]:
        """As every legal entity, with the bank and the issuer beside."""
        return {
            **super().snapshot(),
            "bank": {
                "name": self.bank_name,
                "street": self.bank_street,
                "zip": self.bank_zip,
                "city": self.bank_city,
                "country_code": str(self.bank_country.code or ""),
                "iban": self.bank_iban,
                "swift_bic": self.bank_swift_bic,
            },
            "issuer": {"name": self.issuer_name, "email": self.issuer_email, "phone": self.issuer_phone},
        }

    def today(self) -> date:
        """The day it is where the company is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone) if self.time_zone else None)
