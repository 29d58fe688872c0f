"""Erasing: personal data of an issued document goes when nobody may keep it any longer, and its chain still holds."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing import signals
from invoicing.domain.choices import EventKind, Origin
from invoicing.exceptions import InvalidDataError
from invoicing.models.event import InvoiceEvent
from invoicing.models.history import Historical
from invoicing.models.locking import plain
from invoicing.models.repairing import repaired
from invoicing.models.stored_document import StoredDocument

OWN_SIDE = {Origin.ISSUED: ("supplier_", "issuer_", "bank_"), Origin.RECEIVED: ("customer_",)}
"""How the columns of our own legal entity begin, by the origin of the document. They are kept."""


class Erasable(Historical):
    """The personal data of an issued document can be erased for good."""

    class Meta:
        abstract = True

    def erase_personal_data(self, reason: str) -> list[str]:
        """Blank the other side's personal columns, and whatever names people in the history; gives the columns' names.

        Amounts, numbers, dates, countries and items stay. Renderings that were stored lose their bytes. The events that sealed
        the erased values lose their salts, so that nobody can find the values out; the document is sealed anew by an event
        ERASED. Raises InvalidDataError for a document that is not issued (change or delete it instead), or without a reason.
        """
        if not reason.strip():
            raise InvalidDataError({"reason": [_("Say why personal data is erased, such as the end of its retention.")]})
        if not self.is_issued:
            raise InvalidDataError({"invoice": [_("It is not issued: change or delete it instead.")]})
        using = self.write_database()
        blanks = {
            field.attname: None if field.null else ""
            for field in self._meta.concrete_fields
            if field.attname in self.PERSONAL_COLUMNS and not field.attname.startswith(OWN_SIDE[Origin(self.origin)])
        }
        with repaired(self, kind=EventKind.ERASED, reason=reason, using=using, data={"columns": sorted(blanks)}):
            plain(type(self), using=using).filter(pk=self.pk).update(**blanks, internal_note="")
            plain(StoredDocument, using=using).filter(invoice_id=self.pk).update(content=None)
            plain(InvoiceEvent, using=using).filter(invoice_id=self.pk).update(salt="", reason="", actor_name="")
            signals.invoice_erased.send(sender=type(self), invoice=self)
        self.refresh_from_db(using=using)
        return sorted(blanks)
