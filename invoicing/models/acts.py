"""The acts of a document: what people do to it, by the table of `domain/lifecycle.py`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from invoicing.domain.lifecycle import Act, outcome
from invoicing.exceptions import InvalidDataError
from invoicing.models.batch import open_batch
from invoicing.models.issuing import Issuable
from invoicing.models.locking import atomically
from invoicing.models.restoring import restored_on_failure


class Acting(Issuable):
    """Each act is one transaction: the step, its history, and its news."""

    class Meta:
        abstract = True

    def issue(self) -> None:
        """Issue the document: check its content, give a draft its number, freeze it.

        Raises ContentMissingError that says all that the law misses (INVOICING_CONTENT_RULES).
        """
        self._act(Act.ISSUE)

    def recalculate_tax(self) -> None:
        """Save the document, set every item's rate anew by the policy, and bring the totals up to date.

        Raises InvoiceFrozenError once the document is issued.
        """
        using = self.write_database()
        with restored_on_failure(self), self.batch():
            self.tax_decisions = []
            self.save(using=using)
            open_batch(self.pk, using=using).tax_decisions = []
            for item in self.item_model().objects.using(using).filter(invoice_id=self.pk).select_related("product"):
                item.invoice = self
                item.calculate_tax()
                item.save(using=using)

    def mark_sent(self) -> None:
        """Note that the document went to its customer; one that is not issued yet is issued first."""
        self._act(Act.MARK_SENT)

    def mark_paid(self) -> None:
        """Note that the document is paid in full."""
        self._act(Act.MARK_PAID)

    def mark_returned(self) -> None:
        """Note that the document came back."""
        self._act(Act.MARK_RETURNED)

    def cancel(self, reason: str) -> None:
        """Void the document; its number stays in the register with the reason."""
        self._act(Act.CANCEL, reason=reason)

    def write_off(self, reason: str = "") -> None:
        """Give the money up as a bad debt."""
        self._act(Act.WRITE_OFF, reason=reason)

    def send_to_collection(self, reason: str = "") -> None:
        """Hand the document to debt collection."""
        self._act(Act.SEND_TO_COLLECTION, reason=reason)

    def _act(self, act: Act, *, reason: str = "") -> None:
        if act == Act.CANCEL and not reason.strip():
            raise InvalidDataError({"reason": [_("Say why the invoice is canceled.")]})
        using = self.write_database()
        with restored_on_failure(self), atomically(using):
            stored = None if self._state.adding else self.stored_row(using=using)
            if stored is not None:
                # Two who act at once: the second acts on what the first has left.
                self.catch_up(stored)
                self.status = stored["status"]
            self.check_status()
            target = outcome(self.status, act)
            if target is None or (act == Act.ISSUE and self.is_issued):
                raise self.refusal(act)
            if not self.is_issued and act != Act.CANCEL:
                self.make_issuable(using=using)
            self.status = target
            self.save_step(act, stored=stored, reason=reason, using=using)
