"""What every document has: its kind, its two sides, its dates and its texts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain.choices import CounterPeriod, InvoiceType, Origin, PaymentMethod, Status
from invoicing.domain.terms import due_date
from invoicing.exceptions import InvalidDataError
from invoicing.models.company import Company
from invoicing.models.entity import LegalEntity
from invoicing.models.party import Party
from invoicing.models.payment_term import PaymentTerm
from invoicing.models.validation import check_row

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
"""A tag of BCP 47, as far as languages of documents go."""


class Document(models.Model):
    """The ground that the concerns of an invoice stand on, each on the ones below it."""

    TYPE = InvoiceType
    ORIGIN = Origin
    STATUS = Status
    PAYMENT_METHOD = PaymentMethod
    COUNTER_PERIOD = CounterPeriod
    DATES: ClassVar[tuple[str, ...]] = ("date_issue", "date_tax_point", "date_due")
    """The days of a document, which may be given as texts."""

    uuid = models.UUIDField(_("UUID"), default=uuid.uuid4, unique=True, editable=False)
    type = models.CharField(_("type"), max_length=11, choices=InvoiceType.choices, default=InvoiceType.INVOICE)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin.choices, default=Origin.ISSUED)
    # Several indexes begin with the company: it needs none of its own.
    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, null=True, blank=True)
    related_invoices = models.ManyToManyField("self", verbose_name=_("related invoices"), blank=True)
    title = models.CharField(_("title"), max_length=255, blank=True)
    language = models.CharField(_("language"), max_length=16, blank=True, help_text=_("Of the document, such as de or pt-br."))
    date_issue = models.DateField(_("issue date"), blank=True)
    date_tax_point = models.DateField(_("tax point date"), blank=True, help_text=_("When it was supplied."))
    date_due = models.DateField(_("due date"), blank=True)
    buyer_reference = models.CharField(_("buyer reference"), max_length=255, blank=True)
    order_reference = models.CharField(_("order reference"), max_length=255, blank=True)
    reference = models.CharField(_("payment reference"), max_length=140, blank=True)
    constant_symbol = models.CharField(_("constant symbol"), max_length=10, blank=True)
    variable_symbol = models.CharField(_("variable symbol"), max_length=10, blank=True)
    specific_symbol = models.CharField(_("specific symbol"), max_length=10, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("Printed on the document."))
    internal_note = models.TextField(_("internal note"), blank=True, help_text=_("Never shown to the customer."))
    attachments = models.JSONField(_("attachments"), null=True, blank=True, default=None)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True, help_text=_("Whatever the host wants to keep here."))
    created = models.DateTimeField(_("created"), auto_now_add=True)
    modified = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        abstract = True

    @property
    def is_received(self) -> bool:
        """Whether a supplier sent it to us."""
        return self.origin == Origin.RECEIVED

    def today(self) -> date:
        """The day it is where the company is."""
        return self.company.today() if self.company else timezone.localdate()

    def write_database(self) -> str:
        """The database that this document is written to."""
        return router.db_for_write(type(self), instance=self)

    def fill_open_fields(self) -> None:
        """Fill what may be left open. Each concern fills its own columns, after those below it."""
        spoken = (side.language for side in self._sides() if side.language)
        self.language = self.language or next(spoken, "") or get_language() or "en"
        self.read_dates()
        given = {name: getattr(self, name) for name in self.DATES}
        self.date_issue = given["date_issue"] or self.today()
        self.date_tax_point = given["date_tax_point"] or self.date_issue
        self.date_due = given["date_due"] or self._usual_due_date()

    def check_values(self) -> None:
        """Raise InvalidDataError for columns whose values cannot stand. Each concern checks its own, after those below it."""
        check_row(self)
        if self.language.replace("_", "-").partition("-")[0].lower() not in LANG_INFO or not LANGUAGE_TAG.fullmatch(self.language):
            text = _("“{language}” is no language: write a code such as de or pt-br.").format(language=self.language)
            raise InvalidDataError({"language": [text]})
        if not isinstance(self.metadata, dict):
            raise InvalidDataError({"metadata": [_("Use an object, such as {example}.").format(example='{"project": "A7"}')]})
        if self.date_due < self.date_issue:
            text = _("It is before the issue date {date_issue}: enter that day or a later one.").format(date_issue=self.date_issue)
            raise InvalidDataError({"date_due": [text]})

    def _sides(self) -> Iterator[Company | Party]:
        """Those who may say what the document leaves open: the party before the company."""
        sides: tuple[LegalEntity | None, ...] = (self.party, self.company)
        yield from (side for side in sides if isinstance(side, Company | Party))

    def _usual_due_date(self) -> date:
        term = self._usual_term()
        return term.due_date(self.date_issue) if term else due_date(self.date_issue, days=conf.payment_days)

    def _usual_term(self) -> PaymentTerm | None:
        return next((side.payment_term for side in self._sides() if side.payment_term), None)

    def read_dates(self) -> None:
        """Read dates that came as texts."""
        errors: dict[str, list[object]] = {}
        for name in self.DATES:
            field: models.Field[Any, Any] = self._meta.get_field(name)  # type: ignore[assignment]  # a column, not a relation
            try:
                setattr(self, name, field.to_python(getattr(self, name) or None))
            except ValidationError as error:
                errors[name] = list(error.messages)
            except TypeError:
                errors[name] = [_("Enter a date such as 2026-11-21.")]
        if errors:
            raise InvalidDataError(errors)
