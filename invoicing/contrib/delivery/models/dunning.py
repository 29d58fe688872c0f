"""Dunning: the levels of reminders as data, what was sent by them, and whom to leave in peace."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.delivery.models.delivery import Delivery
from invoicing.contrib.delivery.placeholders import NAMES, unknown_places
from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError
from invoicing.models import Company, Party
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet
from invoicing.models.event import current_actor_name
from invoicing.models.validation import check_row

ZERO = Decimal(0)
LONGEST_WAIT = 3650
"""Days: nobody is reminded ten years before or after the due date."""


class InterestKind(models.TextChoices):
    """Which interest a level charges."""

    NONE = "NONE", _("none")
    RATE = "RATE", _("at a rate of its own")
    LEGAL = "LEGAL", _("at the legal rate for late payment")


class DunningLevelQuerySet(models.QuerySet["DunningLevel"]):
    """The levels that hold."""

    def by_company(self) -> dict[int | None, list[DunningLevel]]:
        """The active levels of each company that has levels of its own; under None those of all the others."""
        levels: dict[int | None, list[DunningLevel]] = {None: []}
        for level in self.order_by("days", "pk"):
            own = levels.setdefault(level.company_id, [])
            if level.is_active:
                own.append(level)
        return levels


class DunningLevel(models.Model):
    """One step of dunning: when it is due, what it says and what it charges."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(
        Company,
        verbose_name=_("company"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dunning_levels",
        help_text=_("Empty: for every company that has no levels of its own."),
    )
    name = models.CharField(_("name"), max_length=64)
    days = models.SmallIntegerField(
        _("days after the due date"), help_text=_("Negative: before it. Levels follow one another in the order of their days.")
    )
    min_gap = models.PositiveSmallIntegerField(
        _("least days since the last reminder"), default=7, help_text=_("Of the same invoice; a later run waits that long.")
    )
    subject = models.CharField(
        _("subject"), max_length=200, blank=True, help_text=_("Empty: the package's own, in the language of the invoice.")
    )
    message = models.TextField(
        _("message"), blank=True, help_text=_("Empty: the package's own. Places such as {number}, {date_due} and {to_pay} are filled.")
    )
    template = models.CharField(
        _("template"), max_length=255, blank=True, help_text=_("Of your project, without ending; empty: invoicing/delivery/reminder.")
    )
    fee = models.DecimalField(
        _("fee"), max_digits=14, decimal_places=3, default=ZERO, validators=[MinValueValidator(ZERO)], help_text=_("0: none.")
    )
    currency = models.CharField(
        _("currency of the fee"), max_length=3, blank=True, help_text=_("Invoices of other currencies are charged no fee.")
    )
    interest = models.CharField(_("interest"), max_length=5, choices=InterestKind.choices, default=InterestKind.NONE)
    interest_rate = models.DecimalField(
        _("rate of its own (% a year)"), max_digits=6, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(ZERO)]
    )
    is_active = models.BooleanField(_("active"), default=True)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)

    objects = DunningLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("dunning level")
        verbose_name_plural = _("dunning levels")
        ordering: ClassVar = ["days", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(fee__gte=0), name="invoicing_level_fee"),
            models.CheckConstraint(
                condition=~Q(interest="RATE") | Q(interest_rate__isnull=False, interest_rate__gte=0), name="invoicing_level_rate"
            ),
            models.CheckConstraint(condition=Q(days__gt=0) | Q(fee=0, interest="NONE"), name="invoicing_level_charges_late"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for what a form would refuse."""
        if kwargs.get("using") and self._state.adding:
            self._state.db = kwargs["using"]
        try:
            check_row(self)
            self.clean()
        except ValidationError as error:
            raise InvalidDataError(error.message_dict) from error
        super().save(**kwargs)

    @property
    def charges(self) -> bool:
        """Whether the level costs the customer something."""
        return bool(self.fee) or self.interest != InterestKind.NONE

    def clean(self) -> None:
        """Refuse a level that charges what is not late, a rate or a currency that is missing, and places that nothing fills."""
        super().clean()
        self.currency = (self.currency or "").strip().upper()
        errors: dict[str, Any] = {}
        if abs(self.days or 0) > LONGEST_WAIT:
            errors["days"] = _("Nobody is reminded that many days from the due date.")
        elif self.charges and (self.days or 0) <= 0:
            errors["days"] = _("Only what is late may cost a fee or interest: enter 1 or more days.")
        if self.interest == InterestKind.RATE and self.interest_rate is None:
            errors["interest_rate"] = _("Enter the rate, in percent a year.")
        if self.fee:
            errors |= self._currency_errors()
        for field in ("subject", "message"):
            if unknown := unknown_places(getattr(self, field) or ""):
                text = _("Nothing is put into {places}. Known: {known}.")
                errors[field] = text.format(places=", ".join(unknown), known=", ".join(f"{{{name}}}" for name in NAMES))
        if self._has_twin():
            errors.setdefault("days", _("There is a level for this day already: enter another one, or change that."))
        if errors:
            raise ValidationError(errors)

    def _currency_errors(self) -> dict[str, Any]:
        """What is wrong with a fee in its currency."""
        if not self.currency:
            return {"currency": _("Enter the currency of the fee.")}
        try:
            if quantise(self.fee, self.currency) != self.fee:
                text = _("{amount} is finer than {currency} can be: round it.")
                return {"fee": text.format(amount=self.fee, currency=self.currency)}
        except InvalidDataError as error:
            return {"currency": [text for texts in error.errors.values() for text in texts]}
        return {}

    def _has_twin(self) -> bool:
        others = type(self)._base_manager.using(self._state.db).exclude(pk=self.pk)
        return self.is_active and others.filter(company=self.company, days=self.days, is_active=True).exists()


class ReminderQuerySet(AppendOnlyQuerySet["Reminder"]):
    """What was sent; it can be read and added, nothing else."""


class Reminder(AppendOnly):
    """A reminder that was sent: of one level, for one invoice, once."""

    COMPANY_PATH: ClassVar = "invoice__company"

    LOOSENED: ClassVar = frozenset({"delivery"})

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(conf.invoice_model, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="reminders")
    level = models.ForeignKey(DunningLevel, verbose_name=_("level"), on_delete=models.PROTECT, related_name="reminders")
    level_days = models.SmallIntegerField(_("days of the level"), help_text=_("As the level was then."))
    sent_on = models.DateField(_("sent on"))
    days_overdue = models.IntegerField(_("days overdue"), help_text=_("Negative before the due date."))
    to_pay = models.DecimalField(_("to pay"), max_digits=14, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    fee = models.DecimalField(_("fee"), max_digits=14, decimal_places=3, default=ZERO)
    interest = models.DecimalField(_("interest"), max_digits=14, decimal_places=3, default=ZERO)
    interest_until = models.DateField(_("interest charged until"), null=True, blank=True)
    fee_invoice = models.OneToOneField(
        conf.invoice_model,
        verbose_name=_("invoice for the charges"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charging_reminder",
    )
    delivery = models.OneToOneField(
        Delivery, verbose_name=_("delivery"), on_delete=models.SET_NULL, null=True, blank=True, related_name="reminder"
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    actor_name = models.CharField(_("by"), max_length=255, blank=True, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "level"], name="invoicing_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} – {self.level}"

    def save(self, **kwargs: Any) -> None:
        """Add the row. Raises AppendOnlyError for one that exists."""
        if self._state.adding:
            self.actor_name = self.actor_name or current_actor_name()
        super().save(**kwargs)


class ReminderPauseQuerySet(models.QuerySet["ReminderPause"]):
    """Pauses in force."""

    def in_force(self, *, on: date) -> ReminderPauseQuerySet:
        """Those that hold on a day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on))

    def of(self, invoice: Any) -> ReminderPauseQuerySet:
        """Those for an invoice, or for its party."""
        about = Q(invoice_id=invoice.pk)
        return self.filter(about | Q(party_id=invoice.party_id) if invoice.party_id else about)


