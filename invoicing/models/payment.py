"""How much of a document is paid, and when it is due."""

from __future__ import annotations

from datetime import date

from invoicing.domain.choices import InvoiceType, PaymentStatus, Status
from invoicing.domain.lifecycle import SETTLED
from invoicing.models.lifecycle import Lifecycle


class Payable(Lifecycle):
    """Questions of payment. What comes in is recorded in `already_paid`."""

    class Meta:
        abstract = True

    @property
    def payment_status(self) -> PaymentStatus:
        """How much is paid; the queryset's `payment_status()` asks the same of the database."""
        if self.status == Status.PAID and self.already_paid <= self.total:
            return PaymentStatus.PAID
        if self.already_paid > self.total:
            return PaymentStatus.OVERPAID
        if self.already_paid == self.total and self.total:
            return PaymentStatus.PAID
        return PaymentStatus.PARTIALLY_PAID if self.already_paid else PaymentStatus.UNPAID

    @property
    def is_void(self) -> bool:
        """Whether nothing is owed over it any more, whatever it says: it is canceled or credited."""
        return self.status in {Status.CANCELED, Status.CREDITED}

    @property
    def is_overdue(self) -> bool:
        """Whether it is unpaid and its due date has passed."""
        return self.is_overdue_on(self.today())

    def is_overdue_on(self, day: date) -> bool:
        """Whether it is unpaid and was due before `day`. A draft is not due, nor is a credit note or a total of zero."""
        if self.status in SETTLED or self.status == Status.DRAFT or self.type == InvoiceType.CREDIT_NOTE or self.already_paid >= self.total:
            return False
        return self.date_due < day

    @property
    def overdue_days(self) -> int:
        """Days since the due date; negative before it."""
        return -self.days_to_overdue

    @property
    def days_to_overdue(self) -> int:
        """Days until the due date; negative after it."""
        return (self.date_due - self.today()).days

    @property
    def payment_term(self) -> int:
        """Days from issue to due date."""
        return (self.date_due - self.date_issue).days
