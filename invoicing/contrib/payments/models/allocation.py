"""Allocation: what settles which document, since when. Append-only: what is undone has a second row with the opposite sign."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models, router
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.contrib.payments.choices import AllocationKind
from invoicing.contrib.payments.models.payment import Payment
from invoicing.domain.codes.currencies import is_currency
from invoicing.domain.money import quantise
from invoicing.models.append_only import AppendOnly, AppendOnlyQuerySet

SHAPES = (
    Q(kind=AllocationKind.PAYMENT, invoice__isnull=False, payment__isnull=False, credit_note__isnull=True, refund__isnull=True)
    | Q(kind=AllocationKind.CREDIT_NOTE, invoice__isnull=False, payment__isnull=True, credit_note__isnull=False, refund__isnull=True)
    | Q(kind=AllocationKind.REFUND, invoice__isnull=True, payment__isnull=False, credit_note__isnull=True, refund__isnull=False)
    | Q(
        kind__in=[AllocationKind.DISCOUNT, AllocationKind.WRITE_OFF, AllocationKind.ROUNDING, AllocationKind.OPENING],
        invoice__isnull=False,
        credit_note__isnull=True,
        refund__isnull=True,
    )
)
"""Which ends an allocation of each kind has."""


class AllocationQuerySet(AppendOnlyQuerySet["Allocation"]):
    """What people ask of allocations."""

    def standing(self) -> Self:
        """Those that were not undone."""
        return self.filter(undoes__isnull=True, undone_by__isnull=True)

    def of_document(self, key: Any) -> Self:
        """What settles the document with a primary key, an invoice or a credit note."""
        return self.filter(Q(invoice_id=key) | Q(credit_note_id=key))


class Allocation(AppendOnly):
    """An amount that settles a document from a day on.

    PAYMENT: `payment` settles `invoice`. CREDIT_NOTE: `credit_note` settles `invoice`, and what is left of both shrinks.
    REFUND: `refund`, which goes out, pays back what is left of `payment`. The other kinds settle `invoice` without money;
    `payment` says then which payment brought them about.
    """

    COMPANY_PATH: ClassVar = ("invoice__company", "payment__company")

    kind = models.CharField(_("kind"), max_length=11, choices=AllocationKind.choices)
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    invoice = models.ForeignKey(
        conf.invoice_model, verbose_name=_("invoice"), on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    payment = models.ForeignKey(
        Payment, verbose_name=_("payment"), on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    credit_note = models.ForeignKey(
        conf.invoice_model, verbose_name=_("credit note"), on_delete=models.PROTECT, null=True, blank=True, related_name="offsets"
    )
    refund = models.ForeignKey(
        Payment, verbose_name=_("refund"), on_delete=models.PROTECT, null=True, blank=True, related_name="refund_allocations"
    )
    undoes = models.OneToOneField(
        "self", verbose_name=_("undoes"), on_delete=models.PROTECT, null=True, blank=True, related_name="undone_by"
    )
    reason = models.TextField(_("reason"), blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    actor_name = models.CharField(_("by"), max_length=255, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering: ClassVar = ["pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="invoicing_allocation_amount"),
            models.CheckConstraint(condition=SHAPES, name="invoicing_allocation_shape"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["invoice", "date"], name="invoicing_allocation_invoice"),
            models.Index(fields=["date"], name="invoicing_allocation_date"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.currency}"

    def write_database(self) -> str:
        """The database that this allocation is written to."""
        return router.db_for_write(type(self), instance=self)

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """Show stored money with the digits of its currency."""
        row = super().from_db(db, field_names, values, **options)
        held = row.__dict__
        if "amount" in held and is_currency(held.get("currency", "")):
            held["amount"] = quantise(held["amount"], row.currency)
        return row
