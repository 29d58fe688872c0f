"""Payment: money that came in or went out. It is a fact: it is reversed, never changed or deleted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, ClassVar, NoReturn, Self

from django.core.validators import MinValueValidator
from django.db import models, router
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.chain import digest
from invoicing.conf import conf
from invoicing.contrib.payments.choices import Direction, PaymentState
from invoicing.contrib.payments.exceptions import PaymentFrozenError
from invoicing.contrib.payments.models.payment_method import PaymentMethod
from invoicing.domain.codes.currencies import is_currency
from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError
from invoicing.models import Company, Party
from invoicing.models.locking import plain
from invoicing.models.validation import check_row

ZERO = Decimal(0)
CENT = Decimal("0.001")
"""The finest amount that a column holds."""

MONEY_COLUMNS = ("amount", "allocated")


class PaymentQuerySet(models.QuerySet["Payment"]):
    """What people ask of payments. Many at a time, they change in no more than one by one."""

    def received(self) -> Self:
        """Money that is there."""
        return self.filter(status=PaymentState.RECEIVED)

    def incoming(self) -> Self:
        """Money that comes in."""
        return self.filter(direction=Direction.IN)

    def outgoing(self) -> Self:
        """Money that goes out."""
        return self.filter(direction=Direction.OUT)

    def unallocated(self) -> Self:
        """Money that is there, and of which something settles nothing yet."""
        return self.received().filter(allocated__lt=F("amount"))

    def update(self, **kwargs: Any) -> int:
        """Update columns that may change. Raises PaymentFrozenError for those that may not."""
        frozen = sorted(set(kwargs) - Payment.CHANGEABLE)
        if frozen:
            raise PaymentFrozenError(fields=", ".join(frozen))
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> NoReturn:
        """Refused: a payment is reversed."""
        raise PaymentFrozenError(fields=_("it"))

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: each payment is recorded with its history."""
        raise PaymentFrozenError(fields=_("payments made in bulk"))