class ReminderPause(models.Model):
    """No reminders for one invoice, or for all of a party, until a day or for good."""

    COMPANY_PATH: ClassVar = ("invoice__company", "party__company")

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, null=True, blank=True, related_name="reminder_pauses"
    )
    party = models.ForeignKey(
        Party, verbose_name=_("party"), on_delete=models.CASCADE, null=True, blank=True, related_name="reminder_pauses"
    )
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day of the pause; empty: for good."))
    reason = models.CharField(_("reason"), max_length=255)
    created = models.DateTimeField(_("created"), auto_now_add=True)
    actor_name = models.CharField(_("by"), max_length=255, blank=True, editable=False)

    objects = ReminderPauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of reminders")
        verbose_name_plural = _("pauses of reminders")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(invoice__isnull=True, party__isnull=False) | Q(invoice__isnull=False, party__isnull=True),
                name="invoicing_pause_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice or self.party}: {self.reason}"

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for what a form would refuse."""
        try:
            check_row(self)
            self.clean()
        except ValidationError as error:
            raise InvalidDataError(error.message_dict) from error
        if self._state.adding:
            self.actor_name = self.actor_name or current_actor_name()
        super().save(**kwargs)

    def clean(self) -> None:
        """Refuse a pause of nothing, of both, or without a reason."""
        super().clean()
        errors: dict[str, Any] = {}
        if (self.invoice_id is None) == (self.party_id is None):
            errors["invoice"] = _("Name either an invoice or a party.")
        if not (self.reason or "").strip():
            errors["reason"] = _("Say why no reminders are sent.")
        if errors:
            raise ValidationError(errors)
