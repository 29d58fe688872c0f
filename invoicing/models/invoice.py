"""Invoice: one document, open while it is written, frozen once it is issued."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.models.bulk import Bulk
from invoicing.models.erasing import Erasable
from invoicing.models.payment import Payable
from invoicing.models.querysets import InvoiceManager
from invoicing.models.swapping import SWAPPABLE


class AbstractInvoice(Bulk, Payable, Erasable):
    """One document. Hosts that need columns of their own subclass it and name the result in INVOICING_INVOICE_MODEL.

    It is built up floor by floor, a concern a file: Document, PartySnapshot, then Numbered beside Taxed and Amounts, then
    Lifecycle, Historical, Saved, Issuable, Acting, Copyable and Bulk, with Payable and Erasable beside them.
    """

    objects = InvoiceManager()

    class Meta:
        abstract = True
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-date_issue", "-pk"]
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["counter", "sequence"], name="%(app_label)s_%(class)s_sequence"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "date_due"]),
            models.Index(fields=["number"]),
        ]

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
        # The newest page of a list; a host's own model may have another primary key.
        indexes: ClassVar = [models.Index(fields=["company", "-date_issue", "-id"]), *AbstractInvoice.Meta.indexes]
