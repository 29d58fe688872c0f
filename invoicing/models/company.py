"""Company: an own legal entity that issues invoices, with its bank, its numbers and its rules."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from invoicing.conf import conf
from invoicing.domain.choices import CounterPeriod, EventKind, Month, RoundingPolicy
from invoicing.domain.number_format import problems
from invoicing.exceptions import InvalidDataError
from invoicing.models.entity import LegalEntity
from invoicing.models.event import InvoiceEvent
from invoicing.models.locking import atomically, locked, plain
from invoicing.models.look import DocumentLook
from invoicing.models.payment_term import PaymentTerm
from invoicing.models.register import Register


class CompanyQuerySet(models.QuerySet["Company"]):
    """Companies many at a time."""

    def update(self, **kwargs: Any) -> int:
        """Update companies in one statement. The lock date is history, and moved company by company."""
        if "locked_until" in kwargs:
            raise InvalidDataError({"locked_until": [_("Move it by lock_books(): the history keeps when, by whom and why.")]})
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]


class Company(LegalEntity, DocumentLook):
    """Whoever supplies on issued invoices and receives on received ones. What it leaves blank, the settings say."""

    COMPANY_PATH: ClassVar = "pk"

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
    locked_until = models.DateField(
        _("books locked until"),
        null=True,
        blank=True,
        help_text=_("No document of this day, or of one before, is issued, changed or voided."),
    )

    objects = CompanyQuerySet.as_manager()

    CHECKED: ClassVar = DocumentLook.LOOK | {"time_zone", "number_format", "counter_period", "fiscal_year_start"}
    """What `clean()` looks at: books are locked also where a template is gone."""

    _lock_read: date | None = None

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering: ClassVar = ["name", "pk"]

    def clean(self) -> None:
        """Refuse a number format that could give one number twice, a time zone that does not exist, and a look that cannot be drawn."""
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

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Remember the lock date that was read: an old instance must not move it back."""
        company = super().from_db(db, field_names, values, **options)
        company.__dict__["_lock_read"] = company.__dict__.get("locked_until")
        return company

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for a number format or a time zone that would fail at the first invoice.

        A lock date that was moved on this instance is entered into the history.
        """
        self._save(reason="", **kwargs)

    def lock_books(self, until: date | str | None, *, reason: str) -> None:
        """Lock the books up to a day: no document of that day, or of one before, is issued, changed or voided from now on.

        A later call moves the day, also back; each is an event with its reason in the chain of the company.
        """
        if not reason.strip():
            raise InvalidDataError({"reason": [_("Say why the lock date moves.")]})
        self.locked_until = _day(until)
        self._lock_read = None if self.locked_until else date.min
        self._save(reason=reason, update_fields=["locked_until", "modified"])

    def _save(self, *, reason: str, **kwargs: Any) -> None:
        self.locked_until = _day(self.locked_until)
        fields = kwargs.get("update_fields")
        if fields is None or not self.CHECKED.isdisjoint(fields):
            self._check()
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        if fields is not None and "locked_until" not in fields:
            super().save(**kwargs)
            return
        with atomically(using):
            stored = locked(plain(type(self), using=using).filter(pk=self.pk), using=using).values_list("locked_until", flat=True).first()
            if self.locked_until == self._lock_read:
                self.locked_until = stored
            super().save(**kwargs)
            if stored != self.locked_until:
                self._enter_lock(stored, reason=reason, using=using)
        self._lock_read = self.locked_until

    def _check(self) -> None:
        try:
            self.clean()
        except ValidationError as error:
            raise InvalidDataError(error.message_dict) from error

    def _enter_lock(self, before: date | None, *, reason: str, using: str) -> None:
        """Write the new lock date into the register, where whoever issues looks under its lock, and into the history."""
        register = Register.objects.using(using).hold(self.pk)
        register.locked_until = self.locked_until
        register.save(using=using, update_fields=["locked_until"])
        history = InvoiceEvent.objects.using(using)
        data = {"from": before and before.isoformat(), "to": self.locked_until and self.locked_until.isoformat()}
        history.chain(register, [history.entry(None, EventKind.LOCKED, reason=reason, data=data)], contents=[None])

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


def _day(value: Any) -> date | None:
    """The day that a lock date names. Raises InvalidDataError on `locked_until`."""
    try:
        day: date | None = models.DateField(null=True, blank=True).clean(value, None)
    except ValidationError as error:
        raise InvalidDataError({"locked_until": error.messages}) from error
    return day
