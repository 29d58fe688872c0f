"""Issuing: what a document must say before it goes out, and the moment after which it is frozen."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from invoicing.conf import conf
from invoicing.domain.choices import InvoiceType
from invoicing.domain.content import RULE_SETS, Content, LineContent, broken_rules
from invoicing.exceptions import ContentMissingError, InvalidDataError
from invoicing.models.lettering import check_lettering
from invoicing.models.saving import Saved
from invoicing.taxation.notes import note

SHIFTED = ("reverse_charge", "intra_community")
"""The notes of tax that the customer owes."""


class Issuable(Saved):
    """A document can be checked against the law, and made ready to be issued."""

    class Meta:
        abstract = True

    def make_issuable(self, *, using: str) -> None:
        """Resolve what was left to be derived, and check the content of a document that is locked."""
        self.fill_open_fields()
        if self._state.adding:
            self.check_content()
            return
        with self.items_at_hand():
            self.resolve_categories(using=using)
            self.check_content()

    def check_content(self, *, rule_set: str | None = None) -> None:
        """Raise ContentMissingError that says at once all that the rule set asks for and the document lacks.

        Raises InvalidDataError for letters that no font has.
        """
        chosen = rule_set or conf.content_rules
        if chosen not in RULE_SETS:
            text = _("“{name}” is no set of rules: use one of {known}.").format(name=chosen, known=", ".join(RULE_SETS))
            raise InvalidDataError({"INVOICING_CONTENT_RULES": [text]})
        if self.type == InvoiceType.PROFORMA and chosen != "NONE":
            chosen = "BASIC"  # A proforma is an offer, not an invoice in the sense of the law.
        missing: dict[str, list[object]] = {}
        for rule in broken_rules(self.content(), rule_set=chosen):
            sentence = gettext(rule.sentence)
            missing.setdefault(rule.field, []).append(f"{sentence} ({rule.article})" if rule.article else sentence)
        if missing:
            raise ContentMissingError(missing)
        check_lettering(self, items=self._items())

    def content(self) -> Content:
        """What the rules of content read."""
        lines = tuple(
            LineContent(
                title=item.title,
                unit_price=item.unit_price,
                tax_rate=item.tax_rate,
                tax_category=self.category_of(category=item.tax_category, rate=item.tax_rate),
            )
            for item in self._items()
        )
        return Content(
            type=self.type,
            origin=self.origin,
            number=self.number,
            date_issue=self.date_issue,
            date_tax_point=self.date_tax_point,
            currency=self.currency,
            supplier_name=self.supplier_name,
            supplier_address=f"{self.supplier_street} {self.supplier_city}",
            supplier_country=str(self.supplier_country or ""),
            supplier_vat_id=self.supplier_vat_id,
            supplier_tax_id=self.supplier_tax_id,
            customer_name=self.customer_name,
            customer_address=f"{self.customer_street} {self.customer_city}",
            customer_country=str(self.customer_country or ""),
            customer_vat_id=self.customer_vat_id,
            corrects=self.type == InvoiceType.CREDIT_NOTE and not self._state.adding and self.related_invoices.exists(),
            tax_notes=(*self.tax_notes, *self._words_of_the_law()),
            note=self.note,
            lines=lines,
        )

    def _words_of_the_law(self) -> list[str]:
        """What the law wants said of tax that is not charged, as far as people wrote it into the note themselves."""
        texts = (note(name, language=language) for name in SHIFTED for language in (self.language, "en"))
        parts = {part for text in texts for part in text.split(" – ")}
        return [part for part in parts if part.casefold() in self.note.casefold()]
