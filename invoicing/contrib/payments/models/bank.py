"""Bank statements that were taken in: what the bank said is kept as it came; what it pays is proposed, and confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.payments.models.payment import Payment
from invoicing.domain.codes.currencies import is_currency
from invoicing.domain.money import quantise
from invoicing.models import Company
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet


class BankFormat(models.TextChoices):
    """The kinds of file that are read."""

    CAMT053 = "CAMT053", _("camt.053")
    MT940 = "MT940", _("MT940")
    CSV = "CSV", _("CSV")


class EntryState(models.TextChoices):
    """What became of an entry."""

    OPEN = "OPEN", _("open")
    MATCHED = "MATCHED", _("matched")
    IGNORED = "IGNORED", _("ignored")


class BankStatement(AppendOnly):
    """One statement of a file. A file with several accounts or days has several, told apart by `position`."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    account = models.CharField(_("account"), max_length=64, blank=True)
    format = models.CharField(_("format"), max_length=7, choices=BankFormat.choices)
    file_name = models.CharField(_("file"), max_length=255, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    position = models.PositiveSmallIntegerField(_("position in the file"), default=1)
    # Company, file and position in one column: NULLs of companies would repeat in a constraint over several.
    key = models.CharField(max_length=128, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=35, blank=True)
    identifier = models.CharField(_("identifier"), max_length=64, blank=True)
    date_from = models.DateField(_("from"), null=True, blank=True)
    date_to = models.DateField(_("to"), null=True, blank=True)
    opening_balance = models.DecimalField(_("opening balance"), max_digits=14, decimal_places=3, null=True, blank=True)
    closing_balance = models.DecimalField(_("closing balance"), max_digits=14, decimal_places=3, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    notices = models.JSONField(_("notices"), default=list, blank=True, help_text=_("What was left out of the file, and why."))
    imported_at = models.DateTimeField(_("imported at"), default=timezone.now)
    actor_name = models.CharField(_("imported by"), max_length=255, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering: ClassVar = ["-imported_at", "-pk"]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return " ".join(part for part in (self.account, self.number or self.identifier or self.file_name) if part)

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show stored money with the digits of its currency."""
        row = super().from_db(db, field_names, values, **options)
        _show_digits(row, "opening_balance", "closing_balance")
        return row


class BankEntryQuerySet(models.QuerySet["BankEntry"]):
    """What people ask of entries."""

    def open(self) -> Self:
        """Entries of which nobody has said yet what they are."""
        return self.filter(status=EntryState.OPEN)

    def matched(self) -> Self:
        """Entries that are payments."""
        return self.filter(status=EntryState.MATCHED)

    def ignored(self) -> Self:
        """Entries that have nothing to do with invoices."""
        return self.filter(status=EntryState.IGNORED)


class BankEntry(models.Model):
    """One booking on an account, as the bank said it: `amount` is positive where money came in, negative where it went out."""

    COMPANY_PATH: ClassVar = "statement__company"

    STATUS = EntryState

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(BankStatement, verbose_name=_("statement"), on_delete=models.PROTECT, related_name="entries")
    place = models.CharField(_("place in the file"), max_length=64, blank=True)
    date = models.DateField(_("value date"))
    booked_on = models.DateField(_("booked on"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    counterparty = models.CharField(_("counterparty"), max_length=255, blank=True)
    iban = models.CharField(_("IBAN"), max_length=64, blank=True)
    text = models.TextField(_("text"), blank=True)
    end_to_end_id = models.CharField(_("end-to-end reference"), max_length=140, blank=True)
    creditor_reference = models.CharField(_("creditor reference"), max_length=140, blank=True)
    variable_symbol = models.CharField(_("variable symbol"), max_length=10, blank=True)
    bank_reference = models.CharField(_("reference of the bank"), max_length=140, blank=True)
    is_reversal = models.BooleanField(_("reversal"), default=False, help_text=_("It takes an earlier entry back."))
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=7, choices=EntryState.choices, default=EntryState.OPEN)
    payment = models.OneToOneField(
        Payment, verbose_name=_("payment"), on_delete=models.PROTECT, null=True, blank=True, related_name="bank_entry"
    )
    ignored_because = models.CharField(_("ignored because"), max_length=255, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=255, blank=True)

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank entry")
        verbose_name_plural = _("bank entries")
        ordering: ClassVar = ["-date", "-pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="invoicing_bank_entry_amount"),
            models.CheckConstraint(
                condition=Q(status="MATCHED", payment__isnull=False) | (~Q(status="MATCHED") & Q(payment__isnull=True)),
                name="invoicing_bank_entry_payment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "-date", "-id"], name="invoicing_bank_entry_newest"),
            models.Index(fields=["iban"], name="invoicing_bank_entry_iban"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.amount} {self.currency} {self.counterparty}".strip()

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show stored money with the digits of its currency."""
        row = super().from_db(db, field_names, values, **options)
        _show_digits(row, "amount")
        return row


class MatchProposal(models.Model):
    """One document, or one payment that is recorded already, that an entry may be. Rows of one `rank` belong together; 1 is the best."""

    COMPANY_PATH: ClassVar = "entry__statement__company"

    entry = models.ForeignKey(BankEntry, verbose_name=_("entry"), on_delete=models.CASCADE, related_name="proposals")
    rank = models.PositiveSmallIntegerField(_("rank"))
    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.CASCADE, null=True, blank=True, related_name="bank_proposals"
    )
    payment = models.ForeignKey(
        Payment, verbose_name=_("recorded payment"), on_delete=models.CASCADE, null=True, blank=True, related_name="bank_proposals"
    )
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    score = models.PositiveSmallIntegerField(_("score"), validators=[MaxValueValidator(100)])
    reasons = models.JSONField(_("reasons"), default=list)
    is_chosen = models.BooleanField(_("chosen"), default=False)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["entry", "rank", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(score__lte=100), name="invoicing_proposal_score"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, payment__isnull=True) | Q(invoice__isnull=True, payment__isnull=False),
                name="invoicing_proposal_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.score}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show the amount without zeros that say nothing; the currency is the entry's."""
        row = super().from_db(db, field_names, values, **options)
        amount = row.__dict__.get("amount")
        if isinstance(amount, Decimal) and amount == amount.quantize(Decimal("0.01")):
            row.__dict__["amount"] = amount.quantize(Decimal("0.01"))
        return row

    @property
    def target(self) -> Any:
        """What it proposes."""
        return self.invoice if self.invoice_id else self.payment


def _show_digits(row: models.Model, *names: str) -> None:
    held = row.__dict__
    if is_currency(held.get("currency", "")):
        for name in names:
            if isinstance(held.get(name), Decimal):
                held[name] = quantise(held[name], held["currency"])