class Payment(models.Model):
    """Money from or to a party. What settles documents are its allocations; what is left is the party's credit."""

    CHANGEABLE: ClassVar = frozenset({"reference", "note", "invoice"})
    """The columns that people may change; the acts of `services` change the rest."""

    DIRECTION = Direction
    STATUS = PaymentState

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True)
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, null=True, blank=True)
    invoice = models.ForeignKey(
        conf.invoice_model,
        verbose_name=_("meant for"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="payments_meant",
        help_text=_("What the payer meant to pay; what it settles are its allocations."),
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, default=Direction.IN)
    status = models.CharField(_("status"), max_length=8, choices=PaymentState.choices, default=PaymentState.RECEIVED, editable=False)
    date = models.DateField(_("date"), help_text=_("When the money was there (value date)."))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3, validators=[MinValueValidator(CENT)])
    currency = models.CharField(_("currency"), max_length=3)
    method = models.ForeignKey(PaymentMethod, verbose_name=_("method"), on_delete=models.PROTECT, related_name="payments")
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    provider = models.CharField(_("provider"), max_length=64, blank=True, help_text=_("Who reports it, such as a bank."))
    provider_id = models.CharField(_("provider's id"), max_length=255, blank=True, help_text=_("The same payment is recorded once."))
    # A digest of company, provider and id, NULL where there is none: some databases take a for A.
    provider_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001  # a null repeats, "" would not
    payer_name = models.CharField(_("name on the account"), max_length=255, blank=True)
    payer_iban = models.CharField(_("IBAN"), max_length=64, blank=True)
    note = models.TextField(_("note"), blank=True)
    allocated = models.DecimalField(_("allocated"), max_digits=14, decimal_places=3, default=ZERO, editable=False)
    reversed_on = models.DateField(_("reversed on"), null=True, blank=True, editable=False)
    reversal_reason = models.TextField(_("why it was reversed"), blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    actor_name = models.CharField(_("recorded by"), max_length=255, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering: ClassVar = ["-date", "-pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoicing_payment_amount"),
            # SQLite compares the floats that it stored, which are equal where the decimals are.
            models.CheckConstraint(condition=Q(allocated__gte=0, allocated__lte=F("amount")), name="invoicing_payment_allocated"),
            models.UniqueConstraint(fields=["provider", "provider_key"], name="invoicing_payment_provider"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "-date", "-id"], name="invoicing_payment_newest"),
            models.Index(fields=["party", "-date"], name="invoicing_payment_party"),
            models.Index(fields=["payer_iban"], name="invoicing_payment_iban"),
            models.Index(fields=["reversed_on"], name="invoicing_payment_reversed"),
            # What settles nothing yet: little of it, among many payments.
            models.Index(
                fields=["company", "date"],
                condition=Q(status=PaymentState.RECEIVED, allocated__lt=F("amount")),
                name="invoicing_payment_unused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.amount} {self.currency}"

    def save(self, **kwargs: Any) -> None:
        """Save. Raises InvalidDataError for values that cannot stand, PaymentFrozenError for a recorded fact that would change."""
        using = kwargs.get("using") or self.write_database()
        self.provider_key = digest(f"{self.company_id or ''}|{self.provider}|{self.provider_id}") if self.provider_id else None
        # A fresh instance with the key of a stored row would overwrite it.
        if self._state.adding and not (self.pk and plain(type(self), using=using).filter(pk=self.pk).exists()):
            self.check_values()
        else:
            self._check_frozen(using=using)
            check_row(self)
        super().save(**kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:  # noqa: ARG002  # Django's signature
        """Refused: a payment is reversed."""
        raise PaymentFrozenError(fields=_("it"))

    @classmethod
    def check(cls, **kwargs: Any) -> list[Any]:
        """Django's checks, but for what is known of the index of unused money: MariaDB knows no conditions and goes without it."""
        return [message for message in super().check(**kwargs) if message.id != "models.W037"]

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show stored money with the digits of its currency."""
        row = super().from_db(db, field_names, values, **options)
        held = row.__dict__
        if is_currency(held.get("currency", "")):
            for name in MONEY_COLUMNS:
                if name in held:
                    held[name] = quantise(held[name], row.currency)
        return row

    @property
    def unallocated(self) -> Decimal:
        """What settles nothing yet; nothing of a payment that is not there."""
        return self.amount - self.allocated if self.status == PaymentState.RECEIVED else ZERO

    def write_database(self) -> str:
        """The database that this payment is written to."""
        return router.db_for_write(type(self), instance=self)

    def today(self) -> dt.date:
        """The day it is where the company is."""
        return self.company.today() if self.company else timezone.localdate()

    def known_currency(self) -> str:
        """The currency. Raises InvalidDataError for one that is none."""
        if not is_currency(self.currency):
            raise InvalidDataError({"currency": [_("Use an ISO 4217 code in capital letters, such as EUR.")]})
        return self.currency

    def check_values(self) -> None:
        """Raise InvalidDataError that names every column whose value cannot stand."""
        check_row(self)
        errors: dict[str, list[object]] = {}
        if not is_currency(self.currency):
            errors["currency"] = [_("Use an ISO 4217 code in capital letters, such as EUR.")]
        elif quantise(self.amount, self.currency) != self.amount:
            errors["amount"] = [_("{amount} is finer than {currency} can be: round it.").format(amount=self.amount, currency=self.currency)]
        if self.provider_id and not self.provider:
            errors["provider"] = [_("Say whose id it is.")]
        if self.allocated:
            errors["allocated"] = [_("A new payment has settled nothing yet: leave it empty, and allocate the payment.")]
        if errors:
            raise InvalidDataError(errors)

    def _check_frozen(self, *, using: str) -> None:
        fixed = [field.attname for field in self._meta.concrete_fields if field.name not in self.CHANGEABLE]
        stored = plain(type(self), using=using).filter(pk=self.pk).values(*fixed).first()
        if stored is None:
            raise self.DoesNotExist(f"Payment {self.pk} does not exist.")
        changed = [name for name in fixed if getattr(self, name) != stored[name] and name not in self.get_deferred_fields()]
        if changed:
            raise PaymentFrozenError(fields=", ".join(sorted(changed)))
