"""Invoice: one document, open while it is written, frozen once it is issued."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core import checks
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.models.bulk import Bulk
from invoicing.models.erasing import Erasable
from invoicing.models.payment import Payable
from invoicing.models.querysets import NOT_WAITING, InvoiceManager
from invoicing.models.swapping import SWAPPABLE

LEFT_OUT_OF_INDEXES = frozenset({"models.W037", "models.W040"})
"""What Django warns of at each `migrate`: MariaDB knows no conditions, and neither it nor SQLite has columns beside the key."""


class AbstractInvoice(Bulk, Payable, Erasable):
    """One document. Hosts that need columns of their own subclass it and name the result in INVOICING_INVOICE_MODEL.

    It is built up floor by floor, a concern a file: Document, PartySnapshot, then Numbered beside Taxed, Amounts and EarlyDiscounted, then
    Lifecycle, Historical, Saved, Issuable, Acting, Settled, Copyable and Bulk, with Payable and Erasable beside them.
    """

    objects = InvoiceManager()

    class Meta:
        abstract = True
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-date_issue", "-pk"]
        base_manager_name = "objects"
        permissions: ClassVar = [("void_invoice", "Can cancel, credit and write off invoices")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["counter", "sequence"], name="%(app_label)s_%(class)s_sequence"),
            models.CheckConstraint(
                condition=Q(early_discount_percent__isnull=True, early_discount_until__isnull=True)
                | Q(early_discount_percent__isnull=False, early_discount_percent__gt=0, early_discount_percent__lte=100)
                & Q(early_discount_until__isnull=False),
                name="%(app_label)s_%(class)s_early",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "date_due"]),
            # The VAT of a period.
            models.Index(fields=["company", "date_tax_point"]),
        ]

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        """As every model, without a word on what a database leaves out of an index: it is slower then, and right."""
        return [message for message in super().check(**kwargs) if message.id not in LEFT_OUT_OF_INDEXES]

    def __str__(self) -> str:
        return self.number or str(_("{type} (draft)").format(type=self.get_type_display()))

    def get_absolute_url(self) -> str:
        """The document's page: INVOICING_ABSOLUTE_URL by uuid, else the library's own, where its URLs are included."""
        try:
            return reverse(conf.absolute_url or "invoicing:invoice_html", kwargs={"uuid": self.uuid})
        except NoReverseMatch:
            return ""


class Invoice(AbstractInvoice):
    """The document that comes with the library."""

    class Meta(AbstractInvoice.Meta):
        swappable = SWAPPABLE
        # A host's own model may have another primary key, and names its indexes itself.
        indexes: ClassVar = [
            # The newest page of a list.
            models.Index(fields=["company", "-date_issue", "-id"]),
            # The statement of one party.
            models.Index(fields=["company", "party", "-date_issue", "-id"]),
            # What waits for money: pages, sums, overdue, ageing, all without a look at the table.
            models.Index(
                fields=["company", "date_due", "id"],
                condition=~Q(status__in=NOT_WAITING),
                include=["total", "already_paid", "currency", "party", "type"],
                name="invoicing_invoice_open",
            ),
            # A customer by his name, or by how it begins, which in PostgreSQL needs an index that compares letter by letter.
            models.Index(fields=["customer_name"], opclasses=["varchar_pattern_ops"], name="invoicing_invoice_customer"),
            *AbstractInvoice.Meta.indexes,
        ]
