"""The discount for early payment: a percentage of the total until a day before payment is due (BT-20)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from invoicing.domain.amounts import EXACT, add_up
from invoicing.domain.choices import InvoiceType
from invoicing.domain.money import quantise
from invoicing.exceptions import InvalidDataError
from invoicing.models.amounts import Amounts
from invoicing.models.payment_term import PaymentTerm

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class EarlyDiscounted(Amounts):
    """What is promised to whoever pays soon. It is frozen with the document; whether it is granted, payments decide."""

    DATES: ClassVar = (*Amounts.DATES, "early_discount_until")

    early_discount_percent = models.DecimalField(
        _("early-payment discount (%)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(ZERO), MaxValueValidator(HUNDRED)],
        help_text=_("Empty on a new document: as the payment term says, where that says the due date. 0: none."),
    )
    early_discount_until = models.DateField(
        _("early-payment discount until"), null=True, blank=True, help_text=_("The last day to pay with the discount.")
    )

    class Meta:
        abstract = True

    @property
    def early_discount(self) -> Decimal:
        """What is taken off the total when it is paid by `early_discount_until`; zero where nothing is promised."""
        if self.early_discount_percent is None:
            return quantise(ZERO, self.currency)
        return quantise(EXACT.divide(EXACT.multiply(self.total, self.early_discount_percent), HUNDRED), self.currency)

    @property
    def to_pay_early(self) -> Decimal:
        """What is left to pay by `early_discount_until`: `to_pay` less the discount."""
        return add_up((self.to_pay, self.early_discount.copy_negate()), currency=self.currency)

    def promise_discount(self, term: PaymentTerm) -> None:
        """Promise what a payment term does, counted from the issue date. Credit notes and received documents promise nothing of ours."""
        if self.type == InvoiceType.CREDIT_NOTE or self.is_received:
            return
        self.early_discount_percent = term.early_discount_percent
        self.early_discount_until = term.early_discount_until(self.date_issue)

    def fill_open_fields(self) -> None:
        """Fill the discount by the payment term, where that says the due date, too: one that was agreed by hand has its own conditions."""
        due: Any = self.date_due
        follows_term = not due and self.early_discount_percent in (None, "") and not self.early_discount_until
        super().fill_open_fields()
        if follows_term and (term := self._usual_term()):
            self.promise_discount(term)

    def check_values(self) -> None:
        """Raise InvalidDataError for half a promise, for one that ends too early or too late, and for one on a credit note."""
        super().check_values()
        if not self.early_discount_percent:
            self.early_discount_percent = None
        percent, until = self.early_discount_percent, self.early_discount_until
        refusal: tuple[str, Any]
        if percent is None and until is None:
            return
        if self.type == InvoiceType.CREDIT_NOTE:
            refusal = ("percent" if until is None else "until", _("A credit note promises no discount: leave it empty."))
        elif percent is None:
            refusal = ("percent", _("Enter the percentage of the discount, or take its last day out."))
        elif until is None:
            refusal = ("until", _("Enter the last day of the discount, or take its percentage out."))
        elif not self.date_issue <= until <= self.date_due:
            text = _("Enter a day from the issue date {date_issue} to the due date {date_due}.")
            refusal = ("until", text.format(date_issue=self.date_issue, date_due=self.date_due))
        else:
            return
        name, sentence = refusal
        raise InvalidDataError({f"early_discount_{name}": [sentence]})
